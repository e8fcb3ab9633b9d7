//! A virtual service: what the kernel listens for, and how it spreads it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::str::FromStr;

mod wire;

/// A virtual service as the kernel holds it, without its destinations.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Service {
    /// What makes it this service and no other.
    pub id: ServiceId,
    /// The scheduler's name, as in `wrr`; the kernel loads its module when needed. `none` is a
    /// service that schedules nothing.
    pub scheduler: Name,
    /// The scheduler's own three flags.
    pub flags: SchedulerFlags,
    /// Schedule each datagram for itself (UDP only).
    pub one_packet: bool,
    /// Keep a client at its destination between connections.
    pub persistence: Option<Persistence>,
    /// The persistence engine, as in `sip`; only with persistence.
    pub engine: Option<Name>,
}

impl Service {
    /// A service with no option set.
    pub fn new(id: ServiceId, scheduler: Name) -> Self {
        Service {
            id,
            scheduler,
            flags: SchedulerFlags::default(),
            one_packet: false,
            persistence: None,
            engine: None,
        }
    }
}

/// What the kernel tells services apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServiceId {
    /// Packets of this protocol to this address and port; port 0 means any, and needs persistence
    /// to make sense (ipvsadm demands it, the kernel does not).
    Address {
        /// The transport protocol.
        protocol: Protocol,
        /// The virtual address; flow and scope of IPv6 are not used.
        address: SocketAddr,
    },
    /// Packets that netfilter has marked.
    Mark {
        /// The family of the packets and, without tunnels, of the destinations.
        family: Family,
        /// The mark.
        mark: NonZeroU32,
    },
}

impl ServiceId {
    /// The family of the packets that the service takes.
    pub fn family(&self) -> Family {
        match self {
            ServiceId::Address { address, .. } => Family::of(address.ip()),
            ServiceId::Mark { family, .. } => *family,
        }
    }

    /// The virtual port, 0 for marks.
    pub fn port(&self) -> u16 {
        match self {
            ServiceId::Address { address, .. } => address.port(),
            ServiceId::Mark { .. } => 0,
        }
    }
}

/// `tcp:192.0.2.1:80`, `udp:[2001:db8::1]:53`, `fwm:7`, `fwm6:7`.
impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServiceId::Address { protocol, address } => write!(f, "{protocol}:{address}"),
            ServiceId::Mark { family: Family::V4, mark } => write!(f, "fwm:{mark}"),
            ServiceId::Mark { family: Family::V6, mark } => write!(f, "fwm6:{mark}"),
        }
    }
}

/// A transport protocol that IPVS balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// IPPROTO_TCP, 6.
    Tcp,
    /// IPPROTO_UDP, 17.
    Udp,
    /// IPPROTO_SCTP, 132.
    Sctp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::Sctp => "sctp",
        })
    }
}

/// An address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// AF_INET, 2.
    V4,
    /// AF_INET6, 10.
    V6,
}

impl Family {
    /// The family of an address.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Family::V4,
            IpAddr::V6(_) => Family::V6,
        }
    }
}

/// A scheduler's three flags; what they mean is the scheduler's matter
/// (`sh-fallback` and `sh-port` are the first two of `sh`, `mh-…` those of `mh`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SchedulerFlags {
    /// IP_VS_SVC_F_SCHED1.
    pub first: bool,
    /// IP_VS_SVC_F_SCHED2.
    pub second: bool,
    /// IP_VS_SVC_F_SCHED3.
    pub third: bool,
}

/// Persistence: how long, and for whom together, a client keeps its destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Persistence {
    /// Seconds without a connection after which the client is free again. The kernel counts them
    /// in ticks of 32 bits: above 49 days at 1000 ticks a second, they wrap.
    pub seconds: NonZeroU32,
    /// Clients alike under this mask are one client.
    pub netmask: Netmask,
}

/// Which bits of a client's address tell clients apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Netmask {
    /// Any mask, usually contiguous; 255.255.255.255 tells every client apart.
    V4(Ipv4Addr),
    /// A prefix length, 1 to 128; 128 tells every client apart.
    V6(u8),
}

impl Netmask {
    /// The mask that tells every client of this family apart.
    pub fn host(family: Family) -> Self {
        match family {
            Family::V4 => Netmask::V4(Ipv4Addr::BROADCAST),
            Family::V6 => Netmask::V6(128),
        }
    }
}

/// The name of a scheduler, persistence engine or network interface: 1 to 15 bytes of printable ASCII without blanks
/// (the kernel's IP_VS_SCHEDNAME_MAXLEN, less its final NUL).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let fits = (1..=15).contains(&text.len());
        if fits && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Name(text.to_owned()))
        } else {
            Err(NameError)
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot be a [`Name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name of 1 to 15 printable characters without blanks is expected")]
pub struct NameError;
