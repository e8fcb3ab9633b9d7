//! The sync daemon, which tells other directors of this one's connections: `IPVS_DAEMON_ATTR_…`.

use std::fmt;
use std::net::IpAddr;

use crate::attribute::{attributes, put, put_text, put_u16, put_u32};
use crate::header::*;
use crate::{Family, Name};

/// A sync daemon. A namespace has at most one of each state.
///
/// `None` leaves a value to the kernel; what is read back is always `Some`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Daemon {
    /// Whether it sends or receives.
    pub state: DaemonState,
    /// The network interface that it multicasts on; it must be up.
    pub interface: Name,
    /// 0 to 255, of which the kernel takes the lowest byte; a backup takes what a master with the
    /// same number sends, with 0 all that is sent.
    pub sync_id: u32,
    /// The longest message in bytes of UDP payload, which the kernel does not check to be sensible;
    /// else what fits the interface's MTU.
    pub max_length: Option<u16>,
    /// The multicast group, of either family; else 224.0.0.81.
    pub group: Option<IpAddr>,
    /// The UDP port; else 8848.
    pub port: Option<u16>,
    /// The time to live of the messages, 1 to 255; else 1.
    pub ttl: Option<u8>,
}

/// Which half of the synchronisation a daemon does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DaemonState {
    /// Sends this director's connections.
    Master,
    /// Receives another director's connections.
    Backup,
}

impl fmt::Display for DaemonState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DaemonState::Master => "master",
            DaemonState::Backup => "backup",
        })
    }
}

impl Daemon {
    /// A daemon with nothing set beyond what the kernel demands.
    pub fn new(state: DaemonState, interface: Name, sync_id: u32) -> Self {
        Daemon { state, interface, sync_id, max_length: None, group: None, port: None, ttl: None }
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        self.state.encode(out);
        put_text(out, IPVS_DAEMON_ATTR_MCAST_IFN, self.interface.as_str());
        put_u32(out, IPVS_DAEMON_ATTR_SYNC_ID, self.sync_id);
        if let Some(length) = self.max_length {
            put_u16(out, IPVS_DAEMON_ATTR_SYNC_MAXLEN, length);
        }
        if let Some(port) = self.port {
            put_u16(out, IPVS_DAEMON_ATTR_MCAST_PORT, port);
        }
        if let Some(ttl) = self.ttl {
            put(out, IPVS_DAEMON_ATTR_MCAST_TTL, &[ttl]);
        }
        match self.group {
            Some(IpAddr::V4(group)) => put(out, IPVS_DAEMON_ATTR_MCAST_GROUP, &group.octets()),
            Some(IpAddr::V6(group)) => put(out, IPVS_DAEMON_ATTR_MCAST_GROUP6, &group.octets()),
            None => {}
        }
    }

    /// Reads what is inside IPVS_CMD_ATTR_DAEMON; `None` if it is not a daemon that we know.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (mut state, mut interface, mut sync_id) = (None, None, 0);
        let (mut max_length, mut group, mut port, mut ttl) = (None, None, None, None);
        for (kind, value) in attributes(bytes) {
            match kind {
                IPVS_DAEMON_ATTR_STATE => state = value.u32().and_then(daemon_state),
                IPVS_DAEMON_ATTR_MCAST_IFN => interface = value.text(),
                IPVS_DAEMON_ATTR_SYNC_ID => sync_id = value.u32()?,
                IPVS_DAEMON_ATTR_SYNC_MAXLEN => max_length = value.u16(),
                IPVS_DAEMON_ATTR_MCAST_GROUP => group = value.address(Family::V4),
                IPVS_DAEMON_ATTR_MCAST_GROUP6 => group = value.address(Family::V6),
                IPVS_DAEMON_ATTR_MCAST_PORT => port = value.u16(),
                IPVS_DAEMON_ATTR_MCAST_TTL => ttl = value.u8(),
                _ => {}
            }
        }
        let interface = interface?.parse().ok()?;
        Some(Daemon { state: state?, interface, sync_id, max_length, group, port, ttl })
    }
}

impl DaemonState {
    pub(crate) fn encode(self, out: &mut Vec<u8>) {
        let number = match self {
            DaemonState::Master => IP_VS_STATE_MASTER,
            DaemonState::Backup => IP_VS_STATE_BACKUP,
        };
        put_u32(out, IPVS_DAEMON_ATTR_STATE, number);
    }
}

fn daemon_state(number: u32) -> Option<DaemonState> {
    match number {
        IP_VS_STATE_MASTER => Some(DaemonState::Master),
        IP_VS_STATE_BACKUP => Some(DaemonState::Backup),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
