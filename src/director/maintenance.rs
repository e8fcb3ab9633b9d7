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
            let (withdrawn, released) = ward.maintain(&self.maintenance, self.role, now);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::{self, Numbers};
    use crate::director::Event;
    use crate::health::Duty;
    use crate::model::{Model, Role};
    use crate::plan::Table;

    const ONE: &str = "virtual=192.0.2.10:80\n real=10.0.0.1:80 masq\n";
    const TWO: &str = "virtual=192.0.2.10:80\n real=10.0.0.1:80 masq\n real=10.0.0.2:80 masq\n";

    fn site(text: &str) -> Model {
        config::read(text, &Numbers).model.unwrap()
    }

    /// The nannies see the last of several orders only: one who has told that her real is well must
    /// tell it again to a judge who has forgotten it in between.
    #[test]
    fn who_is_judged_anew_is_another_duty_and_who_is_not_is_the_same() {
        let (mut director, _) =
            Director::new(site(TWO), &Table::default(), Role::Active, Time::ZERO);
        let mut second = 0;
        let mut duties = |events: Vec<Event>| -> Vec<Arc<Duty>> {
            for event in events {
                second += 1;
                director.handle(event, Time::from_secs(second));
            }
            director.duties()
        };
        let out = Maintenance::from([("10.0.0.2:80".parse().unwrap(), "a file".to_owned())]);
        let first = duties(vec![]);
        assert_eq!(duties(vec![Event::Reload(Box::new(site(TWO)), None)]), first);
        let gone = Event::Maintenance(out);
        let released = duties(vec![gone, Event::Maintenance(Maintenance::new())]);
        assert_eq!(released[0], first[0]);
        assert_ne!(released[1], first[1]);
        let reloads = vec![
            Event::Reload(Box::new(site(ONE)), None),
            Event::Reload(Box::new(site(TWO)), None),
        ];
        let back = duties(reloads);
        assert_eq!(back[0], first[0]);
        assert_ne!(back[1], released[1]);
    }
}
