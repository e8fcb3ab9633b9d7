use std::net::Ipv4Addr;
use std::time::Duration;

use super::*;
use crate::daemon::cluster::secret::Birth;
use crate::model::Fitness;
use crate::model::protocol::Pulse;

/// A machine with this address and no interface.
pub(in crate::daemon) fn here_with(own: &str) -> Here {
    Here {
        addresses: [own.parse().unwrap()].into(),
        cards: Vec::new(),
        key: None,
        birth: Birth { chance: 1 << 64, time: 1_800_000_000 },
        source: None,
    }
}

pub(in crate::daemon) fn cluster(backup: bool, private: bool) -> Cluster {
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
    Setup::of(cluster, &here_with(own))
}

#[test]
fn who_has_the_primary_address_is_the_master() {
    let pair = cluster(true, false);
    let master = seen(&pair, "10.0.0.1").unwrap();
    assert!(master.is_master() == Some(true) && master.has_peer());
    let backup = seen(&pair, "10.0.0.2").unwrap();
    assert!(backup.is_master() == Some(false) && backup.has_peer());
    let pulse = pair.protocol.pulse().unwrap();
    assert_eq!(backup.watched, Some(Watched::Node(pulse.backup.unwrap())));
    assert_eq!(backup.peer(), Some(pulse.primary));
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
    assert!(!master.has_peer());
    assert_eq!(master.transport, Transport::Cables(Vec::new()));
    assert!(seen(&lone, "10.0.0.2").unwrap_err().contains("marked inactive -- exiting pulse"));
}

#[test]
fn each_cable_has_one_port_at_both_ends() {
    let setup = seen(&cluster(true, true), "10.0.0.2").unwrap();
    let Transport::Cables(cables) = setup.transport else { panic!("no cables") };
    let ends: Vec<_> = cables.iter().map(|c| format!("{:?} {} {}", c.path, c.from, c.to)).collect();
    assert_eq!(ends, ["Public 10.0.0.2:539 10.0.0.1:539", "Private 10.9.0.2:539 10.9.0.1:539"]);
}
