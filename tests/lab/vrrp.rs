//! One of ours beside Debian's keepalived, in both roles: VRRP 2 and 3, IPv4 and IPv6, to the group and
//! to peers.

mod ground;
mod keepalived;

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::client::{Protocol, ask_once};
use super::director::Director;
use super::machine::{in_the_lab, on_this_kernel};
use super::net::Family;
use super::server::Server;
use super::wait::wait_until;
use ground::{Ground, Speech, holds};
use keepalived::Keepalived;

#[test]
fn version_3_over_ipv4() {
    in_the_lab(|| {
        let ground = Ground::build();
        for unicast in [false, true] {
            story(&ground, Speech { unicast, ..SPEECH });
        }
    });
}

#[test]
fn version_3_over_ipv6() {
    in_the_lab(|| {
        let ground = Ground::build();
        for unicast in [false, true] {
            story(&ground, Speech { family: Family::V6, unicast, ..SPEECH });
        }
    });
}

#[test]
fn version_2_and_its_password() {
    in_the_lab(|| {
        let ground = Ground::build();
        let [right, wrong] = ["secret12", "secret13"].map(|password| Speech {
            version: 2,
            password: Some(password),
            ..SPEECH
        });
        story(&ground, right);
        // who has another one is not believed, and both say so
        let theirs = Keepalived::start(&ground.theirs, &wrong.theirs(150, ""));
        let ours = Director::start(&ground.ours, &right.ours(100, ""));
        ours.wait_for_log("received an invalid passwd!");
        theirs.wait_for_log("received an invalid passwd!");
        let status = ours.whole_status();
        assert!(status["pair"]["ignored"]["wrong password"].as_u64() > Some(0), "{status}");
        theirs.reload(&right.theirs(150, ""));
        ground.wait_for_holder(Family::V4, &ground.theirs);
    });
}

#[test]
fn of_the_same_priority_the_higher_address_stays() {
    in_the_lab(|| {
        let ground = Ground::build();
        let theirs = Keepalived::start(&ground.theirs, &SPEECH.theirs(100, ""));
        ground.wait_for_holder(Family::V4, &ground.theirs);
        let ours = Director::start(&ground.ours, &SPEECH.ours(100, ALONE));
        ours.wait_for_log("Entering BACKUP STATE (init)");
        stays_a_backup(&ours, "priority 100");
        let same = "with same priority 100 but higher IP address than ours";
        ground.part();
        wait_until("both are master", LIMIT, || match holds(&ground.ours, Family::V4) {
            true => Ok(()),
            false => Err(ours.log()),
        });
        ground.mend();
        ours.wait_for_log(&format!("Master received advert from 10.1.0.2 {same}"));
        ground.wait_for_holder(Family::V4, &ground.theirs);

        ground.ours.run("ip address add 10.1.0.3/24 dev eth0");
        ours.reload(&SPEECH.ours(100, &format!("{ALONE}\nsource = 10.1.0.3")));
        ground.part();
        wait_until("both are master", LIMIT, || match holds(&ground.ours, Family::V4) {
            true => Ok(()),
            false => Err(ours.log()),
        });
        ground.mend();
        theirs.wait_for_log(&format!("Master received advert from 10.1.0.3 {same}"));
        // it goes without a word, so that nobody tells the neighbours again
        ground.wait_for_address(Family::V4, &ground.ours);

        // a cable that is out
        ground.unplug();
        ours.wait_for_log("Entering FAULT STATE");
        theirs.wait_for_log("Entering MASTER STATE");
        wait_until("the addresses are down", LIMIT, || match holds(&ground.ours, Family::V4) {
            true => Err(ours.log()),
            false => Ok(()),
        });
        ground.plug();
        ground.wait_for_holder(Family::V4, &ground.theirs);
    });
}

#[test]
fn two_of_ours_with_a_key() {
    in_the_lab(|| {
        let ground = Ground::build();
        let [right, wrong] =
            ["one key", "another"].map(|password| Speech { password: Some(password), ..SPEECH });
        let first = Director::start(&ground.ours, &right.ours(150, ""));
        ground.wait_for_holder(Family::V4, &ground.ours);
        let second = Director::start(&ground.theirs, &right.ours(100, ""));
        second.wait_for_log("Entering BACKUP STATE (init)");
        stays_a_backup(&second, "priority 150");
        assert!(first.stop().success());
        second.wait_for_log("Backup received priority 0 advertisement");
        ground.wait_for_holder(Family::V4, &ground.theirs);
        let first = Director::start(&ground.ours, &right.ours(150, ""));
        ground.wait_for_holder(Family::V4, &ground.ours);
        second.reload(&wrong.ours(100, ""));
        second.wait_for_log("advert with a wrong signature");
        first.wait_for_log("advert with a wrong signature");
        second.reload(&right.ours(100, ""));
        ground.wait_for_holder(Family::V4, &ground.ours);
    });
}

/// User-Mode Linux has no nf_tables; and where this machine's kernel has no IPVS there is no service.
#[test]
fn a_master_that_accepts_nothing() {
    on_this_kernel(|| {
        let ground = Ground::build();
        // one of IPv6 hears IPv4 as well
        let any = ["::".parse().expect("an address")];
        let _server = Server::start(&ground.ours, &any, 8080);
        for (family, own) in [(Family::V4, "10.1.0.1:8080"), (Family::V6, "[fd01::1]:8080")] {
            accepts_nothing(&ground, family, own.parse().expect("an address"));
        }
    });
}

fn accepts_nothing(ground: &Ground, family: Family, own: SocketAddr) {
    let speech = Speech { family, ..SPEECH };
    let cluster = |accept: &str| {
        let file = speech.ours(100, accept);
        let cluster = file.split_once("virtual").map(|(cluster, _)| cluster.to_owned());
        cluster.filter(|_| !has_ipvs()).unwrap_or(file)
    };
    let config = cluster("accept = no");
    let reached = |to| ground.client.inside(|| ask_once(None, Protocol::Tcp, to)).ok();
    let other = family.vip_port(8080);
    let ours = Director::start(&ground.ours, &config);
    ours.wait_for_log(DROPPED);
    ground.wait_for_address(family, &ground.ours);
    if has_ipvs() {
        ground.wait_for_holder(family, &ground.ours);
    }
    assert_eq!(reached(other), None);
    assert_eq!(reached(own).as_deref(), Some("ours"));
    ours.reload(&cluster("accept = yes"));
    wait_until("it accepts", LIMIT, || reached(other).ok_or_else(|| tables(ground)));
    ours.reload(&config);
    wait_until("it does not accept", LIMIT, || reached(other).map_or(Ok(()), Err));
    assert_eq!(reached(own).as_deref(), Some("ours"));
    assert!(ours.stop().success());
    assert_eq!(tables(ground), "");
    // what one leaves behind that is killed
    let ours = Director::start(&ground.ours, &config);
    ours.wait_for_log(DROPPED);
    ours.kill();
    assert!(tables(ground).contains("lvs-director"));
    let ours = Director::start(&ground.ours, &cluster(""));
    wait_until("it accepts", LIMIT, || reached(other).ok_or_else(|| tables(ground)));
    assert_eq!(tables(ground), "");
    assert!(ours.stop().success());
}

#[test]
fn a_master_that_cannot_refuse_serves_all_the_same() {
    in_the_lab(|| {
        let ground = Ground::build();
        fs::rename("/usr/sbin/nft", "/usr/sbin/no-nft").expect("it is there");
        let ours = Director::start(&ground.ours, &SPEECH.ours(100, "accept = no"));
        ours.wait_for_log("accept = no is not kept, this master takes packets to its addresses");
        ours.wait_for_log("nft cannot be run: No such file or directory");
        ground.wait_for_holder(Family::V4, &ground.ours);
    });
}

fn has_ipvs() -> bool {
    Path::new("/proc/net/ip_vs").exists()
}

/// The tables of our machine's firewall.
fn tables(ground: &Ground) -> String {
    ground.ours.run("nft list tables")
}

/// Each takes the other's place by more priority, and by the other's goodbye; whoever comes back with
/// more takes it back.
fn story(ground: &Ground, speech: Speech) {
    println!("{speech:?}");
    let family = speech.family;
    let waits = |host| ground.wait_for_holder(family, host);
    // both begin, and who has less follows
    let theirs = Keepalived::start(&ground.theirs, &speech.theirs(150, ""));
    waits(&ground.theirs);
    let ours = Director::start(&ground.ours, &speech.ours(100, ""));
    ours.wait_for_log("Entering BACKUP STATE (init)");
    stays_a_backup(&ours, "priority 150");
    // more priority
    ours.reload(&speech.ours(200, ""));
    theirs.wait_for_log("Master received advert from");
    waits(&ground.ours);
    // less
    ours.reload(&speech.ours(100, ""));
    ours.wait_for_log("with higher priority 150, ours 100");
    waits(&ground.theirs);
    // it has less itself
    theirs.reload(&speech.theirs(50, ""));
    ours.wait_for_log("has 50");
    waits(&ground.ours);
    // their goodbye, once they are master again
    theirs.reload(&speech.theirs(150, ""));
    waits(&ground.theirs);
    let told = Instant::now();
    theirs.stop();
    ours.wait_for_log("Backup received priority 0 advertisement");
    waits(&ground.ours);
    println!("taken over {:?} after keepalived was told to stop", told.elapsed());
    // who comes back with less stays away, and our goodbye
    let theirs = Keepalived::start(&ground.theirs, &speech.theirs(50, ""));
    theirs.wait_for_log("Entering BACKUP STATE");
    waits(&ground.ours);
    let told = Instant::now();
    assert!(ours.stop().success());
    theirs.wait_for_log("Backup received priority 0 advertisement");
    waits(&ground.theirs);
    println!("taken over {:?} after ours was told to stop", told.elapsed());
    theirs.stop();
    assert!(!holds(&ground.theirs, family));
}

/// Waits until a director has heard a master for longer than one may be silent, and is none.
fn stays_a_backup(director: &Director, claim: &str) {
    wait_until("it hears a master", LIMIT, || {
        let status = director.whole_status();
        let pair = &status["pair"];
        let at = |of: &serde_json::Value| of.as_str()?.parse::<Timestamp>().ok();
        let (since, heard) = (at(&pair["since"]), at(&pair["peer"]["heard"]));
        let long = since.zip(heard).is_some_and(|(since, heard)| {
            heard.duration_since(since).unsigned_abs() > Duration::from_secs(4)
        });
        match long && pair["peer"]["claim"] == claim && pair["role"] == "standby" {
            true => Ok(()),
            false => Err(pair.to_string()),
        }
    });
    assert!(!director.log().contains("MASTER"), "{}", director.log());
}

const DROPPED: &str = "what is for the addresses and for no service is dropped (accept = no)";
/// Whose cable is out reaches no real, and would be less fit for that.
const ALONE: &str = "livereals = no";
const SPEECH: Speech = Speech { version: 3, family: Family::V4, unicast: false, password: None };
const LIMIT: Duration = Duration::from_secs(20);
