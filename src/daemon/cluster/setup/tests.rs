use std::net::Ipv4Addr;
use std::num::NonZeroU8;
use std::time::Duration;

use super::*;
use crate::daemon::cluster::secret::Birth;
use crate::daemon::cluster::sockets::Station;
use crate::kernel::links::Card;
use crate::model::protocol::{Carp, Pulse, Vrrp, VrrpAuthentication, VrrpVersion};
use crate::model::{Fitness, Secret};

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

const MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];

/// A machine whose `eth0` has these addresses.
fn with_card(addresses: &[&str]) -> Here {
    let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
    let card = Card { name: "eth0".to_owned(), mac: Some(MAC), addresses };
    let lo = Card { name: "lo".to_owned(), mac: None, addresses: Vec::new() };
    Here { cards: vec![lo, card], key: Some(b"secret".to_vec()), ..here_with("127.0.0.1") }
}

fn speaks(protocol: FailoverProtocol) -> Cluster {
    Cluster { protocol, monitor_links: true, ..cluster(true, false) }
}

fn carp(interface: &str, source: Option<&str>) -> Cluster {
    let one = NonZeroU8::MIN;
    speaks(FailoverProtocol::Carp(Carp {
        interface: interface.parse().unwrap(),
        source: source.map(|source| source.parse().unwrap()),
        group: Ipv4Addr::new(224, 0, 0, 18),
        multicast: true,
        vhid: one,
        advbase: 1,
        advskew: 0,
        dead_ratio: 3,
        preempt: false,
        neutral: false,
        secret: Secret::Given(b"secret".to_vec()),
        signed: vec!["10.0.0.100".parse().unwrap()],
    }))
}

pub(in crate::daemon) fn vrrp(over_v6: bool, peers: &[&str]) -> Cluster {
    speaks(FailoverProtocol::Vrrp(Vrrp {
        version: VrrpVersion::V3,
        interface: "eth0".parse().unwrap(),
        source: None,
        over_v6,
        peers: peers.iter().map(|peer| peer.parse().unwrap()).collect(),
        vrid: NonZeroU8::MIN,
        priority: NonZeroU8::MIN,
        interval: Duration::from_secs(1),
        preempt: true,
        preempt_delay: Duration::ZERO,
        named: vec!["10.0.0.100".parse().unwrap()],
        accept: true,
        authentication: VrrpAuthentication::None,
    }))
}

fn station(setup: &Setup) -> Option<&Station> {
    match &setup.transport {
        Transport::Station(station) => Some(station),
        Transport::Nothing | Transport::Cables(_) => None,
    }
}

#[test]
fn who_speaks_carp_is_the_first_address_of_its_interface_that_does_not_move() {
    let here = with_card(&["fe80::1", "10.0.0.100", "10.0.0.7", "10.0.0.8"]);
    let setup = Setup::of(&carp("eth0", None), &here).unwrap();
    let Ok(Rules::Carp(rules)) = &setup.rules else { panic!("{setup:?}") };
    assert_eq!((rules.source, rules.mac), (Ipv4Addr::new(10, 0, 0, 7), MAC));
    assert_eq!(rules.key, b"secret");
    let station = station(&setup).unwrap();
    assert_eq!(station.group, Some("224.0.0.18".parse().unwrap()));
    assert!(station.frames && setup.monitors_links() && setup.has_peer());
    assert!(!format!("{setup:?}").contains("secret\""), "nobody reads it in a log");

    let last = Here { source: Some("10.0.0.8".parse().unwrap()), ..here.clone() };
    let setup = Setup::of(&carp("eth0", None), &last).unwrap();
    assert_eq!(setup.source(), last.source, "it stays who it is");
    let named = Setup::of(&carp("eth0", Some("10.0.0.8")), &here).unwrap();
    assert_eq!(named.source(), last.source);
}

#[test]
fn what_is_missing_is_said_and_may_come() {
    let missing = |cluster: &Cluster, here: &Here| {
        let setup = Setup::of(cluster, here).unwrap();
        assert_eq!(setup.transport, Transport::Nothing);
        assert!(matches!(setup.watched, Some(Watched::Interface(_))));
        setup.rules.unwrap_err()
    };
    let here = with_card(&["10.0.0.100"]);
    assert_eq!(missing(&carp("eth1", None), &here), "there is no interface eth1");
    let none = "eth0 has no IPv4 address of its own";
    assert_eq!(missing(&carp("eth0", None), &here), none, "that one moves");
    assert_eq!(missing(&carp("eth0", Some("10.0.0.7")), &here), "this machine has no 10.0.0.7");
    assert_eq!(missing(&carp("lo", None), &here), "lo has no IPv4 address of its own");
    let none = "eth0 has no link-local IPv6 address of its own";
    assert_eq!(missing(&vrrp(true, &[]), &here), none);
}

#[test]
fn who_speaks_vrrp_hears_the_group_of_its_family_or_its_peers() {
    let here = with_card(&["10.0.0.7", "2001:db8::7", "fe80::7"]);
    let of = |over_v6, peers: &[&str]| {
        let setup = Setup::of(&vrrp(over_v6, peers), &here).unwrap();
        let station = station(&setup).unwrap().clone();
        assert!(!station.frames);
        (station.source.to_string(), station.group.map(|group| group.to_string()))
    };
    assert_eq!(of(false, &[]), ("10.0.0.7".to_owned(), Some("224.0.0.18".to_owned())));
    assert_eq!(of(true, &[]), ("fe80::7".to_owned(), Some("ff02::12".to_owned())));
    assert_eq!(of(false, &["10.0.0.8"]), ("10.0.0.7".to_owned(), None));
}
