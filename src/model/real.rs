//! A real server, and the fallback that stands in when none is left.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use checkers::{Check, Target};

use super::{Forwarding, ServiceId};

/// A real server of one virtual service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Real {
    /// Address and port as configured; port 0 means the virtual's.
    pub address: SocketAddr,
    /// How packets reach it.
    pub forwarding: Forwarding,
    /// Its share while it is up.
    pub weight: Weight,
    /// Connections above which it gets no more; 0 for no bound.
    pub upper_threshold: u32,
    /// Connections below which it gets new ones again.
    pub lower_threshold: u32,
    /// What its nanny asks.
    pub check: Arc<Check>,
    /// Whom its nanny asks.
    pub target: Target,
    /// What she asks between two such checks; `None` for nothing.
    pub combined: Option<Arc<Combined>>,
    /// Where every check of it is written down; `None` for nowhere.
    pub monitor: Option<Arc<Monitor>>,
}

/// Lighter checks that take the place of some (ldirectord's `checktype=number`): after a check that
/// passed come so many of these, while they pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combined {
    /// How many.
    pub times: u32,
    /// What is asked.
    pub check: Check,
    /// Who is asked.
    pub target: Target,
    /// The deadline of one.
    pub timeout: Duration,
}

/// Where the checks of a real are written down (ldirectord's `monitorfile`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    /// The file's path.
    pub file: String,
    /// What the real is called there; never with a line's end in it.
    pub identity: String,
}

impl Real {
    /// The address it has in the kernel's table, serving this virtual.
    pub fn on_the_wire(&self, id: ServiceId) -> SocketAddr {
        on_the_wire(id, self.address, self.forwarding)
    }
}

/// A real server's share, 0 to 2147483647 (the kernel's signed 32 bits); 0 takes no new connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(u32);

impl Weight {
    /// The weight of a real that says none.
    pub const DEFAULT: Weight = Weight(1);

    /// A weight, if it is within the kernel's bounds.
    pub fn new(weight: u32) -> Option<Weight> {
        (weight <= i32::MAX as u32).then_some(Weight(weight))
    }

    /// The weight as a number.
    pub fn get(self) -> u32 {
        self.0
    }
}

/// Who serves a virtual while no real can; it is never checked and its weight is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// Its address and port; port 0 means the virtual's.
    pub address: SocketAddr,
    /// How packets reach it.
    pub forwarding: Forwarding,
}

impl Fallback {
    /// The address it has in the kernel's table, serving this virtual.
    pub fn on_the_wire(&self, id: ServiceId) -> SocketAddr {
        on_the_wire(id, self.serving(id), self.forwarding)
    }

    /// Its address, with the virtual's port if it has none.
    pub fn serving(&self, id: ServiceId) -> SocketAddr {
        let port = if self.address.port() == 0 { id.port() } else { self.address.port() };
        SocketAddr::new(self.address.ip(), port)
    }
}

/// The address a destination has in the kernel's table: only masquerading can change the port, so
/// that of any other is the service's, as ipvsadm has it too. A mark has no port to give.
/// Port 0 stays 0 under masquerading; the kernel reads it as the port the client asked for.
fn on_the_wire(id: ServiceId, address: SocketAddr, forwarding: Forwarding) -> SocketAddr {
    match (id, forwarding) {
        (ServiceId::Mark { .. }, _) => address,
        (_, Forwarding::Masq) => address,
        _ => SocketAddr::new(address.ip(), id.port()),
    }
}

/// What tells a real server apart: the same machine under two virtuals is two reals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RealId {
    /// The virtual service.
    pub service: ServiceId,
    /// The real's address and port as configured.
    pub address: SocketAddr,
}

/// `10.0.0.1:80 (tcp:192.0.2.10:80)`, as ldirectord names it.
impl fmt::Display for RealId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.address, self.service)
    }
}
