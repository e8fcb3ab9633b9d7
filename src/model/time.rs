//! The time that machines are given.

use std::time::Duration;

/// Monotonic time since the director started. Machines are given it and never ask for it, so that
/// hours of outage run in milliseconds in a test.
pub type Time = Duration;
