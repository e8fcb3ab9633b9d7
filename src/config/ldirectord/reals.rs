//! The real servers of one virtual: ranges spread out, names looked up, doubles dropped.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::address;
use super::check::Checks;
use super::real::{self, RealLine};
use super::section::VirtualSection;
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Resolver};
use crate::model::{Family, Forwarding, Real, Service, ServiceId};

/// Lowers the real lines of a section. `budget` is what ranges may still add to the file.
pub(super) fn reals(
    section: &VirtualSection<'_>,
    service: &Service,
    checks: &Checks,
    resolver: &dyn Resolver,
    budget: &mut u32,
    notes: &mut Vec<Diagnostic>,
) -> Vec<Real> {
    let mut reals: Vec<Real> = Vec::new();
    let mut places: HashMap<SocketAddr, usize> = HashMap::new();
    for line in &section.body.reals {
        let addresses = real::real(*line, notes).and_then(|real| {
            let port = port(&real, resolver)?;
            addresses(&real, *line, section.family, resolver, budget).map(|all| (real, port, all))
        });
        let (real, port, addresses) = match addresses {
            Ok(read) => read,
            Err(wrong) => {
                notes.push(wrong);
                continue;
            }
        };
        let Some(asking) = checks.of(&real, port, *line, resolver, notes) else { continue };
        for address in addresses {
            let address = SocketAddr::new(address, port);
            let (check, target) = asking.at(service.id, address);
            let lowered = Real {
                address,
                forwarding: real.forwarding,
                weight: real.weight,
                upper_threshold: real.upper_threshold,
                lower_threshold: real.lower_threshold,
                check,
                target,
            };
            match places
                .insert(in_kernel(service.id, lowered.address, lowered.forwarding), reals.len())
            {
                None => reals.push(lowered),
                Some(place) => {
                    places
                        .insert(in_kernel(service.id, lowered.address, lowered.forwarding), place);
                    if let Some(before) = reals.get_mut(place) {
                        notes.push(double(*line, before, &lowered));
                        *before = lowered;
                    }
                }
            }
        }
    }
    reals
}

fn port(real: &RealLine<'_>, resolver: &dyn Resolver) -> Result<u16, Diagnostic> {
    real.port.map_or(Ok(0), |port| address::port_number(port, None, resolver))
}

fn addresses(
    real: &RealLine<'_>,
    line: Piece<'_>,
    family: Family,
    resolver: &dyn Resolver,
    budget: &mut u32,
) -> Result<Vec<IpAddr>, Diagnostic> {
    let first = real.first.resolve(family, resolver)?;
    let Some(last) = real.last else { return Ok(vec![first]) };
    let last_address = last.resolve(family, resolver)?;
    let span = line.span().start..last.name.span().end;
    let (IpAddr::V4(first), IpAddr::V4(last)) = (first, last_address) else {
        let message = "a range of IPv6 addresses is not supported";
        return Err(Diagnostic::error(span, message).hint("write one real6 line for each"));
    };
    let (first, last) = (u32::from(first), u32::from(last));
    if last < first {
        let message = "the range ends before it begins";
        return Err(Diagnostic::error(span, message));
    }
    let Some(left) = (last - first).checked_add(1).and_then(|length| budget.checked_sub(length))
    else {
        let message = format!("the ranges of a file hold {RANGE_LIMIT} real servers at most");
        return Err(Diagnostic::error(span, message));
    };
    *budget = left;
    Ok((first..=last).map(|number| IpAddr::V4(Ipv4Addr::from(number))).collect())
}

/// Where the kernel puts a real: only `masq`, or a mark, lets it have a port of its own.
pub(super) fn in_kernel(
    service: ServiceId,
    real: SocketAddr,
    forwarding: Forwarding,
) -> SocketAddr {
    let own = forwarding == Forwarding::Masq && real.port() != 0;
    let port = match service {
        ServiceId::Address { address, .. } if !own => address.port(),
        _ => real.port(),
    };
    SocketAddr::new(real.ip(), port)
}

fn double(line: Piece<'_>, before: &Real, now: &Real) -> Diagnostic {
    let span = line.span();
    if before.address == now.address {
        let message = format!("{} is here twice; this line holds", now.address);
        return Diagnostic::warning(span, message);
    }
    let (before, now) = (before.address, now.address);
    let message =
        format!("{now} is the same real server as {before} to the kernel; this line holds");
    Diagnostic::warning(span, message)
        .hint("with gate and ipip, and without a port, packets go to the virtual service's port")
}

/// Real servers that the ranges of one file may come to.
pub(super) const RANGE_LIMIT: u32 = 65_536;
