//! What people can see of a heartbeat.

use tokio::time::Instant;

use crate::model::Role;

/// How a heartbeat beats.
#[derive(Clone, Debug)]
pub(super) struct Beat {
    /// The role that it has ordered.
    pub(super) role: Role,
    /// Since when.
    pub(super) since: Instant,
    /// Why, in its own words.
    pub(super) because: String,
    /// When the peer was heard last.
    pub(super) heard: Option<Instant>,
}

impl Beat {
    /// That of one that has just been born.
    pub(super) fn first() -> Self {
        let because = "the director has started".to_owned();
        Beat { role: Role::Standby, since: Instant::now(), because, heard: None }
    }
}
