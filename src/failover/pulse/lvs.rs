//! The machine of piranha's pulse 0.8.6 for virtual services: two directors, a heartbeat, no
//! preemption.
//!
//! ```text
//!            STOPPED heard, or nothing for deadtime; cables carry, and it can serve
//!          ┌────────────────────────────────────────────────────────────────────▶┐
//!       Standby                                                               Active
//!          └◀────────────────────────────────────────────────────────────────────┘
//!            a cable is out, it cannot serve, or RUNNING heard by the backup
//! ```
//! Unlike the original it says at once what it has become, a stop included: so both know sooner.

use super::links::Links;
use super::part::Part;
use super::split::Split;
use super::wire::Word;
use crate::failover::hold::Hold;
use crate::failover::line::Line;
use crate::failover::rounds::Rounds;
use crate::model::{Role, Time};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The peer said this; that it was the peer has been made sure of.
    Heard(Word),
    /// Whether this director's own cables carry: the public one, and the private one if there is one.
    Links {
        /// The interface of the public address.
        public: bool,
        /// The interface of the private address.
        private: bool,
    },
    /// This director cannot serve, and why, as the log has it; piranha's death of lvsd.
    Broken(String),
    /// The administrator, or who launched it, wants it to be active now.
    Force,
    /// They want another one to be it.
    Leave,
    /// The file has changed: the role stays, the timers begin anew.
    Rules(Part),
    /// The deadline of [`Lvs::next_deadline`] has come. What has been received is told before.
    Tick,
    /// The daemon is to stop: nothing is done after it.
    Stop,
}

/// Something to be done, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Tell the peer, over every path; once what stands before it is done.
    Send(Word),
    /// Take or give up the addresses and the table. At a stop a standby is told to be one again, as
    /// the original runs inactive_cmd then.
    Become(Role),
    /// Run active_cmd again, raise what is not there, tell the neighbours where the addresses are.
    Announce,
    /// A line for the log, in pulse's words; some are for the mail as well.
    Say(Line),
}

/// One of the pair.
#[derive(Debug)]
pub struct Lvs {
    rules: Part,
    role: Role,
    /// When it last became active.
    since: Time,
    links: Links,
    hold: Hold,
    split: Split,
    /// When to speak next.
    send: Time,
    /// When the peer is dead.
    dead: Time,
    rounds: Rounds,
    stopped: bool,
}

impl Lvs {
    /// A standby that waits for its peer, or for `deadtime` to be over.
    pub fn new(rules: Part, now: Time) -> Self {
        Lvs {
            rules,
            role: Role::Standby,
            since: now,
            links: Links::default(),
            hold: Hold::default(),
            split: Split::default(),
            send: now + rules.keepalive,
            dead: now + rules.deadtime,
            rounds: Rounds::default(),
            stopped: false,
        }
    }

    /// What is to be said of a start, and done first: see [`Action::Become`].
    pub fn opening(&self) -> Vec<Action> {
        let lines = [Some(self.rules.opening()), self.rules.doubt()];
        let mut actions: Vec<_> = lines.into_iter().flatten().map(Action::Say).collect();
        actions.push(Action::Become(Role::Standby));
        actions
    }

    /// Tells the machine what happened, and when. Times never go backwards.
    pub fn handle(&mut self, event: Event, now: Time) -> Vec<Action> {
        if self.stopped {
            return Vec::new();
        }
        match event {
            Event::Heard(word) => self.hear(word, now),
            Event::Links { public, private } => self.link(Links { public, private }, now),
            Event::Broken(why) => self.fail(why, now),
            Event::Force => self.force(now),
            Event::Leave => self.leave(now),
            Event::Rules(rules) => self.change(rules, now),
            Event::Tick => self.tick(now),
            Event::Stop => self.stop(),
        }
    }

    /// When [`Event::Tick`] is due, if nothing else happens before.
    pub fn next_deadline(&self) -> Option<Time> {
        if self.stopped {
            return None;
        }
        let send = self.rules.has_peer.then_some(self.send);
        [send, Some(self.dead), self.rounds.next()].into_iter().flatten().min()
    }

    /// What it is now.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Since when both are active, as this one knows.
    pub fn split_since(&self) -> Option<Time> {
        self.split.since()
    }

    fn hear(&mut self, word: Word, now: Time) -> Vec<Action> {
        if !self.rules.has_peer {
            return Vec::new();
        }
        self.dead = now + self.rules.deadtime;
        self.hold.peer_is_there(true);
        match word {
            Word::Running => self.hear_running(now),
            Word::Stopped => self.hear_stopped(now),
            Word::StopMe => self.split.refuses().map(Action::Say).into_iter().collect(),
            Word::Hold | Word::Held => Vec::new(),
        }
    }

    fn hear_running(&mut self, now: Time) -> Vec<Action> {
        self.hold.peer_runs(now);
        if self.role == Role::Standby {
            return self.split.ends("the peer is").map(Action::Say).into_iter().collect();
        }
        let mut actions = Vec::new();
        actions.extend(self.split.begins(self.rules.is_master, now).map(Action::Say));
        if self.rules.is_master {
            let endures = self.split.endures(now, self.rules.deadtime);
            actions.extend(endures.map(Action::Say));
            actions.extend(self.announce(now));
        } else {
            actions.extend(self.send(Word::Running, now));
            actions.push(warn("partner active: deactivating LVS"));
            actions.push(self.become_standby());
        }
        actions
    }

    fn hear_stopped(&mut self, now: Time) -> Vec<Action> {
        if self.role == Role::Active {
            let Some(over) = self.split.ends("this one is") else {
                return Vec::new();
            };
            // the peer has told the neighbours something else until now
            self.rounds.begin(now);
            return vec![Action::Say(over), Action::Announce];
        }
        if !self.may_serve(now) {
            return Vec::new();
        }
        self.activate(mail(format!("{} inactive: activating lvs", self.rules.peer())), now)
    }

    fn link(&mut self, links: Links, now: Time) -> Vec<Action> {
        if !self.rules.has_peer {
            return Vec::new();
        }
        let carried = self.links.carry();
        let mut actions: Vec<_> = self.links.change(links).into_iter().map(Action::Say).collect();
        if !links.carry() && self.role == Role::Active {
            actions.push(warn("local link failure: deactivating LVS"));
            actions.extend(self.give_up(now));
        }
        if !carried && links.carry() {
            // what the peer said while the cable was out could not be heard
            self.dead = now + self.rules.deadtime;
        }
        actions
    }

    fn fail(&mut self, why: String, now: Time) -> Vec<Action> {
        let active = self.role == Role::Active;
        if let Some(lines) = active.then(|| self.hold.clings(&why)).flatten() {
            return lines.into_iter().map(Action::Say).collect();
        }
        self.hold.fail(self.since, now, self.rules.deadtime);
        self.dead = now + self.rules.deadtime;
        let mut actions = vec![warn(why)];
        if self.role == Role::Active {
            actions.extend(self.give_up(now));
        }
        actions
    }

    fn force(&mut self, now: Time) -> Vec<Action> {
        self.hold.forget();
        match (self.role, self.links.carry()) {
            (Role::Active, _) => Vec::new(),
            (Role::Standby, false) => {
                vec![Action::Say(Line::logged("local link failure: not forced active").warning())]
            }
            (Role::Standby, true) => {
                self.activate(mail("Forced active on startup: activating lvs"), now)
            }
        }
    }

    fn leave(&mut self, now: Time) -> Vec<Action> {
        if self.role == Role::Standby {
            return Vec::new();
        }
        self.hold.rest(now, self.rules.deadtime);
        let mut actions = vec![mail("told to be standby: deactivating lvs")];
        actions.extend(self.give_up(now));
        actions
    }

    fn change(&mut self, rules: Part, now: Time) -> Vec<Action> {
        let news = rules != self.rules;
        self.rules = rules;
        self.send = now + rules.keepalive.min(self.send.saturating_sub(now));
        self.dead = now + rules.deadtime;
        if !rules.has_peer {
            self.links = Links::default();
            self.split = Split::default();
            self.hold.peer_is_there(false);
        }
        rules.doubt().filter(|_| news).map(Action::Say).into_iter().collect()
    }

    fn tick(&mut self, now: Time) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.rounds.is_due(now) {
            actions.extend(self.announce(now));
        }
        if self.send <= now {
            actions.extend(self.send(self.word(), now));
        }
        if self.dead <= now {
            self.dead = now + self.rules.deadtime;
            self.hold.peer_is_there(false);
            actions.extend(self.split.forget().map(Action::Say));
            if self.role == Role::Standby && self.may_serve(now) {
                actions.extend(self.activate(warn("partner dead: activating lvs"), now));
            }
        }
        actions
    }

    fn stop(&mut self) -> Vec<Action> {
        let mut actions = vec![self.become_standby()];
        if self.rules.has_peer {
            actions.push(Action::Send(Word::Stopped));
        }
        self.stopped = true;
        actions
    }

    fn may_serve(&self, now: Time) -> bool {
        self.links.carry() && !self.hold.holds(now)
    }

    fn activate(&mut self, line: Action, now: Time) -> Vec<Action> {
        self.role = Role::Active;
        self.since = now;
        self.dead = now + self.rules.deadtime;
        let mut actions = vec![line, Action::Become(Role::Active)];
        actions.extend(self.send(Word::Running, now));
        actions
    }

    /// Gives the role up, and says so at once, for the peer to take it.
    fn give_up(&mut self, now: Time) -> Vec<Action> {
        let mut actions = vec![self.become_standby()];
        actions.extend(self.send(Word::Stopped, now));
        actions
    }

    fn become_standby(&mut self) -> Action {
        self.role = Role::Standby;
        self.rounds = Rounds::default();
        Action::Become(Role::Standby)
    }

    /// A round of announcements, now or when the last one is over, and a word for the peer to yield.
    fn announce(&mut self, now: Time) -> Vec<Action> {
        if !self.rounds.ask(now) {
            return Vec::new();
        }
        let told = self.split.tells(now).then(|| say("partner active: resending arps"));
        let mut actions: Vec<_> = told.into_iter().collect();
        actions.push(Action::Announce);
        actions.extend(self.send(Word::Running, now));
        actions
    }

    fn send(&mut self, word: Word, now: Time) -> Option<Action> {
        self.send = now + self.rules.keepalive;
        self.rules.has_peer.then_some(Action::Send(word))
    }

    fn word(&self) -> Word {
        match self.role {
            Role::Active => Word::Running,
            Role::Standby => Word::Stopped,
        }
    }
}

fn say(text: impl Into<String>) -> Action {
    Action::Say(Line::logged(text))
}

fn mail(text: impl Into<String>) -> Action {
    Action::Say(Line::mailed(text))
}

fn warn(text: impl Into<String>) -> Action {
    Action::Say(Line::mailed(text).warning())
}

#[cfg(test)]
mod tests;
