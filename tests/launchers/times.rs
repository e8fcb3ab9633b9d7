//! Times since a step began.

use std::time::{Duration, Instant};

/// Notes the time of what is so for the first time.
pub(crate) fn note(at: &mut Option<Duration>, now: bool, begun: Instant) {
    if now && at.is_none() {
        *at = Some(begun.elapsed());
    }
}

/// A time as a table has it.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f32())
}
