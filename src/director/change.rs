//! Something that changed, for people to know.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::model::{Phase, Role, Virtual};

/// What changed, of whom, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The virtual service that it concerns, as it was configured at that time.
    pub r#virtual: Arc<Virtual>,
    /// Whom of it.
    pub subject: Subject,
    /// What.
    pub what: What,
    /// Why: what the check said, or what else brought it about.
    pub because: String,
    /// The phase of the daemon's life in which it happened.
    pub phase: Phase,
    /// The role in which the director tells it.
    pub role: Role,
    /// Whether the table is so now: a standby that holds none would only do it, and will when it
    /// takes over.
    pub done: bool,
}

/// Whom a change concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The service as a whole.
    Virtual,
    /// One of its reals, by the address that it is configured with; or, when purged, found with.
    Real(SocketAddr),
    /// Its fallback.
    Fallback(SocketAddr),
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It came into the table; reals and fallbacks with this weight.
    Added {
        /// Its share.
        weight: u32,
    },
    /// It came into the table with this weight as the director took over: it was well before.
    TakenOver {
        /// Its share.
        weight: u32,
    },
    /// It is out of the table, for the director is a standby that holds none from now on.
    HandedOver,
    /// It was in the table and is there with this weight now, or with other options.
    Changed {
        /// Its share.
        weight: u32,
    },
    /// It serves on with this weight, because it has come in lately, or because of how busy it is.
    Weighed {
        /// Its share.
        weight: u32,
    },
    /// It takes no new connections and keeps those it has.
    Quiesced,
    /// The same, where it was not in the table (`readdquiescent`): it is there again.
    Readded,
    /// It is out of the table, or did not come in, because it is down or no longer needed.
    Removed,
    /// It is out of the table because it is not configured, or the daemon stops.
    Purged,
    /// A check failed, and it serves on.
    SoftFailure {
        /// Failures in a row.
        failures: u32,
        /// The number that takes it out.
        of: u32,
    },
    /// It had failed, not often enough, and is well again.
    SoftFailuresReset,
    /// It is still down: a reminder.
    Inaccessible,
    /// Something about it should be done soon.
    Warned {
        /// It has been said before, in other words or of another server.
        again: bool,
    },
    /// What should have been done about it is done.
    WarningOver,
    /// How busy it is cannot be told: its weight stays as it is.
    LoadUnknown,
    /// How busy it is can be told again.
    LoadKnown,
    /// The administrator takes it out.
    Maintenance,
    /// The administrator lets it in, if it is well.
    MaintenanceOver,
}
