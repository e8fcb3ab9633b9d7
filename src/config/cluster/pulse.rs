//! What the block says of pulse: the two directors, and their heartbeats.

use std::time::Duration;

use super::duties::secret;
use super::section::Section;
use crate::config::{Diagnostic, Resolver};
use crate::model::Node;
use crate::model::protocol::Pulse;

/// Lowers it; what is wrong is noted.
pub(super) fn pulse(
    section: &Section<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Pulse> {
    let primary = section.required("primary", section.node("primary"), notes);
    let backup = section.node("backup");
    let keepalive = section.seconds("interval").unwrap_or(KEEPALIVE);
    let deadtime = section.seconds("deadtime").unwrap_or(keepalive.saturating_mul(3));
    if keepalive >= deadtime {
        let message = "a director is taken for dead between two of its heartbeats";
        let warning = Diagnostic::warning(section.span("deadtime"), message);
        notes.push(warning.hint("deadtime should be three times interval"));
    }
    let secret = secret(section, resolver, notes);
    let (primary, backup) = networks(section, primary?, backup, notes)?;
    let port = section.ports("port").last().map_or(539, |(port, _)| port);
    Some(Pulse { primary, backup, port, keepalive, deadtime, secret })
}

/// Both directors; second addresses come into play only if both have one.
fn networks(
    section: &Section<'_>,
    primary: Node,
    backup: Option<Node>,
    notes: &mut Vec<Diagnostic>,
) -> Option<(Node, Option<Node>)> {
    let Some(backup) = backup else { return Some((primary, None)) };
    let of = |node: Node| [Some(node.public), node.private];
    let shared = of(primary).into_iter().flatten().find(|own| of(backup).contains(&Some(*own)));
    if let Some(shared) = shared {
        let message = format!("{shared} is of both directors");
        let wrong = Diagnostic::error(section.span("backup"), message);
        notes.push(wrong.hint("leave `backup` out if there is one director"));
        return None;
    }
    if primary.private.is_some() != backup.private.is_some() {
        let without = if primary.private.is_some() { "backup" } else { "primary" };
        let message =
            format!("`{without}` has no second address: heartbeats go by one network only");
        notes.push(Diagnostic::warning(section.span(without), message));
    }
    let backup = Node { private: backup.private.filter(|_| primary.private.is_some()), ..backup };
    Some((primary, Some(backup)))
}

/// piranha's.
const KEEPALIVE: Duration = Duration::from_secs(2);
