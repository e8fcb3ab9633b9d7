//! Who tells how busy the real servers of a virtual are.

use checkers::Load;

use super::section::{Document, Section};
use crate::config::{Diagnostic, Fault, Resolver};
use crate::model::LoadMonitor;

/// Lowers `load_monitor`; what is wrong is noted.
pub(super) fn load_monitor(
    document: &Document<'_>,
    keys: &Section<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<LoadMonitor> {
    let given = keys.text("load_monitor")?;
    let program = match given.text() {
        "" | "none" => return None,
        "uptime" => document.globals.text("rsh_command").map_or("rsh", |command| command.text()),
        other => other,
    };
    if let Some(port) = program.strip_prefix("agent:") {
        let port = port.parse().ok().filter(|port| *port != 0);
        if port.is_none() {
            let message = "behind `agent:` a port is expected, a number from 1 to 65535";
            notes.push(Diagnostic::error(given.span(), message).fault(Fault::InvalidArgument));
        }
        return port.map(|port| LoadMonitor::Agent { port });
    }
    let words: Vec<String> = program.split_whitespace().map(str::to_owned).collect();
    if let Some(Err(why)) = words.first().map(|program| resolver.program(program)) {
        let message = format!("`load_monitor` cannot be run: {why}");
        notes.push(Diagnostic::warning(given.span(), message));
    }
    (!words.is_empty()).then_some(LoadMonitor::Program(Load { words }))
}
