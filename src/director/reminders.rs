//! Who must be reminded of which dead real, and when (ldirectord's `emailalertfreq`).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{RealId, Time};

use super::{Change, Subject, What};

/// The reals that are down and whose virtual wants reminders.
#[derive(Debug, Default)]
pub(super) struct Reminders {
    every: BTreeMap<RealId, (Time, Time)>,
    queue: BTreeSet<(Time, RealId)>,
}

impl Reminders {
    /// When the next one is due.
    pub(super) fn next(&self) -> Option<Time> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// Takes notice of a change: a real that went down is put on the list, one that came back or
    /// was purged is taken off.
    pub(super) fn note(&mut self, change: &Change, now: Time) {
        let Subject::Real(address) = change.subject else { return };
        let real = RealId { service: change.r#virtual.service.id, address };
        match change.what {
            What::Quiesced | What::Removed => {
                if let Some(every) = change.r#virtual.alert.remind {
                    self.put(real, now + every, every);
                }
            }
            What::Added { .. } | What::Changed { .. } | What::Purged => self.forget(&real),
            What::SoftFailure { .. } | What::SoftFailuresReset | What::Inaccessible => {}
        }
    }

    /// The reals whose time has come; each is put on the list again.
    pub(super) fn due(&mut self, now: Time) -> Vec<RealId> {
        let mut due = Vec::new();
        while let Some(&(at, real)) = self.queue.first().filter(|(at, _)| *at <= now) {
            self.queue.remove(&(at, real));
            if let Some((_, every)) = self.every.get(&real).copied() {
                self.put(real, now + every, every);
            }
            due.push(real);
        }
        due
    }

    /// Forgets the reals that do not pass.
    pub(super) fn retain(&mut self, keep: impl Fn(&RealId) -> bool) {
        let gone: Vec<RealId> = self.every.keys().filter(|real| !keep(real)).copied().collect();
        for real in gone {
            self.forget(&real);
        }
    }

    fn put(&mut self, real: RealId, at: Time, every: Time) {
        self.forget(&real);
        self.every.insert(real, (at, every));
        self.queue.insert((at, real));
    }

    fn forget(&mut self, real: &RealId) {
        if let Some((at, _)) = self.every.remove(real) {
            self.queue.remove(&(at, *real));
        }
    }
}
