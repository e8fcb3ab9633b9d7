//! Laws of the plan, over tables that nobody thought of.

#![allow(clippy::unwrap_used, reason = "a test may end where it fails")]

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

use ipvs::{
    Checksum, Destination, Family, Forwarding, Netmask, Persistence, Protocol, SchedulerFlags,
    Service, ServiceId, Tunnel,
};
use lvs_director::plan::{Entry, Table, diff, words};
use proptest::prelude::*;

proptest! {
    /// The steps from one table to another lead there, and none is refused on the way.
    #[test]
    fn applying_the_difference_gives_what_was_wanted(a in table(), b in table()) {
        let mut reached = a.clone();
        for step in diff(&a, &b) {
            prop_assert_eq!(reached.apply(&step), Ok(()), "{}", words::step(&step));
        }
        prop_assert_eq!(reached, b);
    }

    /// Nothing that need not change is touched: no step twice, none that changes nothing.
    #[test]
    fn every_step_changes_something(a in table(), b in table()) {
        prop_assert_eq!(diff(&a, &a), vec![]);
        let mut reached = a.clone();
        for step in diff(&a, &b) {
            let before = reached.clone();
            reached.apply(&step).unwrap();
            prop_assert_ne!(&before, &reached, "{}", words::step(&step));
        }
    }

    /// At no instant has a service that stays fewer serving destinations than both before and
    /// after.
    #[test]
    fn no_instant_serves_worse_than_before_and_after(a in table(), b in table()) {
        let mut reached = a.clone();
        for step in diff(&a, &b) {
            reached.apply(&step).unwrap();
            for id in a.ids().filter(|id| b.get(id).is_some()) {
                let floor = serving(&a, id).min(serving(&b, id));
                prop_assert!(serving(&reached, id) >= floor, "{}", words::step(&step));
            }
        }
    }

    /// What is printed in ipvsadm's words reads back as the same table, and the same steps.
    #[test]
    fn a_table_survives_being_written_down(table in table(), other in table()) {
        prop_assert_eq!(words::parse_table(&table.to_string()), Ok(table.clone()));
        for step in diff(&table, &other) {
            prop_assert_eq!(words::parse_step(&words::step(&step).to_string()), Ok(step));
        }
    }

    /// No text makes the parser panic.
    #[test]
    fn any_words_are_read_or_refused(text in r"(?s)(-[AEDaedtufrgmiwxybpMos6] ?|[0-9.:\[\]]{0,9} ?|.){0,30}") {
        let _ = words::parse_table(&text);
    }
}

fn serving(table: &Table, id: &ServiceId) -> usize {
    let entry = table.get(id);
    entry.map_or(0, |e| e.destinations.values().filter(|d| d.weight > 0).count())
}

/// Few addresses and small numbers, so that two tables have much in common.
fn table() -> impl Strategy<Value = Table> {
    prop::collection::vec(entry(), 0..5).prop_map(Table::from_iter)
}

fn entry() -> impl Strategy<Value = Entry> {
    (service(), prop::collection::vec(destination(), 0..6)).prop_map(|(service, destinations)| {
        let destinations: BTreeMap<_, _> =
            destinations.into_iter().map(|d| (d.address, d)).collect();
        Entry { destinations, ..Entry::new(service) }
    })
}

fn service() -> impl Strategy<Value = Service> {
    let scheduler = prop::sample::select(vec!["rr", "wrr", "sh", "mh"]);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (service_id(), scheduler, flags, any::<bool>(), prop::option::of((1..9u32, 1..=128u8)))
        .prop_map(|(id, scheduler, (first, second, third), one_packet, persistence)| {
            let mut service = Service::new(id, scheduler.parse().unwrap());
            service.flags = SchedulerFlags { first, second, third };
            service.one_packet = one_packet;
            service.persistence = persistence.map(|(seconds, bits)| Persistence {
                seconds: NonZeroU32::new(seconds).unwrap(),
                netmask: match id.family() {
                    Family::V4 => Netmask::V4(Ipv4Addr::from(u32::MAX << (bits % 32))),
                    Family::V6 => Netmask::V6(bits),
                },
            });
            service.engine =
                service.persistence.and_then(|_| one_packet.then(|| "sip".parse().unwrap()));
            service
        })
}

fn service_id() -> impl Strategy<Value = ServiceId> {
    let protocol = prop::sample::select(vec![Protocol::Tcp, Protocol::Udp, Protocol::Sctp]);
    let family = prop::sample::select(vec![Family::V4, Family::V6]);
    prop_oneof![
        (protocol, address())
            .prop_map(|(protocol, address)| ServiceId::Address { protocol, address }),
        (family, 1..4u32).prop_map(|(family, mark)| ServiceId::Mark {
            family,
            mark: NonZeroU32::new(mark).unwrap(),
        }),
    ]
}

fn destination() -> impl Strategy<Value = Destination> {
    (address(), forwarding(), 0..3u32, 0..3u32, 0..3u32).prop_map(
        |(address, forwarding, weight, upper_threshold, lower_threshold)| Destination {
            address,
            forwarding,
            weight,
            upper_threshold,
            lower_threshold,
        },
    )
}

fn forwarding() -> impl Strategy<Value = Forwarding> {
    let checksum = prop::sample::select(vec![Checksum::None, Checksum::Full, Checksum::Remote]);
    prop_oneof![
        Just(Forwarding::Masq),
        Just(Forwarding::Direct),
        Just(Forwarding::Tunnel(Tunnel::Ipip)),
        (1..9u16, checksum.clone())
            .prop_map(|(port, checksum)| Forwarding::Tunnel(Tunnel::Gue { port, checksum })),
        checksum.prop_map(|checksum| Forwarding::Tunnel(Tunnel::Gre { checksum })),
    ]
}

fn address() -> impl Strategy<Value = SocketAddr> {
    let ip = prop_oneof![
        (1..4u8).prop_map(|n| IpAddr::V4(Ipv4Addr::new(192, 0, 2, n))),
        (1..3u16).prop_map(|n| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n))),
    ];
    (ip, prop::sample::select(vec![0u16, 80])).prop_map(|(ip, port)| SocketAddr::new(ip, port))
}
