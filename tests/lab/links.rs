//! The cables of a director's own addresses, and what its role orders of the kernel beside the table.

use std::thread;
use std::time::Duration;

use ipvs::{Daemon, DaemonState};
use lvs_director::kernel::links::{self, Links, Watched};
use lvs_director::kernel::task::{self, Round, Wanted};
use lvs_director::kernel::{Netlink, Orders, Sync};
use lvs_director::model::{Node, Timeouts};
use tokio::sync::{mpsc, watch};

use super::host::{Host, feed};
use super::machine::in_the_lab;
use super::net::Site;
use super::wait::wait_until;

#[test]
fn a_cable_that_is_pulled_is_seen() {
    in_the_lab(|| {
        let director = machine();
        let node = Node { public: [10, 1, 0, 1].into(), private: Some([10, 2, 0, 1].into()) };
        let (named, seen) = watch::channel(Some(Watched::Node(node)));
        let (tell, mut told) = mpsc::unbounded_channel();
        director.inside(|| thread::spawn(move || runtime().block_on(links::watch(seen, tell))));
        let mut next = |public: bool, private: bool| {
            let want = Links { public, private, index: None };
            let links = wait_until(&format!("{want:?}"), Duration::from_secs(5), || {
                told.try_recv().map_err(|why| why.to_string())
            });
            assert_eq!(links, want);
        };
        next(true, true);
        // the other end of the cable
        let other_end = Host { name: "sw-front".to_owned() };
        other_end.run("ip link set director.eth0 down");
        next(false, true);
        director.run("ip link set eth1 down");
        next(false, false);
        other_end.run("ip link set director.eth0 up");
        next(true, false);
        // the machine has no such address: it counts as up
        let elsewhere = Node { private: Some([10, 3, 0, 1].into()), ..node };
        named.send_replace(Some(Watched::Node(elsewhere)));
        next(true, true);
        // who stops asking and asks again is told again
        let mut asked = Some(elsewhere);
        let again = wait_until("it is told again", Duration::from_secs(10), || {
            asked = if asked.is_none() { Some(elsewhere) } else { None };
            named.send_replace(asked.map(Watched::Node));
            told.try_recv().map_err(|why| why.to_string())
        });
        assert_eq!(again, Links { public: true, private: true, index: None });
        let own = director.inside(links::own).expect("a list");
        assert!(own.contains(&node.public.into()), "{own:?}");
        assert!(!own.contains(&[10, 3, 0, 1].into()), "{own:?}");
    });
}

#[test]
fn the_sync_daemon_and_the_time_outs_are_as_ordered() {
    in_the_lab(|| {
        let director = machine();
        let (tables, seen) = watch::channel(Wanted::default());
        let (_asks, asked) = mpsc::channel(1);
        let (tell, mut rounds) = mpsc::unbounded_channel();
        director.inside(|| {
            let kernel = Box::new(Netlink::connect().expect("an IPVS"));
            thread::spawn(move || task::run(kernel, seen, asked, tell))
        });
        let mut number = 0;
        let mut order = |orders: Orders| -> Option<String> {
            number += 1;
            tables.send_replace(Wanted { number, orders, ..Wanted::default() });
            wait_until("a round", Duration::from_secs(5), || match rounds.try_recv() {
                Ok(Round { number: of, refused, .. }) if of == number => Ok(refused),
                other => Err(format!("{other:?}")),
            })
        };
        let daemon = |state, interface: &str| {
            Sync::Runs(Daemon::new(state, interface.parse().expect("a name"), 7))
        };
        let timeouts = Some(Timeouts { tcp: 1234, tcp_fin: 56, udp: 78 });
        let master = Orders { sync: daemon(DaemonState::Master, "eth1"), timeouts };
        assert_eq!(order(master.clone()), None);
        let halves = |wanted: &[&str]| {
            let runs = director.run("ipvsadm -L --daemon");
            let all = ["master", "backup"];
            let found: Vec<_> = all
                .into_iter()
                .filter(|half| runs.contains(&format!("{half} sync daemon (mcast=eth1, syncid=7")))
                .collect();
            assert_eq!(found, wanted, "{runs}");
        };
        halves(&["master", "backup"]);
        let set = director.run("ipvsadm -L --timeout");
        assert!(set.contains("1234 56 78"), "{set}");
        let backup = Orders { sync: daemon(DaemonState::Backup, "eth1"), timeouts: None };
        assert_eq!(order(backup.clone()), None);
        halves(&["master", "backup"]);
        // with it a kernel that has a backup daemon forwards nothing
        director.set(&["ipv4/vs/backup_only=1"]);
        assert_eq!(order(backup), None);
        halves(&["master", "backup"]);
        assert_eq!(order(master), None);
        halves(&["master"]);
        let nowhere = Orders { sync: daemon(DaemonState::Master, "eth9"), timeouts: None };
        let why = order(nowhere).expect("a refusal");
        assert!(why.starts_with("sync daemon master on eth9: "), "{why}");
        assert_eq!(order(Orders { sync: Sync::Stopped, timeouts: None }), None);
        assert_eq!(director.run("ipvsadm -L --daemon").trim(), "");
    });
}

fn machine() -> Host {
    feed("modprobe -a ipv6 ip_vs veth bridge", "");
    let mut site = Site::default();
    let director = site.host("director");
    site.switch("front");
    site.switch("back");
    site.plug(&director, "eth0", "front", &["10.1.0.1/24"]);
    site.plug(&director, "eth1", "back", &["10.2.0.1/24"]);
    site.build();
    director
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}
