//! What the block says of VRRP.

use std::collections::HashSet;
use std::net::IpAddr;
use std::num::NonZeroU8;
use std::ops::Range;
use std::time::Duration;

use super::duties::{interface, secret};
use super::section::Section;
use crate::config::{Diagnostic, Resolver};
use crate::model::Family;
use crate::model::protocol::{Vrrp, VrrpAuthentication, VrrpVersion};

/// Lowers it, with the addresses that adverts may name; what is wrong is noted.
pub(super) fn vrrp(
    section: &Section<'_>,
    addresses: &[IpAddr],
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Vrrp> {
    let interface = interface(section, resolver, notes);
    let vrid = section.required("id", section.byte("id").and_then(NonZeroU8::new), notes);
    let version = match section.word("version") {
        Some("2") => VrrpVersion::V2,
        _ => VrrpVersion::V3,
    };
    let family = family(section, addresses, version, notes);
    let authentication = authentication(section, version, resolver, notes);
    let priority = section.byte("priority").and_then(NonZeroU8::new).unwrap_or(PRIORITY);
    let preempt = section.yes_no("preempt").unwrap_or(true);
    let accept = section.yes_no("accept").unwrap_or(true);
    owner(section, priority, preempt, accept, notes);
    let interval = interval(section, version, notes);
    let peers = peers(section, family, notes);
    let named = named(section, version, family, addresses, notes);
    notes.extend(unnamed(section, family));
    let preempt_delay = section.seconds("preemptdelay").unwrap_or_default();
    if let Some(span) = section.said("preemptdelay").filter(|_| !preempt) {
        let message = "`preemptdelay` is not used: with preempt = no nobody's place is taken";
        notes.push(Diagnostic::warning(span, message));
    }
    Some(Vrrp {
        version,
        interface: interface?,
        source: section.host("source"),
        over_v6: family == Family::V6,
        peers,
        vrid: vrid?,
        priority,
        interval,
        preempt,
        preempt_delay,
        named,
        accept,
        authentication: authentication?,
    })
}

/// By what adverts go: as the source is, else the first peer, else the first address.
fn family(
    section: &Section<'_>,
    addresses: &[IpAddr],
    version: VrrpVersion,
    notes: &mut Vec<Diagnostic>,
) -> Family {
    let said = ["source", "peer"].into_iter().find_map(|name| section.hosts(name).next());
    let address = section.placed("address").next().map(|(placed, span)| (placed.address, span));
    let first = said.or(address).or(addresses.first().map(|first| (*first, section.place.clone())));
    let Some((first, span)) = first else { return Family::V4 };
    if version == VrrpVersion::V2 && first.is_ipv6() {
        let message = "version 2 knows IPv4 only";
        let hint = "write version = 3; other IPv6 addresses may move along under `excluded`";
        notes.push(Diagnostic::error(span, message).hint(hint));
    }
    Family::of(first)
}

/// Those that an advert has room for: IPv4 counts to 255, IPv6 fills one frame, link-local ones first.
fn named(
    section: &Section<'_>,
    version: VrrpVersion,
    family: Family,
    addresses: &[IpAddr],
    notes: &mut Vec<Diagnostic>,
) -> Vec<IpAddr> {
    let mut named: Vec<_> =
        addresses.iter().copied().filter(|address| Family::of(*address) == family).collect();
    named.sort_by_key(|address| match address {
        IpAddr::V6(address) => !address.is_unicast_link_local(),
        IpAddr::V4(_) => false,
    });
    named.truncate(if family == Family::V4 { NAMED_V4 } else { NAMED_V6 });
    // which has been said
    let is_odd = version == VrrpVersion::V2 && family == Family::V6;
    if named.is_empty() && !addresses.is_empty() && !is_odd {
        let said = ["source", "peer"].into_iter().find_map(|name| section.said(name));
        let version = if family == Family::V4 { "IPv4" } else { "IPv6" };
        let message = format!("adverts go over {version}, and none of the addresses is of that");
        notes.push(Diagnostic::error(said.unwrap_or(section.place.clone()), message));
    }
    named
}

/// Addresses of the other family; that there are no others has been said.
fn unnamed(section: &Section<'_>, family: Family) -> Vec<Diagnostic> {
    let is_named = |address: IpAddr| Family::of(address) == family;
    if !section.placed("address").any(|(placed, _)| is_named(placed.address)) {
        return Vec::new();
    }
    let version = if family == Family::V4 { "IPv4" } else { "IPv6" };
    let others = section.placed("address").filter(|(placed, _)| !is_named(placed.address));
    let said = others.map(|(placed, span)| {
        let address = placed.address;
        let message =
            format!("{address} moves along, but no advert names it: they go over {version}");
        Diagnostic::warning(span, message)
            .hint(format!("write excluded = {address}, if that is meant"))
    });
    said.collect()
}

fn peers(section: &Section<'_>, family: Family, notes: &mut Vec<Diagnostic>) -> Vec<IpAddr> {
    let source = section.host("source");
    let (mut peers, mut seen) = (Vec::new(), HashSet::new());
    for (peer, span) in section.hosts("peer") {
        match peer_fault(peer, source, family) {
            Some(message) => notes.push(Diagnostic::error(span, message)),
            None if !seen.insert(peer) => {
                notes.push(Diagnostic::warning(span, format!("{peer} is here twice")));
            }
            None => peers.push(peer),
        }
    }
    peers
}

fn peer_fault(peer: IpAddr, source: Option<IpAddr>, family: Family) -> Option<String> {
    if source == Some(peer) {
        return Some(format!("{peer} is the source: this director is none of its own peers"));
    }
    let version = if family == Family::V4 { "IPv4" } else { "IPv6" };
    (Family::of(peer) != family)
        .then(|| format!("{peer} cannot be reached: adverts go over {version}"))
}

/// Whole seconds in version 2, hundredths in version 3, as the packets have room for.
fn interval(section: &Section<'_>, version: VrrpVersion, notes: &mut Vec<Diagnostic>) -> Duration {
    let Some(interval) = section.seconds("interval") else { return INTERVAL };
    let millis = interval.as_millis();
    let (fits, message) = match version {
        VrrpVersion::V2 => (
            millis.is_multiple_of(1000) && (1_000..=255_000).contains(&millis),
            "version 2 takes whole seconds, 1 to 255",
        ),
        VrrpVersion::V3 => (
            millis.is_multiple_of(10) && (10..=40_950).contains(&millis),
            "version 3 takes hundredths of a second, 0.01 to 40.95 seconds",
        ),
    };
    if !fits {
        notes.push(Diagnostic::error(section.span("interval"), message));
    }
    interval
}

fn authentication(
    section: &Section<'_>,
    version: VrrpVersion,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<VrrpAuthentication> {
    let secret = secret(section, resolver, notes);
    let word = match (section.word("authentication"), version) {
        (Some(word), _) => word,
        (None, _) if secret.is_none() => "none",
        (None, VrrpVersion::V2) => "password",
        (None, VrrpVersion::V3) => "hmac",
    };
    let span = || section.said("authentication").unwrap_or(section.place.clone());
    let mismatch = match (word, version) {
        ("password", VrrpVersion::V3) => Some(("version 3 has no passwords", "write hmac")),
        ("hmac", VrrpVersion::V2) => Some(("version 2 has no hmac", "write password")),
        _ => None,
    };
    if let Some((message, hint)) = mismatch {
        notes.push(Diagnostic::error(span(), message).hint(hint));
        return None;
    }
    if word == "none" {
        if let Some(span) = section.said("secretfile") {
            let message = "`secretfile` is not used: adverts are not signed";
            notes.push(Diagnostic::warning(span, message).hint("leave `authentication` out"));
        }
        return Some(VrrpAuthentication::None);
    }
    let secret = section.required("secretfile", secret, notes)?;
    Some(match version {
        VrrpVersion::V2 => VrrpAuthentication::Password(secret),
        VrrpVersion::V3 => VrrpAuthentication::Hmac(secret),
    })
}

/// The owner of the addresses cannot but be master, and answer.
fn owner(
    section: &Section<'_>,
    priority: NonZeroU8,
    preempt: bool,
    accept: bool,
    notes: &mut Vec<Diagnostic>,
) {
    if priority != NonZeroU8::MAX {
        return;
    }
    let mut refuse = |span: Range<usize>, message: &str| {
        let hint = "write priority = 254 for one that is not the owner";
        notes.push(Diagnostic::error(span, message).hint(hint));
    };
    if !preempt {
        refuse(section.span("preempt"), "priority 255 is the owner's, who takes every place");
    }
    if !accept {
        refuse(section.span("accept"), "priority 255 is the owner's, who accepts all packets");
    }
}

const PRIORITY: NonZeroU8 = NonZeroU8::new(100).unwrap();
const INTERVAL: Duration = Duration::from_secs(1);
/// The count of addresses is a byte.
const NAMED_V4: usize = 255;
/// What is left of Ethernet's 1500 bytes behind the headers of IPv6 and VRRP.
const NAMED_V6: usize = (1500 - 40 - 8) / 16;
