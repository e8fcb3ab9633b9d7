//! From sections to virtual services.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::address;
use super::alert::alert;
use super::check::{Checks, receive};
use super::commands::command;
use super::load::load_monitor;
use super::lookup::Lookup;
use super::real;
use super::reals::{RANGE_LIMIT, reals};
use super::section::{Document, Given, Section, VirtualSection};
use super::service::service;
use super::services;
use super::values::Value;
use crate::config::{Diagnostic, Resolver, cluster};
use crate::model::{CheckPolicy, Cluster, Fallback, Family, Forwarding, Real, ServiceId, Virtual};

/// Lowers all sections; what is wrong is noted, and the section left out.
pub(super) fn virtuals(
    document: &Document<'_>,
    cluster: Option<&Cluster>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Vec<Virtual> {
    let globals = Globals::new(&document.globals, resolver, notes);
    let mut seen: HashMap<ServiceId, usize> = HashMap::new();
    let mut budget = RANGE_LIMIT;
    let mut virtuals = Vec::new();
    for section in &document.virtuals {
        let Some(lowered) = one(section, &globals, resolver, &mut budget, notes) else { continue };
        let id = lowered.service.id;
        if let Some(first) = seen.get(&id) {
            let message = format!("the virtual service {id} is here twice");
            let hint = format!("it begins on line {first} as well");
            notes.push(Diagnostic::error(section.header.span(), message).hint(hint));
            continue;
        }
        seen.insert(id, section.line);
        notes.extend(cluster.and_then(|cluster| unheld(cluster, id, section)));
        virtuals.push(lowered);
    }
    virtuals
}

/// The global part, with what has to be looked up only once.
struct Globals<'s, 'a> {
    section: &'s Section<'a>,
    fallback: Option<Fallback>,
    fallback6: Option<Fallback>,
}

impl<'s, 'a> Globals<'s, 'a> {
    fn new(section: &'s Section<'a>, resolver: &dyn Resolver, notes: &mut Vec<Diagnostic>) -> Self {
        let fallback = given_fallback(section, Family::V4, resolver, notes);
        let fallback6 = given_fallback(section, Family::V6, resolver, notes);
        Globals { section, fallback, fallback6 }
    }
}

fn one(
    section: &VirtualSection<'_>,
    globals: &Globals<'_, '_>,
    resolver: &dyn Resolver,
    budget: &mut u32,
    notes: &mut Vec<Diagnostic>,
) -> Option<Virtual> {
    let lookup = Lookup { own: &section.body, globals: globals.section };
    let Some(service) = service(section, resolver, notes) else {
        rest(section, lookup, resolver, notes);
        return None;
    };
    let checks = Checks::new(lookup, section, service.id, None, resolver, notes);
    let reals = reals(section, &service, &checks, resolver, budget, notes);
    let fallback = fallback(section, globals, service.id, resolver, notes);
    if let Some(fallback) = fallback {
        notes.extend(itself(section, service.id, &reals, fallback));
    }
    if section.body.reals.is_empty() {
        let message = match fallback {
            Some(_) => "there is no real server: only the fallback serves",
            None => "there is no real server: nobody serves",
        };
        notes.push(Diagnostic::warning(section.header.span(), message));
    }
    let alert = alert(lookup, notes);
    Some(Virtual {
        service,
        reals,
        fallback,
        fallback_command: command(lookup, "fallbackcommand", resolver, notes),
        fallback_command_stop: lookup.yes_no("fallbackcommandstop").unwrap_or(false),
        quiescent: lookup.yes_no("quiescent").unwrap_or(false),
        readd_quiescent: lookup.yes_no("readdquiescent").unwrap_or(false),
        cleanstop: lookup.yes_no("cleanstop").unwrap_or(true),
        check: CheckPolicy {
            interval: Duration::from_secs(lookup.number("checkinterval").unwrap_or(10).into()),
            timeout: checks.timeout(),
            failure_count: lookup.number("failurecount").unwrap_or(1),
            recovery_count: lookup.number("recoverycount").unwrap_or(1),
        },
        slow_start: lookup.yes_no("slowstart").unwrap_or(false),
        load: load_monitor(lookup, resolver, notes),
        alert,
    })
}

/// A service at an address that no director holds.
fn unheld(cluster: &Cluster, id: ServiceId, section: &VirtualSection<'_>) -> Option<Diagnostic> {
    let ServiceId::Address { address, .. } = id else { return None };
    cluster::unheld(cluster, address.ip(), section.header.span())
}

/// What is wrong with a body whose service is not known.
fn rest(
    section: &VirtualSection<'_>,
    lookup: Lookup<'_, '_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) {
    for line in &section.body.reals {
        let read = real::real(*line, notes);
        notes.extend(read.err());
    }
    let service = lookup.word("service").and_then(services::named).unwrap_or(&services::NONE);
    receive(lookup, service, notes);
    load_monitor(lookup, resolver, notes);
    given_fallback(&section.body, section.family, resolver, notes);
}

/// The same, where the global part has not been lowered yet.
pub(super) fn own_or_global_fallback(
    section: &VirtualSection<'_>,
    globals: &Section<'_>,
    id: ServiceId,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Fallback> {
    let globals = Globals::new(globals, resolver, notes);
    fallback(section, &globals, id, resolver, notes)
}

/// The virtual's own fallback, else the global one of its family.
fn fallback(
    section: &VirtualSection<'_>,
    globals: &Globals<'_, '_>,
    id: ServiceId,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Fallback> {
    if section.body.get(directive(section.family)).is_some() {
        return given_fallback(&section.body, section.family, resolver, notes);
    }
    let global = match section.family {
        Family::V4 => globals.fallback,
        Family::V6 => globals.fallback6,
    }?;
    // a mark has many ports: the one of the global fallback cannot be meant for all of them
    let any_port = matches!(id, ServiceId::Mark { .. });
    let port = if any_port { 0 } else { global.address.port() };
    Some(Fallback { address: SocketAddr::new(global.address.ip(), port), ..global })
}

/// A fallback that is one of the reals: the kernel holds only one of the two.
fn itself(
    section: &VirtualSection<'_>,
    id: ServiceId,
    reals: &[Real],
    fallback: Fallback,
) -> Option<Diagnostic> {
    let place = fallback.on_the_wire(id);
    reals.iter().find(|real| real.on_the_wire(id) == place)?;
    let own = section.body.get(directive(section.family));
    let span = own.map_or(section.header.span(), |given| given.span.clone());
    let message = format!("the fallback {} is one of the real servers", fallback.address);
    Some(Diagnostic::warning(span, message).hint("it cannot stand in for itself"))
}

fn given_fallback(
    section: &Section<'_>,
    family: Family,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Fallback> {
    let Given { value: Value::Line(line), span } = section.get(directive(family))? else {
        return None;
    };
    if line.is_empty() {
        let message = "no address is given: this machine itself is the fallback";
        notes.push(Diagnostic::warning(span.clone(), message));
        let loopback = match family {
            Family::V4 => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Family::V6 => IpAddr::V6(Ipv6Addr::LOCALHOST),
        };
        let address = SocketAddr::new(loopback, 0);
        return Some(Fallback { address, forwarding: Forwarding::Direct });
    }
    let read = real::fallback(*line, notes).and_then(|(host, port, forwarding)| {
        let port = port.map_or(Ok(0), |port| address::port_number(port, None, resolver))?;
        let address = SocketAddr::new(host.resolve(family, resolver)?, port);
        Ok(Fallback { address, forwarding })
    });
    read.map_err(|wrong| notes.push(wrong)).ok()
}

fn directive(family: Family) -> &'static str {
    match family {
        Family::V4 => "fallback",
        Family::V6 => "fallback6",
    }
}
