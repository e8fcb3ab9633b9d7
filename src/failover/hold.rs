//! A director that could not serve stands back for a while, so that two of them do not hand a broken
//! service to and fro for ever. Where nobody could serve in its place it does not.
//!
//! In the original nothing ends it but the peer's RUNNING. Here it ends by itself, too, after
//! `deadtime`: a lone director tries again. From the second failure in a row on RUNNING does not end
//! it, and it doubles each time, to an hour at most.

use std::time::Duration;

use super::line::Line;
use crate::model::Time;

/// Whether a director stands back, and until when.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hold {
    /// It does not become active before.
    until: Time,
    /// Failures in a row; 0 is none.
    failures: u32,
    /// The peer was heard, and not lost since.
    peer: bool,
    /// That it serves on has been said.
    said: bool,
}

impl Hold {
    /// It could not serve; `since` is when it last became active.
    pub(super) fn fail(&mut self, since: Time, now: Time, deadtime: Time) {
        let served = now.saturating_sub(since);
        self.failures = if served > LONGEST { 1 } else { self.failures.saturating_add(1) };
        let times = 1 << (self.failures - 1).min(12);
        self.until = now + deadtime.saturating_mul(times).min(LONGEST.max(deadtime));
    }

    /// It was told to let another be active.
    pub(super) fn rest(&mut self, now: Time, deadtime: Time) {
        (self.failures, self.until) = (0, now + deadtime.saturating_mul(RESTS));
    }

    /// The peer is there, or is not there any more.
    pub(super) fn peer_is_there(&mut self, peer: bool) {
        (self.peer, self.said) = (peer, self.said && !peer);
    }

    /// It cannot serve, and is active. Where nobody could in its place it is to stay active, for what
    /// the kernel was told last still holds; what is to be said of that, once. `None`: it is to give up.
    pub(super) fn clings(&mut self, why: &str) -> Option<Vec<Line>> {
        if self.peer {
            return None;
        }
        let text = format!("{why}; there is no peer that could serve: staying active");
        let line = (!std::mem::replace(&mut self.said, true)).then(|| Line::mailed(text).warning());
        Some(line.into_iter().collect())
    }

    /// The peer is active.
    pub(super) fn peer_runs(&mut self, now: Time) {
        if self.failures < 2 {
            self.until = self.until.min(now);
        }
    }

    /// The administrator wants it tried, or what failed is well: nothing is remembered.
    pub(super) fn forget(&mut self) {
        *self = Hold { peer: self.peer, ..Hold::default() };
    }

    /// Whether it stands back now.
    pub(super) fn holds(&self, now: Time) -> bool {
        now < self.until
    }
}

/// Dead times that who was told to be the standby waits for another to be active.
const RESTS: u32 = 3;
/// However often it failed; and who served for longer begins anew.
const LONGEST: Time = Duration::from_secs(3600);
