//! One director of an lvs.cf, and two: who holds the addresses and the table, and from when on.

use std::fmt::Write;
use std::fs;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use super::client::{Protocol, ask};
use super::director::Director;
use super::host::{Host, feed};
use super::machine::in_the_lab;
use super::net::{Family, Site};
use super::server::Server;
use super::wait::wait_until;

#[test]
fn a_lone_director_is_active_after_deadtime_and_leaves_nothing_behind() {
    in_the_lab(|| {
        let site = Pair::build();
        let commands = "active_cmd = \"/bin/cp /proc/net/fib_trie /tmp/at-active\"\n\
                        inactive_cmd = \"/bin/cp /proc/net/fib_trie /tmp/at-inactive\"\n";
        let director = Director::start(&site.primary, &format!("{commands}{}", lone(&[10])));
        director.wait_for_log("STARTING PULSE AS MASTER");
        assert!(!holds(&site.primary, 10), "it waits for deadtime");
        director.wait_for_log("partner dead: activating lvs");
        wait_for_address(&site.primary, 10, true);
        director.wait_for_table(&[SERVICE.to_owned(), REAL.to_owned()]);
        assert_eq!(ask(&site.client, Protocol::Tcp, Family::V4.vip_port(80), 2), "rs1=2");
        director.wait_for_log("gratuitous lvs arps finished");
        let had = |at: &str| fs::read_to_string(at).expect("a copy").contains("10.1.0.10\n");
        assert!(!had("/tmp/at-active"), "active_cmd comes before the address");
        assert!(!had("/tmp/at-inactive"), "inactive_cmd is run at the start");

        assert!(director.stop().success());
        assert!(had("/tmp/at-inactive"), "and before the address goes");
        assert!(!holds(&site.primary, 10));
        assert_eq!(site.primary.table(), Vec::<String>::new());
    });
}

#[test]
fn what_the_kernel_refuses_and_who_has_the_address_is_in_the_status_while_it_lasts() {
    in_the_lab(|| {
        let site = Pair::build();
        site.primary.run("ip address add 10.1.0.10/24 dev eth0");
        let sync = "syncdaemon = 1\nsyncd_iface = late0\nsyncd_id = 7\n";
        let director = Director::start(&site.primary, &format!("{sync}{}", pair(&[10])));
        director.wait_for_log("`ip address del 10.1.0.10/24 dev eth0` takes it off");
        let status = |what: &str, is_it: fn(&str, &Value) -> bool| {
            wait_until(what, Duration::from_secs(20), || {
                let status = director.whole_status();
                let trouble = status["kernel_trouble"].as_str().unwrap_or_default();
                if is_it(trouble, &status["pair"]) { Ok(()) } else { Err(status.to_string()) }
            });
        };
        status("both are told of", |trouble, pair| {
            let own = pair["refused"][0].as_str().unwrap_or_default();
            trouble.starts_with("sync daemon master on late0: ")
                && own.contains("`ip address del 10.1.0.10/24 dev eth0` takes it off")
                && pair["addresses"].as_array().is_some_and(Vec::is_empty)
        });
        site.primary.run("ip address del 10.1.0.10/24 dev eth0");
        feed("modprobe dummy", "");
        site.primary.run("ip link add late0 type dummy");
        site.primary.run("ip address add 10.9.0.1/24 dev late0");
        site.primary.run("ip link set late0 up multicast on");
        status("neither is any more", |trouble, pair| {
            let is_held = pair["addresses"][0] == "10.1.0.10 on eth0:1";
            trouble.is_empty() && is_held && pair["refused"].as_array().is_some_and(Vec::is_empty)
        });
        assert!(director.stop().success());
        assert!(!holds(&site.primary, 10));
    });
}

#[test]
fn a_second_signal_does_not_wait_for_inactive_cmd() {
    in_the_lab(|| {
        let site = Pair::build();
        let command = "inactive_cmd = \"test -e /tmp/slow && sleep 60\"\n";
        let director = Director::start(&site.primary, &format!("{command}{}", lone(&[10])));
        wait_for_address(&site.primary, 10, true);
        fs::write("/tmp/slow", "").expect("a file");
        director.signal(Signal::TERM);
        let runs = "running inactive_cmd";
        wait_until(runs, DEADTIME * 2, || match director.log().matches(runs).count() {
            2 => Ok(()),
            _ => Err(director.log()),
        });
        assert!(holds(&site.primary, 10), "it comes before the addresses go");
        let before = Instant::now();
        assert!(director.stop().success());
        assert!(before.elapsed() < Duration::from_secs(9), "{:?}", before.elapsed());
        assert!(!holds(&site.primary, 10));
        assert_eq!(site.primary.table(), Vec::<String>::new());
    });
}

#[test]
fn a_restarted_lone_director_takes_nothing_away() {
    in_the_lab(|| {
        let site = Pair::build();
        let director = Director::start(&site.primary, &lone(&[10]));
        wait_for_address(&site.primary, 10, true);
        director.wait_for_line(REAL, true);
        director.kill();
        let next = Director::start(&site.primary, &lone(&[10]));
        next.wait_for_log("partner dead: activating lvs");
        assert!(!next.log().contains("lowered"), "{}", next.log());
        assert_eq!(next.steps(), Vec::<String>::new());
        assert!(next.stop().success());
        assert!(!holds(&site.primary, 10), "it knows its own");
    });
}

#[test]
fn a_dry_run_tells_what_it_would_do_and_nobody_hears_of_it() {
    in_the_lab(|| {
        let site = Pair::build();
        let director = Director::start_with(&site.primary, &pair(&[10]), &["--dry-run"]);
        director.wait_for_log("would raise 10.1.0.10 on eth0:1");
        director.wait_for_log("would run: ipvsadm -A -t 10.1.0.10:80 -s wlc");
        assert!(!holds(&site.primary, 10));
        assert_eq!(site.primary.table(), Vec::<String>::new());
        let sockets = site.primary.run("cat /proc/net/udp");
        assert_eq!(sockets.lines().count(), 1, "{sockets}");
        assert!(director.stop().success());
    });
}

#[test]
fn who_cannot_have_its_socket_or_is_none_of_the_pair_does_not_start() {
    in_the_lab(|| {
        let site = Pair::build();
        let first = Director::start(&site.primary, &pair(&[10]));
        wait_for_address(&site.primary, 10, true);
        let second = Director::start(&site.primary, &pair(&[10]));
        second.wait_for_log("a director runs already on this machine for 10.1.0.10 on eth0");
        let second = Director::start(&site.primary, &pair(&[20]));
        second.wait_for_log("cannot create heartbeat socket: 10.1.0.1:539: Address already in use");
        let third = Director::start(&site.backup, &lone(&[10]));
        third.wait_for_log("We are backup node and backup is marked inactive -- exiting pulse");
        assert!(holds(&site.primary, 10));
        assert_eq!(site.primary.table(), [SERVICE, REAL]);
        assert!(first.stop().success());
    });
}

#[test]
fn a_dead_primary_is_followed_within_deadtime_and_a_stopping_one_at_once() {
    in_the_lab(|| {
        let site = Pair::build();
        let (first, second) = site.start(&pair(&[10]));
        assert!(!holds(&site.backup, 10));
        assert_eq!(site.backup.table(), Vec::<String>::new(), "a standby holds no service");

        site.primary.run("ip link set eth0 down");
        let killed = Instant::now();
        first.kill();
        second.wait_for_log("raised 10.1.0.10 on eth0:1");
        let taken = killed.elapsed();
        println!("taken over {taken:?} after the death");
        assert!(taken < DEADTIME + Duration::from_millis(200), "{taken:?}");
        assert!(holds(&site.backup, 10));
        assert_eq!(ask(&site.client, Protocol::Tcp, Family::V4.vip_port(80), 2), "rs1=2");

        // what the dead one left is taken off, and it does not take over again
        site.primary.run("ip link set eth0 up");
        let first = Director::start(&site.primary, &pair(&[10]));
        wait_for_address(&site.primary, 10, false);
        wait_for_peer(&first);
        assert!(holds(&site.backup, 10) && !holds(&site.primary, 10));

        let stopped = Instant::now();
        assert!(second.stop().success());
        first.wait_for_log("backup inactive: activating lvs");
        first.wait_for_log("raised 10.1.0.10 on eth0:1");
        let taken = stopped.elapsed();
        println!("taken over {taken:?} after the order to stop");
        assert!(taken < DEADTIME / 2, "{taken:?}");
        assert!(!holds(&site.backup, 10));
        assert_eq!(site.backup.table(), Vec::<String>::new());
    });
}

#[test]
fn who_sees_its_own_cable_out_gives_up_and_does_not_take_over_when_it_is_back() {
    in_the_lab(|| {
        let site = Pair::build();
        let (first, second) = site.start(&format!("monitor_links = 1\n{}", pair(&[10])));
        site.primary.run("ip link set eth0 down");
        first.wait_for_log("Primary NIC: link down");
        first.wait_for_log("local link failure: deactivating LVS");
        wait_for_address(&site.primary, 10, false);
        second.wait_for_log("partner dead: activating lvs");
        wait_for_address(&site.backup, 10, true);
        site.primary.run("ip link set eth0 up");
        first.wait_for_log("Local NIC link(s) restored: Pulse enabled");
        wait_for_peer(&first);
        assert!(holds(&site.backup, 10) && !holds(&site.primary, 10));
        assert!(!second.log().contains("SPLIT BRAIN"), "{}", second.log());
    });
}

#[test]
fn a_reload_changes_what_is_held_and_never_the_role() {
    in_the_lab(|| {
        let site = Pair::build();
        let (first, second) = site.start(&pair(&[10]));
        // the original's standby would spin for ever
        second.reload(&pair(&[10, 20]));
        first.reload(&pair(&[10, 20]));
        wait_for_address(&site.primary, 20, true);
        first.wait_for_line("-A -t 10.1.0.20:80 -s wlc", true);
        first.reload(&pair(&[20]));
        second.reload(&pair(&[20]));
        wait_for_address(&site.primary, 10, false);
        assert!(holds(&site.primary, 20));
        first.reload("primary = nobody\n");
        first.wait_for_log("the last good one is followed");
        assert!(holds(&site.primary, 20), "a bad file takes nothing down");
        assert!(!first.log().contains("lowered 10.1.0.20"));
        assert!(!second.log().contains("activating"), "the standby has stayed one");

        assert!(first.stop().success());
        wait_for_address(&site.backup, 20, true);
        assert!(!holds(&site.backup, 10));
    });
}

/// Two directors, a client, and a real for direct routing.
/// Two machines that may be directors, a client, and a real server that they direct to.
pub(crate) struct Pair {
    pub(crate) primary: Host,
    pub(crate) backup: Host,
    pub(crate) client: Host,
    _server: Server,
}

impl Pair {
    /// Builds them on one network.
    pub(crate) fn build() -> Pair {
        feed("modprobe -a ip_vs veth bridge", "");
        let mut site = Site::default();
        let [primary, backup, client, real] =
            ["primary", "backup", "client", "rs1"].map(|name| site.host(name));
        site.switch("front");
        site.plug(&primary, "eth0", "front", &["10.1.0.1/24"]);
        site.plug(&backup, "eth0", "front", &["10.1.0.2/24"]);
        site.plug(&client, "eth0", "front", &["10.1.0.100/24"]);
        site.gate(std::slice::from_ref(&real));
        site.build();
        let all = ["10.1.0.11", "10.1.0.10"].map(|address| address.parse().expect("an address"));
        let server = Server::start(&real, &all, 80);
        Pair { primary, backup, client, _server: server }
    }

    /// Starts both, the primary first: it is active, and both know each other.
    fn start(&self, config: &str) -> (Director, Director) {
        let first = Director::start(&self.primary, config);
        wait_for_address(&self.primary, 10, true);
        let second = Director::start(&self.backup, config);
        second.wait_for_log("STARTING PULSE AS BACKUP");
        wait_for_peer(&second);
        (first, second)
    }
}

/// Waits until a standby has heard its peer, and all reals have been found up.
pub(crate) fn wait_for_peer(standby: &Director) {
    wait_until("the peer is heard", Duration::from_secs(20), || {
        let status = standby.whole_status();
        let heard = status["pair"]["peer"]["heard"].is_string();
        let virtuals = status["virtuals"].as_array().cloned().unwrap_or_default();
        let is_up =
            |one: &Value| one["up"].as_u64() == one["reals"].as_array().map(|of| of.len() as u64);
        if heard && virtuals.iter().all(is_up) { Ok(()) } else { Err(status.to_string()) }
    });
}

fn holds(host: &Host, last: u8) -> bool {
    let addresses = host.run("ip -4 -o address show dev eth0");
    addresses.contains(&format!(" 10.1.0.{last}/24 "))
}

fn wait_for_address(host: &Host, last: u8, there: bool) {
    let what = if there { "is raised" } else { "is lowered" };
    wait_until(&format!("10.1.0.{last} {what}"), Duration::from_secs(20), || {
        if holds(host, last) == there { Ok(()) } else { Err(host.run("ip -4 -o address show")) }
    });
}

/// Both directors' file, with a virtual for each of these addresses.
fn pair(virtuals: &[u8]) -> String {
    format!("backup_active = 1\nbackup = 10.1.0.2\n{}", lone(virtuals))
}

fn lone(virtuals: &[u8]) -> String {
    let mut text = "primary = 10.1.0.1\nservice = lvs\nheartbeat_port = 539\nkeepalive = 1\n\
                    network = direct\n"
        .to_owned();
    let _ = writeln!(text, "deadtime = {}", DEADTIME.as_secs());
    for last in virtuals {
        let _ = write!(
            text,
            "virtual v{last} {{\n active = 1\n address = 10.1.0.{last} eth0:1\n \
             vip_nmask = 255.255.255.0\n port = 80\n send = \"who\\n\"\n expect = \"rs\"\n \
             load_monitor = none\n scheduler = wlc\n protocol = tcp\n timeout = 1\n reentry = 1\n \
             server rs1 {{\n address = 10.1.0.11\n active = 1\n weight = 1\n }}\n}}\n"
        );
    }
    text
}

const DEADTIME: Duration = Duration::from_secs(3);
const SERVICE: &str = "-A -t 10.1.0.10:80 -s wlc";
const REAL: &str = "-a -t 10.1.0.10:80 -r 10.1.0.11:80 -g -w 1";
