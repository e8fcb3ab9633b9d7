//! Reals that the administrator takes out, and lets in again.

use crate::health::Maintenance;
use crate::model::Time;

use super::{Director, Effect, Subject, What};

impl Director {
    /// These reals are in maintenance, and no others.
    pub(super) fn maintenance(&mut self, maintenance: Maintenance, now: Time) -> Vec<Effect> {
        self.maintenance = maintenance;
        let (mut effects, program) = self.maintain(now);
        if !effects.is_empty() {
            effects.push(Effect::Nannies);
        }
        effects.extend(program.then_some(Effect::Program));
        self.settle();
        effects
    }

    /// Takes out who is in maintenance and is not out yet, and releases who no longer is; returns
    /// what people should know, and whether the table is another one.
    pub(super) fn maintain(&mut self, now: Time) -> (Vec<Effect>, bool) {
        let (mut effects, mut program) = (Vec::new(), false);
        for id in self.order.clone() {
            let Some(ward) = self.wards.get_mut(&id) else { continue };
            let (withdrawn, released) = ward.maintain(&self.maintenance, now);
            if withdrawn.is_empty() && released.is_empty() {
                continue;
            }
            let begins = withdrawn.iter().map(|(real, _)| (*real, What::Maintenance));
            let ends = released.iter().map(|real| (*real, What::MaintenanceOver));
            for (real, what) in begins.chain(ends) {
                let because = ward.health(&real).map_or("", |health| &health.because);
                effects.push(Effect::Tell(ward.change(
                    Subject::Real(real),
                    what,
                    because,
                    self.phase,
                )));
            }
            let news = withdrawn.iter().filter(|(_, news)| *news).map(|(real, _)| *real);
            let (changes, other) = self.turned(&id, &news.collect::<Vec<_>>(), now);
            effects.extend(changes.into_iter().map(Effect::Tell));
            program |= other;
        }
        self.unchecked.retain(|real| !self.maintenance.contains_key(&real.address));
        (effects, program)
    }
}
