//! How long the kernel remembers connections: `IPVS_CMD_ATTR_TIMEOUT_…`.

use crate::attribute::{attributes, put_u32};
use crate::header::*;

/// Seconds without a packet after which a connection is forgotten.
/// In a request, 0 leaves a value as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timeouts {
    /// An established TCP connection; 900 at first.
    pub tcp: u32,
    /// A TCP connection that is being closed; 120 at first.
    pub tcp_fin: u32,
    /// UDP; 300 at first.
    pub udp: u32,
}

impl Timeouts {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put_u32(out, IPVS_CMD_ATTR_TIMEOUT_TCP, self.tcp);
        put_u32(out, IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, self.tcp_fin);
        put_u32(out, IPVS_CMD_ATTR_TIMEOUT_UDP, self.udp);
    }

    /// Reads the attributes of the message; 0 for what the kernel was built without.
    pub(crate) fn decode(bytes: &[u8]) -> Self {
        let mut timeouts = Timeouts { tcp: 0, tcp_fin: 0, udp: 0 };
        for (kind, value) in attributes(bytes) {
            match kind {
                IPVS_CMD_ATTR_TIMEOUT_TCP => timeouts.tcp = value.u32().unwrap_or(0),
                IPVS_CMD_ATTR_TIMEOUT_TCP_FIN => timeouts.tcp_fin = value.u32().unwrap_or(0),
                IPVS_CMD_ATTR_TIMEOUT_UDP => timeouts.udp = value.u32().unwrap_or(0),
                _ => {}
            }
        }
        timeouts
    }
}

#[cfg(test)]
mod tests;
