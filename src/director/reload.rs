//! Another configuration, be it the first one or a new one.

use std::sync::Arc;

use crate::health::Maintenance;
use crate::model::{Cluster, Model, Phase, Role, Time, Virtual};

use super::role::Standby;
use super::ward::Ward;
use super::{Director, Effect};

impl Director {
    /// Follows another configuration; what is known of services and reals that are in both stays.
    pub(super) fn reload(
        &mut self,
        model: Model,
        maintenance: Option<Maintenance>,
        now: Time,
    ) -> Vec<Effect> {
        self.phase = Phase::Reloading;
        if let Some(maintenance) = maintenance {
            self.maintenance = maintenance;
        }
        let mut effects = self.join(model.cluster.as_deref(), now);
        let mut old = std::mem::take(&mut self.wards);
        let mut renewed = |v: &Arc<Virtual>| match old.remove(&v.service.id) {
            Some(ward) => {
                self.hooks.extend(ward.last_word(Some(v)));
                ward.renewed(v, self.table.get(&v.service.id), now)
            }
            None => Ward::new(v, now),
        };
        let wards: Vec<Ward> = model.virtuals.into_iter().map(|v| renewed(&Arc::new(v))).collect();
        for ward in self.order.iter().filter_map(|id| old.remove(id)) {
            self.table.remove(&ward.id());
            self.hooks.extend(ward.last_word(None));
            effects.push(Effect::Tell(ward.purged(self.phase)));
        }
        effects.extend(self.tend(wards, now));
        effects
    }

    /// Is of another cluster from now on, or of none.
    fn join(&mut self, cluster: Option<&Cluster>, now: Time) -> Vec<Effect> {
        let mut effects = match cluster {
            None => self.turn(Role::Active, now),
            Some(_) => Vec::new(),
        };
        let held = self.holds();
        self.standby = cluster.map(Standby::of);
        self.fitness.follow(cluster);
        effects.extend(self.told_as_a_whole(held, "the configuration"));
        effects
    }

    /// Takes these wards in the place of those there were.
    pub(super) fn tend(&mut self, wards: Vec<Ward>, now: Time) -> Vec<Effect> {
        self.order = wards.iter().map(Ward::id).collect();
        self.wards = wards.into_iter().map(|ward| (ward.id(), ward)).collect();
        self.await_first_checks(now);
        let mut effects = Vec::new();
        for id in self.order.clone() {
            let changes = self.update(&id, Some("the configuration"), now);
            effects.extend(changes.into_iter().map(Effect::Tell));
        }
        effects.extend(self.maintain(now).0);
        self.remind_of_all(now);
        effects.extend([Effect::Nannies, Effect::Program]);
        self.settle();
        effects
    }

    /// Those that are to be checked and never were are waited for, for a moment.
    pub(super) fn await_first_checks(&mut self, now: Time) {
        let checks = self.checks();
        self.unchecked = self.wards.values().filter(|_| checks).flat_map(Ward::unchecked).collect();
        self.patience = (!self.unchecked.is_empty()).then_some(now + PATIENCE);
    }
}

/// How long a fallback waits for first checks, at the start and after a reload: a real that is well
/// answers sooner, and one that says nothing must not keep the fallback from serving.
const PATIENCE: Time = Time::from_secs(1);
