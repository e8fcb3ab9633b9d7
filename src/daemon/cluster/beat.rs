//! What people can see of a machine.

use std::net::IpAddr;

use tokio::time::Instant;

use crate::failover::machine::View;
use crate::model::Role;

/// How it is.
#[derive(Clone, Debug)]
pub(super) struct Beat {
    /// The role that it has ordered.
    pub(super) role: Role,
    /// Since when.
    pub(super) since: Instant,
    /// Why, in its own words.
    pub(super) because: String,
    /// When another director was heard last, and believed.
    pub(super) heard: Option<Instant>,
    /// Its address, where the file does not name it.
    pub(super) address: Option<IpAddr>,
    /// What it was then.
    pub(super) peer: Option<Role>,
    /// Its claim then: `priority 150`.
    pub(super) claim: Option<String>,
    /// Why it is not believed, or not heard, since.
    pub(super) doubt: Option<String>,
    /// Since when two are active.
    pub(super) split: Option<Instant>,
    /// How many packets were not believed, by the reason.
    pub(super) refused: Vec<(&'static str, u64)>,
}

impl Beat {
    /// That of one that has just been born.
    pub(super) fn first() -> Self {
        Beat {
            role: Role::Standby,
            since: Instant::now(),
            because: "the director has started".to_owned(),
            heard: None,
            address: None,
            peer: None,
            claim: None,
            doubt: None,
            split: None,
            refused: Vec::new(),
        }
    }

    /// Shows a machine whose time began at `born`; whether that is any news.
    pub(super) fn see(&mut self, view: View, born: Instant) -> bool {
        let View { split_since, peer, doubt, refused } = view;
        let heard = peer.as_ref().map(|peer| born + peer.heard);
        let split = split_since.map(|at| born + at);
        let claim = peer.as_ref().and_then(|peer| peer.claim.clone());
        let is_news = (self.heard, self.split) != (heard, split)
            || (&self.doubt, &self.refused, &self.claim) != (&doubt, &refused, &claim);
        let active = peer.as_ref().is_some_and(|peer| peer.role == Some(Role::Active));
        if active && heard != self.heard && self.because == CARRIES {
            self.because = "the cable carries again; the other director is active".to_owned();
        }
        (self.heard, self.split, self.doubt, self.refused) = (heard, split, doubt, refused);
        self.address = peer.as_ref().and_then(|peer| peer.address);
        (self.peer, self.claim) = (peer.and_then(|peer| peer.role), claim);
        is_news
    }
}

/// Why a standby is one whose cable was out.
pub(super) const CARRIES: &str = "the cable carries again; waiting for the peer, or for deadtime";
