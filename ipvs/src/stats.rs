//! The counters of a service or destination: `IPVS_SVC_ATTR_STATS64` and its three siblings, read only.

use crate::attribute::attributes;
use crate::header::*;

/// What went through a service or destination since it was added or zeroed.
/// The kernel sums up rates every 2 seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stats {
    /// Connections scheduled.
    pub connections: u64,
    /// Packets from clients.
    pub packets_in: u64,
    /// Packets to clients; only masqueraded ones pass the director.
    pub packets_out: u64,
    /// Bytes from clients.
    pub bytes_in: u64,
    /// Bytes to clients, as for packets.
    pub bytes_out: u64,
    /// Connections a second.
    pub connection_rate: u64,
    /// Packets from clients a second.
    pub packet_rate_in: u64,
    /// Packets to clients a second.
    pub packet_rate_out: u64,
    /// Bytes from clients a second.
    pub byte_rate_in: u64,
    /// Bytes to clients a second.
    pub byte_rate_out: u64,
}

impl Stats {
    /// Reads the nested attributes, of 64 or of 32 bits; what is missing stays 0.
    pub(crate) fn decode(bytes: &[u8]) -> Self {
        let mut stats = Stats::default();
        for (kind, value) in attributes(bytes) {
            let field = match kind {
                IPVS_STATS_ATTR_CONNS => &mut stats.connections,
                IPVS_STATS_ATTR_INPKTS => &mut stats.packets_in,
                IPVS_STATS_ATTR_OUTPKTS => &mut stats.packets_out,
                IPVS_STATS_ATTR_INBYTES => &mut stats.bytes_in,
                IPVS_STATS_ATTR_OUTBYTES => &mut stats.bytes_out,
                IPVS_STATS_ATTR_CPS => &mut stats.connection_rate,
                IPVS_STATS_ATTR_INPPS => &mut stats.packet_rate_in,
                IPVS_STATS_ATTR_OUTPPS => &mut stats.packet_rate_out,
                IPVS_STATS_ATTR_INBPS => &mut stats.byte_rate_in,
                IPVS_STATS_ATTR_OUTBPS => &mut stats.byte_rate_out,
                _ => continue,
            };
            *field = value.counter().unwrap_or(0);
        }
        stats
    }
}
