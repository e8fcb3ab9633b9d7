//! What goes wrong with every datagram is said once, not with every datagram.

use std::time::Duration;

use super::Fault;
use crate::model::Time;

/// When each fault was last met.
#[derive(Debug, Default)]
pub(super) struct Spells {
    met: [Option<Time>; FAULTS],
}

impl Spells {
    /// Whether this is the first for a while.
    pub(super) fn begins(&mut self, fault: Fault, now: Time) -> bool {
        let met = self.met[fault as usize].replace(now);
        met.is_none_or(|met| now.saturating_sub(met) >= QUIET)
    }
}

const FAULTS: usize = Fault::Mirrored as usize + 1;
/// After so much of nothing it is news again.
const QUIET: Time = Duration::from_secs(60);
