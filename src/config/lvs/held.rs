//! The addresses that the active director holds: those of active services, and the gateway.

use std::net::IpAddr;
use std::ops::Range;

use super::section::{Block, Document, Mask, Section};
use super::site::Site;
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Fault, Resolver};
use crate::model::{Forwarding, Name, VirtualAddress};

/// Those that are distinct, in the file's order; `own` are the directors', which never move.
pub(super) fn addresses(
    document: &Document<'_>,
    site: Site,
    own: &[IpAddr],
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Vec<VirtualAddress> {
    let blocks = if site.fos { &document.failovers } else { &document.virtuals };
    let mut held: Vec<VirtualAddress> = Vec::new();
    for block in blocks.iter().filter(|block| active(&block.keys)) {
        let found = address(block, own, &held, notes);
        held.extend(found.inspect(|found| {
            let span = block.keys.span("address").unwrap_or(0..0);
            notes.extend(no_interface(&found.interface, span, resolver));
        }));
    }
    let found = gateway(document, site, own, &held, notes);
    held.extend(found.inspect(|found| {
        let span = document.globals.span("nat_router").unwrap_or(0..0);
        notes.extend(no_interface(&found.interface, span, resolver));
    }));
    held
}

/// What is said of an interface that this machine does not have, perhaps not yet.
pub(super) fn no_interface(
    name: &Name,
    span: Range<usize>,
    resolver: &dyn Resolver,
) -> Option<Diagnostic> {
    let message = format!("this machine has no network interface {name}");
    (!resolver.interface(name.as_str())).then(|| Diagnostic::warning(span, message))
}

/// Whether a block, or a server's, is there at all.
pub(super) fn active(keys: &Section<'_>) -> bool {
    keys.boolean("active").unwrap_or(false)
}

fn address(
    block: &Block<'_>,
    own: &[IpAddr],
    held: &[VirtualAddress],
    notes: &mut Vec<Diagnostic>,
) -> Option<VirtualAddress> {
    let (address, device) = block.keys.address("address")?;
    let span = block.keys.span("address")?;
    if address.is_unspecified() {
        return None;
    }
    let Some(device) = device else {
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
    let text = device.text();
    let interface: Option<Name> = text.split(':').next().and_then(|name| name.parse().ok());
    let fits = text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_graphic());
    let Some(interface) = interface.filter(|_| fits) else {
        let message = "a network interface has a name of 1 to 15 characters";
        let wrong = Diagnostic::error(device.span(), message).fault(Fault::InvalidArgument);
        notes.push(wrong.hint("write eth0:1 for an alias of eth0"));
        return None;
    };
    let label = text.contains(':').then(|| text.to_owned());
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

/// Bytes of a label, as the kernel has them (IFNAMSIZ, less the final NUL).
const LONGEST: usize = 15;
