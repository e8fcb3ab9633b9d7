//! Two machines that have an address: said loud, once, and its end as well.

use crate::failover::line::Line;
use crate::failover::machine::Owner;
use crate::model::Time;

use super::words;

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Conflict {
    since: Option<Time>,
    /// It was said, and so is its end.
    is_said: bool,
    /// Who it is, until this machine's own services have been looked at.
    pub(super) owner: Option<Owner>,
    /// Rounds in a row in which somebody had it.
    pub(super) rounds: u32,
    /// This machine was not running for so long that another may have taken over since.
    pub(super) was_away: bool,
}

impl Conflict {
    /// Somebody has an address: what is to be said of it.
    /// One from which it was taken is given some rounds to yield.
    pub(super) fn begins(&mut self, owner: &Owner, is_taken: bool, now: Time) -> Option<Line> {
        self.rounds = self.rounds.saturating_add(1);
        self.since.get_or_insert(now);
        let has = words::owner(owner);
        if is_taken && self.rounds < PATIENCE {
            let text = format!("{has} still, from which it was taken: it is to yield");
            return (self.rounds == 1).then(|| Line::logged(text).warning());
        }
        let text = format!("SPLIT BRAIN: this machine is active, but {has}, too");
        let news = !std::mem::replace(&mut self.is_said, true);
        news.then(|| Line::mailed(text).error())
    }

    /// Since when.
    pub(super) fn since(&self) -> Option<Time> {
        self.since.filter(|_| self.is_said)
    }

    /// Nobody else has one any more.
    pub(super) fn ends(&mut self) -> Option<Line> {
        let over = std::mem::take(self).is_said;
        over.then(|| Line::mailed("split brain is over: nobody else has the addresses"))
    }

    /// This machine gives them up.
    pub(super) fn forget(&mut self) -> Option<Line> {
        let over = std::mem::take(self).is_said;
        over.then(|| Line::mailed("split brain is over: this machine yields"))
    }
}

/// Rounds within which a machine yields from which the addresses were taken.
const PATIENCE: u32 = 4;
