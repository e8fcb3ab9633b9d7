//! The directors of a site: how they agree who is active, and what moves with that.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::{Command, FailoverProtocol, Fitness, Name};

/// Directors that hold virtual addresses in turn, or one that holds them alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// How they agree who is active.
    pub protocol: FailoverProtocol,
    /// What the active one holds, in the file's order; no two with the same address.
    pub addresses: Vec<VirtualAddress>,
    /// A director whose own cable is out is not active.
    pub monitor_links: bool,
    /// The kernel tells the standby of its connections.
    pub sync: Option<Sync>,
    /// What is run as a director becomes active: before its addresses are up, but for one whose standby
    /// has its table.
    pub active_command: Option<Command>,
    /// What is run when it starts, and when it is active no more.
    pub inactive_command: Option<Command>,
    /// What makes a director less fit to be active than its peer.
    pub fitness: Fitness,
    /// The standby checks the reals, too.
    pub standby_checks: bool,
    /// The standby's kernel holds the services, too, if it checks: a takeover is only that of the
    /// addresses.
    pub standby_table: bool,
    /// The services that run on the active director itself (piranha's `service = fos`); with any of
    /// them there is no virtual service, and the protocol is pulse's.
    pub failovers: Vec<Failover>,
}

impl Cluster {
    /// Whether the standby's kernel has the table. Who does not check has none that would be right.
    pub fn has_standby_table(&self) -> bool {
        self.standby_checks && self.standby_table
    }
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
    /// How long a director that comes back waits for the connections of the active one before it
    /// takes its place; 0 for not at all. Nobody waits where nobody is active.
    pub wait: Duration,
}

/// A service of the director's own that runs on the active one (piranha's `failover` block).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failover {
    /// Its name for humans.
    pub name: String,
    /// Where it answers: a virtual address and a port.
    pub target: SocketAddr,
    /// What the standby asks of it.
    pub check: checkers::Check,
    /// From one check to the next, and the deadline of one; above 0.
    pub timeout: Duration,
    /// What starts it.
    pub start: Command,
    /// What stops it, run before every start as well.
    pub stop: Command,
}
