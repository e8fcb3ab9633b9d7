//! What people can see of a heartbeat.

use tokio::time::Instant;

use crate::failover::wire::Word;
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
    /// What the peer was then.
    pub(super) peer: Option<Role>,
    /// Why heartbeats are not believed, or not heard, since.
    pub(super) doubt: Option<String>,
    /// Since when both are active.
    pub(super) split: Option<Instant>,
}

impl Beat {
    /// That of one that has just been born.
    pub(super) fn first() -> Self {
        let because = "the director has started".to_owned();
        let (role, since) = (Role::Standby, Instant::now());
        Beat { role, since, because, heard: None, peer: None, doubt: None, split: None }
    }

    /// The peer has said this.
    pub(super) fn hear(&mut self, word: Word) {
        (self.heard, self.doubt) = (Some(Instant::now()), None);
        self.peer = match word {
            Word::Running => Some(Role::Active),
            Word::Stopped | Word::StopMe => Some(Role::Standby),
            Word::Hold | Word::Held => self.peer,
        };
        if word == Word::Running && self.because == CARRIES {
            self.because = "the cable carries again; the other director is active".to_owned();
        }
    }
}

/// Why a standby is one whose cable was out.
pub(super) const CARRIES: &str = "the cable carries again; waiting for the peer, or for deadtime";
