//! The addresses that the active director holds: those of active services, and the gateway.

use std::net::IpAddr;
use std::ops::Range;

use super::section::{Block, Document, Mask, Section};
use super::site::Site;
use crate::config::device::{self, Device, absent};
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Fault, Resolver};
use crate::model::{Forwarding, VirtualAddress};

/// Those that are distinct, in the file's order; `own` are the directors', which never move. Beside a
/// `cluster` block those are left out that are `listed` in it.
pub(super) fn addresses(
    document: &Document<'_>,
    site: Site,
    own: &[IpAddr],
    listed: Option<&[VirtualAddress]>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Vec<VirtualAddress> {
    let blocks = if site.fos { &document.failovers } else { &document.virtuals };
    let mut held: Vec<VirtualAddress> = listed.unwrap_or_default().to_vec();
    let before = held.len();
    for block in blocks.iter().filter(|block| active(&block.keys)) {
        let found = address(block, own, &held, listed.is_some(), notes);
        held.extend(found.inspect(|found| {
            let span = block.keys.span("address").unwrap_or(0..0);
            notes.extend(absent(&found.interface, span, resolver));
        }));
    }
    let found = gateway(document, site, own, &held, notes);
    held.extend(found.inspect(|found| {
        let span = document.globals.span("nat_router").unwrap_or(0..0);
        notes.extend(absent(&found.interface, span, resolver));
    }));
    held.split_off(before)
}

/// Whether a block, or a server's, is there at all.
pub(super) fn active(keys: &Section<'_>) -> bool {
    keys.boolean("active").unwrap_or(false)
}

fn address(
    block: &Block<'_>,
    own: &[IpAddr],
    held: &[VirtualAddress],
    may_be_listed: bool,
    notes: &mut Vec<Diagnostic>,
) -> Option<VirtualAddress> {
    let (address, device) = block.keys.address("address")?;
    let span = block.keys.span("address")?;
    if address.is_unspecified() {
        return None;
    }
    let Some(device) = device else {
        // what nobody holds is said of the cluster as a whole
        if may_be_listed {
            return None;
        }
        let message = "the device is missing that the address is raised on";
        let wrong = Diagnostic::error(span, message).fault(Fault::MissingArguments);
        notes.push(wrong.hint(format!("write address = {address} eth0:1")));
        return None;
    };
    if own.contains(&address) {
        notes.push(not_moved(address, span));
        return None;
    }
    let lowered = raised(address, device, &block.keys, "vip_nmask", notes)?;
    if let Some(first) = held.iter().find(|held| held.address == address) {
        if first.label != lowered.label || first.interface != lowered.interface {
            let on = first.label.as_deref().unwrap_or(first.interface.as_str());
            let message = format!("{address} is raised on {on} already");
            notes.push(Diagnostic::warning(device.span(), message));
        }
        return None;
    }
    Some(lowered)
}

/// The real servers' gateway, which nobody needs but with masquerading.
fn gateway(
    document: &Document<'_>,
    site: Site,
    own: &[IpAddr],
    held: &[VirtualAddress],
    notes: &mut Vec<Diagnostic>,
) -> Option<VirtualAddress> {
    let keys = &document.globals;
    let (address, device) = keys.address("nat_router")?;
    if site.fos || site.forwarding != Forwarding::Masq || address.is_unspecified() {
        return None;
    }
    if own.contains(&address) {
        notes.push(not_moved(address, keys.span("nat_router")?));
        return None;
    }
    let Some(device) = device else {
        let message = "the device is missing that the gateway is raised on";
        let wrong = Diagnostic::error(keys.span("nat_router")?, message);
        let wrong = wrong.fault(Fault::MissingArguments);
        notes.push(wrong.hint(format!("write nat_router = {address} eth1:1")));
        return None;
    };
    let lowered = raised(address, device, keys, "nat_nmask", notes);
    lowered.filter(|lowered| held.iter().all(|held| held.address != lowered.address))
}

/// A director that gave up its own address could not be reached any more.
fn not_moved(address: IpAddr, span: Range<usize>) -> Diagnostic {
    Diagnostic::warning(span, format!("{address} is a director's own address: it is not moved"))
}

fn raised(
    address: IpAddr,
    device: Piece<'_>,
    keys: &Section<'_>,
    mask: &'static str,
    notes: &mut Vec<Diagnostic>,
) -> Option<VirtualAddress> {
    let read = device::device(device).map_err(|wrong| {
        notes.push(wrong.fault(Fault::InvalidArgument).hint("write eth0:1 for an alias of eth0"));
    });
    let Device { interface, label } = read.ok()?;
    let prefix = prefix(address, keys, mask, notes);
    Some(VirtualAddress { address, prefix, interface, label })
}

/// The length of the prefix that a netmask stands for.
fn prefix(
    address: IpAddr,
    keys: &Section<'_>,
    name: &'static str,
    notes: &mut Vec<Diagnostic>,
) -> Option<u8> {
    let span = keys.span(name)?;
    let unused =
        |message: &str| Diagnostic::warning(span.clone(), format!("{message}: it is not used"));
    match (keys.mask(name)?, address) {
        (Mask::Dotted(mask), IpAddr::V4(_)) if mask.is_unspecified() => None,
        (Mask::Dotted(mask), IpAddr::V4(_)) => {
            let bits = mask.to_bits();
            let prefix = bits.leading_ones();
            if prefix + bits.trailing_zeros() != u32::BITS {
                notes.push(unused("this netmask has ones behind zeros"));
                return None;
            }
            u8::try_from(prefix).ok()
        }
        (Mask::Prefix(prefix @ ..=32), IpAddr::V4(_)) => {
            let message = format!("this is read as the length of a prefix, /{prefix}");
            let warning = Diagnostic::warning(span, message);
            notes.push(warning.hint(format!("piranha takes it for the netmask 0.0.0.{prefix}")));
            Some(prefix)
        }
        (Mask::Prefix(_), IpAddr::V4(_)) => {
            notes.push(unused("a prefix of IPv4 has 32 bits at most"));
            None
        }
        (Mask::Prefix(prefix), IpAddr::V6(_)) => Some(prefix),
        (Mask::Dotted(mask), IpAddr::V6(_)) if mask.is_unspecified() => None,
        (Mask::Dotted(_), IpAddr::V6(_)) => {
            notes.push(unused("a netmask of IPv6 is the length of a prefix"));
            None
        }
    }
}
