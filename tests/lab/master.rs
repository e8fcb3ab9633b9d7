//! Two directors of ours that speak CARP or VRRP: who is master, and from when on.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use super::client::{Protocol, ask};
use super::cluster::{Pair, wait_for_peer};
use super::director::Director;
use super::host::{Host, feed};
use super::machine::in_the_lab;
use super::net::Family;
use super::wait::wait_until;

#[test]
fn a_carp_pair() {
    in_the_lab(|| {
        share("between us\n");
        let block = |rank: usize| {
            let skew = 50 * rank;
            format!(
                "carp\n interface = eth0\n id = 7\n advskew = {skew}\n secretfile = /tmp/secret\n"
            )
        };
        let site = Pair::build();
        let (first, second) = begin(&site, block);
        stop_and_come_back(&site, first, second, block, false);
    });
}

#[test]
fn a_vrrp_pair() {
    in_the_lab(|| {
        let block = |rank: usize| {
            let priority = 150 - 50 * rank;
            format!("vrrp\n interface = eth0\n id = 7\n priority = {priority}\n")
        };
        let site = Pair::build();
        let (first, second) = begin(&site, block);
        stop_and_come_back(&site, first, second, block, true);
    });
}

#[test]
fn a_vrrp_pair_of_version_2_with_a_password() {
    in_the_lab(|| {
        share("between\n");
        let block = |rank: usize| {
            let priority = 150 - 50 * rank;
            format!(
                "vrrp\n interface = eth0\n id = 7\n priority = {priority}\n version = 2\n \
                 secretfile = /tmp/secret\n"
            )
        };
        let site = Pair::build();
        let (first, second) = begin(&site, block);
        stop_and_come_back(&site, first, second, block, true);
    });
}

#[test]
fn a_vrrp_pair_that_knows_each_other_and_signs() {
    in_the_lab(|| {
        share("between us\n");
        let block = |rank: usize| {
            let (priority, peer) = (150 - 50 * rank, 2 - rank);
            format!(
                "vrrp\n interface = eth0\n id = 7\n priority = {priority}\n peer = 10.1.0.{peer}\n \
                 secretfile = /tmp/secret\n interval = 0.1\n"
            )
        };
        let site = Pair::build();
        let (first, second) = begin(&site, block);
        stop_and_come_back(&site, first, second, block, true);
    });
}

#[test]
fn a_vrrp_pair_of_ipv6() {
    in_the_lab(|| {
        let file = |priority: u8| {
            format!(
                "cluster = vrrp\n interface = eth0\n id = 7\n priority = {priority}\n \
                 interval = 0.1\n address = 2001:db8::10/64\n"
            )
        };
        let site = Pair::build();
        let is_on = |host: &Host, there: bool| {
            wait_until(&format!("2001:db8::10 is there: {there}"), LIMIT, || {
                let addresses = host.run("ip -6 -o address show dev eth0");
                let is_it = addresses.contains(" 2001:db8::10/64 ") == there;
                if is_it { Ok(()) } else { Err(addresses) }
            });
        };
        let first = Director::start(&site.primary, &file(150));
        is_on(&site.primary, true);
        let second = Director::start(&site.backup, &file(100));
        second.wait_for_log("starting on ");
        wait_for_peer(&second);
        site.client.run("ip -6 address add 2001:db8::99/64 dev eth0 nodad");
        site.client.run("ping -c 1 -W 5 2001:db8::10");
        assert!(first.stop().success());
        is_on(&site.backup, true);
        site.client.run("ping -c 1 -W 5 2001:db8::10");
        let first = Director::start(&site.primary, &file(150));
        is_on(&site.primary, true);
        is_on(&site.backup, false);
        site.client.run("ping -c 1 -W 5 2001:db8::10");
        assert!(second.stop().success() && first.stop().success());
    });
}

#[test]
fn an_interface_may_come_later_and_go_and_come_again() {
    in_the_lab(|| {
        share("between us\n");
        let site = Pair::build();
        feed("modprobe dummy", "");
        let file = "cluster = carp\n interface = late0\n id = 7\n secretfile = /tmp/secret\n \
                    address = 10.5.0.10/24\n";
        let director = Director::start(&site.primary, file);
        director.wait_for_log("there is no interface late0: waiting for that");
        let comes = || {
            site.primary.run("ip link add late0 type dummy");
            site.primary.run("ip link set late0 up multicast on");
            site.primary.run("ip address add 10.5.0.1/24 dev late0");
        };
        let sent = || {
            let said = site.primary.run("cat /proc/net/dev");
            let line = said.lines().find(|line| line.contains("late0:"));
            line.and_then(|line| line.split_whitespace().nth(10)?.parse::<u64>().ok())
        };
        let advertises = |is_it: bool| {
            let before = sent();
            wait_until(&format!("the address is held, and adverts go out: {is_it}"), LIMIT, || {
                let raised = site.primary.run("ip -4 -o address show").contains(" 10.5.0.10/24 ");
                // of neighbours some are told as well, but not so often
                let sends = sent() > before.map(|before| before + 10);
                if raised == is_it && (sends || !is_it) { Ok(()) } else { Err(director.log()) }
            });
        };
        comes();
        advertises(true);
        site.primary.run("ip link del late0");
        director.wait_for_log("late0: the interface is down, or its cable is out");
        advertises(false);
        comes();
        advertises(true);
        site.primary.run("ip link set late0 down");
        advertises(false);
        site.primary.run("ip link set late0 up");
        advertises(true);
        assert!(director.stop().success());
        assert!(!site.primary.run("ip -4 -o address show").contains(" 10.5.0.10/24 "));
    });
}

#[test]
fn another_protocol_needs_a_restart() {
    in_the_lab(|| {
        let site = Pair::build();
        let first = "cluster = vrrp\n interface = eth0\n id = 7\n address = 10.1.0.10/24\n";
        let director = Director::start(&site.primary, first);
        wait_for_address(&site.primary, true);
        director.reload("cluster = external\n interface = eth0\n address = 10.1.0.10/24\n");
        let words = "it names external now, and this director speaks vrrp; restart all of them";
        director.wait_for_log(words);
        director.reload(&first.replace("0.10", "0.20"));
        wait_until("the new address is raised", LIMIT, || {
            let addresses = site.primary.run("ip -4 -o address show dev eth0");
            let is_it = addresses.contains(" 10.1.0.20/24 ") && !addresses.contains("0.10/24");
            if is_it { Ok(()) } else { Err(addresses) }
        });
        assert!(director.stop().success());
    });
}

/// Writes the secret of both.
fn share(secret: &str) {
    fs::write("/tmp/secret", secret).expect("a file");
    fs::set_permissions("/tmp/secret", Permissions::from_mode(0o600)).expect("our file");
}

/// The preferred one is active, the other one is ready and knows it.
fn begin(site: &Pair, block: impl Fn(usize) -> String) -> (Director, Director) {
    let first = Director::start(&site.primary, &config(&block(0)));
    wait_for_address(&site.primary, true);
    // a network that has just come up loses the first check, and who has no server gives way
    wait_until("its server is up", LIMIT, || match site.primary.table().len() {
        2 => Ok(()),
        _ => Err(first.log()),
    });
    let second = Director::start(&site.backup, &config(&block(1)));
    wait_for_standby(&second);
    wait_until("the standby has its table", LIMIT, || {
        match site.backup.table() == site.primary.table() && site.backup.table().len() == 2 {
            true => Ok(()),
            false => Err(site.backup.table().join("\n")),
        }
    });
    assert!(!holds(&site.backup), "{}", second.log());
    serves(site);
    (first, second)
}

/// Who stops says so; who comes back takes its place again or not; who is cut off is followed.
fn stop_and_come_back(
    site: &Pair,
    first: Director,
    second: Director,
    block: impl Fn(usize) -> String,
    preempts: bool,
) {
    let steps = second.steps().len();
    let stops = Instant::now();
    assert!(first.stop().success());
    wait_for_address(&site.backup, true);
    println!("held {:?} after the other was told to stop", stops.elapsed());
    assert!(!holds(&site.primary));
    serves(site);
    assert_eq!(second.steps().len(), steps, "the kernel was told nothing for a takeover");

    let first = Director::start(&site.primary, &config(&block(0)));
    let (active, standby, cut) = match preempts {
        true => {
            wait_for_address(&site.primary, true);
            wait_for_address(&site.backup, false);
            (first, second, [&site.primary, &site.backup])
        }
        false => (second, first, [&site.backup, &site.primary]),
    };
    wait_for_standby(&standby);
    serves(site);

    let [dead, left] = cut;
    assert!(holds(dead) && !holds(left));
    dead.run("ip link set eth0 down");
    let cut = Instant::now();
    active.kill();
    wait_for_address(left, true);
    println!("held {:?} after the other was cut off", cut.elapsed());
    serves(site);
    let status = standby.whole_status();
    assert_eq!(status["pair"]["role"], "active", "{status}");
    assert!(standby.stop().success());
    assert!(!holds(left));
}

fn wait_for_standby(director: &Director) {
    director.wait_for_log("starting on ");
    wait_until("the master is heard", LIMIT, || {
        let status = director.whole_status();
        let pair = &status["pair"];
        let is_it = pair["role"] == "standby" && pair["peer"]["role"] == "active";
        let up = status["virtuals"][0]["up"].as_u64() == Some(1);
        if is_it && up { Ok(()) } else { Err(status.to_string()) }
    });
}

fn serves(site: &Pair) {
    assert_eq!(ask(&site.client, Protocol::Tcp, Family::V4.vip_port(80), 2), "rs1=2");
}

fn holds(host: &Host) -> bool {
    host.run("ip -4 -o address show dev eth0").contains(" 10.1.0.10/24 ")
}

fn wait_for_address(host: &Host, there: bool) {
    let what = if there { "raised" } else { "lowered" };
    wait_until(&format!("10.1.0.10 is {what}"), LIMIT, || {
        if holds(host) == there { Ok(()) } else { Err(host.run("ip -4 -o address show")) }
    });
}

fn config(block: &str) -> String {
    format!(
        "checkinterval = 1\nchecktimeout = 1\ncluster = {block} address = 10.1.0.10/24 eth0:1\n\
         virtual = 10.1.0.10:80\n real = 10.1.0.11:80 gate\n checktype = connect\n"
    )
}

const LIMIT: Duration = Duration::from_secs(20);
