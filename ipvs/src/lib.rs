//! The kernel's IP virtual server (IPVS) tables, over generic netlink.
//!
//! [`Service`] and [`Destination`] are one row each of those tables, in the kernel's own terms;
//! a [`Command`] changes one row. They are plain values and need no kernel:
//!
//! ```
//! use ipvs::{Destination, Forwarding, Protocol, Service, ServiceId};
//!
//! let id = ServiceId::Address { protocol: Protocol::Tcp, address: "192.0.2.1:80".parse()? };
//! let service = Service::new(id, "wrr".parse()?);
//! let real = Destination {
//!     address: "10.0.0.1:80".parse()?,
//!     forwarding: Forwarding::Masq,
//!     weight: 1,
//!     upper_threshold: 0,
//!     lower_threshold: 0,
//! };
//! let line = format!("{} {}: {}", service.id, service.scheduler, real.address);
//! assert_eq!(line, "tcp:192.0.2.1:80 wrr: 10.0.0.1:80");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Ipvs`] is the way to the kernel: [`Ipvs::dump`] reads the table with its counters,
//! [`Ipvs::apply`] changes it, thousands of commands in one call, and says of each what became of
//! it. Connection time-outs, the sync daemon and the kernel's version are there too.
//!
//! ```no_run
//! use ipvs::{Command, Ipvs, Protocol, Service, ServiceId};
//!
//! let mut kernel = Ipvs::connect()?;
//! let id = ServiceId::Address { protocol: Protocol::Tcp, address: "192.0.2.1:80".parse()? };
//! let commands = [
//!     Command::DeleteService(id),
//!     Command::AddService(Service::new(id, "wrr".parse()?)),
//! ];
//! for (command, result) in commands.iter().zip(kernel.apply(&commands)?) {
//!     if let Err(refusal) = result {
//!         println!("{command:?}: {refusal}"); // … no such service (ESRCH)
//!     }
//! }
//! for entry in kernel.dump()?.entries {
//!     println!("{}: {} connections", entry.service.id, entry.stats.connections);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Reading and changing need CAP_NET_ADMIN, on Linux 6.1 in the initial user namespace. Single connections are not part of
//! generic netlink: [`Connections`] reads them from the text of `/proc/net/ip_vs_conn`, and
//! [`sync::Messages`] puts them as the kernel's sync daemon tells them.

mod attribute;
mod batch;
mod command;
mod connection;
mod daemon;
mod destination;
mod error;
mod family;
mod header;
mod ipvs;
mod kernel;
mod link;
mod message;
mod refusal;
mod request;
mod service;
mod socket;
mod stats;
pub mod sync;
mod table;
mod timeouts;

pub use command::Command;
pub use connection::{Connection, Connections, Engine};
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
