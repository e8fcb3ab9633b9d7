//! A virtual service as the kernel is told about it: its line, and what its body says of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;

use super::address::{self, Host};
use super::lookup::Lookup;
use super::section::VirtualSection;
use super::values::{Value, first_word, ignored};
use crate::config::near_miss::near_miss;
use crate::config::piece::{Piece, is_blank};
use crate::config::{Diagnostic, Resolver};
use crate::model::{
    Family, Name, Netmask, Persistence, Protocol, SchedulerFlags, Service, ServiceId,
};

/// Lowers a section to its service; `None` if it is none, which is noted.
pub(super) fn service(
    section: &VirtualSection<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Service> {
    let lookup = Lookup { own: &section.body, globals: &section.body };
    let id = id(section, lookup, resolver, notes).map_err(|wrong| notes.push(wrong)).ok();
    let scheduler = scheduler(lookup, notes);
    let flags = flags(lookup, notes);
    let persistence = persistence(lookup, section.family, notes);
    let id = id?;
    if id.port() == 0 && persistence.is_none() && matches!(id, ServiceId::Address { .. }) {
        let message = "the kernel takes port 0 only with `persistent`";
        notes.push(Diagnostic::warning(section.header.span(), message));
    }
    let one_packet = one_packet(lookup, id, notes);
    Some(Service { flags, one_packet, persistence, ..Service::new(id, scheduler?) })
}

fn id(
    section: &VirtualSection<'_>,
    lookup: Lookup<'_, '_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Result<ServiceId, Diagnostic> {
    let header = section.header;
    if let Some(mark) = mark(header, notes)? {
        if let Some(given) = lookup.given("protocol").filter(|g| g.value != Value::Word("fwm")) {
            let message = "the protocol of a firewall mark is fwm";
            return Err(Diagnostic::error(given.span.clone(), message));
        }
        return Ok(ServiceId::Mark { family: section.family, mark });
    }
    let (host, port) = host_and_port(header, notes)?;
    let protocol = match lookup.word("protocol") {
        Some("fwm") => {
            let span = lookup.given("protocol").map_or(header.span(), |given| given.span.clone());
            let message = "the protocol of an address and port is tcp or udp";
            return Err(Diagnostic::error(span, message));
        }
        Some("udp") => Protocol::Udp,
        None if matches!(port.text(), "53" | "domain") => Protocol::Udp,
        _ => Protocol::Tcp,
    };
    let address = host.resolve(section.family, resolver)?;
    let port = address::port_number(port, Some(protocol), resolver)?;
    Ok(ServiceId::Address { protocol, address: SocketAddr::new(address, port) })
}

/// The firewall mark, if the line has no colon where a port would be.
fn mark(header: Piece<'_>, notes: &mut Vec<Diagnostic>) -> Result<Option<NonZeroU32>, Diagnostic> {
    let (word, behind) = header.take_while(|c| !is_blank(c) && c != '#');
    let (digits, rest) = word.take_while(|c| c.is_ascii_digit());
    if digits.is_empty() || word.text().contains(':') {
        return Ok(None);
    }
    if rest.starts_with('.') {
        let message = "the port is missing";
        let hint = format!("write {}:80, or whichever port it is", word.text());
        return Err(Diagnostic::error(word.span(), message).hint(hint));
    }
    let Some(mark) = digits.text().parse().ok().and_then(NonZeroU32::new) else {
        let message = "a firewall mark is a number from 1 to 4294967295";
        return Err(Diagnostic::error(digits.span(), message));
    };
    if !rest.is_empty() {
        let message = format!("this is read as the firewall mark {mark}");
        notes.push(Diagnostic::warning(word.span(), message).hint("write the digits alone"));
    }
    ignored(behind, notes);
    Ok(Some(mark))
}

fn host_and_port<'a>(
    header: Piece<'a>,
    notes: &mut Vec<Diagnostic>,
) -> Result<(Host<'a>, Piece<'a>), Diagnostic> {
    let (host, rest) = address::host(header)?;
    let (Some(port), rest) = address::port(rest)? else {
        let message = "the port is missing";
        let hint = "a virtual service is an address with a port, or a firewall mark";
        return Err(Diagnostic::error(host.name.span(), message).hint(hint));
    };
    if rest.starts_with(':') {
        if let Some((protocol @ ("tcp" | "udp"), rest)) = header.text().split_once(':') {
            let message = "the protocol has a directive of its own";
            let hint = format!("write virtual={rest:.60}, and protocol={protocol} in its body");
            return Err(Diagnostic::error(host.name.span(), message).hint(hint));
        }
        let message = "an IPv6 address stands in brackets";
        let hint = "write [address]:port";
        return Err(Diagnostic::error(header.span(), message).hint(hint));
    }
    ignored(rest, notes);
    Ok((host, port))
}

/// The first run of lower-case letters, as ldirectord takes it.
fn scheduler(lookup: Lookup<'_, '_>, notes: &mut Vec<Diagnostic>) -> Option<Name> {
    let Some(Value::Line(value)) = lookup.given("scheduler").map(|given| &given.value) else {
        return "wrr".parse().ok();
    };
    let (word, behind) = first_word(*value);
    let (_, rest) = value.take_while(|c| !c.is_ascii_lowercase());
    let (name, _) = rest.take_while(|c| c.is_ascii_lowercase());
    let Ok(scheduler) = name.text().parse::<Name>() else {
        let message = "a scheduler is named by 1 to 15 lower-case letters";
        let known = near_miss(word.text(), SCHEDULERS.iter().copied());
        let wrong = Diagnostic::error(word.span(), message);
        notes.push(match known {
            Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
            None => wrong,
        });
        return None;
    };
    // a first word of capitals alone is passed over
    if name.span().start < word.span().end {
        ignored(behind, notes);
    }
    let known = SCHEDULERS.contains(&name.text());
    if name.text() != word.text() || !known {
        let message = match known {
            true => format!("the scheduler is read as {scheduler}"),
            false => format!("the kernel may have no scheduler {scheduler}"),
        };
        let warning = Diagnostic::warning(word.span(), message);
        let meant = near_miss(word.text(), SCHEDULERS.iter().copied());
        notes.push(match meant.filter(|meant| *meant != name.text()) {
            Some(meant) => warning.hint(format!("did you mean `{meant}`?")),
            None => warning,
        });
    }
    Some(scheduler)
}

pub(super) fn flags(lookup: Lookup<'_, '_>, notes: &mut Vec<Diagnostic>) -> SchedulerFlags {
    let mut flags = SchedulerFlags::default();
    let Some(Value::Line(value)) = lookup.given("schedflags").map(|given| &given.value) else {
        return flags;
    };
    let (word, behind) = first_word(*value);
    ignored(behind, notes);
    let mut rest = Some(word);
    while let Some(piece) = rest {
        let (name, next) = piece.split_once(",").map_or((piece, None), |(a, b)| (a, Some(b)));
        match name.text() {
            "flag-1" | "sh-fallback" | "mh-fallback" => flags.first = true,
            "flag-2" | "sh-port" | "mh-port" => flags.second = true,
            "flag-3" => flags.third = true,
            _ => {
                let wrong = Diagnostic::error(name.span(), "unknown scheduler flag");
                notes.push(match near_miss(name.text(), FLAGS.iter().copied()) {
                    Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
                    None => wrong.hint(format!("known are {}", FLAGS.join(", "))),
                });
            }
        }
        rest = next;
    }
    flags
}

pub(super) fn one_packet(
    lookup: Lookup<'_, '_>,
    id: ServiceId,
    notes: &mut Vec<Diagnostic>,
) -> bool {
    let wanted = lookup.yes_no("ops").unwrap_or(false);
    let udp = matches!(id, ServiceId::Address { protocol: Protocol::Udp, .. });
    if let Some(given) = lookup.given("ops").filter(|_| wanted && !udp) {
        let message = "`ops` is ignored: one-packet scheduling is for udp";
        notes.push(Diagnostic::warning(given.span.clone(), message));
    }
    wanted && udp
}

fn persistence(
    lookup: Lookup<'_, '_>,
    family: Family,
    notes: &mut Vec<Diagnostic>,
) -> Option<Persistence> {
    let netmask = netmask(lookup, family, notes);
    let seconds = lookup.number("persistent").and_then(NonZeroU32::new);
    if let Some(given) = lookup.given("persistent").filter(|_| seconds.is_none()) {
        let message = "0 seconds mean that the service is not persistent";
        notes.push(Diagnostic::warning(given.span.clone(), message));
    }
    if let Some(given) = lookup.given("netmask").filter(|_| seconds.is_none()) {
        let message = "`netmask` is ignored: the service is not persistent";
        let hint = "add persistent=seconds";
        notes.push(Diagnostic::warning(given.span.clone(), message).hint(hint));
    }
    seconds.map(|seconds| Persistence { seconds, netmask })
}

fn netmask(lookup: Lookup<'_, '_>, family: Family, notes: &mut Vec<Diagnostic>) -> Netmask {
    let Some(Value::Line(value)) = lookup.given("netmask").map(|given| &given.value) else {
        return Netmask::host(family);
    };
    let text = value.text();
    let read = match family {
        Family::V4 => text.parse::<Ipv4Addr>().ok().map(Netmask::V4),
        Family::V6 => text.parse().ok().filter(|n| (1..=128).contains(n)).map(Netmask::V6),
    };
    if let Some(Netmask::V4(mask)) = read
        && mask.to_bits().leading_ones() + mask.to_bits().trailing_zeros() != u32::BITS
    {
        let message = "this netmask has ones behind zeros";
        let hint = "as a rule the ones stand in front, as in 255.255.255.0";
        notes.push(Diagnostic::warning(value.span(), message).hint(hint));
    }
    read.unwrap_or_else(|| {
        let message = match family {
            Family::V4 => "`netmask` takes four numbers with dots, as in 255.255.255.0",
            Family::V6 => "`netmask` takes a prefix length from 1 to 128",
        };
        notes.push(Diagnostic::error(value.span(), message));
        Netmask::host(family)
    })
}

/// The schedulers of Linux 6.
pub(in crate::config) const SCHEDULERS: &[&str] = &[
    "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "fo", "ovf", "twos",
];
const FLAGS: &[&str] =
    &["sh-fallback", "sh-port", "mh-fallback", "mh-port", "flag-1", "flag-2", "flag-3"];
