//! What happens with every packet is said once, and counted always.

use std::time::Duration;

use crate::model::Time;

/// What happened, how often, and when last.
#[derive(Debug, Default)]
pub(super) struct Spells {
    // as many as there are words for it
    met: Vec<(&'static str, u64, Time)>,
}

impl Spells {
    /// It happens: whether that is the first time for so long.
    pub(super) fn begins(&mut self, what: &'static str, quiet: Duration, now: Time) -> bool {
        match self.met.iter_mut().find(|(met, ..)| *met == what) {
            Some((_, count, last)) => {
                *count += 1;
                now.saturating_sub(std::mem::replace(last, now)) >= quiet
            }
            None => {
                self.met.push((what, 1, now));
                true
            }
        }
    }

    /// How often each has happened.
    pub(super) fn counts(&self) -> Vec<(&'static str, u64)> {
        self.met.iter().map(|(what, count, _)| (*what, *count)).collect()
    }
}

/// After so much of nothing a packet that is not believed is news again.
pub(super) const QUIET: Duration = Duration::from_secs(60);
