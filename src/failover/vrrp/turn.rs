//! What people, the file, and this machine itself change.

use super::{Phase, Rules, Vrrp, advert, words};
use crate::failover::action::Action;
use crate::failover::line::Line;
use crate::model::{Role, Time};

impl Vrrp {
    /// Somebody wants it to have this role now.
    pub(super) fn told(&mut self, role: Role, now: Time) {
        if self.stopping {
            return;
        }
        self.stands_back = role == Role::Standby;
        if role == Role::Standby {
            return self.leave("told to be standby");
        }
        self.broken.forget();
        self.refit("told to be active", now);
        match self.phase {
            Phase::Fault => {
                self.warn(format!("interface {} is down: not active", self.rules.vrrp.interface));
            }
            Phase::Backup(_) | Phase::Leaving(_) => self.take_over("told to be active", now),
            Phase::Master(_) => {}
        }
    }

    /// The interface carries, or does not.
    pub(super) fn link(&mut self, carries: bool, now: Time) {
        if std::mem::replace(&mut self.carries, carries) == carries {
            return;
        }
        let interface = &self.rules.vrrp.interface;
        let text = format!("interface {interface} is {}", if carries { "up" } else { "down" });
        match self.phase {
            Phase::Leaving(_) if !carries => self.phase = Phase::Leaving(None),
            Phase::Leaving(_) => {}
            Phase::Master(_) => {
                self.begin(now);
                let _ = self.rival.ends(None);
                self.order(Role::Standby, vec![Line::logged(text).warning()]);
            }
            Phase::Backup(_) | Phase::Fault => {
                self.begin(now);
                let state = words::state(carries, false);
                self.out.push(Action::Say(Line::logged(text)));
                self.out.push(Action::Say(Line::mailed(state).warning()));
            }
        }
    }

    /// Backup anew, or in fault as long as nothing carries.
    pub(super) fn begin(&mut self, now: Time) {
        self.learnt = None;
        self.lesser = None;
        let waits = !self.rules.is_owner() || !self.synced || self.stands_back;
        self.phase = match self.carries && !self.stopping {
            true if waits => Phase::Backup(now + self.dead()),
            true => Phase::Backup(now),
            false => Phase::Fault,
        };
    }

    /// The connections have come over, or are to come. The owner takes its place when they have.
    pub(super) fn sync(&mut self, synced: bool, now: Time) {
        let news = std::mem::replace(&mut self.synced, synced) != synced;
        if let (Phase::Backup(_), true) = (self.phase, news && self.rules.is_owner()) {
            self.begin(now);
        }
    }

    /// It could not serve: for a while others had better.
    pub(super) fn fail(&mut self, why: &str, now: Time) {
        let dead = self.rules.dead(self.rules.interval(), self.priority);
        self.broken.fail(self.since, now, 3 * dead);
        if !self.refit(why, now) {
            self.warn(format!("{why}; its priority is {} all the same", self.priority));
        }
    }

    /// What counts against it, if anything does.
    pub(super) fn weigh(&mut self, unfit: Option<String>, now: Time) {
        let was = std::mem::replace(&mut self.unfit, unfit);
        let why = match (&was, &self.unfit) {
            (_, Some(why)) => why.clone(),
            (Some(why), None) => format!("no more: {why}"),
            (None, None) => return,
        };
        if !self.refit(&why, now) && was.is_some() != self.unfit.is_some() {
            self.warn(format!("{why}; its priority is {} all the same", self.priority));
        }
    }

    /// Follows what counts against it; whether its priority is another.
    pub(super) fn refit(&mut self, why: &str, now: Time) -> bool {
        let fit = self.unfit.is_none() && !self.broken.holds(now);
        let is = self.rules.priority(fit);
        let was = std::mem::replace(&mut self.priority, is);
        if is == was {
            return false;
        }
        if let Phase::Master(_) = self.phase {
            self.advertise(now);
        }
        let line = Line::mailed(format!("Changing effective priority from {was} to {is}: {why}"));
        self.out.push(Action::Say(if is < was { line.warning() } else { line }));
        true
    }

    /// The file has changed; the role stays.
    pub(super) fn change(&mut self, rules: Rules, now: Time) {
        let is = (rules.source, &rules.key, &rules.vrrp);
        let same = is == (self.rules.source, &self.rules.key, &self.rules.vrrp);
        self.named = advert::named(&rules.vrrp.named, rules.source);
        self.rules = rules;
        let told = self.refit("the file has changed", now);
        if same {
            return;
        }
        self.stands_back = false;
        match self.phase {
            Phase::Backup(_) => self.begin(now),
            Phase::Master(_) if !told => self.advertise(now),
            _ => {}
        }
    }

    /// Nobody is to hear of it once the addresses are down.
    pub(super) fn stop(&mut self, now: Time) {
        self.stopping = true;
        self.leave("Stopped");
        if let Phase::Backup(_) = self.phase {
            self.begin(now);
        }
    }
}
