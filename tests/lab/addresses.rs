//! Virtual addresses on a real kernel: raised, lowered and repaired; judged by iproute2.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use lvs_director::kernel::addresses::{self, Held, Report};
use lvs_director::model::VirtualAddress;
use tokio::sync::{mpsc, watch};

use super::host::{Host, feed};
use super::machine::in_the_lab;
use super::net::Site;
use super::wait::wait_until;

#[test]
fn addresses_are_raised_as_they_are_to_be_and_lowered() {
    in_the_lab(|| {
        let (director, _) = two_machines();
        let mut holding = Holding::start(&director);
        let ours = [
            vip("10.1.0.10", None, Some("eth0:1")),
            vip("10.1.0.11", Some(32), Some("eth0:2")),
            vip("172.20.0.9", None, None),
            vip("fd01::10", None, None),
        ];
        let before = addresses(&director);
        let report = holding.ask(&ours, true);
        assert_eq!((report.raised.len(), report.refused), (4, vec![]));
        let shown = director.run("ip -o address show dev eth0");
        for line in [
            "inet 10.1.0.10/24 brd 10.1.0.255 scope global secondary eth0:1\\",
            "inet 10.1.0.11/32 scope global eth0:2\\",
            "inet 172.20.0.9/16 brd 172.20.255.255 scope global eth0\\",
            "inet6 fd01::10/64 scope global nodad deprecated",
        ] {
            let is_there =
                shown.lines().any(|shown| shown.contains(line) && !shown.contains("tentative"));
            assert!(is_there, "{line}\n{shown}");
        }
        let report = holding.ask(&ours, true);
        assert_eq!(
            (report.raised.len(), report.lowered.len()),
            (0, 0),
            "asked again: nothing to do"
        );
        let report = holding.ask(&ours, false);
        assert_eq!((report.lowered.len(), report.refused), (4, vec![]));
        assert_eq!(addresses(&director), before);
        assert!(
            director.run("ip link show dev eth0").contains("state UP"),
            "the interface stays up"
        );
    });
}

/// A director was killed; the next one begins as a standby.
#[test]
fn a_standby_lowers_what_was_left_behind_and_never_the_machines_own() {
    in_the_lab(|| {
        let (director, _) = two_machines();
        let before = addresses(&director);
        let ours = [vip("10.1.0.10", None, None), vip("fd01::10", None, None)];
        let mut killed = Holding::start(&director);
        killed.ask(&ours, true);
        killed.end();
        assert_eq!(addresses(&director).len(), before.len() + 2, "left behind");
        // as piranha's ifconfig leaves one, and as the machine has one by itself
        director.run("ip address add 10.1.0.11/24 dev eth0 label eth0:1");
        director.run("ip address add 10.1.0.12/24 dev eth0");
        let ours = [
            ours.as_slice(),
            &[vip("10.1.0.11", None, Some("eth0:1")), vip("10.1.0.12", None, Some("eth0:2"))],
        ]
        .concat();
        let mut holding = Holding::start(&director);
        let report = holding.ask(&ours, false);
        assert_eq!(report.lowered, ours[..3]);
        assert_eq!(report.refused.len(), 1, "{report:?}");
        assert!(report.refused[0].1.contains("no director has put it there"), "{report:?}");
        director.run("ip address del 10.1.0.12/24 dev eth0");
        assert_eq!(addresses(&director), before);
        let report = holding.next("the refusal is taken back", |report| report.refused.is_empty());
        assert_eq!(report.lowered, []);
    });
}

#[test]
fn the_machines_own_address_is_told_of_until_it_is_taken_off_and_raised() {
    in_the_lab(|| {
        let (director, _) = two_machines();
        director.run("ip address add 10.1.0.12/24 dev eth0");
        let mut holding = Holding::start(&director);
        let ours = [vip("10.1.0.12", None, Some("eth0:2")), vip("10.1.0.13", None, None)];
        let report = holding.ask(&ours, true);
        assert_eq!(report.raised, ours[1..]);
        let [(own, why)] = report.refused.as_slice() else { panic!("{report:?}") };
        assert_eq!(*own, ours[0]);
        assert!(why.contains("`ip address del 10.1.0.12/24 dev eth0` takes it off"), "{why}");
        director.run("ip address del 10.1.0.12/24 dev eth0");
        let report = holding.next("it is raised", |report| !report.raised.is_empty());
        assert_eq!((report.raised, report.refused), (ours[..1].to_vec(), vec![]));
        let report = holding.ask(&ours, false);
        assert_eq!((report.lowered.len(), report.refused), (2, vec![]));
    });
}

#[test]
fn what_somebody_takes_off_is_raised_again() {
    in_the_lab(|| {
        let (director, _) = two_machines();
        let mut holding = Holding::start(&director);
        let ours = [vip("10.9.0.10", Some(24), None), vip("10.9.0.11", Some(24), None)];
        holding.ask(&ours, true);
        let held = addresses(&director);
        // the first of a network takes the others with it
        director.run("ip address del 10.9.0.10/24 dev eth0");
        let start = Instant::now();
        let report = holding.next("a repair", |report| !report.raised.is_empty());
        assert!(start.elapsed() < Duration::from_secs(1), "at once: {:?}", start.elapsed());
        assert_eq!((report.number, report.raised), (1, ours.to_vec()));
        assert_eq!(addresses(&director), held);

        // one of ours is lowered, and takes one of ours and a stranger's with it: both come back
        director.run("ip address add 10.9.0.99/24 dev eth0");
        let report = holding.ask(&ours[1..], true);
        assert_eq!(
            (report.lowered.as_slice(), report.refused.len()),
            (&ours[..1], 0),
            "{report:?}"
        );
        let now = addresses(&director);
        assert!(!now.contains("10.9.0.10/24"), "{now:?}");
        for left in ["10.9.0.11/24", "10.9.0.99/24"] {
            assert!(now.contains(left), "{left}: {now:?}");
        }
    });
}

/// The kernel takes an interface's IPv6 addresses off when it goes down.
#[test]
fn an_interface_that_was_down_has_its_addresses_again() {
    in_the_lab(|| {
        let (director, _) = two_machines();
        let mut holding = Holding::start(&director);
        let ours = [vip("10.1.0.10", None, Some("eth0:1")), vip("fd01::10", Some(64), None)];
        holding.ask(&ours, true);
        director.run("ip link set eth0 down");
        director.run("ip link set eth0 up");
        wait_until("both are back", Duration::from_secs(5), || {
            let now = addresses(&director);
            let both = ["10.1.0.10/24", "fd01::10/64"].iter().all(|held| now.contains(*held));
            if both { Ok(()) } else { Err(format!("{now:?}")) }
        });
        let report = holding.ask(&ours, true);
        assert_eq!(report.refused, []);
    });
}

#[test]
fn an_interface_that_is_not_there_is_waited_for() {
    in_the_lab(|| {
        let (director, _) = two_machines();
        let mut holding = Holding::start(&director);
        let late = VirtualAddress {
            interface: "late0".parse().expect("a name"),
            ..vip("10.8.0.1", Some(24), None)
        };
        let report = holding.ask(&[late.clone(), vip("10.1.0.10", None, None)], true);
        assert_eq!(report.refused, [(late.clone(), "there is no interface late0".to_owned())]);
        assert_eq!(report.raised.len(), 1, "the others are raised");
        director.run("ip link add late0 type dummy");
        let report = holding.next("it is raised", |report| report.refused.is_empty());
        assert_eq!(report.raised, [late]);
    });
}

#[test]
fn five_hundred_addresses_are_one_go() {
    in_the_lab(|| {
        let (director, _) = two_machines();
        let before = addresses(&director);
        let mut holding = Holding::start(&director);
        let address = |n: u32| format!("10.1.{}.{}", 4 + n / 250, 1 + n % 250);
        let ours: Vec<_> = (0..500).map(|n| vip(&address(n), Some(32), Some("eth0:1"))).collect();
        for (up, count) in [(true, 500), (false, 0)] {
            let start = Instant::now();
            let report = holding.ask(&ours, up);
            let took = start.elapsed();
            println!("500 addresses, up {up}: {} ms", took.as_millis());
            assert_eq!(
                (report.raised.len() + report.lowered.len(), report.refused.len()),
                (500, 0)
            );
            assert_eq!(addresses(&director).len(), before.len() + count);
            assert!(took < Duration::from_secs(2), "{took:?}");
        }
    });
}

/// An address of eth0.
pub(crate) fn vip(address: &str, prefix: Option<u8>, label: Option<&str>) -> VirtualAddress {
    VirtualAddress {
        address: address.parse().expect("an address"),
        prefix,
        interface: "eth0".parse().expect("a name"),
        label: label.map(str::to_owned),
    }
}

/// A director and a neighbour on one switch.
pub(crate) fn two_machines() -> (Host, Host) {
    feed("modprobe -a ipv6 veth bridge dummy", "");
    let mut site = Site::default();
    let (director, neighbour) = (site.host("director"), site.host("neighbour"));
    site.switch("front");
    site.plug(&director, "eth0", "front", &["10.1.0.1/24", "fd01::1/64"]);
    site.plug(&neighbour, "eth0", "front", &["10.1.0.2/24", "fd01::2/64"]);
    site.build();
    // a switch does not pass anything on before it has seen both cables
    let switch = Host { name: "sw-front".to_owned() };
    wait_until("a switch that forwards", Duration::from_secs(5), || {
        let ports = switch.run("bridge link");
        if ports.matches("state forwarding").count() == 2 { Ok(()) } else { Err(ports) }
    });
    (director, neighbour)
}

/// All global addresses of eth0, each with its prefix.
fn addresses(host: &Host) -> BTreeSet<String> {
    let shown = host.run("ip -o address show dev eth0 scope global");
    let word = |line: &str| line.split_whitespace().nth(3).map(str::to_owned);
    shown.lines().filter_map(word).collect()
}

/// The task that owns the addresses, on a machine.
pub(crate) struct Holding {
    held: watch::Sender<Held>,
    reports: mpsc::UnboundedReceiver<Report>,
    task: thread::JoinHandle<std::io::Result<()>>,
}

impl Holding {
    /// Starts it; nothing is asked for yet.
    pub(crate) fn start(host: &Host) -> Holding {
        let (held, seen) = watch::channel(Held::default());
        let (tell, reports) = mpsc::unbounded_channel();
        let task = host.inside(|| thread::spawn(move || addresses::run(seen, tell)));
        Holding { held, reports, task }
    }

    /// Asks for these to be held or not, and returns what became of it.
    pub(crate) fn ask(&mut self, ours: &[VirtualAddress], up: bool) -> Report {
        let number = self.held.borrow().number + 1;
        let ours = Arc::new(ours.to_vec());
        self.held.send_replace(Held { number, ours, up, announcements: 0 });
        self.next("an answer", |report| report.number == number)
    }

    /// Waits for such a report.
    pub(crate) fn next(&mut self, what: &str, is_it: impl Fn(&Report) -> bool) -> Report {
        wait_until(what, Duration::from_secs(10), || match self.reports.try_recv() {
            Ok(report) if is_it(&report) => Ok(report),
            other => Err(format!("{other:?}")),
        })
    }

    /// Ends the task as the process's end would: nothing is lowered.
    pub(crate) fn end(self) {
        drop(self.held);
        self.task.join().expect("no panic").expect("no error");
    }
}
