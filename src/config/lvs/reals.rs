//! The real servers of one virtual: those that are active, each of them once.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use super::held::active;
use super::host::host;
use super::section::{Block, Server};
use super::site::Site;
use crate::config::ldirectord::lent::{self, Asked};
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Fault, Resolver};
use crate::model::{Family, Forwarding, Real, ServiceId, Tunnel, Weight};

/// Where the addresses of the active servers stand.
pub(super) fn places<'a>(block: &Block<'a>) -> Vec<Piece<'a>> {
    let active = block.servers.iter().filter(|server| active(&server.keys));
    active.filter_map(|server| server.keys.hosts("address")).collect()
}

/// Warns of questions to single servers that nobody asks.
pub(super) fn unused(block: &Block<'_>, notes: &mut Vec<Diagnostic>) {
    for server in block.servers.iter().filter(|server| active(&server.keys)) {
        if let Some(span) = server.keys.span("request") {
            let message =
                "`request` and `receive` are not used: the check is a connection, no more";
            let hint = "write `send` and `expect` in the virtual, or service = http, or what the servers speak";
            notes.push(Diagnostic::warning(span, message).hint(hint));
        }
    }
}

/// Lowers the servers of a block. `budget` is what ranges may still add to the file.
pub(super) fn reals(
    block: &Block<'_>,
    id: ServiceId,
    site: Site,
    asked: &Asked<'_, '_>,
    resolver: &dyn Resolver,
    budget: &mut u32,
    notes: &mut Vec<Diagnostic>,
) -> Vec<Real> {
    let mut reals: Vec<Real> = Vec::new();
    let (mut named, mut wired): (HashSet<SocketAddr>, HashSet<SocketAddr>) = Default::default();
    for server in block.servers.iter().filter(|server| active(&server.keys)) {
        let Some(addresses) = addresses(server, id.family(), resolver, budget, notes) else {
            continue;
        };
        let Some(lowered) = lowered(block, server, id, site, notes) else { continue };
        for real in asked.reals(lowered, &addresses, resolver, notes) {
            let new = !named.contains(&real.address) && wired.insert(real.on_the_wire(id));
            if !new {
                let message = format!("{} is here twice; the first one holds", real.address);
                notes.push(Diagnostic::warning(lowered.place.span(), message));
                continue;
            }
            named.insert(real.address);
            reals.push(real);
        }
    }
    reals
}

fn addresses(
    server: &Server<'_>,
    family: Family,
    resolver: &dyn Resolver,
    budget: &mut u32,
    notes: &mut Vec<Diagnostic>,
) -> Option<Vec<IpAddr>> {
    // as piranha's web pages write a new one: the others serve all the same
    let none = |span| {
        let message = "an active server without an address: it is left out";
        Diagnostic::warning(span, message).hint("write address = 10.0.0.1")
    };
    let Some(place) = server.keys.hosts("address") else {
        if !server.keys.is_wrong("address") {
            notes.push(none(server.name.span()));
        }
        return None;
    };
    if place.text().contains("->") {
        let range = lent::addresses(place, family, resolver, budget);
        return range.map_err(|wrong| notes.push(wrong)).ok();
    }
    let read = host(place, resolver, notes).and_then(|address| match address {
        address if address.is_unspecified() => Err(none(place.span())),
        address if Family::of(address) != family => {
            let message = "the address of the virtual service is of another family";
            Err(Diagnostic::error(place.span(), message).fault(Fault::InvalidArgument))
        }
        address => Ok(vec![address]),
    });
    read.map_err(|wrong| notes.push(wrong)).ok()
}

/// What a server is but for its address. Its port is the virtual's wherever that stands in the block:
/// piranha takes 80 where it stands behind the server.
fn lowered<'a>(
    block: &Block<'a>,
    server: &Server<'a>,
    id: ServiceId,
    site: Site,
    notes: &mut Vec<Diagnostic>,
) -> Option<lent::Server<'a>> {
    let keys = &server.keys;
    let came = block.keys.port("port").unwrap_or(80);
    let forwarding = match keys.word("forwarding") {
        Some("gate") => Forwarding::Direct,
        Some("ipip") => Forwarding::Tunnel(Tunnel::Ipip),
        Some(_) => Forwarding::Masq,
        None => site.forwarding,
    };
    let mut port = keys.port("port").unwrap_or(came);
    let marked = matches!(id, ServiceId::Mark { .. });
    if forwarding != Forwarding::Masq && port != came && !marked && came != 0 {
        let message = format!(
            "without nat packets keep their port: this server gets them on {came}, not on {port}"
        );
        let hint = format!("write checkport = {port} in the virtual if the check is to go there");
        let span = keys.span("port").unwrap_or(server.name.span());
        notes.push(Diagnostic::warning(span, message).hint(hint));
        port = came;
    }
    let upper_threshold = keys.number("upper_threshold").unwrap_or(0);
    let mut lower_threshold = keys.number("lower_threshold").unwrap_or(0);
    if lower_threshold > upper_threshold {
        let message = "the lower threshold is ignored: it is above the upper one";
        let span = keys.span("lower_threshold").unwrap_or(server.name.span());
        notes.push(Diagnostic::warning(span, message));
        lower_threshold = 0;
    }
    let asks = match (keys.text("request"), keys.text("receive")) {
        (Some(request), Some(receive)) => Some((request, receive)),
        (None, None) => None,
        (one, other) => {
            let message = "`request` and `receive` of a server stand together";
            let span = one.or(other).map_or(server.name.span(), Piece::span);
            notes.push(Diagnostic::error(span, message).fault(Fault::MissingArguments));
            return None;
        }
    };
    Some(lent::Server {
        place: keys.hosts("address")?,
        port,
        forwarding,
        weight: Weight::new(keys.number("weight").unwrap_or(1))?,
        asks,
        upper_threshold,
        lower_threshold,
    })
}
