//! By which interface an address is asked for.

use std::net::{IpAddr, Ipv4Addr};

use crate::kernel::links::Port;
use crate::model::Name;

/// The interface that an address belongs to: the one that the file names, or else one that has it, or
/// is in its network, the smallest one first; `None` where there is none.
pub(super) fn reach<'a>(
    ports: &'a [Port],
    address: Ipv4Addr,
    named: Option<&Name>,
) -> Option<&'a Port> {
    if let Some(name) = named {
        return ports.iter().find(|port| port.interface == *name);
    }
    let nearest = |port: &&Port| {
        let lengths = port.addresses.iter().map(|(own, prefix)| match own {
            IpAddr::V4(own) if *own == address => Some(u8::MAX),
            IpAddr::V4(own) if is_in(address, *own, *prefix) => Some(*prefix),
            _ => None,
        });
        lengths.max().flatten()
    };
    let all = ports.iter().filter(|port| nearest(port).is_some());
    // of several the first: the kernel asks by that one, too
    all.rev().max_by_key(nearest)
}

/// This machine's own address in the network of an address, which is none of the virtual ones; `None`
/// where it has none on that interface.
pub(super) fn own(port: &Port, address: Ipv4Addr, virtuals: &[IpAddr]) -> Option<Ipv4Addr> {
    let own = port.addresses.iter().filter(|(own, _)| !virtuals.contains(own));
    let mut own = own.filter_map(|(own, prefix)| match own {
        IpAddr::V4(own) => Some((*own, *prefix)),
        IpAddr::V6(_) => None,
    });
    let in_it = own.clone().find(|(own, prefix)| is_in(address, *own, *prefix));
    in_it.or_else(|| own.next()).map(|(own, _)| own)
}

fn is_in(address: Ipv4Addr, own: Ipv4Addr, prefix: u8) -> bool {
    let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
    prefix < 32 && (address.to_bits() ^ own.to_bits()) & mask == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(interface: &str, addresses: &[(&str, u8)]) -> Port {
        let addresses = addresses.iter().map(|(text, prefix)| (text.parse().unwrap(), *prefix));
        Port {
            interface: interface.parse().unwrap(),
            index: 1,
            mac: [2, 0, 0, 0, 0, 1],
            addresses: addresses.collect(),
        }
    }

    #[test]
    fn the_interface_that_an_address_belongs_to() {
        let ports = [
            port("wan", &[("0.0.0.1", 0), ("192.0.2.1", 24)]),
            port("near", &[("192.0.2.17", 28)]),
            port("holds", &[("198.51.100.9", 32), ("10.0.0.1", 8), ("fd00::1", 64)]),
        ];
        let found = |address: &str, named: Option<&str>| {
            let named = named.map(|name| name.parse().unwrap());
            let port = reach(
                &ports[usize::from(named.is_none() && address != "8.8.8.8")..],
                address.parse().unwrap(),
                named.as_ref(),
            );
            port.map(|port| port.interface.to_string())
        };
        assert_eq!(found("192.0.2.20", None).as_deref(), Some("near"));
        assert_eq!(found("198.51.100.9", None).as_deref(), Some("holds"));
        assert_eq!(found("10.9.9.9", None).as_deref(), Some("holds"));
        assert_eq!(found("203.0.113.1", None), None);
        assert_eq!(found("8.8.8.8", None).as_deref(), Some("wan"));
        assert_eq!(found("203.0.113.1", Some("near")).as_deref(), Some("near"));
        assert_eq!(found("203.0.113.1", Some("eth9")), None);
    }

    #[test]
    fn the_own_address_there() {
        let virtuals = ["192.0.2.9".parse().unwrap()];
        let of = |addresses: &[(&str, u8)]| {
            own(&port("x", addresses), "192.0.2.9".parse().unwrap(), &virtuals)
        };
        let all = [("192.0.2.9", 24), ("10.0.0.1", 8), ("192.0.2.2", 24)];
        assert_eq!(of(&all), Some(Ipv4Addr::new(192, 0, 2, 2)));
        assert_eq!(of(&all[..2]), Some(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!(of(&all[..1]), None);
    }
}
