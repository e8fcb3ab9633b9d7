//! A change as one line, in ldirectord's words: monitoring greps for them.

use std::net::SocketAddr;

use crate::director::{Change, Subject, What};
use crate::model::Phase;
use crate::plan::words::virtual_address;

/// `Quiescent real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0)`
pub fn line(change: &Change) -> String {
    match change.subject {
        Subject::Virtual => of_virtual(change),
        Subject::Real(address) => of_server(change, "real", address),
        Subject::Fallback(address) => of_server(change, "fallback", address),
    }
}

fn of_virtual(change: &Change) -> String {
    let service = virtual_address(&change.r#virtual.service.id);
    let verb = match change.what {
        What::Added { .. } => "Added",
        What::Purged => {
            return format!("Purged virtual server ({}): {service}", purge(change.phase));
        }
        _ => "Changed",
    };
    format!("{verb} virtual server: {service}")
}

fn of_server(change: &Change, kind: &str, address: SocketAddr) -> String {
    let id = &change.r#virtual.service.id;
    let service = virtual_address(id);
    let server = format!("{kind} server: {address} ({service})");
    match change.what {
        What::Added { weight } => format!("Added {server} (Weight set to {weight})"),
        What::Changed { weight } => format!("Restored {server} (Weight set to {weight})"),
        What::Quiesced => format!("Quiescent {server} (Weight set to 0)"),
        What::Readded => format!("Readd Quiescent {server} (Weight set to 0)"),
        What::Removed => format!("Deleted {server}"),
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
        What::Maintenance => format!("Maintenance of {server}"),
        What::MaintenanceOver => format!("No more maintenance of {server}"),
    }
}

/// ldirectord tells two occasions apart: a reload is a start to it.
fn purge(phase: Phase) -> &'static str {
    match phase {
        Phase::Stopping => "stop",
        Phase::Starting | Phase::Running | Phase::Reloading => "start",
    }
}
