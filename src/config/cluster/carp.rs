//! What the block says of CARP.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU8;

use super::duties::{interface, secret};
use super::section::Section;
use crate::config::{Diagnostic, Resolver};
use crate::model::protocol::Carp;

/// Lowers it, with the addresses that are signed; what is wrong is noted.
pub(super) fn carp(
    section: &Section<'_>,
    signed: Vec<IpAddr>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Carp> {
    let interface = interface(section, resolver, notes);
    let vhid = section.required("id", section.byte("id").and_then(NonZeroU8::new), notes);
    let secret = section.required("secretfile", secret(section, resolver, notes), notes);
    let (advbase, advskew) =
        (section.byte("advbase").unwrap_or(1), section.byte("advskew").unwrap_or(0));
    if advbase == 0 && advskew == 0 {
        let message = "there is no time from advert to advert: advbase and advskew are both 0";
        let hint = "write advskew = 10 for adverts every 40 milliseconds";
        notes.push(Diagnostic::error(section.span("advbase"), message).hint(hint));
    }
    let source = v4(section, "source", notes);
    let group = v4(section, "group", notes);
    if let Some(group) = group.filter(|group| !group.is_multicast()) {
        let message = format!("{group} is no group: it is none of 224.0.0.0/4");
        notes.push(Diagnostic::error(section.span("group"), message));
    }
    Some(Carp {
        interface: interface?,
        source,
        group: group.unwrap_or(GROUP),
        multicast: section.yes_no("multicast").unwrap_or(true),
        vhid: vhid?,
        advbase,
        advskew,
        dead_ratio: section.number("deadratio").unwrap_or(3),
        preempt: section.yes_no("preempt").unwrap_or(false),
        neutral: false,
        secret: secret?,
        signed,
    })
}

fn v4(section: &Section<'_>, name: &'static str, notes: &mut Vec<Diagnostic>) -> Option<Ipv4Addr> {
    match section.host(name)? {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => {
            let message = format!("`{name}` takes an IPv4 address: carp's adverts go by IPv4");
            notes.push(Diagnostic::error(section.span(name), message));
            None
        }
    }
}

/// CARP's own, and VRRP's.
const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);
