//! A destination: one real server of a virtual service.

use std::net::SocketAddr;

mod wire;

pub(crate) use wire::encode_address;

/// A destination as the kernel holds it. Within its service the address tells it apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Destination {
    /// The real server; port 0 means the port that the client asked for.
    /// Its family may differ from the service's where packets are tunnelled.
    pub address: SocketAddr,
    /// How packets reach it.
    pub forwarding: Forwarding,
    /// Its share, 0 to 2^31-1; 0 takes no new connections and keeps those it has.
    pub weight: u32,
    /// Connections above which it gets no more; 0 for no bound.
    pub upper_threshold: u32,
    /// Connections below which it gets new ones again, not above the upper threshold; 0 leaves it
    /// to the kernel, which takes three quarters of the upper one.
    pub lower_threshold: u32,
}

/// How packets reach a destination (the kernel's IP_VS_CONN_F_FWD_MASK).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Forwarding {
    /// Network address translation; ipvsadm `-m`, ldirectord `masq`.
    Masq,
    /// The director itself; the kernel sets it, nobody asks for it.
    Local,
    /// Encapsulation; ipvsadm `-i`, ldirectord `ipip`.
    Tunnel(Tunnel),
    /// Direct routing; ipvsadm `-g`, ldirectord `gate`.
    Direct,
    /// Past the cache to where the packet was going (transparent proxies).
    Bypass,
}

/// The encapsulation of a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tunnel {
    /// IP in IP (RFC 2003, RFC 2473).
    Ipip,
    /// Generic UDP encapsulation.
    Gue {
        /// The destination's UDP port.
        port: u16,
        /// What is checksummed.
        checksum: Checksum,
    },
    /// Generic routing encapsulation (RFC 2784).
    Gre {
        /// What is checksummed; GRE knows no remote offload.
        checksum: Checksum,
    },
}

/// The checksum of an encapsulation (the kernel's IP_VS_TUNNEL_ENCAP_FLAG_…).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Checksum {
    /// None, the default.
    #[default]
    None,
    /// Over the encapsulated packet.
    Full,
    /// Remote checksum offload.
    Remote,
}
