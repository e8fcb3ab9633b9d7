//! The kernel's IP virtual server (IPVS) tables.
//!
//! [`Service`] and [`Destination`] are one row each of those tables, in the kernel's own terms;
//! a [`Command`] changes one row.

mod command;
mod destination;
mod service;

pub use command::Command;
pub use destination::{Checksum, Destination, Forwarding, Tunnel};
pub use service::{
    Family, Name, NameError, Netmask, Persistence, Protocol, SchedulerFlags, Service, ServiceId,
};
