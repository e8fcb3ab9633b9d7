//! A real's weight as it moves: little by little when it comes in, then with how busy it is.
//!
//! As nanny has it. Slow start: a 32nd of the configured weight, twice as much at once, and twice as
//! much again at each step. Then the load: one that idles drifts up to ten times the configured
//! weight, one that is busy back to it. An agent's share is ours: it moves below the configured weight.
//! Pure; it is given the time.

use crate::model::{LoadMonitor, Time, Virtual};

use super::Busy;

/// The weight of a real that is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    weight: u32,
    /// What an agent leaves of the configured weight, in percent.
    share: u32,
    /// When slow start goes on; `None` when it is over.
    due: Option<Time>,
    /// How many times the configured weight an idle real may have.
    scale: u32,
}

impl Pace {
    /// The configured weight, from the first moment on.
    pub fn settled(full: u32) -> Self {
        Pace { weight: full, share: 100, due: None, scale: SCALE }
    }

    /// The same, with another scale than piranha's 10.
    pub fn scaled(self, scale: u32) -> Self {
        Pace { scale, ..self }
    }

    /// A real that was found in the kernel with this weight, above 0: it keeps it as far as its
    /// service lets it have another one than the configured.
    pub fn found(full: u32, weight: u32, r#virtual: &Virtual, now: Time) -> Self {
        let lowest = match &r#virtual.load {
            Some(LoadMonitor::Agent { .. }) => full.min(1),
            _ if r#virtual.slow_start => full.min(1),
            _ => full,
        };
        let mut pace = Pace::settled(full);
        pace.weight = weight.clamp(lowest, pace.highest(full, r#virtual));
        pace.due = (r#virtual.slow_start && pace.weight < full)
            .then(|| now + period(r#virtual.check.interval));
        pace
    }

    /// The same real after a reload that may have given it another weight and other rules.
    pub fn followed(mut self, full: u32, r#virtual: &Virtual) -> Self {
        if !matches!(r#virtual.load, Some(LoadMonitor::Agent { .. })) {
            self.share = 100;
        }
        let goal = self.goal(full);
        self.due = self.due.filter(|_| r#virtual.slow_start && self.weight < goal);
        self.weight = match self.due {
            Some(_) => self.weight,
            None => self.weight.clamp(goal, goal.max(self.highest(full, r#virtual))),
        };
        if !matches!(r#virtual.load, Some(LoadMonitor::Program(_))) {
            self.weight = self.weight.min(goal);
        }
        self
    }

    /// It comes in: slowly, if it may not have all at once.
    pub fn admit(&mut self, full: u32, slowly: bool, now: Time) {
        let goal = self.goal(full);
        self.weight = if slowly { first(full).min(goal) } else { goal };
        // the first step belongs to the round that let it in
        self.due = (self.weight < goal).then_some(now);
    }

    /// Ends a slow start.
    pub fn settle(&mut self, full: u32) {
        if self.due.take().is_some() {
            self.weight = self.goal(full);
        }
    }

    /// Takes the step of slow start that is due, if any.
    pub fn step(&mut self, full: u32, r#virtual: &Virtual, now: Time) {
        if self.due.is_none_or(|due| due > now) {
            return;
        }
        let goal = self.goal(full);
        self.weight = self.weight.max(1).saturating_mul(2).min(goal);
        self.due = (self.weight < goal).then(|| now + period(r#virtual.check.interval));
    }

    /// Follows how busy it is. A load says nothing while slow start lasts.
    pub fn weigh(&mut self, full: u32, busy: Busy) {
        match busy {
            Busy::Share(percent) => {
                self.share = u32::from(percent.min(100));
                let goal = self.goal(full);
                self.due = self.due.filter(|_| self.weight < goal);
                self.weight = if self.due.is_some() { self.weight } else { goal };
            }
            Busy::Load(load) if self.due.is_none() => {
                let new = self.drifted(full, load);
                if new.abs_diff(self.weight) >= full / 4 {
                    self.weight = new;
                }
            }
            Busy::Load(_) => {}
        }
    }

    /// The weight for now.
    pub fn weight(&self) -> u32 {
        self.weight
    }

    /// When the next step of slow start is due.
    pub fn due(&self) -> Option<Time> {
        self.due
    }

    fn highest(&self, full: u32, r#virtual: &Virtual) -> u32 {
        match r#virtual.load {
            Some(LoadMonitor::Program(_)) => self.ceiling(full),
            _ => full,
        }
    }

    /// Ten times the configured weight, if the kernel takes as much.
    fn ceiling(&self, full: u32) -> u32 {
        full.saturating_mul(self.scale).min(i32::MAX as u32)
    }

    /// nanny's formula: the further the load is from 1, the further the weight moves, by its cube
    /// root.
    fn drifted(&self, full: u32, load: f64) -> u32 {
        let half = f64::from(full / 2);
        // fractions are cut off, as C does
        let moved = (f64::from(self.weight) + half * (1.0 - load).cbrt()).max(0.0) as u32;
        if load < 1.0 {
            moved.min(self.ceiling(full))
        } else if load > 1.0 {
            moved.max(full)
        } else {
            self.weight
        }
    }

    /// What slow start leads to: the configured weight, or an agent's share of it, rounded up.
    fn goal(&self, full: u32) -> u32 {
        let share = u64::from(full) * u64::from(self.share);
        u32::try_from(share.div_ceil(100)).unwrap_or(full)
    }
}

/// From one adjustment to the next: 20 s, but not more often than checks.
pub fn period(interval: Time) -> Time {
    PERIOD.max(interval)
}

fn first(full: u32) -> u32 {
    (full >> 5).max(1).min(full)
}

/// nanny's `--scale`, which lvsd never sets.
const SCALE: u32 = 10;
const PERIOD: Time = Time::from_secs(20);

#[cfg(test)]
mod tests;
