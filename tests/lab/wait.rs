//! Waiting for a condition instead of for a time.

use std::thread;
use std::time::{Duration, Instant};

/// Looks until there is something to see, and returns it; panics with what was seen last when it is
/// not there within `limit`.
pub(crate) fn wait_until<T>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> Result<T, String>,
) -> T {
    let start = Instant::now();
    loop {
        match look() {
            Ok(seen) => return seen,
            Err(seen) if start.elapsed() > limit => {
                panic!("{what}: not within {limit:?}; last seen:\n{seen}")
            }
            Err(_) => thread::sleep(BETWEEN_LOOKS),
        }
    }
}

const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
