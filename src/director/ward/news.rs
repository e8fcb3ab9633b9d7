//! What becomes of a ward, as news: whom it concerns, what it means, and why.

use std::net::SocketAddr;
use std::sync::Arc;

use checkers::Outcome;

use crate::health::{Standing, Warned};
use crate::model::{Phase, Real, Role};
use crate::plan::Step;

use super::Ward;
use crate::director::{Change, Subject, What};

impl Ward {
    /// What a step on this service means to people, and why it is taken: because of the real's
    /// health, unless another reason is given.
    pub(in crate::director) fn told(
        &self,
        step: &Step,
        because: Option<&str>,
        phase: Phase,
    ) -> Change {
        let (subject, what) = match step {
            Step::AddService(_) => (Subject::Virtual, What::Added { weight: 0 }),
            Step::EditService(_) => (Subject::Virtual, What::Changed { weight: 0 }),
            Step::DeleteService(_) => (Subject::Virtual, What::Purged),
            Step::AddDestination(_, d) => {
                let subject = self.subject(d.address);
                (subject, self.put(subject, What::Added { weight: d.weight }, d.weight))
            }
            Step::EditDestination(_, d) => {
                let subject = self.subject(d.address);
                (subject, self.put(subject, What::Changed { weight: d.weight }, d.weight))
            }
            Step::DeleteDestination(_, at) => {
                let subject = self.subject(*at);
                (subject, self.taken(subject))
            }
        };
        let because = match subject {
            Subject::Fallback(_) if self.fallback_serves => "no real server is up",
            Subject::Fallback(_) => "a real server is up",
            Subject::Virtual => because.unwrap_or_default(),
            Subject::Real(real) if !self.has(&real) => "it is not configured",
            Subject::Real(real) => {
                let health = || self.health(&real).map(|health| health.because.as_str());
                because.or_else(health).unwrap_or_default()
            }
        };
        self.change(subject, what, because, phase)
    }

    /// What it means to people that a real has turned, where the table is the same before and after:
    /// one that never came in is told of as gone. ldirectord says nothing of one with weight 0.
    pub(in crate::director) fn turned(&self, real: &SocketAddr, phase: Phase) -> Option<Change> {
        let health = self.health(real)?;
        let served = self.r#virtual.reals.iter().any(|r| r.address == *real && r.weight.get() > 0);
        let out = matches!(health.standing, Standing::Down | Standing::Maintenance);
        let what = match self.r#virtual.quiescent {
            _ if !out => return None,
            true if !served => return None,
            true => What::Quiesced,
            false => What::Removed,
        };
        Some(self.change(Subject::Real(*real), what, &health.because, phase))
    }

    /// A change of this service.
    pub(in crate::director) fn change(
        &self,
        subject: Subject,
        what: What,
        because: &str,
        phase: Phase,
    ) -> Change {
        let r#virtual = Arc::clone(&self.r#virtual);
        let because = because.to_owned();
        Change { r#virtual, subject, what, because, phase, role: Role::Active, done: true }
    }

    /// The service is no longer configured.
    pub(in crate::director) fn purged(&self, phase: Phase) -> Change {
        self.change(Subject::Virtual, What::Purged, "it is no longer configured", phase)
    }

    /// The service comes into the table as a whole, because of a takeover or something else.
    pub(in crate::director) fn taken_over(&self, why: &str, phase: Phase) -> Vec<Change> {
        let up = |real: &&Real| self.standing(&real.address) == Some(Standing::Up);
        let up: Vec<&Real> = self.r#virtual.reals.iter().filter(up).collect();
        let because = format!("{why}, {} of {} up", up.len(), self.reals.len());
        let mut changes =
            vec![self.change(Subject::Virtual, What::Added { weight: 0 }, &because, phase)];
        changes.extend(up.into_iter().map(|real| {
            let because = self.health(&real.address).map_or("", |health| &health.because);
            let what = What::TakenOver { weight: self.weight(real) };
            self.change(Subject::Real(real.address), what, because, phase)
        }));
        changes
    }

    /// The service leaves the table because its director is a standby without one from now on.
    pub(in crate::director) fn handed_over(&self, why: &str, phase: Phase) -> Change {
        let change = self.change(Subject::Virtual, What::HandedOver, why, phase);
        Change { role: Role::Standby, ..change }
    }

    /// The daemon stops: its serving reals go, and the service with them.
    pub(in crate::director) fn dismissed(&self, phase: Phase) -> Vec<Change> {
        let up = |real: &&Real| self.standing(&real.address) == Some(Standing::Up);
        let gone = |subject| self.change(subject, What::Purged, "the director stops", phase);
        let reals = self.r#virtual.reals.iter().filter(up);
        let mut changes: Vec<_> = reals.map(|real| gone(Subject::Real(real.address))).collect();
        changes.push(gone(Subject::Virtual));
        changes
    }

    /// Takes an outcome's warning to heart; what that changes, for people to know.
    pub(in crate::director) fn heed(
        &mut self,
        real: &SocketAddr,
        outcome: &Outcome,
        phase: Phase,
    ) -> Option<Change> {
        let warned = self.reals.get_mut(real)?.heed(outcome)?;
        let (what, because) = match &warned {
            Warned::Begins(words) => (What::Warned { again: self.has_warned(real, words) }, words),
            Warned::Changes(words) => (What::Warned { again: true }, words),
            Warned::Ends => (What::WarningOver, &outcome.message),
        };
        Some(self.change(Subject::Real(*real), what, because, phase))
    }

    /// Whether another real is warned of alike: as a rule they show the same certificate.
    fn has_warned(&self, real: &SocketAddr, words: &str) -> bool {
        let mut others = self.reals.iter().filter(|(other, _)| *other != real);
        others.any(|(_, health)| health.warning.as_deref() == Some(words))
    }

    /// Who it is that stands at an address of the kernel's table.
    fn subject(&self, at: SocketAddr) -> Subject {
        let wire = |real: &&Real| real.on_the_wire(self.id()) == at;
        let real = self.r#virtual.reals.iter().find(wire);
        let stand_in = self.r#virtual.fallback_on_the_wire() == Some(at);
        match real {
            // a real's machine may be the fallback too; it is what it serves as
            Some(real) if !(stand_in && self.fallback_serves) => Subject::Real(real.address),
            _ if stand_in => Subject::Fallback(at),
            _ => Subject::Real(at),
        }
    }

    /// Weight 0 means quiesced, unless the file itself gives a serving real that weight.
    fn put(&self, subject: Subject, what: What, weight: u32) -> What {
        let Subject::Real(address) = subject else { return what };
        let down = self.standing(&address) != Some(Standing::Up);
        match what {
            What::Added { .. } if weight == 0 && down && self.readds() => What::Readded,
            _ if weight == 0 && down => What::Quiesced,
            _ => what,
        }
    }

    fn taken(&self, subject: Subject) -> What {
        match subject {
            Subject::Real(address) if !self.has(&address) => What::Purged,
            _ => What::Removed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Numbers};
    use crate::model::Time;

    #[test]
    fn who_shows_the_same_certificate_is_told_as_said_before() {
        let text = "virtual=192.0.2.10:443\n\treal=10.0.0.1->10.0.0.3:443 masq\n";
        let model = config::read(text, &Numbers).model.unwrap();
        let r#virtual = Arc::new(model.virtuals.into_iter().next().unwrap());
        let mut ward = Ward::new(&r#virtual, Time::ZERO);
        let mut told = |real: &str, warning: &str| {
            let warning = Some(warning.to_owned());
            let outcome = Outcome { warning, ..Outcome::up("200 OK", Time::ZERO) };
            ward.heed(&real.parse().unwrap(), &outcome, Phase::Running).map(|change| change.what)
        };
        let said = |again| Some(What::Warned { again });
        assert_eq!(told("10.0.0.1:443", "in 9 days"), said(false));
        assert_eq!(told("10.0.0.2:443", "in 9 days"), said(true));
        assert_eq!(told("10.0.0.3:443", "in 3 days"), said(false));
        assert_eq!(told("10.0.0.3:443", "in 2 days"), said(true));
        assert_eq!(told("10.0.0.3:443", "in 2 days"), None);
    }
}
