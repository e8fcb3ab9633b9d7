//! What is right in itself, and does not do what was meant.

use super::directives::Protocol;
use super::section::Section;
use crate::config::Diagnostic;

/// Warns of it.
pub(super) fn odd(section: &Section<'_>) -> Vec<Diagnostic> {
    let aliases =
        ["interface", "syncinterface"].into_iter().filter_map(|name| alias(section, name));
    let loopbacks = ["address", "excluded"].into_iter().flat_map(|name| loopbacks(section, name));
    aliases.chain(loopbacks).chain(priority(section)).collect()
}

/// Packets go by the interface; the alias would only be the name of an address.
fn alias(section: &Section<'_>, name: &'static str) -> Option<Diagnostic> {
    let device = section.device(name)?;
    let label = device.label.as_ref()?;
    let interface = &device.interface;
    if name == "interface" && !section.needs_interface() {
        return None;
    }
    let message = format!("{label} is an alias, the name of an address: {interface} is used");
    let hint = match name {
        "interface" => {
            format!("write interface = {interface}; {label} may stand behind an address")
        }
        _ => format!("write {name} = {interface}"),
    };
    Some(Diagnostic::warning(section.span(name), message).hint(hint))
}

fn loopbacks(section: &Section<'_>, name: &'static str) -> Vec<Diagnostic> {
    let placed = section.placed(name).filter(|(placed, _)| placed.address.is_loopback());
    let said = placed.map(|(placed, span)| {
        let message = format!("no other machine can reach {}", placed.address);
        Diagnostic::warning(span, message)
    });
    said.collect()
}

/// VRRP: what a director that is less fit cannot advertise.
fn priority(section: &Section<'_>) -> Option<Diagnostic> {
    if section.protocol != Protocol::Vrrp {
        return None;
    }
    let priority = section.byte("priority")?;
    let counts = section.yes_no("livereals") != Some(false) || section.said("canary").is_some();
    if priority == u8::MAX && counts {
        let message = "priority 255 is never lowered: a director that is less fit stays master";
        let hint = "write priority = 254, or livereals = no and no canary";
        return Some(Diagnostic::warning(section.span("priority"), message).hint(hint));
    }
    let decrement = section.byte("decrement")?;
    if !counts || priority == 1 || decrement <= priority {
        return None;
    }
    let message =
        format!("there is no priority {priority} - {decrement}: one that is less fit advertises 1");
    let span = section.said("decrement").unwrap_or(section.span("priority"));
    Some(Diagnostic::warning(span, message).hint(format!("write decrement = {}", priority - 1)))
}

/// What holds without one.
pub(super) const DECREMENT: u8 = 100;
