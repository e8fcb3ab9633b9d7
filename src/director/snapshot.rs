//! How everything stands at one moment.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::health::{Busy, Health};
use crate::model::{Phase, Real, Role, Virtual};

/// The whole site.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The phase of the daemon's life.
    pub phase: Phase,
    /// Which of two directors it is; `None` for one without a cluster.
    pub role: Option<Role>,
    /// The virtual services, in the file's order.
    pub virtuals: Vec<VirtualSnapshot>,
}

/// One virtual service.
#[derive(Clone, Debug)]
pub struct VirtualSnapshot {
    /// How it is configured.
    pub r#virtual: Arc<Virtual>,
    /// Its reals, in the file's order.
    pub reals: Vec<RealSnapshot>,
    /// Its fallback, if it has one.
    pub fallback: Option<FallbackSnapshot>,
}

/// One real server.
#[derive(Clone, Debug)]
pub struct RealSnapshot {
    /// How it is configured.
    pub real: Real,
    /// Its standing, since when and why.
    pub health: Health,
    /// Its address in the kernel's table.
    pub on_the_wire: SocketAddr,
    /// Its weight in the table; `None` when it is not there.
    pub weight: Option<u32>,
    /// Whether its weight is on its way to what is configured.
    pub starts: bool,
    /// How busy it is, or why that cannot be told; `None` where nobody tells.
    pub busy: Option<Result<Busy, String>>,
}

/// A fallback.
#[derive(Clone, Copy, Debug)]
pub struct FallbackSnapshot {
    /// Its address in the kernel's table.
    pub address: SocketAddr,
    /// Whether it serves.
    pub serves: bool,
}
