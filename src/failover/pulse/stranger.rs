//! Who speaks and is not the peer: said once for a spell, counted always.

use std::time::Duration;

use crate::model::Time;

/// When one was met last, and how often.
#[derive(Debug, Default)]
pub(super) struct Stranger {
    met: Option<Time>,
    count: u64,
}

impl Stranger {
    /// One more; whether that is news.
    pub(super) fn met(&mut self, now: Time) -> bool {
        self.count += 1;
        let met = self.met.replace(now);
        met.is_none_or(|met| now.saturating_sub(met) >= QUIET)
    }

    /// How many packets of strangers there were.
    pub(super) fn count(&self) -> u64 {
        self.count
    }
}

/// After so much of nothing they are news again.
const QUIET: Time = Duration::from_secs(60);
