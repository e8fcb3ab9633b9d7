//! One that could not serve stands back, so that another can try, and two do not hand a broken service to
//! and fro without end: for twice what finding it dead takes, then double, to ten minutes.

use std::time::Duration;

use crate::model::Time;

/// How often in a row it could not.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// It could not serve, after it had served for so long: how long it stands back.
    pub(super) fn fail(&mut self, detection: Duration, served: Time) -> Duration {
        self.failures = if served > LONGEST { 1 } else { self.failures.saturating_add(1) };
        detection.saturating_mul(1 << self.failures.min(20)).min(LONGEST.max(detection))
    }
}

/// However often it failed; and who served for longer begins anew.
const LONGEST: Duration = Duration::from_secs(600);
