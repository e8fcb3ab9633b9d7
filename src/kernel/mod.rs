//! The only hand on the kernel.
//!
//! In: the latest wanted [`Table`]. Out: [`Report`]s of what was done, refused and repaired.
//! [`Kernel`] is the seam: [`Netlink`] is the machine's own IPVS, [`Memory`] one that lives in this
//! process, for `plan`, `run --dry-run` and the stories. The [`Reconciler`] brings either to what
//! is wanted and keeps it there; [`task`] is the thread that it runs on. A [`Guest`] keeps a single
//! destination in a service of somebody else's. [`addresses`] owns the virtual addresses, [`links`]
//! looks at the cables, [`packet`] sends frames, [`raw`] is the socket of CARP and VRRP, and
//! [`connections`] puts the kernel's connections as messages for another.

mod address;
pub mod addresses;
pub mod arp;
pub mod connections;
mod guest;
mod late;
pub mod links;
mod memory;
mod netlink;
mod orders;
pub mod packet;
pub mod raw;
mod reconciler;
mod route;
pub mod task;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use ipvs::{Daemon, ServiceId, Timeouts};

use crate::plan::{Step, Table};

pub use guest::{Guest, Taken, Wish};
pub use late::Late;
pub use memory::Memory;
pub use netlink::Netlink;
pub use orders::{Orders, Sync};
pub use reconciler::{Reconciler, Refused, Report};

/// The calls that are made of a kernel, real or not.
pub trait Kernel: Send {
    /// Everything that its table holds.
    fn read(&mut self) -> Result<Table, Error>;

    /// Carries steps out, in order; result i is that of step i, in the kernel's words. A refused
    /// step does not stop those behind it.
    fn apply(&mut self, steps: &[Step]) -> Result<Vec<Result<(), String>>, Error>;

    /// A number that changes when the table does, cheaply had; `None` where there is no such thing.
    fn fingerprint(&mut self) -> Option<u64>;

    /// The connections of every destination.
    fn connections(&mut self) -> Result<Connections, Error>;

    /// Makes this sync daemon run, and its other half beside it where that does not keep an active
    /// director from its work; or has none run. Why not, in the kernel's words.
    fn sync(&mut self, daemon: Option<&Daemon>) -> Result<(), String>;

    /// Sets how long connections are remembered; why not, in the kernel's words.
    fn set_timeouts(&mut self, timeouts: &Timeouts) -> Result<(), String>;
}

/// The connections of destinations, by service and address.
pub type Connections = BTreeMap<(ServiceId, SocketAddr), ConnectionCount>;

/// How many connections a destination has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectionCount {
    /// Established.
    pub active: u32,
    /// In any other state.
    pub inactive: u32,
}

/// The kernel cannot be talked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It has no IPVS, and its module cannot be loaded.
    #[error("this kernel has no IPVS: {0}")]
    NoIpvs(String),
    /// The conversation failed.
    #[error("cannot talk to the kernel's IPVS: {0}")]
    Netlink(String),
}
