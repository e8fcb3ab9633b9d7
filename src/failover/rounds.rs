//! Rounds of announcements: many askings make one, and the last of them is not lost.

use std::time::Duration;

use crate::model::Time;

/// When the last round was, and whether another is due.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rounds {
    over: Option<Time>,
    due: bool,
}

impl Rounds {
    /// One is asked for: whether it is now, or when the last one is over.
    pub(super) fn ask(&mut self, now: Time) -> bool {
        self.due = self.over.is_some_and(|over| now < over);
        if !self.due {
            self.over = Some(now + ROUND);
        }
        !self.due
    }

    /// One is made, whenever the last one was.
    pub(super) fn begin(&mut self, now: Time) {
        *self = Rounds { over: Some(now + ROUND), due: false };
    }

    /// The last one, and no other that was asked for.
    pub(super) fn alone(self) -> Self {
        Rounds { due: false, ..self }
    }

    /// Whether one that was asked for is now.
    pub(super) fn is_due(&self, now: Time) -> bool {
        self.next().is_some_and(|next| next <= now)
    }

    /// When the one that was asked for is.
    pub(super) fn next(&self) -> Option<Time> {
        self.over.filter(|_| self.due)
    }
}

/// From one round to the next, at least.
const ROUND: Duration = Duration::from_secs(1);
