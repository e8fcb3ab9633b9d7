//! Two machines that have an address: said loud, once, and its end as well.

use crate::failover::line::Line;
use crate::failover::machine::Owner;
use crate::model::Time;

use super::words;

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Conflict {
    since: Option<Time>,
    /// Who it is, until this machine's own services have been looked at.
    pub(super) owner: Option<Owner>,
    /// Rounds in a row in which somebody had it.
    pub(super) rounds: u32,
    /// This machine was not running for so long that another may have taken over since.
    pub(super) was_away: bool,
}

impl Conflict {
    /// Somebody has an address: what is to be said of it.
    pub(super) fn begins(&mut self, owner: &Owner, now: Time) -> Option<Line> {
        self.rounds = self.rounds.saturating_add(1);
        let first = self.since.is_none();
        self.since.get_or_insert(now);
        let text = format!("SPLIT BRAIN: this machine is active, but {}, too", words::owner(owner));
        first.then(|| Line::mailed(text).error())
    }

    /// Since when.
    pub(super) fn since(&self) -> Option<Time> {
        self.since
    }

    /// Nobody else has one any more.
    pub(super) fn ends(&mut self) -> Option<Line> {
        let over = std::mem::take(self).since.is_some();
        over.then(|| Line::mailed("split brain is over: nobody else has the addresses"))
    }

    /// This machine gives them up.
    pub(super) fn forget(&mut self) -> Option<Line> {
        let over = std::mem::take(self).since.is_some();
        over.then(|| Line::mailed("split brain is over: this machine yields"))
    }
}
