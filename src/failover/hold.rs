//! A director that could not serve stands back for a while, so that two of them do not hand a broken
//! service to and fro for ever.
//!
//! In the original nothing ends it but the peer's RUNNING. Here it ends by itself, too, after
//! `deadtime`: a lone director tries again. From the second failure in a row on RUNNING does not end
//! it, and it doubles each time, to an hour at most.

use std::time::Duration;

use crate::model::Time;

/// Whether a director stands back, and until when.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hold {
    /// It does not become active before.
    until: Time,
    /// Failures in a row; 0 is none.
    failures: u32,
}

impl Hold {
    /// It could not serve; `since` is when it last became active.
    pub(super) fn fail(&mut self, since: Time, now: Time, deadtime: Time) {
        let served = now.saturating_sub(since);
        self.failures = if served > LONGEST { 1 } else { self.failures.saturating_add(1) };
        let times = 1 << (self.failures - 1).min(12);
        self.until = now + deadtime.saturating_mul(times).min(LONGEST.max(deadtime));
    }

    /// The peer is active.
    pub(super) fn peer_runs(&mut self, now: Time) {
        if self.failures < 2 {
            self.until = self.until.min(now);
        }
    }

    /// The administrator wants it tried, or what failed is well: nothing is remembered.
    pub(super) fn forget(&mut self) {
        *self = Hold::default();
    }

    /// Whether it stands back now.
    pub(super) fn holds(&self, now: Time) -> bool {
        now < self.until
    }
}

/// However often it failed; and who served for longer begins anew.
const LONGEST: Time = Duration::from_secs(3600);
