//! A change as one line, in ldirectord's words: monitoring greps for them.

use std::net::SocketAddr;

use crate::director::{Change, Subject, What};
use crate::model::{Phase, Role};
use crate::plan::words::virtual_address;

/// `Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0)`, of a standby behind a
/// word that says so: what is looked for in the log of an active one is not the same in its.
pub fn line(change: &Change) -> String {
    match (change.role, change.what) {
        (Role::Active, _) | (Role::Standby, What::HandedOver) => of_table(change),
        (Role::Standby, _) => match change.subject {
            Subject::Real(address) if !change.done => of_standby(change, address),
            _ => format!("Standby: {}", of_table(change)),
        },
    }
}

fn of_table(change: &Change) -> String {
    match change.subject {
        Subject::Virtual => of_virtual(change),
        Subject::Real(address) => {
            let real = change.r#virtual.reals.iter().find(|real| real.address == address);
            let wire = real.map_or(address, |real| real.on_the_wire(change.r#virtual.service.id));
            of_server(change, "real", address, wire)
        }
        Subject::Fallback(wire) => {
            let fallback = change.r#virtual.fallback;
            let address = fallback.map_or(wire, |f| f.serving(change.r#virtual.service.id));
            of_server(change, "fallback", address, wire)
        }
    }
}

fn of_virtual(change: &Change) -> String {
    let service = virtual_address(&change.r#virtual.service.id);
    let verb = match change.what {
        What::Added { .. } => "Added",
        What::Purged => {
            return format!("Purged virtual server ({}): {service}", purge(change.phase));
        }
        What::HandedOver => return format!("Purged virtual server (standby): {service}"),
        _ => "Changed",
    };
    format!("{verb} virtual server: {service}")
}

/// A server is named by the address that it is configured with; as it leaves, also by the one that
/// it has in the kernel's table, if that is another.
fn of_server(change: &Change, kind: &str, address: SocketAddr, wire: SocketAddr) -> String {
    let id = &change.r#virtual.service.id;
    let service = virtual_address(id);
    let server = format!("{kind} server: {address} ({service})");
    let leaving = match wire == address {
        true => server.clone(),
        false => format!("{kind} server: {wire} mapped from {address} ({service})"),
    };
    match change.what {
        What::Added { weight } | What::TakenOver { weight } => {
            format!("Added {server} (Weight set to {weight})")
        }
        What::Changed { weight } => format!("Restored {server} (Weight set to {weight})"),
        What::Weighed { weight } => format!("Weighed {server} (Weight set to {weight})"),
        What::Quiesced => format!("Quiescent {leaving} (Weight set to 0)"),
        What::Readded => format!("Readd Quiescent {leaving} (Weight set to 0)"),
        What::Removed | What::HandedOver => format!("Deleted {leaving}"),
        What::Purged => {
            format!("Purged {kind} server ({}): {address} ({service})", purge(change.phase))
        }
        What::SoftFailure { failures, of } => {
            format!("Soft failure {kind} server: {address} ({id}) failure {failures}/{of}")
        }
        What::SoftFailuresReset => format!("Resetting soft failure count: {address} ({id})"),
        What::Inaccessible => format!("Inaccessible {server}"),
        What::Warned { .. } => format!("Warning about {server}"),
        What::WarningOver => format!("No more warning about {server}"),
        What::LoadUnknown => format!("No load of {server}"),
        What::LoadKnown => format!("Load again of {server}"),
        What::Maintenance => format!("Maintenance of {server}"),
        What::MaintenanceOver => format!("No more maintenance of {server}"),
    }
}

/// A standby without a table has put nobody into it and taken nobody out.
fn of_standby(change: &Change, address: SocketAddr) -> String {
    let verb = match change.what {
        What::Added { .. } => "add",
        What::Changed { .. } => "restore",
        What::Quiesced | What::Readded => "quiesce",
        What::Removed => "delete",
        What::Purged => "purge",
        _ => return format!("Standby: {}", of_server(change, "real", address, address)),
    };
    let weight = match change.what {
        What::Added { weight } | What::Changed { weight } => format!(" (weight {weight})"),
        _ => String::new(),
    };
    let service = virtual_address(&change.r#virtual.service.id);
    format!("Standby would {verb} real server: {address} ({service}){weight}")
}

/// ldirectord tells two occasions apart: a reload is a start to it.
fn purge(phase: Phase) -> &'static str {
    match phase {
        Phase::Stopping => "stop",
        Phase::Starting | Phase::Running | Phase::Reloading => "start",
    }
}
