//! What the checks say, and what of it people and the kernel are to hear.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use crate::health::{Checked, Judgement};
use crate::model::{Role, ServiceId, Time};

use super::{Change, Director, Effect, Subject, What};

impl Director {
    /// Judges what the checks said; those of one service that turned make one change of its entry.
    pub(super) fn checked(&mut self, outcomes: Vec<Checked>, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut warnings = Vec::new();
        let mut turned: BTreeMap<ServiceId, Vec<SocketAddr>> = BTreeMap::new();
        for Checked { real, outcome } in outcomes {
            let Some(ward) = self.wards.get_mut(&real.service) else { continue };
            let Some(judgement) = ward.judge(&real.address, &outcome, self.role, now) else {
                continue;
            };
            self.unchecked.remove(&real);
            warnings.extend(ward.heed(&real.address, &outcome, self.phase).map(Effect::Tell));
            let of = ward.failure_count();
            let what = match judgement {
                Judgement::Unchanged | Judgement::Recovering => continue,
                Judgement::Soft { failures } => What::SoftFailure { failures, of },
                Judgement::Reset => What::SoftFailuresReset,
                Judgement::Up | Judgement::Down => {
                    turned.entry(real.service).or_default().push(real.address);
                    continue;
                }
            };
            let subject = Subject::Real(real.address);
            effects.push(Effect::Tell(ward.change(subject, what, &outcome.message, self.phase)));
        }
        let mut program = false;
        for (id, reals) in turned {
            let (changes, other) = self.turned(&id, &reals, now);
            effects.extend(changes.into_iter().map(Effect::Tell));
            program |= other;
        }
        effects.extend(warnings);
        effects.extend(program.then_some(Effect::Program));
        self.settle();
        effects
    }

    /// The standing of some reals has changed: returns what that changes, and whether the table is
    /// another one.
    pub(super) fn turned(
        &mut self,
        id: &ServiceId,
        reals: &[SocketAddr],
        now: Time,
    ) -> (Vec<Change>, bool) {
        let mut changes = self.update(id, None, now);
        let program = !changes.is_empty();
        let told: BTreeSet<Subject> = changes.iter().map(|change| change.subject).collect();
        let Some(ward) = self.wards.get(id) else { return (changes, program) };
        for real in reals.iter().filter(|real| !told.contains(&Subject::Real(**real))) {
            // the table is the same with it and without: people should know all the same
            changes.extend(ward.turned(real, self.phase).inspect(|change| {
                if self.role == Role::Active {
                    self.reminders.note(change, now);
                }
            }));
        }
        (changes, program)
    }
}
