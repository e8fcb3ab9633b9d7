//! What a director is to its peer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::Role;

/// One side of a pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairStatus {
    /// It is the primary.
    pub master: bool,
    /// `active` or `standby`: what it is, or is about to be.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
    /// What made it so.
    pub because: String,
    /// Since when both are active, while they are.
    pub split_brain: Option<Timestamp>,
    /// The other one; `None` for a lone director.
    pub peer: Option<PeerStatus>,
    /// The virtual addresses that it has raised: `10.0.0.100 on eth0:1`.
    pub addresses: Vec<String>,
    /// Those that are not as they should be, each with the reason.
    pub refused: Vec<String>,
}

/// The other one of a pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeerStatus {
    /// Its public address.
    pub address: String,
    /// When a heartbeat of it was last understood.
    pub heard: Option<Timestamp>,
    /// `active` or `standby`: what it said then.
    pub role: Option<Role>,
    /// Why what comes of it since is not believed, or not heard.
    pub disbelieved: Option<String>,
}
