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
}
