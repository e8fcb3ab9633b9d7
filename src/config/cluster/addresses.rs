//! The addresses of a block, where they are raised, and which of them adverts name.

use std::net::IpAddr;
use std::ops::Range;

use super::section::Section;
use super::values::Placed;
use crate::config::device::absent;
use crate::config::{Diagnostic, Resolver};
use crate::model::VirtualAddress;

/// What the block says that directors hold in turn.
#[derive(Default)]
pub(super) struct Addresses {
    /// All of them, in the file's order, each once.
    pub(super) held: Vec<VirtualAddress>,
    /// Those under `address`.
    pub(super) named: Vec<IpAddr>,
}

impl Addresses {
    /// Those of a section; what is wrong is noted, and left out.
    pub(super) fn of(
        section: &Section<'_>,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Self {
        let directors = section.directors();
        let mut addresses = Addresses::default();
        let named = section.placed("address").map(|(placed, span)| (placed, span, true));
        let excluded = section.placed("excluded").map(|(placed, span)| (placed, span, false));
        let mut all: Vec<_> = named.chain(excluded).collect();
        all.sort_by_key(|(_, span, _)| span.start);
        for (placed, span, is_named) in all {
            if let Some(wrong) = addresses.wrong(placed, &directors, &span) {
                notes.push(wrong);
                continue;
            }
            let Some(one) = one(placed, section, &span, resolver, notes) else { continue };
            if is_named {
                addresses.named.push(one.address);
            }
            addresses.held.push(one);
        }
        addresses
    }

    fn wrong(
        &self,
        placed: &Placed,
        directors: &[IpAddr],
        span: &Range<usize>,
    ) -> Option<Diagnostic> {
        let address = placed.address;
        if self.held.iter().any(|held| held.address == address) {
            return Some(Diagnostic::error(span.clone(), format!("{address} is here twice")));
        }
        // a director that gave up its own address could not be reached any more
        let message = format!("{address} is a director's own address, which never moves");
        directors.contains(&address).then(|| Diagnostic::error(span.clone(), message))
    }
}

fn one(
    placed: &Placed,
    section: &Section<'_>,
    span: &Range<usize>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<VirtualAddress> {
    let Placed { address, prefix, device } = placed;
    let Some(on) = device.as_ref().or_else(|| section.device("interface")) else {
        // a protocol that needs it says so itself
        if section.misses("interface") && !section.needs_interface() {
            let message = format!("nobody knows on which interface {address} is raised");
            let hint = format!("write address = {address} eth0, or interface = eth0");
            notes.push(Diagnostic::error(span.clone(), message).hint(hint));
        }
        return None;
    };
    if device.is_some() {
        notes.extend(absent(&on.interface, span.clone(), resolver));
    }
    Some(VirtualAddress {
        address: *address,
        prefix: *prefix,
        interface: on.interface.clone(),
        label: on.label.clone(),
    })
}
