//! A virtual service as the kernel is told about it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;

use super::section::{Block, Mask, Section};
use crate::config::Diagnostic;
use crate::config::ldirectord::lent::Borrower;
use crate::model::{Family, Name, Netmask, Persistence, Protocol, Service, ServiceId};

/// What makes it this service and no other; what is wrong is noted.
pub(super) fn id(block: &Block<'_>, notes: &mut Vec<Diagnostic>) -> Option<ServiceId> {
    let keys = &block.keys;
    let address = keys.address("address").map(|(address, _)| address);
    if let Some(mark) = keys.number("fwmark").and_then(NonZeroU32::new) {
        // a mark without an address is raised nowhere, and of the family of its servers
        let server = block.servers.iter().find_map(|server| server.keys.hosts("address"));
        let family = match address {
            Some(address) => Family::of(address),
            None if server.is_some_and(|server| server.text().contains(':')) => Family::V6,
            None => Family::V4,
        };
        return Some(ServiceId::Mark { family, mark });
    }
    let protocol = match keys.word("protocol") {
        Some("udp") => Protocol::Udp,
        _ => Protocol::Tcp,
    };
    match address {
        Some(address) if !address.is_unspecified() => {
            let address = SocketAddr::new(address, keys.port("port").unwrap_or(80));
            Some(ServiceId::Address { protocol, address })
        }
        _ if keys.is_wrong("address") => None,
        // as piranha's web pages write a new one: the others are served all the same
        _ => {
            let span = keys.span("address").unwrap_or(block.name.span());
            let message = "an active service without an address: it is left out";
            notes.push(Diagnostic::warning(span, message).hint("write address = 192.0.2.1 eth0:1"));
            None
        }
    }
}

/// What the kernel is told about the service with this identity; what is wrong is noted.
pub(super) fn service(
    block: &Block<'_>,
    id: ServiceId,
    borrower: Borrower<'_, '_>,
    notes: &mut Vec<Diagnostic>,
) -> Option<Service> {
    let keys = &block.keys;
    let scheduler = match keys.word("scheduler") {
        Some("pcc") => "lc",
        Some(scheduler) => scheduler,
        None => "wlc",
    };
    let scheduler: Name = scheduler.parse().ok()?;
    let persistence = persistence(keys, id.family(), notes);
    if id.port() == 0 && persistence.is_none() && matches!(id, ServiceId::Address { .. }) {
        let message = "the kernel takes port 0 only with `persistent`";
        let span = keys.span("port").unwrap_or(block.name.span());
        notes.push(Diagnostic::warning(span, message));
    }
    let (flags, one_packet) = borrower.scheduling(id, notes);
    Some(Service { flags, one_packet, persistence, ..Service::new(id, scheduler) })
}

/// A netmask without persistence is left over from it, and means nothing.
fn persistence(
    keys: &Section<'_>,
    family: Family,
    notes: &mut Vec<Diagnostic>,
) -> Option<Persistence> {
    let seconds = keys.number("persistent").and_then(NonZeroU32::new)?;
    let netmask = match (keys.mask("pmask"), family) {
        (Some(Mask::Dotted(mask)), Family::V4) if !mask.is_unspecified() => {
            let bits = mask.to_bits();
            if bits.leading_ones() + bits.trailing_zeros() != u32::BITS {
                let message = "this netmask has ones behind zeros";
                let span = keys.span("pmask").unwrap_or(0..0);
                notes.push(Diagnostic::warning(span, message));
            }
            Netmask::V4(mask)
        }
        (Some(Mask::Prefix(prefix @ ..=32)), Family::V4) => {
            let message = format!("this is read as the length of a prefix, /{prefix}");
            notes.push(Diagnostic::warning(keys.span("pmask").unwrap_or(0..0), message));
            let bits = u32::MAX.checked_shl(u32::BITS - u32::from(prefix)).unwrap_or(0);
            Netmask::V4(Ipv4Addr::from_bits(bits))
        }
        (Some(Mask::Prefix(prefix)), Family::V6) => Netmask::V6(prefix),
        (Some(Mask::Dotted(mask)), _) if mask.is_unspecified() => Netmask::host(family),
        (Some(_), _) => {
            let message = "a netmask of the other family: it is not used";
            notes.push(Diagnostic::warning(keys.span("pmask").unwrap_or(0..0), message));
            Netmask::host(family)
        }
        (None, _) => Netmask::host(family),
    };
    Some(Persistence { seconds, netmask })
}

/// Where a failover service answers.
pub(super) fn target(keys: &Section<'_>) -> Option<SocketAddr> {
    let (address, _) = keys.address("address")?;
    let unspecified = |address: &IpAddr| !address.is_unspecified();
    let address = Some(address).filter(unspecified)?;
    Some(SocketAddr::new(address, keys.port("port").unwrap_or(80)))
}
