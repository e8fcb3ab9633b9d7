//! A weight that comes little by little, and then follows the load.

use crate::model::Time;
use std::time::Duration;
#[derive(Debug)]
pub(super) struct Pace {
    weight: u32,
    full: u32,
    load: Option<u32>,
    next: Time,
}
impl Pace {
    pub(super) fn begin(full: u32, load: Option<u32>, now: Time) -> Self {
        Pace {
            weight: (full >> 5).max(1).min(full),
            full,
            load,
            next: now + Duration::from_secs(20),
        }
    }
    pub(super) fn weight(&self) -> u32 {
        self.weight
    }
    pub(super) fn next_deadline(&self) -> Option<Time> {
        (self.weight < self.full || self.load.is_some()).then_some(self.next)
    }
    pub(super) fn tick(&mut self, now: Time) -> bool {
        if now < self.next {
            return false;
        }
        self.next = now + Duration::from_secs(20);
        if self.weight < self.full {
            self.weight = (self.weight * 2).min(self.full);
        }
        self.load.is_some()
    }
    pub(super) fn heed(&mut self, load: f64) {
        let half = f64::from(self.full / 2);
        let moved = (f64::from(self.weight) + half * (1.0 - load).cbrt()).max(0.0) as u32;
        let highest = self.full.saturating_mul(self.load.unwrap_or(1));
        let new = if load < 1.0 { moved.min(highest) } else { moved.max(self.full) };
        if new.abs_diff(self.weight) >= self.full / 4 {
            self.weight = new;
        }
    }
}
