use std::net::Ipv4Addr;
use std::time::Duration;

use super::*;
use crate::model::{FailoverProtocol, Fitness};

pub(in crate::daemon::cluster) fn cluster(backup: bool, private: bool) -> Cluster {
    let node = |n| Node {
        public: Ipv4Addr::new(10, 0, 0, n),
        private: private.then_some(Ipv4Addr::new(10, 9, 0, n)),
    };
    let pulse = Pulse {
        primary: node(1),
        backup: backup.then(|| node(2)),
        port: 539,
        keepalive: Duration::from_secs(2),
        deadtime: Duration::from_secs(5),
        secret: None,
    };
    Cluster {
        protocol: FailoverProtocol::Pulse(pulse),
        addresses: Vec::new(),
        monitor_links: false,
        sync: None,
        active_command: None,
        inactive_command: None,
        fitness: Fitness::default(),
        standby_checks: true,
        standby_table: false,
        failovers: Vec::new(),
    }
}

fn seen(cluster: &Cluster, own: &str) -> Result<Setup, String> {
    Setup::of(cluster, &BTreeSet::from([own.parse().unwrap()]), None)
}

#[test]
fn who_has_the_primary_address_is_the_master() {
    let pair = cluster(true, false);
    let master = seen(&pair, "10.0.0.1").unwrap();
    assert!(master.rules.is_master && master.rules.has_peer);
    let backup = seen(&pair, "10.0.0.2").unwrap();
    assert!(!backup.rules.is_master && backup.rules.has_peer);
    assert_eq!((backup.own, backup.peer), {
        let pulse = pair.protocol.pulse().unwrap();
        (pulse.backup.unwrap(), Some(pulse.primary))
    });
}

#[test]
fn who_has_neither_address_is_none_of_the_pair() {
    let why = seen(&cluster(true, false), "10.0.0.3").unwrap_err();
    let words = "neither the address of `primary` (10.0.0.1) nor that of `backup` (10.0.0.2)";
    assert!(why.ends_with(words), "{why}");
}

#[test]
fn without_a_backup_only_the_primary_runs_and_says_nothing() {
    let lone = cluster(false, false);
    let master = seen(&lone, "10.0.0.1").unwrap();
    assert!(!master.rules.has_peer);
    assert_eq!(master.cables(), []);
    assert!(seen(&lone, "10.0.0.2").unwrap_err().contains("marked inactive -- exiting pulse"));
}

#[test]
fn each_cable_has_one_port_at_both_ends() {
    let cables = seen(&cluster(true, true), "10.0.0.2").unwrap().cables();
    let ends: Vec<_> = cables.iter().map(|c| format!("{:?} {} {}", c.path, c.from, c.to)).collect();
    assert_eq!(ends, ["Public 10.0.0.2:539 10.0.0.1:539", "Private 10.9.0.2:539 10.9.0.1:539"]);
}
