//! A virtual service, its real servers, and the rules it lives by.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Alert, Command, Fallback, LoadMonitor, Real, Service};

/// A virtual service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Virtual {
    /// What the kernel is told about it.
    pub service: Service,
    /// Its real servers, in the file's order; no two with the same address and port.
    pub reals: Vec<Real>,
    /// Who serves while no real can.
    pub fallback: Option<Fallback>,
    /// What is run with `start` when no real is up any more, and with `stop` when one is.
    pub fallback_command: Option<Command>,
    /// It is run with `stop` as well when the director stops, or the service is configured no more.
    pub fallback_command_stop: bool,
    /// A dead real keeps its connections (weight 0) instead of being removed.
    pub quiescent: bool,
    /// A dead real that somebody removed from the kernel's table is put back, with weight 0.
    pub readd_quiescent: bool,
    /// The service is removed from the kernel when the director stops.
    pub cleanstop: bool,
    /// How often, how patiently and how strictly the reals are checked.
    pub check: CheckPolicy,
    /// A real that comes in gets its weight little by little, as with piranha: a 32nd of it, then twice
    /// as much every 20 s.
    pub slow_start: bool,
    /// Who tells how busy its reals are; `None` where weights do not follow that.
    pub load: Option<LoadMonitor>,
    /// Whom to tell.
    pub alert: Alert,
}

impl Virtual {
    /// The address that its fallback has in the kernel's table, if there is one.
    pub fn fallback_on_the_wire(&self) -> Option<SocketAddr> {
        Some(self.fallback?.on_the_wire(self.service.id))
    }
}

/// How the reals of a virtual are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckPolicy {
    /// From the start of one check to the start of the next.
    pub interval: Duration,
    /// The deadline of one check, everything included.
    pub timeout: Duration,
    /// Failures in a row that take a real out; at least 1.
    pub failure_count: u32,
    /// Successes in a row that let a real in that failed; at least 1. One that has never failed comes
    /// in with the first.
    pub recovery_count: u32,
}
