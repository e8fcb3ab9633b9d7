//! What every director of a cluster does, whatever its protocol is.

use std::time::Duration;

use super::directives::Protocol;
use super::section::Section;
use crate::config::device::absent;
use crate::config::{Diagnostic, Resolver, command, secret};
use crate::model::{Command, FailoverProtocol, Fitness, Name, Secret, Sync};

/// The interface that adverts go by, which there must be.
pub(super) fn interface(
    section: &Section<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Name> {
    let device = section.required("interface", section.device("interface"), notes)?;
    notes.extend(absent(&device.interface, section.span("interface"), resolver));
    Some(device.interface.clone())
}

/// The file of what adverts are signed with.
pub(super) fn secret(
    section: &Section<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Secret> {
    let path = section.text("secretfile")?;
    Some(secret::stored(path, section.protocol.name(), resolver, notes))
}

/// Whether its cables are looked at; who is alone has nobody who could be active in its place.
pub(super) fn monitor_links(
    section: &Section<'_>,
    protocol: Option<&FailoverProtocol>,
    notes: &mut Vec<Diagnostic>,
) -> bool {
    let is_alone =
        protocol.and_then(FailoverProtocol::pulse).is_some_and(|pulse| pulse.backup.is_none());
    let usual = matches!(section.protocol, Protocol::Carp | Protocol::Vrrp);
    let said = section.yes_no("monitorlinks");
    if said == Some(true) && is_alone {
        let message = "`monitorlinks` is not used: there is no `backup`";
        notes.push(Diagnostic::warning(section.span("monitorlinks"), message));
    }
    said.unwrap_or(usual) && !is_alone
}

/// Whether the standby's kernel holds the services; one that does not check cannot know which.
pub(super) fn standby_table(
    section: &Section<'_>,
    checks: bool,
    notes: &mut Vec<Diagnostic>,
) -> bool {
    let usual = !matches!(section.protocol, Protocol::Pulse | Protocol::Vqalive);
    let said = section.yes_no("standbytable");
    if said == Some(true) && !checks {
        let message = "`standbytable` is not used: who does not check has no table that is right";
        let warning = Diagnostic::warning(section.span("standbytable"), message);
        notes.push(warning.hint("take standbychecks = no out"));
    }
    checks && said.unwrap_or(usual)
}

/// How connections are told to the standby.
pub(super) fn sync(
    section: &Section<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Sync> {
    let Some(device) = section.device("syncinterface") else {
        let alone = ["syncid", "syncwait"];
        for (name, span) in alone.iter().filter_map(|name| Some((name, section.said(name)?))) {
            let message = format!("`{name}` is not used: there is no `syncinterface`");
            notes.push(Diagnostic::warning(span, message));
        }
        return None;
    };
    notes.extend(absent(&device.interface, section.span("syncinterface"), resolver));
    let waits = matches!(section.protocol, Protocol::Carp | Protocol::Vrrp);
    let usual = if waits { WAIT } else { Duration::ZERO };
    Some(Sync {
        interface: device.interface.clone(),
        id: section.byte("syncid").unwrap_or(0),
        wait: section.seconds("syncwait").unwrap_or(usual),
    })
}

/// The command under this name.
pub(super) fn command(
    section: &Section<'_>,
    name: &'static str,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Command> {
    let text = section.text(name)?;
    let read = command::command(name, text.text(), text.span(), resolver, notes);
    read.map_err(|wrong| notes.push(wrong)).ok()
}

/// What counts against a director.
pub(super) fn fitness(section: &Section<'_>) -> Fitness {
    let usual = section.protocol != Protocol::Pulse;
    let decrement = match section.protocol {
        Protocol::Vrrp => section.byte("decrement").unwrap_or(100),
        _ => 0,
    };
    Fitness {
        needs_live_real: section.yes_no("livereals").unwrap_or(usual),
        canaries: section.canaries(),
        decrement,
    }
}

const WAIT: Duration = Duration::from_secs(10);
