//! Two directors with two cables each, whole: a power loss, split brain, cables that break, and a
//! handover that nobody who is connected notices.

mod asker;
mod block;
mod heartbeat;
mod network;
mod sessions;
mod wire;

use std::time::{Duration, Instant};

use super::cluster::wait_for_peer;
use super::host::Host;
use super::machine::in_the_lab;
use super::mailbox::Mailbox;
use super::traffic::Traffic;
use super::wait::wait_until;
use asker::Asker;
use network::{Network, TARGETS, config, holds_addresses, holds_all, wait_for_all, with};
use wire::Observer;

/// A power loss: nothing is heard of the primary, on no cable, and it does not answer.
#[test]
fn a_dead_primary_s_addresses_and_services_are_held_within_deadtime() {
    in_the_lab(|| {
        let site = Network::build();
        let (first, second) = site.start(&config());
        let table = site.primary.table();
        assert!(table.len() > 8, "all are up: {table:#?}");
        let asker = Asker::start(&site.client, &TARGETS);
        asker.a_round();
        let observer = Observer::start(&site.backup, site.primary_addresses());
        observer.wait_for_heartbeats(2);

        site.cut(&site.primary, &["eth1", "eth0"]);
        first.kill();
        let (heard, held) = observer.takeover();
        let taken = held - heard;
        println!("all addresses and services held {taken:?} after the last heartbeat");
        assert!(taken < DEADTIME + Duration::from_millis(200), "{taken:?}");
        assert_eq!(site.backup.table(), table, "the same services, reals and weights");
        asker.wait_for_answers();
        let tries = asker.end();
        for target in TARGETS {
            let hole = tries.hole(target);
            println!("{target}: unanswered for {hole:?}");
            assert!(hole < taken + KEEPALIVE + Duration::from_secs(1), "{target}: {hole:?}");
        }
        drop(second);
    });
}

#[test]
fn two_that_hear_nothing_of_each_other_are_one_again_when_they_do() {
    in_the_lab(|| {
        let site = Network::build();
        let mailbox = Mailbox::install();
        let (first, second) = site.start(&with(&config(), "emailalert = root\n"));
        site.cut(&site.primary, &["eth1", "eth0"]);
        second.wait_for_log("partner dead: activating lvs");
        wait_for_all(&site.backup, true);
        assert!(holds_addresses(&site.primary), "nobody can tell it");
        Asker::start(&site.client, &TARGETS).wait_for_answers();
        assert_eq!(site.backup_of(&TARGETS), 3, "the backup is who is reached");

        site.mend(&site.primary, &["eth1", "eth0"]);
        second.wait_for_log("partner active: deactivating LVS");
        wait_for_all(&site.backup, false);
        first.wait_for_log("partner active: resending arps");
        first.wait_for_log("split brain is over: this one is the only active director");
        // it has found all reals dead meanwhile
        wait_for_all(&site.primary, true);
        assert_eq!(site.backup.table(), Vec::<String>::new());
        wait_until("the primary is who is reached", LIMIT, || match site.backup_of(&TARGETS) {
            0 => Ok(()),
            some => Err(format!("{some} of {} are the backup's", TARGETS.len())),
        });
        Asker::start(&site.client, &TARGETS).wait_for_answers();
        let yields = "SPLIT BRAIN: both directors are active: this one, the backup yields";
        let stays = "SPLIT BRAIN: both directors are active: this one, the primary stays";
        second.wait_for_log(yields);
        first.wait_for_log(stays);
        for words in [yields, stays, "partner active: deactivating LVS", "partner dead"] {
            mailbox.wait_for(words);
        }
    });
}

#[test]
fn one_cable_of_two_is_enough() {
    in_the_lab(|| {
        let site = Network::build();
        let (first, second) = site.start(&config());
        let observer = Observer::start(&site.backup, site.primary_addresses());
        for interface in ["eth0", "eth1"] {
            let said = [first.log().len(), second.log().len()];
            site.cut(&site.backup, &[interface]);
            // for longer than deadtime
            observer.wait_for_heartbeats(4);
            site.mend(&site.backup, &[interface]);
            let since = [first.log().split_off(said[0]), second.log().split_off(said[1])];
            for log in &since {
                for word in ["activating", "raised", "lowered", "dead"] {
                    assert!(!log.contains(word), "{interface} was out: {log}");
                }
            }
        }
        assert!(holds_all(&site.primary));
        assert_eq!(site.backup.table(), Vec::<String>::new());
    });
}

#[test]
fn a_watched_cable_that_is_out_hands_over() {
    in_the_lab(|| {
        let site = Network::build();
        let (first, second) = site.start(&with(&config(), "monitor_links = 1\n"));
        let cut = Instant::now();
        site.cut(&site.primary, &["eth0"]);
        for line in ["Primary NIC: link down", "local link failure: deactivating LVS"] {
            first.wait_for_log(line);
        }
        second.wait_for_log("primary inactive: activating lvs");
        wait_for_all(&site.backup, true);
        let taken = cut.elapsed();
        println!("all addresses and services held {taken:?} after the cable was pulled");
        assert!(taken < DEADTIME, "it is told, by the other cable: {taken:?}");
        wait_for_all(&site.primary, false);
        Asker::start(&site.client, &TARGETS).wait_for_answers();
        assert_eq!(site.backup_of(&TARGETS), 3);

        site.mend(&site.primary, &["eth0"]);
        first.wait_for_log("Local NIC link(s) restored: Pulse enabled");
        wait_for_peer(&first);
        let observer = Observer::start(&site.primary, site.backup_addresses());
        observer.wait_for_heartbeats(4);
        assert!(holds_all(&site.backup) && !holds_all(&site.primary), "it stays a standby");
        assert_eq!(first.log().matches("activating lvs").count(), 1, "{}", first.log());
    });
}

#[test]
fn a_handover_loses_no_connection_where_they_are_synchronised() {
    in_the_lab(|| {
        let site = Network::build();
        let sync = "syncdaemon = 1\nsyncd_iface = eth1\nsyncd_id = 7\n";
        let (first, second) = site.start(&with(&config(), sync));
        let people = [TARGETS[0], TARGETS[1]].map(|to| Traffic::start(&site.client, to, EACH));
        wait_for_connections(&site.backup, 2 * EACH, &people);
        let asker = Asker::start(&site.client, &TARGETS);
        asker.a_round();

        let told = Instant::now();
        assert!(first.stop().success());
        second.wait_for_log("primary inactive: activating lvs");
        wait_for_all(&site.backup, true);
        println!("handed over {:?} after the order to stop", told.elapsed());
        people.iter().for_each(Traffic::a_round);
        people.iter().for_each(Traffic::a_round);
        asker.wait_for_answers();
        let tries = asker.end();
        for target in TARGETS {
            let hole = tries.hole(target);
            println!("{target}: unanswered for {hole:?}");
            assert!(hole < Duration::from_secs(1), "{target}: {hole:?}");
        }
        for (people, how) in people.into_iter().zip(["masquerading", "direct routing"]) {
            let failures = people.end();
            assert!(failures.is_empty(), "{how}: {failures:#?}");
        }
    });
}

/// Waits until a standby has been told of so many established connections.
fn wait_for_connections(standby: &Host, count: usize, people: &[Traffic]) {
    wait_until("the standby knows the connections", LIMIT, || {
        people.iter().for_each(Traffic::a_round);
        let known = standby.run("cat /proc/net/ip_vs_conn");
        let held = known.lines().filter(|line| line.contains("ESTABLISHED")).count();
        if held >= count { Ok(()) } else { Err(format!("{held} of {count}:\n{known}")) }
    });
}

/// As [`config`] has them.
const KEEPALIVE: Duration = Duration::from_secs(1);
const DEADTIME: Duration = Duration::from_secs(2);
/// Connections for each forwarding method.
const EACH: usize = 30;
const LIMIT: Duration = Duration::from_secs(20);
