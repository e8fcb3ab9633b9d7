//! The addresses of a block, where they are raised, and which of them adverts name.

use std::collections::HashSet;
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
        let directors: HashSet<_> = section.directors().into_iter().collect();
        let mut seen = HashSet::new();
        // a protocol that goes by an interface asks for it itself
        let asked = section.device("interface").filter(|_| section.needs_interface());
        let mut asked: HashSet<_> = asked.map(|on| on.interface.clone()).into_iter().collect();
        let mut addresses = Addresses::default();
        let named = section.placed("address").map(|(placed, span)| (placed, span, true));
        let excluded = section.placed("excluded").map(|(placed, span)| (placed, span, false));
        let mut all: Vec<_> = named.chain(excluded).collect();
        all.sort_by_key(|(_, span, _)| span.start);
        for (placed, span, is_named) in all {
            let address = placed.address;
            let wrong = if directors.contains(&address) {
                // a director that gave it up could not be reached any more
                Some("is a director's own address, which never moves")
            } else {
                (!seen.insert(address)).then_some("is here twice")
            };
            if let Some(wrong) = wrong {
                notes.push(Diagnostic::error(span, format!("{address} {wrong}")));
                continue;
            }
            let Some(one) = one(placed, section, &span, notes) else { continue };
            if asked.insert(one.interface.clone()) {
                let place = if placed.device.is_some() { span } else { section.span("interface") };
                notes.extend(absent(&one.interface, place, resolver));
            }
            if is_named {
                addresses.named.push(one.address);
            }
            addresses.held.push(one);
        }
        addresses
    }
}

fn one(
    placed: &Placed,
    section: &Section<'_>,
    span: &Range<usize>,
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
    Some(VirtualAddress {
        address: *address,
        prefix: *prefix,
        interface: on.interface.clone(),
        label: on.label.clone(),
    })
}
