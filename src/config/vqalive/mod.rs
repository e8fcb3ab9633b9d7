//! vqalive's file: a line for each parameter, its name and behind it its value.
//!
//! Of the original only four parameters are known, the others are ours: `parameters` is the table of
//! all, `scan` reads lines by it, `values` what follows a name; here they become a model.

mod parameters;
mod scan;
mod values;

use std::net::IpAddr;
use std::time::Duration;

pub use parameters::{Era, PARAMETERS, Parameter, Shape};

pub(super) use values::pattern;

use super::{Diagnostic, Reading, Resolver, Severity};
use crate::model::protocol::{Vqalive, VqaliveConflict, VqaliveMode};
use crate::model::{Cluster, FailoverProtocol, Fitness, Model, Settings};
use parameters::{ADDRESS, OFF, STRICT};
use scan::Document;

/// Reads the text of a vqalive.conf. Never fails: what is wrong stands in the diagnostics.
pub fn read(text: &str, resolver: &dyn Resolver) -> Reading {
    let mut diagnostics = Vec::new();
    let document = scan::scan(text, resolver, &mut diagnostics);
    missing(&document, &mut diagnostics);
    many(&document, &mut diagnostics);
    let broken = diagnostics.iter().any(|d| d.severity == Severity::Error);
    let model = (!broken).then(|| model(&document));
    Reading { model, logfile: None, diagnostics }
}

/// Whether a line names one of the scripts, as no line of another language does.
pub(super) fn has_script(line: &str) -> bool {
    let name = line.split([' ', '\t', '=']).next().unwrap_or_default();
    ["promote_script", "demote_script"].iter().any(|script| name.eq_ignore_ascii_case(script))
}

/// What no file may be without.
fn missing(document: &Document<'_>, notes: &mut Vec<Diagnostic>) {
    for parameter in PARAMETERS.iter().filter(|parameter| parameter.era == Era::Theirs) {
        // one that is there, and wrong, has been told
        if !document.mentions(parameter.name) {
            let missing = Diagnostic::error(0..0, format!("`{}` is missing", parameter.name));
            notes.push(missing.hint(format!("write {} {}", parameter.name, parameter.example)));
        }
    }
}

/// A round is one connection for each pair, all at once.
fn many(document: &Document<'_>, notes: &mut Vec<Diagnostic>) {
    let (addresses, ports) = (document.addresses().len(), document.ports().len());
    if addresses.saturating_mul(ports) > PAIRS {
        let message = format!(
            "{addresses} check_ip and {ports} check_port are {} connections in a round: \
             there may be {PAIRS}",
            addresses.saturating_mul(ports)
        );
        notes.push(Diagnostic::error(0..0, message));
    }
}

fn model(document: &Document<'_>) -> Model {
    let cluster = Cluster {
        protocol: FailoverProtocol::Vqalive(protocol(document)),
        addresses: Vec::new(),
        monitor_links: false,
        sync: None,
        active_command: document.script("promote_script"),
        inactive_command: document.script("demote_script"),
        fitness: Fitness { needs_live_real: true, ..Fitness::default() },
        // a file that this one is converted to may have services
        standby_checks: true,
        standby_table: false,
        failovers: Vec::new(),
    };
    Model { virtuals: Vec::new(), settings: Settings::default(), cluster: Some(Box::new(cluster)) }
}

fn protocol(document: &Document<'_>) -> Vqalive {
    let interval = document.time("check_interval").unwrap_or(INTERVAL);
    let fails = document.count("check_fails").unwrap_or(FAILS);
    Vqalive {
        addresses: document.addresses(),
        ports: document.ports(),
        interval,
        timeout: document.time("check_timeout").unwrap_or(TIMEOUT),
        fails,
        mode: match document.word("check_mode") {
            Some(ADDRESS) => VqaliveMode::Address,
            Some(parameters::ANY) => VqaliveMode::Any,
            _ => VqaliveMode::All,
        },
        banner: document.pattern("check_banner"),
        start_delay: document.time("start_delay"),
        conflict: match document.word("conflict_check") {
            Some(OFF) => VqaliveConflict::Off,
            Some(STRICT) => VqaliveConflict::Strict,
            _ => VqaliveConflict::Warn,
        },
        own_fails: document.count("own_check_fails").unwrap_or_default(),
        witness: document.address("witness"),
        announcements: document.count("garp").unwrap_or(ANNOUNCEMENTS),
        drop_hold: document.time("drop_hold").unwrap_or(drop_hold(interval, fails)),
        promote_timeout: document.time("promote_timeout").unwrap_or(SCRIPT),
        demote_timeout: document.time("demote_timeout").unwrap_or(SCRIPT),
    }
}

/// How long what was dropped is not taken over where nothing is said.
pub(super) fn drop_hold(interval: Duration, fails: u32) -> Duration {
    interval.saturating_mul(fails).saturating_mul(HOLDS)
}

/// Whether an address is one that a machine can hold, and another one connect to.
pub(super) fn is_of_a_host(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    !(address.is_unspecified() || address.is_multicast() || broadcast)
}

pub(super) const INTERVAL: Duration = Duration::from_secs(5);
pub(super) const TIMEOUT: Duration = Duration::from_secs(3);
pub(super) const FAILS: u32 = 3;
pub(super) const ANNOUNCEMENTS: u32 = 5;
/// So many times what it takes to find a service dead is not taken over after a drop.
const HOLDS: u32 = 3;
pub(super) const SCRIPT: Duration = Duration::from_secs(120);
/// Connections in a round.
pub(super) const PAIRS: usize = 256;

#[cfg(test)]
mod tests;
