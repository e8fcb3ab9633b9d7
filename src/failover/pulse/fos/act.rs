//! What the machine does about its role: start, stop, hand over, one command after the other.

use std::net::SocketAddr;

use super::steps::{Command, Step, Steps};
use super::{Action, Doubt, Fos, Line, Phase, Word, say, warn};
use crate::failover::rounds::Rounds;
use crate::model::{Role, Time};

impl Fos {
    pub(super) fn may_serve(&self, now: Time) -> bool {
        let free = matches!(self.doubt, Doubt::None | Doubt::Taking);
        let rests = self.phase == Phase::Resting && !self.stopping;
        self.links.carry() && !self.hold.holds(now) && free && rests
    }

    /// It is active and is not about to be so no more.
    pub(super) fn serves(&self) -> bool {
        self.held && self.phase != Phase::Stopping
    }

    pub(super) fn activate(&mut self, line: Action, now: Time) -> Vec<Action> {
        self.held = true;
        self.since = now;
        self.doubt = Doubt::None;
        self.overdue = false;
        self.dead = now + self.rules.deadtime;
        self.phase = Phase::Starting;
        self.steps.start_all();
        let mut actions = vec![line];
        actions.extend(self.monitor(false));
        actions.push(Action::Become(Role::Active));
        actions.extend(self.send(Word::Running, now));
        actions.push(say("Stopping local services (if any)"));
        actions.extend(self.go_on(now));
        actions
    }

    /// Stops what was started; the addresses are kept until all is.
    pub(super) fn give_up(&mut self, now: Time) -> Vec<Action> {
        if self.phase == Phase::Stopping {
            return Vec::new();
        }
        self.phase = Phase::Stopping;
        self.rounds = Rounds::default();
        self.steps.stop_started();
        self.go_on(now)
    }

    pub(super) fn broken(&mut self, why: String, now: Time) -> Vec<Action> {
        match self.held.then(|| self.hold.clings(&why)).flatten() {
            Some(lines) => lines.into_iter().map(Action::Say).collect(),
            None => self.fail(why, now),
        }
    }

    fn fail(&mut self, why: String, now: Time) -> Vec<Action> {
        self.hold.fail(self.since, now, self.rules.deadtime);
        self.dead = now + self.rules.deadtime;
        let mut actions = vec![warn(why)];
        if self.held {
            actions.extend(self.give_up(now));
        }
        actions
    }

    pub(super) fn ran(&mut self, step: Step, result: Result<(), String>, now: Time) -> Vec<Action> {
        let target = self.steps.target(step.service);
        let (true, Some(target)) = (self.steps.ended(step), target) else {
            return Vec::new();
        };
        let mut actions = Vec::new();
        match (step.command, result) {
            (_, Ok(())) => {}
            (Command::Stop, Err(how)) => {
                let warning = "Warning; shutdown of local service";
                let line = Line::logged(format!("{warning} {target} returned {how}"));
                actions.push(Action::Say(line.warning()));
            }
            (Command::Start, Err(_)) => {
                let line = format!("Failed to start service {target}!");
                // who is alone runs the others all the same
                if self.rules.has_peer && self.serves() {
                    actions.extend(self.fail(line, now));
                    return actions;
                }
                actions.push(warn(line));
            }
        }
        actions.extend(self.go_on(now));
        actions
    }

    /// The next command, or what comes after the last.
    pub(super) fn go_on(&mut self, now: Time) -> Vec<Action> {
        if let Some(step) = self.steps.next() {
            return vec![self.line_of(step), Action::Run(step)];
        }
        if !self.steps.are_done() {
            return Vec::new();
        }
        match self.phase {
            Phase::Stopping => self.down(now),
            Phase::Changing => {
                let mut actions = self.adopt();
                self.phase = Phase::Starting;
                self.steps.start_all();
                actions.extend(self.go_on(now));
                actions
            }
            Phase::Starting => {
                self.phase = Phase::Resting;
                self.settle(now)
            }
            Phase::Resting => Vec::new(),
        }
    }

    /// All is stopped.
    fn down(&mut self, now: Time) -> Vec<Action> {
        self.phase = Phase::Resting;
        let mut actions = Vec::new();
        if self.stopping {
            return self.goodbye(now);
        }
        if self.held {
            self.held = false;
            actions.push(Action::Become(Role::Standby));
            actions.extend(self.send(Word::Stopped, now));
        }
        actions.extend(self.settle(now));
        actions
    }

    pub(super) fn goodbye(&mut self, now: Time) -> Vec<Action> {
        self.held = false;
        let mut actions = vec![Action::Become(Role::Standby)];
        actions.extend(self.send(Word::Stopped, now));
        actions
    }

    /// What waited for the last command.
    pub(super) fn settle(&mut self, now: Time) -> Vec<Action> {
        if self.phase != Phase::Resting || self.stopping {
            return Vec::new();
        }
        let new = self.next.as_deref().is_some_and(|next| next != self.steps.targets());
        if self.held && self.next.is_some() {
            if !new {
                return self.adopt();
            }
            self.phase = Phase::Changing;
            self.steps.stop_started();
            return self.go_on(now);
        }
        let mut actions = Vec::new();
        if self.next.is_some() {
            actions.extend(self.monitor(false));
            actions.extend(self.adopt());
        }
        if self.held {
            return actions;
        }
        if self.overdue && self.may_serve(now) {
            actions.extend(self.activate(warn("partner dead: activating failover services"), now));
        } else if self.doubt == Doubt::None {
            actions.extend(self.monitor(self.rules.has_peer));
        }
        actions
    }

    fn adopt(&mut self) -> Vec<Action> {
        let Some(next) = self.next.take() else { return Vec::new() };
        let started = self.held && next == self.steps.targets();
        if !started {
            self.steps = Steps::new(next);
        }
        vec![Action::Adopt]
    }

    pub(super) fn monitor(&mut self, on: bool) -> Vec<Action> {
        if std::mem::replace(&mut self.monitoring, on) == on {
            return Vec::new();
        }
        let line = on.then(|| say("Starting Failover Service Monitors"));
        line.into_iter().chain([Action::Monitor(on)]).collect()
    }

    /// A round of announcements, now or when the last one is over, and a word for the peer to yield.
    pub(super) fn announce(&mut self, now: Time) -> Vec<Action> {
        if !self.rounds.ask(now) {
            return Vec::new();
        }
        let told = self.split.tells(now).then(|| say("partner active"));
        let mut actions: Vec<_> = told.into_iter().collect();
        actions.push(Action::Announce);
        actions.extend(self.send(Word::Running, now));
        actions
    }

    pub(super) fn send(&mut self, word: Word, now: Time) -> Option<Action> {
        self.send = now + self.rules.keepalive;
        self.rules.has_peer.then_some(Action::Send(word))
    }

    pub(super) fn word(&self) -> Word {
        match (self.held, self.doubt) {
            (true, _) => Word::Running,
            (false, Doubt::Taking) => Word::StopMe,
            (false, _) => Word::Stopped,
        }
    }

    fn line_of(&self, step: Step) -> Action {
        let target = self.steps.target(step.service).map_or_else(String::new, show);
        match step.command {
            Command::Start => say(format!("Starting local service {target} ...")),
            Command::Stop => say(format!("Shutting down local service {target} ")),
        }
    }
}

fn show(target: SocketAddr) -> String {
    target.to_string()
}
