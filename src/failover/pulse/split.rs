//! Two that are active: said loud, once, and its end as well; and once more if it does not end.

use std::time::Duration;

use crate::failover::line::Line;
use crate::model::Time;

/// What has been said of it.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// Since when both are active, as last heard.
    since: Option<Time>,
    /// That the peer does not yield has been said, and when the last round was told since.
    endures: Option<Time>,
    /// A STOPME has been refused.
    refused: bool,
}

impl Split {
    /// Both are active, as this one knows now.
    pub(super) fn begins(&mut self, is_master: bool, now: Time) -> Option<Line> {
        let what = if is_master { "the primary stays" } else { "the backup yields" };
        let first = self.since.is_none();
        self.since.get_or_insert(now);
        let text = format!("SPLIT BRAIN: both directors are active: this one, {what}");
        first.then(|| Line::mailed(text).error())
    }

    /// This one, the primary, has been heard by a peer that goes on: a backup would have yielded.
    pub(super) fn endures(&mut self, now: Time, deadtime: Time) -> Option<Line> {
        let since = self.since?;
        if self.endures.is_some() || now < since + deadtime {
            return None;
        }
        self.endures = Some(now);
        let text = "the other director does not yield: does its file call it the primary, too?";
        Some(Line::mailed(text).warning())
    }

    /// Whether a round of announcements is told: one a minute when it goes on for ever.
    pub(super) fn tells(&mut self, now: Time) -> bool {
        let Some(told) = &mut self.endures else { return true };
        let tells = now.saturating_sub(*told) >= QUIET;
        if tells {
            *told = now;
        }
        tells
    }

    /// Since when both are active.
    pub(super) fn since(&self) -> Option<Time> {
        self.since
    }

    /// One is active: `who`.
    pub(super) fn ends(&mut self, who: &str) -> Option<Line> {
        let text = format!("split brain is over: {who} the only active director");
        self.over().then(|| Line::mailed(text))
    }

    /// The peer is silent: nobody knows what it is.
    pub(super) fn forget(&mut self) -> Option<Line> {
        let text = "split brain is over, or the peer cannot be heard any more";
        self.over().then(|| Line::mailed(text))
    }

    /// The peer says STOPME, which failover services do.
    pub(super) fn refuses(&mut self) -> Option<Line> {
        let first = !std::mem::replace(&mut self.refused, true);
        let text = "PARTNER HAS TOLD US TO GO INACTIVE! -- refused: that is for service = fos only";
        first.then(|| Line::logged(text))
    }

    fn over(&mut self) -> bool {
        std::mem::take(self).since.is_some()
    }
}

/// From one line to the next of a split brain that does not end.
const QUIET: Time = Duration::from_secs(60);
