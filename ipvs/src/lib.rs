//! The kernel's IP virtual server (IPVS) tables, over generic netlink.
//!
//! [`Service`] and [`Destination`] are one row each of those tables, in the kernel's own terms;
//! a [`Command`] changes one row.

mod attribute;
mod batch;
mod command;
mod daemon;
mod destination;
mod error;
mod family;
mod header;
mod ipvs;
mod kernel;
mod message;
mod refusal;
mod request;
mod service;
mod socket;
mod stats;
mod table;
mod timeouts;

pub use command::Command;
pub use daemon::{Daemon, DaemonState};
pub use destination::{Checksum, Destination, Forwarding, Tunnel};
pub use error::Error;
pub use ipvs::Ipvs;
pub use kernel::{Kernel, Version};
pub use refusal::Refusal;
pub use service::{
    Family, Name, NameError, Netmask, Persistence, Protocol, SchedulerFlags, Service, ServiceId,
};
pub use stats::Stats;
pub use table::{DestinationEntry, Entry, ServiceEntry, Table};
pub use timeouts::Timeouts;
