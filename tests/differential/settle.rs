//! When a director has come to rest after a step: nothing of it has changed while it checked all its
//! reals twice.

use std::thread;
use std::time::{Duration, Instant};

use super::side::{Glance, Side};

/// Waits until both are at rest, and says whether they were within the limit.
pub(crate) fn settle(sides: &[&Side], reals: u64) -> bool {
    let begun = Instant::now();
    let mut waiting: Vec<Rest<'_>> = sides.iter().map(|side| Rest::begin(side)).collect();
    loop {
        waiting.iter_mut().for_each(Rest::look);
        if waiting.iter().all(|rest| rest.enough(reals)) {
            return true;
        }
        if begun.elapsed() > LIMIT {
            return false;
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

/// How long one side has been as it is.
struct Rest<'a> {
    side: &'a Side,
    /// At first, and when something changed last.
    then: Glance,
    since: Instant,
    /// When it last did anything, were it only a check.
    busy: Instant,
    now: Glance,
}

impl<'a> Rest<'a> {
    fn begin(side: &'a Side) -> Rest<'a> {
        let glance = side.glance();
        let now = Instant::now();
        Rest { side, then: glance.clone(), since: now, busy: now, now: glance }
    }

    fn look(&mut self) {
        let last = std::mem::replace(&mut self.now, self.side.glance());
        let time = Instant::now();
        if self.now.checks != last.checks || self.now.at_work {
            self.busy = time;
        }
        if self.now.state != self.then.state {
            (self.then, self.since, self.busy) = (self.now.clone(), time, time);
        }
    }

    fn enough(&self, reals: u64) -> bool {
        let idle = self.busy.elapsed();
        match (self.now.runs, self.now.checks) {
            (false, _) => self.since.elapsed() > GONE,
            // there are no checks
            (_, 0) => idle > NO_CHECKS || self.since.elapsed() > LONG,
            (_, checks) => {
                let twice = checks - self.then.checks > 2 * reals;
                twice || idle > SLOW_CHECK || self.since.elapsed() > LONG
            }
        }
    }
}

/// ldirectord takes seconds to change a server in User-Mode Linux, and it changes each three times.
const LIMIT: Duration = Duration::from_secs(180);
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
const GONE: Duration = Duration::from_secs(1);
const NO_CHECKS: Duration = Duration::from_secs(4);
/// Longer than a check of a real that says nothing.
const SLOW_CHECK: Duration = Duration::from_secs(8);
/// Whatever is asked, and however seldom.
const LONG: Duration = Duration::from_secs(20);
