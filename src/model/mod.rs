//! What the administrator wants, typed: no invalid value can be built.
//!
//! Every dialect lowers to a [`Model`]; nothing above this room knows which dialect it was.

mod alert;
mod cluster;
mod command;
mod fitness;
mod load;
pub mod protocol;
mod real;
mod role;
mod secret;
mod settings;
mod time;
mod r#virtual;

pub use alert::{Alert, Phase, Phases};
pub use cluster::{Cluster, Failover, Sync, VirtualAddress};
pub use command::Command;
pub use fitness::{Canary, Fitness};
pub use ipvs::{
    Checksum, Family, Forwarding, Name, Netmask, Persistence, Protocol, SchedulerFlags, Service,
    ServiceId, Timeouts, Tunnel,
};
pub use load::LoadMonitor;
pub use protocol::{FailoverProtocol, Node};
pub use real::{Combined, Fallback, Monitor, Real, RealId, Weight};
pub use role::Role;
pub use secret::Secret;
pub use settings::{Facility, Logfile, Settings};
pub use time::Time;
pub use r#virtual::{CheckPolicy, Virtual};

/// A site: all that one configuration file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The virtual services, in the file's order; no two with the same [`ServiceId`].
    pub virtuals: Vec<Virtual>,
    /// What concerns the program and not one virtual.
    pub settings: Settings,
    /// The pair of directors that this one is of; `None` for one that is not told of any.
    pub cluster: Option<Box<Cluster>>,
}
