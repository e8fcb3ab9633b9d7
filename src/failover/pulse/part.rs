//! What a director has to know of itself and its peer.

use crate::failover::line::Line;
use crate::model::Time;

/// The same for either machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// From one heartbeat to the next; above 0.
    pub keepalive: Time,
    /// Silence after which the peer is dead; above 0.
    pub deadtime: Time,
    /// It is the primary, which stays active where both are.
    pub is_master: bool,
    /// There is a peer to be heard and told.
    pub has_peer: bool,
}

impl Part {
    /// What an administrator should know of them.
    pub(super) fn doubt(&self) -> Option<Line> {
        let text = "keepalive is longer than deadtime: the standby will take the active one for dead, \
                    again and again; deadtime should be three times keepalive";
        (self.has_peer && self.keepalive > self.deadtime).then(|| Line::logged(text).warning())
    }

    /// How the log calls the peer.
    pub(super) fn peer(&self) -> &'static str {
        if self.is_master { "backup" } else { "primary" }
    }

    /// The first line of the log.
    pub(super) fn opening(&self) -> Line {
        let who = if self.is_master { "MASTER" } else { "BACKUP" };
        Line::logged(format!("STARTING PULSE AS {who}"))
    }
}
