//! Weights that move: slow start, and how busy the reals are.

use std::collections::BTreeSet;

use crate::health::Weighed;
use crate::model::{ServiceId, Time};

use super::{Change, Director, Effect};

impl Director {
    /// Follows how busy some reals are.
    pub(super) fn weighed(&mut self, readings: Vec<Weighed>, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut moved = BTreeSet::new();
        for Weighed { real, busy } in readings {
            let Some(ward) = self.wards.get_mut(&real.service) else { continue };
            effects.extend(ward.weigh(&real.address, busy, self.phase).map(Effect::Tell));
            moved.insert(real.service);
        }
        effects.extend(self.moved(moved, None, now));
        effects
    }

    /// Takes the steps of slow start that are due.
    pub(super) fn step(&mut self, now: Time) -> Vec<Effect> {
        let due = self.wards.iter_mut().filter(|(_, ward)| ward.next_step() <= Some(now));
        let mut moved = BTreeSet::new();
        for (id, ward) in due.filter(|(_, ward)| ward.next_step().is_some()) {
            ward.step_weights(now);
            moved.insert(*id);
        }
        self.moved(moved, Some("slow start"), now)
    }

    /// Brings the entries of these services to weights that have moved.
    pub(super) fn moved(
        &mut self,
        services: BTreeSet<ServiceId>,
        because: Option<&str>,
        now: Time,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        for id in services {
            let changes: Vec<Change> = self.update(&id, None, now);
            let Some(ward) = self.wards.get(&id) else { continue };
            let weighed = changes.into_iter().map(|change| ward.weighed(change, because));
            effects.extend(weighed.map(Effect::Tell));
        }
        let program = (!effects.is_empty()).then_some(Effect::Program);
        effects.extend(program);
        effects
    }
}
