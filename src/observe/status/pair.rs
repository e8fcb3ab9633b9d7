//! What a director is to its peer.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::Role;

/// One side of a pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairStatus {
    /// How the directors agree: `pulse`, `carp`, `vrrp`, `vqalive` or `external`.
    pub protocol: String,
    /// Whether it is the primary; `None` where the protocol has none.
    pub master: Option<bool>,
    /// `active` or `standby`: what it is, or is about to be.
    pub role: Role,
    /// Whether it is that, and all is done: addresses, table, commands.
    pub settled: bool,
    /// Since when.
    pub since: Timestamp,
    /// What made it so.
    pub because: String,
    /// What counts against its being active.
    pub unfit: Option<String>,
    /// Since when.
    pub unfit_since: Option<Timestamp>,
    /// Since when two are active, while they are.
    pub split_brain: Option<Timestamp>,
    /// Who was heard last, or is to be heard; `None` where there is nobody.
    pub peer: Option<PeerStatus>,
    /// How many packets were not believed, by the reason.
    pub ignored: BTreeMap<String, u64>,
    /// The virtual addresses that it has raised: `10.0.0.100 on eth0:1`.
    pub addresses: Vec<String>,
    /// Those that are not as they should be, each with the reason.
    pub refused: Vec<String>,
}

/// The other one of a pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeerStatus {
    /// Its address, as far as that is known.
    pub address: Option<String>,
    /// When it was last understood.
    pub heard: Option<Timestamp>,
    /// `active` or `standby`: what it said then.
    pub role: Option<Role>,
    /// Its claim to be active, in the protocol's words: `priority 150`.
    pub claim: Option<String>,
    /// Why what comes of it since is not believed, or not heard.
    pub disbelieved: Option<String>,
}
