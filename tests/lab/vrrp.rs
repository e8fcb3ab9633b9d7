//! One of ours beside Debian's keepalived, in both roles: VRRP 2 and 3, IPv4 and IPv6, to the group and
//! to peers.

mod ground;
mod keepalived;

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::director::Director;
use super::machine::in_the_lab;
use super::net::Family;
use super::wait::wait_until;
use ground::{Ground, Speech, holds};
use keepalived::Keepalived;

#[test]
fn version_3_over_ipv4() {
    in_the_lab(|| {
        for unicast in [false, true] {
            story(Speech { version: 3, family: Family::V4, unicast, password: None });
        }
    });
}

#[test]
fn version_3_over_ipv6() {
    in_the_lab(|| {
        for unicast in [false, true] {
            story(Speech { version: 3, family: Family::V6, unicast, password: None });
        }
    });
}

#[test]
fn version_2_with_a_password_and_without() {
    in_the_lab(|| {
        for (unicast, password) in [(false, None), (false, Some("secret12")), (true, None)] {
            story(Speech { version: 2, family: Family::V4, unicast, password });
        }
    });
}

/// Each takes the other's place by more priority, and by the other's goodbye; whoever comes back with
/// more takes it back.
fn story(speech: Speech) {
    println!("{speech:?}");
    let ground = GROUND.get_or_init(Ground::build);
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
    ours.wait_for_log("received lower priority (50) advert from");
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

static GROUND: std::sync::OnceLock<Ground> = std::sync::OnceLock::new();
const LIMIT: Duration = Duration::from_secs(20);
