//! Two directors of ours that speak CARP or VRRP: who is master, and from when on.

use std::fs;
use std::time::{Duration, Instant};

use super::client::{Protocol, ask};
use super::cluster::Pair;
use super::director::Director;
use super::host::Host;
use super::machine::in_the_lab;
use super::net::Family;
use super::wait::wait_until;

#[test]
fn a_carp_pair() {
    in_the_lab(|| {
        fs::write("/tmp/secret", "between us\n").expect("a file");
        let block = |rank: usize| {
            let skew = 50 * rank;
            format!(
                "carp\n interface = eth0\n id = 7\n advskew = {skew}\n secretfile = /tmp/secret\n"
            )
        };
        let site = Pair::build();
        let (first, second) = begin(&site, block);
        first.wait_for_log("[INFO] Local advertised ethernet address is");
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
        fs::write("/tmp/secret", "between\n").expect("a file");
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
        fs::write("/tmp/secret", "between us\n").expect("a file");
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

/// The preferred one is active, the other one is ready and knows it.
fn begin(site: &Pair, block: impl Fn(usize) -> String) -> (Director, Director) {
    let first = Director::start(&site.primary, &config(&block(0)));
    wait_for_address(&site.primary, true);
    let second = Director::start(&site.backup, &config(&block(1)));
    wait_for_standby(&second);
    wait_until("the standby has its table", LIMIT, || {
        match site.backup.table() == site.primary.table() && site.backup.table().len() == 2 {
            true => Ok(()),
            false => Err(site.backup.table().join("\n")),
        }
    });
    assert!(!holds(&site.backup));
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
