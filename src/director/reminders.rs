//! Who must be reminded of which dead real, and when (ldirectord's `emailalertfreq`).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{RealId, Time};

use super::{Change, Subject, What};

/// The reals that are down and whose virtual wants reminders, each with its next one.
#[derive(Debug, Default)]
pub(super) struct Reminders {
    at: BTreeMap<RealId, Time>,
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
            What::Quiesced | What::Readded | What::Removed => {
                if let Some(every) = change.r#virtual.alert.remind {
                    self.put(real, now + every);
                }
            }
            What::Added { .. } | What::Changed { .. } | What::Purged => self.forget(&real),
            What::SoftFailure { .. }
            | What::TakenOver { .. }
            | What::HandedOver
            | What::Weighed { .. }
            | What::LoadUnknown
            | What::LoadKnown
            | What::SoftFailuresReset
            | What::Inaccessible
            | What::Warned { .. }
            | What::WarningOver
            | What::Maintenance
            | What::MaintenanceOver => {}
        }
    }

    /// Takes the reals whose time has come off the list.
    pub(super) fn due(&mut self, now: Time) -> Vec<RealId> {
        let mut due = Vec::new();
        while let Some(&(at, real)) = self.queue.first().filter(|(at, _)| *at <= now) {
            self.queue.remove(&(at, real));
            self.at.remove(&real);
            due.push(real);
        }
        due
    }

    /// Puts a real on the list, in the place of where it stood.
    pub(super) fn put(&mut self, real: RealId, at: Time) {
        self.forget(&real);
        self.at.insert(real, at);
        self.queue.insert((at, real));
    }

    /// Follows a new configuration: these reals are down, each to be reminded of so often. One that
    /// is on the list already is not put off.
    pub(super) fn follow(&mut self, down: impl Iterator<Item = (RealId, Time)>, now: Time) {
        let old = std::mem::take(self);
        for (real, every) in down {
            let at = old.at.get(&real).map_or(now + every, |at| (now + every).min(*at));
            self.put(real, at);
        }
    }

    fn forget(&mut self, real: &RealId) {
        if let Some(at) = self.at.remove(real) {
            self.queue.remove(&(at, *real));
        }
    }
}
