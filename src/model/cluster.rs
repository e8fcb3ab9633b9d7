//! The two directors of a site, and what moves between them (piranha's lvs.cf).

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use super::{Command, Name};

/// A pair of directors, or one that holds its virtual addresses alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The director that is master: the one that has this address.
    pub primary: Node,
    /// Its peer; `None` for a lone director, which hears and says nothing.
    pub backup: Option<Node>,
    /// The UDP port of heartbeats, source and destination.
    pub port: u16,
    /// From one heartbeat to the next; above 0.
    pub keepalive: Duration,
    /// Silence after which the peer is dead; above 0.
    pub deadtime: Duration,
    /// What the active one holds, in the file's order; no two with the same address.
    pub addresses: Vec<VirtualAddress>,
    /// A director whose own cable is out is not active.
    pub monitor_links: bool,
    /// The kernel tells the standby of its connections.
    pub sync: Option<Sync>,
    /// What is run before a director becomes active.
    pub active_command: Option<Command>,
    /// What is run when it starts, and when it is active no more.
    pub inactive_command: Option<Command>,
    /// The file of the key that both sign their heartbeats with; `None` for piranha's, unsigned.
    pub secret: Option<PathBuf>,
    /// The standby checks the reals, too.
    pub standby_checks: bool,
    /// The services that run on the active director itself (piranha's `service = fos`); with any of
    /// them there is no virtual service.
    pub failovers: Vec<Failover>,
}

/// A director's own addresses, which never move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where heartbeats go.
    pub public: Ipv4Addr,
    /// Where they go as well, over another cable.
    pub private: Option<Ipv4Addr>,
}

/// An address that the active director holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualAddress {
    /// The address.
    pub address: IpAddr,
    /// The length of its network's prefix in bits; `None` for that of an address on the same
    /// interface whose network it is in, else of its class, as ifconfig has it.
    pub prefix: Option<u8>,
    /// The network interface: `eth0`.
    pub interface: Name,
    /// What the address is called there: `eth0:1`; `None` for the interface's own name.
    pub label: Option<String>,
}

/// How connections are told to the standby, by the kernel's sync daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sync {
    /// The network interface that they are multicast on.
    pub interface: Name,
    /// 0 to 255; both directors have the same.
    pub id: u8,
}

/// A service of the director's own that runs on the active one (piranha's `failover` block).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failover {
    /// Its name for humans.
    pub name: String,
    /// Where it answers: a virtual address and a port.
    pub target: std::net::SocketAddr,
    /// What the standby asks of it.
    pub check: checkers::Check,
    /// From one check to the next, and the deadline of one; above 0.
    pub timeout: Duration,
    /// What starts it.
    pub start: Command,
    /// What stops it, run before every start as well.
    pub stop: Command,
}
