//! From blocks to virtual services.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use checkers::Check;

use super::check;
use super::held::active;
use super::load::load_monitor;
use super::reals;
use super::section::{Block, Document};
use super::service;
use super::site::Site;
use crate::config::ldirectord::lent::{Asked, Borrower, RANGES};
use crate::config::{Diagnostic, Fault, Resolver};
use crate::model::{Alert, CheckPolicy, Fallback, Family, Real, ServiceId, Virtual};

/// Lowers the active blocks; what is wrong is noted, and the block left out. Of two with one identity
/// the first holds.
pub(super) fn virtuals(
    document: &mut Document<'_>,
    site: Site,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Vec<Virtual> {
    let mut blocks = std::mem::take(&mut document.virtuals);
    let mut seen: HashMap<ServiceId, usize> = HashMap::new();
    let mut budget = RANGES;
    let mut virtuals = Vec::new();
    for block in blocks.iter_mut().filter(|block| active(&block.keys)) {
        let Some(id) = service::id(block, notes) else { continue };
        if let Some(first) = seen.get(&id) {
            notes.push(double(block, id, *first));
            continue;
        }
        seen.insert(id, block.line);
        virtuals.extend(one(block, id, document, site, resolver, &mut budget, notes));
    }
    virtuals
}

fn one<'a>(
    block: &mut Block<'a>,
    id: ServiceId,
    document: &Document<'a>,
    site: Site,
    resolver: &dyn Resolver,
    budget: &mut u32,
    notes: &mut Vec<Diagnostic>,
) -> Option<Virtual> {
    let places = reals::places(block);
    let lent = std::mem::take(&mut block.lent).of(block.name, id.family(), places);
    let borrower = lent.beside(&document.lent);
    let keys = &block.keys;
    let first = if borrower.says_what_is_asked() {
        check::unused(keys, notes);
        None
    } else {
        borrower.unused(notes);
        Some(check::check(keys, keys.port("port").unwrap_or(80), resolver, notes))
    };
    let nothing_asked = first == Some(Check::Connect);
    let service = service::service(block, id, borrower, notes)?;
    let asked = borrower.checks(id, first, resolver, notes);
    let reals = reals::reals(block, id, site, &asked, resolver, budget, notes);
    if nothing_asked {
        reals::unused(block, notes);
    }
    let fallback = fallback(block, borrower, id, site, resolver, notes);
    look(block, id, &reals, fallback, notes);
    let alert = borrower.alert(notes);
    // one that is called by what it is has no name of its own
    let name = Some(block.name.text().to_owned()).filter(|name| *name != id.to_string());
    let service_name = alert.service_name.or(name);
    let slow_start = keys.boolean("slow_start").or(document.globals.boolean("slow_start"));
    Some(Virtual {
        service,
        reals,
        fallback,
        fallback_command: borrower.fallback_command(resolver, notes),
        fallback_command_stop: borrower.yes_no("fallbackcommandstop").unwrap_or(false),
        quiescent: quiescent(block, borrower),
        readd_quiescent: borrower.yes_no("readdquiescent").unwrap_or(false),
        cleanstop: borrower.yes_no("cleanstop").unwrap_or(true),
        check: policy(block, borrower, &asked, notes),
        slow_start: slow_start.unwrap_or(true),
        load: load_monitor(document, keys, resolver, notes),
        alert: Alert { service_name, ..alert },
    })
}

/// How often and how patiently: what the block says, by either name, else what holds for all.
fn policy(
    block: &Block<'_>,
    borrower: Borrower<'_, '_>,
    asked: &Asked<'_, '_>,
    notes: &mut Vec<Diagnostic>,
) -> CheckPolicy {
    let own = check::interval(&block.keys, notes);
    let seconds = |number: u32| Duration::from_secs(number.into());
    let interval = borrower.own_number("checkinterval").or(own);
    let interval = interval.or_else(|| borrower.number("checkinterval")).unwrap_or(10);
    let says = |own_only| {
        ["checktimeout", "negotiatetimeout"].iter().any(|name| match own_only {
            true => borrower.own_number(name).is_some(),
            false => borrower.number(name).is_some(),
        })
    };
    let timeout = match own {
        _ if says(true) => asked.timeout(),
        Some(own) => seconds(own),
        None if says(false) => asked.timeout(),
        None => seconds(10),
    };
    // nanny takes 0 for nothing said
    let reentry = block.keys.number("reentry").filter(|seconds| *seconds > 0).unwrap_or(180);
    CheckPolicy {
        interval: seconds(interval),
        timeout,
        failure_count: borrower.number("failurecount").unwrap_or(1),
        recovery_count: (reentry / interval.max(1)).max(1),
    }
}

fn quiescent(block: &Block<'_>, borrower: Borrower<'_, '_>) -> bool {
    let own = borrower.own_yes_no("quiescent").or(block.keys.boolean("quiesce_server"));
    own.or_else(|| borrower.yes_no("quiescent")).unwrap_or(false)
}

/// `sorry_server`, which has the virtual's port, or what ldirectord's directives say.
fn fallback(
    block: &Block<'_>,
    borrower: Borrower<'_, '_>,
    id: ServiceId,
    site: Site,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Fallback> {
    let (here, other) = match id.family() {
        Family::V4 => ("fallback", "fallback6"),
        Family::V6 => ("fallback6", "fallback"),
    };
    if let Some(span) = borrower.own_place(other) {
        let message =
            format!("`{other}` cannot stand here: the virtual service is of the other family");
        notes.push(Diagnostic::error(span, message).hint(format!("write {here}")));
    }
    let sorry = block.keys.host("sorry_server").filter(|address| !address.is_unspecified());
    let Some(sorry) = sorry else { return borrower.fallback(id, resolver, notes) };
    if Family::of(sorry) != id.family() {
        let span = block.keys.span("sorry_server").unwrap_or(block.name.span());
        let message = "the address of the virtual service is of another family";
        notes.push(Diagnostic::error(span, message).fault(Fault::InvalidHost));
        return None;
    }
    if let Some(span) = borrower.own_place(here) {
        let message = format!("`{here}` is not used: `sorry_server` holds");
        notes.push(Diagnostic::warning(span, message));
    }
    // a mark has no port that it could take
    let port = match id {
        ServiceId::Mark { .. } => block.keys.port("port").unwrap_or(80),
        ServiceId::Address { .. } => 0,
    };
    Some(Fallback { address: SocketAddr::new(sorry, port), forwarding: site.forwarding })
}

/// Warns of what is odd about a block as a whole.
fn look(
    block: &Block<'_>,
    id: ServiceId,
    reals: &[Real],
    fallback: Option<Fallback>,
    notes: &mut Vec<Diagnostic>,
) {
    let mut warn = |span, message: String, hint: &str| {
        notes.push(Diagnostic::warning(span, message).hint(hint));
    };
    if reals.is_empty() && block.servers.is_empty() {
        let nobody =
            if fallback.is_some() { "only the sorry server serves" } else { "nobody serves" };
        warn(block.name.span(), format!("there is no real server: {nobody}"), "add a server block");
    } else if reals.is_empty() {
        let message = "there is no active real server".to_owned();
        warn(block.name.span(), message, "write active = 1 in a server block");
    }
    if let Some(fallback) = fallback
        && reals.iter().any(|real| real.on_the_wire(id) == fallback.on_the_wire(id))
    {
        let span = block.keys.span("sorry_server").unwrap_or(block.name.span());
        let message =
            format!("the sorry server {} is one of the real servers", fallback.address.ip());
        warn(span, message, "it cannot stand in for itself");
    }
    if let Some(monitor) = block.keys.text("client_monitor")
        && !monitor.text().ends_with("/nanny")
        && monitor.text() != "nanny"
    {
        let message =
            "this program is not run: servers are checked by the director itself".to_owned();
        warn(monitor.span(), message, "send_program names a program that checks a server");
    }
}

fn double(block: &Block<'_>, id: ServiceId, first: usize) -> Diagnostic {
    let message = format!("the virtual service {id} is here twice: the first one holds");
    let hint = match id {
        ServiceId::Mark { .. } => format!(
            "it begins on line {first}; a mark is one service whatever its ports, so its servers stand in one block"
        ),
        ServiceId::Address { .. } => format!("it begins on line {first} as well"),
    };
    Diagnostic::warning(block.name.span(), message).hint(hint)
}
