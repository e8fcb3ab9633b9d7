//! What the block says of vqalive.

use std::net::IpAddr;

use checkers::Pattern;

use super::section::Section;
use crate::config::Diagnostic;
use crate::config::vqalive::{
    ANNOUNCEMENTS, FAILS, INTERVAL, PAIRS, SCRIPT, TIMEOUT, drop_hold, pattern,
};
use crate::model::protocol::{Vqalive, VqaliveConflict, VqaliveMode};

/// Lowers it, with the addresses that are asked if it names none; what is wrong is noted.
pub(super) fn vqalive(
    section: &Section<'_>,
    addresses: Vec<IpAddr>,
    notes: &mut Vec<Diagnostic>,
) -> Option<Vqalive> {
    let asked: Vec<_> = section.hosts("checkip").map(|(address, _)| address).collect();
    let addresses = if asked.is_empty() { addresses } else { asked };
    let ports: Vec<_> = section.ports("checkport").map(|(port, _)| port).collect();
    section.required("checkport", ports.first(), notes);
    many(section, addresses.len(), ports.len(), notes);
    let interval = section.seconds("checkinterval").unwrap_or(INTERVAL);
    let fails = section.number("checkfails").unwrap_or(FAILS);
    Some(Vqalive {
        addresses,
        ports,
        interval,
        timeout: section.seconds("checktimeout").unwrap_or(TIMEOUT),
        fails,
        mode: match section.word("checkmode") {
            Some("address") => VqaliveMode::Address,
            Some("any") => VqaliveMode::Any,
            _ => VqaliveMode::All,
        },
        banner: banner(section, notes),
        start_delay: section.seconds("startdelay"),
        conflict: match section.word("conflictcheck") {
            Some("off") => VqaliveConflict::Off,
            Some("strict") => VqaliveConflict::Strict,
            _ => VqaliveConflict::Warn,
        },
        own_fails: section.number("ownfails").unwrap_or(0),
        witness: section.host("witness"),
        announcements: section.number("garp").unwrap_or(ANNOUNCEMENTS),
        drop_hold: section.seconds("drophold").unwrap_or(drop_hold(interval, fails)),
        promote_timeout: section.seconds("promotetimeout").unwrap_or(SCRIPT),
        demote_timeout: section.seconds("demotetimeout").unwrap_or(SCRIPT),
    })
}

/// A round is one connection for each pair, all at once.
fn many(section: &Section<'_>, addresses: usize, ports: usize, notes: &mut Vec<Diagnostic>) {
    let pairs = addresses.saturating_mul(ports);
    if pairs > PAIRS {
        let message = format!(
            "{addresses} addresses and {ports} ports are {pairs} connections in a round: \
             there may be {PAIRS}"
        );
        let hint = "name with checkip the addresses that are worth asking";
        notes.push(Diagnostic::error(section.span("checkport"), message).hint(hint));
    }
}

fn banner(section: &Section<'_>, notes: &mut Vec<Diagnostic>) -> Option<Pattern> {
    let text = section.text("checkbanner")?;
    pattern("checkbanner", text).map_err(|wrong| notes.push(wrong)).ok()
}
