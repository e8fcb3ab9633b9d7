//! Whatever a `cluster` block says: what is written is read, in both dialects, and converted.

use std::net::IpAddr;
use std::num::NonZeroU8;
use std::path::PathBuf;
use std::time::Duration;

use lvs_director::config::{self, Dialect, Severity, cluster};
use lvs_director::model::protocol::{
    Carp, Pulse, Vqalive, VqaliveConflict, VqaliveMode, Vrrp, VrrpAuthentication, VrrpVersion,
};
use lvs_director::model::{
    Canary, Cluster, Command, FailoverProtocol, Fitness, Model, Node, Secret, Sync, VirtualAddress,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::cluster::{DIALECTS, file, whole};
use super::names::Names;

proptest! {
    #[test]
    fn what_is_written_is_read(cluster in a_cluster()) {
        let model = Model { cluster: Some(Box::new(cluster)), ..Model::default() };
        for dialect in DIALECTS {
            let text = config::print(&model, dialect);
            prop_assert_eq!(Dialect::of(&text), dialect, "{}", text);
            let reading = config::read(&text, &Names);
            prop_assert_eq!(reading.model.as_ref(), Some(&model), "{}", text);
            let other = config::convert("a.cf", &text, &model, &Names);
            prop_assert_eq!(&other.lost, &Vec::<String>::new(), "{}", other.text);
        }
    }

    #[test]
    fn no_block_is_passed_over(
        protocol in select(&["pulse", "carp", "vrrp", "vqalive", "external", "x"][..]),
        lines in vec((select(names()), prop_oneof!["[ -~é\t]{0,20}", "[0-9]{1,4}", "yes|no"]), 0..4),
        is_whole in any::<bool>(),
    ) {
        let lines: String = lines.iter().map(|(name, value)| format!("{name} ={value}\n")).collect();
        let body = format!("{}{lines}", if is_whole { whole(protocol) } else { "" });
        for dialect in DIALECTS {
            let text = file(protocol, &body, dialect);
            let reading = config::read_as(dialect, &text, &Names);
            let said = reading.render("a.cf", &text, false);
            // a block is either read or told to be wrong, never passed over
            let broken = reading.diagnostics.iter().any(|d| d.severity == Severity::Error);
            let is_there = reading.model.is_some_and(|model| model.cluster.is_some());
            prop_assert_eq!(is_there, !broken, "{}{}", text, said);
        }
    }
}

fn names() -> Vec<&'static str> {
    cluster::DIRECTIVES.iter().map(|directive| directive.name).collect()
}

fn a_cluster() -> impl Strategy<Value = Cluster> {
    let addresses = vec((any::<bool>(), 0..9u8, option::of(1..=32u8), 0..3u8), 1..5);
    (0..5u8, addresses, duties()).prop_flat_map(|(which, placed, duties)| {
        let mut addresses: Vec<(VirtualAddress, bool)> = Vec::new();
        for (n, (is_named, last, prefix, device)) in placed.into_iter().enumerate() {
            let address: IpAddr = match n {
                0 | 2 => format!("192.0.2.{}", 10 * (n + 1) + usize::from(last)),
                _ => format!("2001:db8::{n}:{last}"),
            }
            .parse()
            .unwrap();
            let interface = if device == 2 { "eth1" } else { "eth0" }.parse().unwrap();
            let label = (device == 1).then(|| format!("eth0:{last}"));
            addresses
                .push((VirtualAddress { address, prefix, interface, label }, is_named || n == 0));
        }
        protocol(which, addresses.clone())
            .prop_map(move |protocol| assembled(protocol, &addresses, &duties))
    })
}

/// What directors do whatever they speak: the interface of the sync daemon, commands, yes or no.
type Duties = (Option<(u8, u64)>, Option<String>, Option<String>, [bool; 4], Vec<Canary>, u8);

fn duties() -> impl Strategy<Value = Duties> {
    let command = || option::of("[a-z/][ -~]{0,12}[a-z]");
    let host = |last: u8| Canary::Host(format!("192.0.2.{last}").parse().unwrap());
    let canary = prop_oneof![Just(Canary::Gateway), any::<u8>().prop_map(host)];
    let sync = option::of((any::<u8>(), 0..60_000u64));
    (sync, command(), command(), any::<[bool; 4]>(), vec(canary, 0..3), 1..=253u8)
}

fn assembled(
    protocol: FailoverProtocol,
    addresses: &[(VirtualAddress, bool)],
    (sync, active, inactive, flags, canaries, decrement): &Duties,
) -> Cluster {
    use FailoverProtocol::{Carp, Pulse, Vqalive, Vrrp};
    let waits = matches!(protocol, Carp(_) | Vrrp(_));
    let linked = waits || matches!(&protocol, Pulse(pulse) if pulse.backup.is_some());
    let [monitors, checks, table, live] = *flags;
    let sync = sync.map(|(id, wait)| {
        let wait = if waits { Duration::from_millis(wait) } else { Duration::ZERO };
        Sync { interface: "eth2".parse().unwrap(), id, wait }
    });
    // a comment can be held off by quotes, but not if there are such already
    let command = |text: &Option<String>| {
        let text = text.as_ref().filter(|text| !text.contains('"') || !text.contains('#'))?;
        let quotes = text.matches('"').count();
        Command::new(text).filter(|_| quotes.is_multiple_of(2))
    };
    Cluster {
        addresses: addresses.iter().map(|(address, _)| address.clone()).collect(),
        monitor_links: monitors && linked,
        sync,
        active_command: command(active),
        inactive_command: command(inactive),
        fitness: Fitness {
            needs_live_real: live,
            canaries: canaries.clone(),
            decrement: if matches!(protocol, Vrrp(_)) { *decrement } else { 0 },
        },
        standby_checks: checks,
        standby_table: table && checks && !matches!(protocol, Vqalive(_)),
        failovers: Vec::new(),
        protocol,
    }
}

fn protocol(which: u8, addresses: Vec<(VirtualAddress, bool)>) -> BoxedStrategy<FailoverProtocol> {
    let named = |fits: fn(&IpAddr) -> bool| {
        let named = addresses.iter().filter(|(_, is_named)| *is_named);
        named.map(|(held, _)| held.address).filter(fits).collect::<Vec<_>>()
    };
    match which {
        0 => pulse().prop_map(FailoverProtocol::Pulse).boxed(),
        1 => carp(named(|_| true)).prop_map(FailoverProtocol::Carp).boxed(),
        2 => vrrp(named(IpAddr::is_ipv4)).prop_map(FailoverProtocol::Vrrp).boxed(),
        3 => {
            let all = addresses.into_iter().map(|(held, _)| held.address).collect();
            vqalive(all).prop_map(FailoverProtocol::Vqalive).boxed()
        }
        _ => Just(FailoverProtocol::External).boxed(),
    }
}

fn pulse() -> impl Strategy<Value = Pulse> {
    let node = |last: u8, private: bool| Node {
        public: format!("198.51.100.{last}").parse().unwrap(),
        private: private.then(|| format!("10.0.0.{last}").parse().unwrap()),
    };
    (any::<[bool; 3]>(), 1..=u16::MAX, 10..5_000u64, 10..90_000u64).prop_map(
        move |([private, backup, signed], port, keepalive, deadtime)| Pulse {
            primary: node(2, private),
            backup: backup.then(|| node(3, private)),
            port,
            keepalive: Duration::from_millis(keepalive),
            deadtime: Duration::from_millis(deadtime),
            secret: signed.then(secret),
        },
    )
}

fn carp(signed: Vec<IpAddr>) -> impl Strategy<Value = Carp> {
    let numbers = (any::<u8>(), any::<u8>(), 1..=u32::MAX, 1..=u8::MAX);
    (numbers, any::<[bool; 4]>()).prop_map(
        move |((advbase, advskew, dead_ratio, id), [source, group, multicast, preempt])| Carp {
            interface: "eth0".parse().unwrap(),
            source: source.then(|| [198, 51, 100, 2].into()),
            group: if group { [224, 0, 0, 18] } else { [239, 0, 0, 1] }.into(),
            multicast,
            vhid: NonZeroU8::new(id).unwrap(),
            advbase,
            advskew: if advbase == 0 { advskew.max(1) } else { advskew },
            dead_ratio,
            preempt,
            neutral: false,
            secret: secret(),
            signed: signed.clone(),
        },
    )
}

fn vrrp(named: Vec<IpAddr>) -> impl Strategy<Value = Vrrp> {
    let flags = any::<[bool; 6]>();
    (flags, 1..=u8::MAX, 1..=u8::MAX, 1..=4095u64, 0..90_000u64).prop_map(
        move |([second, source, peers, preempt, accept, signed], id, priority, interval, delay)| {
            let interval = match second {
                true => Duration::from_secs(interval.clamp(1, 255)),
                false => Duration::from_millis(10 * interval),
            };
            let owner = priority == u8::MAX;
            let of = |is: bool, last: u8| is.then(|| IpAddr::from([198, 51, 100, last]));
            Vrrp {
                version: if second { VrrpVersion::V2 } else { VrrpVersion::V3 },
                interface: "eth0".parse().unwrap(),
                source: of(source, 2),
                over_v6: false,
                peers: [of(peers, 3), of(peers, 4)].into_iter().flatten().collect(),
                vrid: NonZeroU8::new(id).unwrap(),
                priority: NonZeroU8::new(priority).unwrap(),
                interval,
                preempt: preempt || owner,
                preempt_delay: Duration::from_millis(if preempt || owner { delay } else { 0 }),
                named: named.clone(),
                accept: accept || owner,
                authentication: match (signed, second) {
                    (false, _) => VrrpAuthentication::None,
                    (true, true) => VrrpAuthentication::Password(secret()),
                    (true, false) => VrrpAuthentication::Hmac(secret()),
                },
            }
        },
    )
}

fn vqalive(addresses: Vec<IpAddr>) -> impl Strategy<Value = Vqalive> {
    let times = vec(10..90_000u64, 5);
    let modes = select(&[VqaliveMode::All, VqaliveMode::Address, VqaliveMode::Any][..]);
    let conflicts =
        select(&[VqaliveConflict::Off, VqaliveConflict::Warn, VqaliveConflict::Strict][..]);
    let banner = option::of(select(&["^220 ", "a#b", "x$", "\"quoted\""][..]));
    let numbers = (1..9u32, 0..9u32, 0..=1000u32, option::of(0..90_000u64), any::<[bool; 2]>());
    (times, modes, conflicts, banner, vec(1..=u16::MAX, 1..4), numbers).prop_map(
        move |(times, mode, conflict, banner, ports, numbers)| {
            let (fails, own_fails, announcements, start, [witness, others]) = numbers;
            let time = |n: usize| Duration::from_millis(times[n]);
            let witness = witness.then(|| IpAddr::from([192, 0, 2, 1]));
            Vqalive {
                addresses: if others { vec![[203, 0, 113, 9].into()] } else { addresses.clone() },
                ports,
                interval: time(0),
                timeout: time(1),
                fails,
                mode,
                banner: banner.map(|banner| banner.parse().unwrap()),
                start_delay: start.map(Duration::from_millis),
                conflict,
                own_fails,
                witness,
                announcements,
                drop_hold: time(2),
                promote_timeout: time(3),
                demote_timeout: time(4),
            }
        },
    )
}

fn secret() -> Secret {
    Secret::Stored(PathBuf::from("/etc/ha.d/secret file"))
}
