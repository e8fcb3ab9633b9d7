//! Who tells how busy a real server is: `loadmonitor`.

use std::ops::Range;

use checkers::Load;

use super::commands;
use super::lookup::Lookup;
use crate::config::{Diagnostic, Resolver};
use crate::model::LoadMonitor;

/// Lowers `loadmonitor`; what is wrong with it is noted.
pub(super) fn load_monitor(
    lookup: Lookup<'_, '_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<LoadMonitor> {
    let span = lookup.given("loadmonitor")?.span.clone();
    let text = lookup.text("loadmonitor")?.trim();
    if text == "none" {
        return None;
    }
    let read = match text.strip_prefix("agent:") {
        Some(port) => agent(port, span),
        None => program(text, span, resolver, notes),
    };
    read.map_err(|wrong| notes.push(wrong)).ok()
}

fn agent(port: &str, span: Range<usize>) -> Result<LoadMonitor, Diagnostic> {
    let port = port.parse().ok().filter(|port| *port != 0);
    port.map(|port| LoadMonitor::Agent { port }).ok_or_else(|| {
        let message = "the port of an agent is a number from 1 to 65535";
        Diagnostic::error(span, message).hint("write loadmonitor=agent:3333")
    })
}

/// The program, which must be there when it is run, not now.
fn program(
    text: &str,
    span: Range<usize>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Result<LoadMonitor, Diagnostic> {
    let words = commands::words(text).filter(|words| !words.is_empty()).ok_or_else(|| {
        let message = "`loadmonitor` takes none, agent:port or a command";
        Diagnostic::error(span.clone(), message)
    })?;
    match words.as_slice() {
        // it has no word for another machine
        [program] if program == "uptime" => {
            let message = "uptime tells the load of this machine, not that of the real server";
            return Err(Diagnostic::error(span, message).hint("write loadmonitor=ssh"));
        }
        [program, ..] => {
            if let Err(why) = resolver.program(program) {
                let message = format!("`loadmonitor` cannot be run: {why}");
                notes.push(Diagnostic::warning(span, message));
            }
        }
        [] => {}
    }
    Ok(LoadMonitor::Program(Load { words }))
}
