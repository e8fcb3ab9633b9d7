//! Which of two directors this one is: what an active one begins with, and what a standby leaves out.
//!
//! ```text
//!   Standby ── Role(Active) ──▶ Active      its table, in one batch; commands and mail are its own
//!   Active ── Role(Standby) ──▶ Standby     no table at once; its reals are known all the same
//! ```

use crate::model::{Phase, Role, Time};

use super::reminders::Reminders;
use super::ward::Ward;
use super::{Director, Effect, Subject, What};

impl Director {
    /// Takes this role, if it is another one and the director has not stopped.
    pub(super) fn turn(&mut self, role: Role, now: Time) -> Vec<Effect> {
        let role = self.standby_checks.map_or(Role::Active, |_| role);
        if role == self.role || self.phase == Phase::Stopping {
            return Vec::new();
        }
        let checked = self.checks();
        self.role = role;
        match role {
            Role::Active => self.take_over(checked, now),
            Role::Standby => self.hand_over(now),
        }
        let wards = self.order.iter().filter_map(|id| self.wards.get(id));
        let changes = wards.flat_map(|ward| match role {
            Role::Active => ward.taken_over(self.phase),
            Role::Standby => vec![ward.handed_over(self.phase)],
        });
        let mut effects: Vec<_> = changes.map(Effect::Tell).collect();
        effects.extend([Effect::Nannies, Effect::Program]);
        effects
    }

    /// Whether nannies are at work in this role.
    pub(super) fn checks(&self) -> bool {
        self.role == Role::Active || self.standby_checks != Some(false)
    }

    /// What people should hear of it in this role. A standby has no table: of what would be in it
    /// only the reals' health is news.
    pub(super) fn in_role(&self, effects: Vec<Effect>) -> Vec<Effect> {
        if self.role == Role::Active {
            return effects;
        }
        let heard = |effect: Effect| match effect {
            Effect::Tell(change) if change.role == Role::Standby => Some(Effect::Tell(change)),
            Effect::Tell(change) if matches!(change.what, What::Weighed { .. }) => None,
            Effect::Tell(mut change) => {
                change.role = Role::Standby;
                matches!(change.subject, Subject::Real(_)).then_some(Effect::Tell(change))
            }
            effect => Some(effect),
        };
        effects.into_iter().filter_map(heard).collect()
    }

    /// What the checks of a standby said holds; where there were none, it is a cold start.
    fn take_over(&mut self, checked: bool, now: Time) {
        if !checked {
            self.wards.values_mut().for_each(|ward| ward.forget(now));
            self.phase = Phase::Starting;
            self.await_first_checks(now);
            for id in self.order.clone() {
                // the table as a whole is told of
                self.update(&id, None, now);
            }
        }
        let patient = self.patience.is_some();
        self.hooks.extend(self.wards.values_mut().filter_map(|ward| ward.word(patient)));
        self.remind_of_all(now);
        self.settle();
    }

    fn hand_over(&mut self, now: Time) {
        self.wards.values_mut().for_each(Ward::settle_weights);
        for id in self.order.clone() {
            // of the table as a whole it is told that it goes
            self.update(&id, None, now);
        }
        self.hooks.extend(self.wards.values_mut().filter_map(Ward::retire));
        self.reminders = Reminders::default();
        if !self.checks() {
            self.unchecked.clear();
        }
        self.settle();
    }
}
