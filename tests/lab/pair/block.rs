//! The `cluster` block: one file makes a pair of both, in either dialect, whatever they speak.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::super::client::{Protocol, ask};
use super::super::director::Director;
use super::super::host::Host;
use super::super::machine::in_the_lab;
use super::super::wait::wait_until;
use super::network::Network;

#[test]
fn one_file_makes_a_pair_of_both() {
    in_the_lab(|| {
        let site = Network::build();
        write_secret();
        for file in [ldirectord_cf(VRRP), lvs_cf(CARP), ldirectord_cf(PULSE), lvs_cf(VQALIVE)] {
            println!("{file}");
            let first = Director::start(&site.primary, &file);
            wait_for(&site.primary, VIP, true);
            let second = Director::start(&site.backup, &file);
            second.wait_for_log("starting on");
            wait_until("the second one stands by", LIMIT, || {
                let pair = second.whole_status()["pair"].clone();
                let stands = pair["role"] == "standby" && pair["settled"] == true;
                if stands { Ok(()) } else { Err(pair.to_string()) }
            });
            wait_for_service(&site);
            assert!(!holds(&site.backup, VIP));

            assert!(first.stop().success());
            wait_for(&site.backup, VIP, true);
            wait_for_service(&site);
            assert!(!holds(&site.primary, VIP));
            assert!(second.stop().success());
            wait_for(&site.backup, VIP, false);
        }
    });
}

#[test]
fn a_reload_follows_the_block_but_not_to_another_protocol() {
    in_the_lab(|| {
        let site = Network::build();
        write_secret();
        let file = ldirectord_cf(VRRP);
        let director = Director::start(&site.primary, &file);
        wait_for(&site.primary, VIP, true);

        let more = format!("{VRRP}priority = 200\naddress = {MORE}/24\n");
        director.reload(&ldirectord_cf(&more));
        wait_for(&site.primary, MORE, true);
        director.reload(&file);
        wait_for(&site.primary, MORE, false);

        for (other, why) in [
            (ldirectord_cf(CARP), "it names carp now, and this director speaks vrrp"),
            (ldirectord_cf(""), "it names no other director any more, but this is one of a pair"),
        ] {
            director.reload(&other);
            director.wait_for_log(why);
            assert!(holds(&site.primary, VIP));
        }
        director.reload(&ldirectord_cf(&more));
        wait_for(&site.primary, MORE, true);
    });
}

/// One whose lines are as in ldirectord.cf, the protocol first.
fn ldirectord_cf(block: &str) -> String {
    let (head, lines) = block.split_once('\n').unwrap_or_default();
    let lines = lines.lines().map(|line| format!("\t{line}\n"));
    let head = if head.is_empty() { String::new() } else { format!("cluster = {head}\n") };
    format!(
        "{head}{}virtual = {VIP}:80\n\treal = {REAL}:80 gate\n\tchecktype = connect\n",
        lines.collect::<String>()
    )
}

fn lvs_cf(block: &str) -> String {
    let (head, lines) = block.split_once('\n').unwrap_or_default();
    let lines = lines.lines().map(|line| format!("     {line}\n"));
    format!(
        "network = direct\ncluster {head} {{\n{}}}\nvirtual web {{\n active = 1\n address = {VIP}\n \
         port = 80\n checktype = connect\n timeout = 1\n reentry = 1\n \
         server a {{\n active = 1\n address = {REAL}\n }}\n}}\n",
        lines.collect::<String>()
    )
}

fn write_secret() {
    fs::write(SECRET, "a secret of both\n").expect("a file");
    fs::set_permissions(SECRET, fs::Permissions::from_mode(0o600)).expect("a file");
}

fn wait_for(host: &Host, address: &str, there: bool) {
    wait_until(&format!("{} holds {address}: {there}", host.name), LIMIT, || {
        if holds(host, address) == there { Ok(()) } else { Err(host.run("ip address")) }
    });
}

fn holds(host: &Host, address: &str) -> bool {
    !host.run(&format!("ip -o address show to {address}")).is_empty()
}

fn wait_for_service(site: &Network) {
    let to: SocketAddr = format!("{VIP}:80").parse().expect("an address");
    wait_until("the service is served", LIMIT, || {
        let answers = ask(&site.client, Protocol::Tcp, to, 2);
        if answers == "rs1=2" { Ok(()) } else { Err(answers) }
    });
}

// the same on both directors: who is who is found out
const VRRP: &str = "vrrp\ninterface = eth0\nid = 51\ninterval = 0.2\nsecretfile = /tmp/block.secret\n\
                    peer = 10.1.0.1\npeer = 10.1.0.2\naddress = 10.1.0.10/24\n";
const CARP: &str = "carp\ninterface = eth0\nid = 51\nadvbase = 0\nadvskew = 50\n\
                    secretfile = /tmp/block.secret\naddress = 10.1.0.10/24\n";
const PULSE: &str = "pulse\nprimary = 10.1.0.1 10.2.0.1\nbackup = 10.1.0.2 10.2.0.2\n\
                     interval = 0.3\ndeadtime = 1\naddress = 10.1.0.10/24 eth0:1\n";
const VQALIVE: &str = "vqalive\ninterface = eth0\naddress = 10.1.0.10/24\ncheckport = 80\n\
                       checkinterval = 0.3\nchecktimeout = 0.3\ncheckfails = 2\nstartdelay = 0\n";
const SECRET: &str = "/tmp/block.secret";
const VIP: &str = "10.1.0.10";
const MORE: &str = "10.1.0.30";
const REAL: &str = "10.1.0.11";
const LIMIT: Duration = Duration::from_secs(20);
