//! What people, the file, and this machine itself change.

use std::net::IpAddr;

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
            self.leave("told to be standby");
            return self.resign(now);
        }
        self.broken.forget();
        self.claims = self.phase != Phase::Fault;
        if !self.refit(CLAIMS, now) && !self.is_fit(now) {
            self.warn(format!("told to be active; its priority is {} all the same", self.priority));
        }
        match self.phase {
            Phase::Fault => {
                self.warn(format!("interface {} is down: not active", self.rules.vrrp.interface));
            }
            Phase::Backup(_) | Phase::Leaving(_) => self.take_over("told to be active", now),
            Phase::Master(_) => {}
        }
    }

    /// It stands back, and claims no more; who is about to leave is not driven out before it has.
    pub(super) fn resign(&mut self, now: Time) {
        let leaves = matches!(self.phase, Phase::Leaving(_));
        if self.stands_back && !leaves && std::mem::take(&mut self.claims) {
            self.refit("told to be standby", now);
        }
    }

    /// Another claims the place as much: who was told so last is meant.
    pub(super) fn yields(&mut self, priority: u8, from: IpAddr, now: Time) {
        if priority >= self.priority && std::mem::take(&mut self.claims) {
            self.refit(&format!("{from} has priority {priority}, and claims it now"), now);
        }
    }

    fn is_fit(&self, now: Time) -> bool {
        self.unfit.is_none() && !self.broken.holds(now)
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
            (Some(why), None) => format!("as fit as it should be again, after: {why}"),
            (None, None) => return,
        };
        if !self.refit(&why, now) && was.is_some() != self.unfit.is_some() {
            self.warn(format!("{why}; its priority is {} all the same", self.priority));
        }
    }

    /// Follows what counts against it; whether its priority is another.
    pub(super) fn refit(&mut self, why: &str, now: Time) -> bool {
        let fit = self.is_fit(now);
        let is = match self.rules.priority(fit) {
            own if fit && self.claims => own.max(MOST),
            own => own,
        };
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
        self.claims &= rules.vrrp.priority == self.rules.vrrp.priority;
        let changes = words::changes(&self.rules, &rules);
        if !changes.is_empty() {
            let text = format!("the file has changed: {}", changes.join(", "));
            self.out.push(Action::Say(Line::logged(text)));
        }
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

/// That of a director that was told to be active: more than any but the owner's.
const MOST: u8 = 254;
const CLAIMS: &str = "told to be active, until it is told to be standby, has another priority in its \
                      file, or starts again";
