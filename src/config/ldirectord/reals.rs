//! The real servers of one virtual: ranges spread out, names looked up, doubles dropped.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::address::{self, Host};
use super::check::Checks;
use super::monitor::Monitored;
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
    let monitored = Monitored::new(section, service.id, None, resolver, notes);
    let mut roll = Roll::default();
    for line in &section.body.reals {
        let addresses = real::real(*line, notes).and_then(|real| {
            let port = port(&real, resolver)?;
            addresses(real.first, real.last, *line, section.family, resolver, budget)
                .map(|all| (real, port, all))
        });
        let (real, port, addresses) = match addresses {
            Ok(read) => read,
            Err(wrong) => {
                notes.push(wrong);
                continue;
            }
        };
        notes.extend(overlooked(&real));
        let Some(asking) = checks.of(&real, port, *line, resolver, notes) else { continue };
        notes.extend(unreachable(&real, port, service.id));
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
                combined: asking.combined(address),
                monitor: monitored.as_ref().map(|monitored| monitored.of(&real, address)),
            };
            let now = lowered.address;
            let doubles = roll.put(service.id, lowered);
            notes.extend(doubles.map(|before| double(*line, before.address, now)));
        }
    }
    roll.reals.into_values().collect()
}

/// Real servers of which no two are one, neither by what the file calls them nor to the kernel.
#[derive(Default)]
struct Roll {
    /// By a number that grows with the file.
    reals: BTreeMap<usize, Real>,
    in_file: HashMap<SocketAddr, usize>,
    in_kernel: HashMap<SocketAddr, usize>,
    next: usize,
}

impl Roll {
    /// Adds a real, in place of those that are returned.
    fn put(&mut self, service: ServiceId, real: Real) -> impl Iterator<Item = Real> {
        let wire = real.on_the_wire(service);
        let number = self.next;
        self.next += 1;
        let doubles =
            [self.in_file.insert(real.address, number), self.in_kernel.insert(wire, number)];
        let before = doubles.map(|double| double.and_then(|number| self.reals.remove(&number)));
        self.reals.insert(number, real);
        before.into_iter().flatten()
    }
}

fn port(real: &RealLine<'_>, resolver: &dyn Resolver) -> Result<u16, Diagnostic> {
    real.port.map_or(Ok(0), |port| address::port_number(port, None, resolver))
}

/// The addresses from the first host to the last.
pub(super) fn addresses(
    first: Host<'_>,
    last: Option<Host<'_>>,
    line: Piece<'_>,
    family: Family,
    resolver: &dyn Resolver,
    budget: &mut u32,
) -> Result<Vec<IpAddr>, Diagnostic> {
    let first = first.resolve(family, resolver)?;
    let Some(last) = last else { return Ok(vec![first]) };
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

/// A port that packets never come to: only masquerading changes it.
fn unreachable(real: &RealLine<'_>, port: u16, service: ServiceId) -> Option<Diagnostic> {
    let ServiceId::Address { address, .. } = service else { return None };
    let came = address.port();
    if real.forwarding == Forwarding::Masq || [0, came].contains(&port) || came == 0 {
        return None;
    }
    let message = format!(
        "with gate and ipip packets keep their port: this server gets them on {came}, not on {port}"
    );
    let hint =
        format!("write :{came}, and checkport={port} if the check is to go there; or use masq");
    Some(Diagnostic::warning(real.port?.span(), message).hint(hint))
}

/// A question of its own that ldirectord would not have asked.
fn overlooked(real: &RealLine<'_>) -> Option<Diagnostic> {
    let (request, _) = real.asks.filter(|(request, _)| request.starts_with('/'))?;
    let message = "ldirectord overlooks a request and answer that begin with `/`; here they count";
    Some(Diagnostic::warning(request.span(), message))
}

fn double(line: Piece<'_>, before: SocketAddr, now: SocketAddr) -> Diagnostic {
    let span = line.span();
    if before == now {
        return Diagnostic::warning(span, format!("{now} is here twice; this line holds"));
    }
    let message =
        format!("{now} is the same real server as {before} to the kernel; this line holds");
    Diagnostic::warning(span, message)
        .hint("with gate and ipip packets go to the virtual service's port, whatever stands here")
}

/// Real servers that the ranges of one file may come to.
pub(super) const RANGE_LIMIT: u32 = 65_536;
