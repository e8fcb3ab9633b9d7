//! Which of two directors this one is: what an active one begins with, and what a standby leaves out.
//!
//! ```text
//!   Standby ── Role(Active) ──▶ Active      its table, in one batch; commands and mail are its own
//!   Active ── Role(Standby) ──▶ Standby     no table at once; its reals are known all the same
//! ```
//! A standby that keeps its table has the same one all the time.

use crate::model::{Cluster, Phase, Role, Time};

use super::reminders::Reminders;
use super::ward::Ward;
use super::{Director, Effect, Subject, What};

/// What a director does as a standby.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standby {
    /// It checks.
    checks: bool,
    /// Its kernel holds the table.
    table: bool,
}

impl Standby {
    /// As the file has it.
    pub(super) fn of(cluster: &Cluster) -> Self {
        Standby { checks: cluster.standby_checks, table: cluster.has_standby_table() }
    }
}

impl Director {
    /// Takes this role, if it is another one and the director has not stopped.
    pub(super) fn turn(&mut self, role: Role, now: Time) -> Vec<Effect> {
        let role = self.standby.map_or(Role::Active, |_| role);
        if role == self.role || self.phase == Phase::Stopping {
            return Vec::new();
        }
        let (checked, held) = (self.checks(), self.holds());
        self.role = role;
        let mut effects = match role {
            Role::Active => {
                self.take_over(checked, now);
                Vec::new()
            }
            Role::Standby => self.hand_over(now),
        };
        effects.extend(self.told_as_a_whole(
            held,
            match role {
                Role::Active => "takeover",
                Role::Standby => "handover",
            },
        ));
        effects.extend([Effect::Nannies, Effect::Program]);
        effects
    }

    /// Whether nannies are at work in this role.
    pub(super) fn checks(&self) -> bool {
        self.role == Role::Active || self.standby.is_none_or(|standby| standby.checks)
    }

    /// Whether the kernel holds the table in this role.
    pub(super) fn holds(&self) -> bool {
        self.role == Role::Active || self.standby.is_some_and(|standby| standby.table)
    }

    /// What is to be said of the table if the kernel held it before and does not now, or the other
    /// way round.
    pub(super) fn told_as_a_whole(&self, held: bool, why: &str) -> Vec<Effect> {
        let wards = self.order.iter().filter_map(|id| self.wards.get(id));
        let changes = wards.flat_map(|ward| match (held, self.holds()) {
            (false, true) => ward.taken_over(why, self.phase),
            (true, false) => vec![ward.handed_over(why, self.phase)],
            (false, false) | (true, true) => Vec::new(),
        });
        changes.map(Effect::Tell).collect()
    }

    /// What people should hear of it in this role. Where a standby has no table, of what would be in
    /// it only the reals' health is news.
    pub(super) fn in_role(&self, effects: Vec<Effect>) -> Vec<Effect> {
        if self.role == Role::Active {
            return effects;
        }
        let done = self.holds();
        let heard = |effect: Effect| match effect {
            Effect::Tell(change) if change.what == What::HandedOver => Some(Effect::Tell(change)),
            Effect::Tell(change) if !done && matches!(change.what, What::Weighed { .. }) => None,
            Effect::Tell(mut change) => {
                (change.role, change.done) = (Role::Standby, done);
                let news = done || matches!(change.subject, Subject::Real(_));
                news.then_some(Effect::Tell(change))
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

    /// Whoever is in the midst of slow start is known to be well by the next takeover; what that
    /// changes in a table that stays.
    fn hand_over(&mut self, now: Time) -> Vec<Effect> {
        self.wards.values_mut().for_each(Ward::settle_weights);
        let mut settled = self.moved(self.order.iter().copied().collect(), Some("handover"), now);
        if !self.holds() {
            // of the table as a whole it is told that it goes
            settled.clear();
        }
        self.hooks.extend(self.wards.values_mut().filter_map(Ward::retire));
        self.reminders = Reminders::default();
        if !self.checks() {
            self.unchecked.clear();
        }
        self.settle();
        settled
    }
}
