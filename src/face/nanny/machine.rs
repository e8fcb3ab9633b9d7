//! The nanny of a real server: what is found of it becomes its place in the service, and lines of
//! the log.
//!
//! In: what a check or a load monitor found, what a signal says, the time. Out: [`Action`]s. The
//! judge and the pace of weights are the director's own.

use checkers::Outcome;

use crate::health::{Busy, Health, Judgement, Pace, Standing, period};
use crate::model::{Time, Virtual};

/// What a nanny thinks of her server.
#[derive(Debug)]
pub(super) struct Machine {
    rules: Rules,
    health: Health,
    glasses: Option<Glasses>,
    /// The weight of one that serves.
    pace: Option<Pace>,
    /// When its load is to be asked for.
    load_due: Option<Time>,
}

/// What she goes by.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// The server's address and port, as the log names it.
    pub(super) server: String,
    /// Its share.
    pub(super) weight: u32,
    /// How often an idle one may have that share.
    pub(super) scale: u32,
    /// How its service has it checked, let in, and taken out.
    pub(super) service: Virtual,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A check found this.
    Checked(Outcome),
    /// The load monitor said this, or why it could not.
    Load(Result<f64, String>),
    /// The operator sees the server so, whatever checks say; or as it is.
    Glasses(Option<Glasses>),
    /// A moment that the machine has asked for.
    Tick,
    /// The end, by this signal.
    Stop(i32),
}

/// How an operator sees a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glasses {
    /// Down.
    Opaque,
    /// Up.
    RoseColored,
}

/// Something to be done, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// A line for the log, and why, if there is more to say.
    Say(String, Option<String>),
    /// The server's place in the service.
    Keep(Keep),
    /// Ask the load monitor.
    AskLoad,
}

/// A server's place in a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// It serves, with this weight.
    Serving(u32),
    /// It takes no new connections.
    Resting,
    /// It is not there.
    Out,
}

impl Machine {
    /// A server of which nothing is known, and that is left as it is until something is.
    pub(super) fn new(rules: Rules, now: Time) -> Self {
        Machine { rules, health: Health::unknown(now), glasses: None, pace: None, load_due: None }
    }

    /// Tells the machine what happened, and when. Times never go backwards.
    pub(super) fn handle(&mut self, event: Event, now: Time) -> Vec<Action> {
        match event {
            Event::Checked(outcome) => self.judge(&outcome, now),
            Event::Load(load) => self.heed(load),
            Event::Glasses(glasses) => self.wear(glasses, now),
            Event::Tick => self.step(now),
            Event::Stop(signal) => self.stop(signal),
        }
    }

    /// When [`Event::Tick`] is due.
    pub(super) fn next_deadline(&self) -> Option<Time> {
        let step = self.pace.as_ref().and_then(Pace::due);
        [step, self.load_due].into_iter().flatten().min()
    }

    /// Whether checks are made at all.
    pub(super) fn checks(&self) -> bool {
        self.glasses.is_none()
    }

    fn judge(&mut self, outcome: &Outcome, now: Time) -> Vec<Action> {
        if self.glasses.is_some() {
            return Vec::new();
        }
        let has_served = self.health.standing == Standing::Up;
        match self.health.judge(outcome, &self.rules.service.check, now) {
            Judgement::Up => self.admit(now),
            Judgement::Down => {
                self.settle();
                let server = &self.rules.server;
                let line = format!("[inactive] shutting down {server} due to connection failure");
                let said = Action::Say(line, Some(outcome.message.clone()));
                let away = self.away();
                if has_served { vec![said, away] } else { vec![away] }
            }
            _ => Vec::new(),
        }
    }

    fn admit(&mut self, now: Time) -> Vec<Action> {
        let Rules { server, weight, scale, service } = &self.rules;
        let line = format!("[ active ] making {server} available");
        let mut pace = Pace::settled(*weight).scaled(*scale);
        pace.admit(*weight, service.slow_start, now);
        let serving = Keep::Serving(pace.weight());
        self.load_due = service.load.as_ref().map(|_| now + period(service.check.interval));
        self.pace = Some(pace);
        vec![Action::Say(line, None), Action::Keep(serving)]
    }

    /// Its weight moves no more.
    fn settle(&mut self) {
        (self.pace, self.load_due) = (None, None);
    }

    fn away(&self) -> Action {
        Action::Keep(if self.rules.service.quiescent { Keep::Resting } else { Keep::Out })
    }

    fn step(&mut self, now: Time) -> Vec<Action> {
        let (weight, service) = (self.rules.weight, &self.rules.service);
        let Some(pace) = &mut self.pace else { return Vec::new() };
        let before = pace.weight();
        pace.step(weight, service, now);
        let mut actions: Vec<_> = changed(pace, before).into_iter().collect();
        if self.load_due.is_some_and(|due| due <= now) {
            self.load_due = Some(now + period(service.check.interval));
            actions.push(Action::AskLoad);
        }
        actions
    }

    fn heed(&mut self, load: Result<f64, String>) -> Vec<Action> {
        match (load, &mut self.pace) {
            (Err(why), _) => vec![Action::Say(why, None)],
            (Ok(load), Some(pace)) => {
                let before = pace.weight();
                pace.weigh(self.rules.weight, Busy::Load(load));
                changed(pace, before).into_iter().collect()
            }
            (Ok(_), None) => Vec::new(),
        }
    }

    fn wear(&mut self, glasses: Option<Glasses>, now: Time) -> Vec<Action> {
        let say = |line: &str| Action::Say(line.to_owned(), None);
        self.glasses = glasses;
        match glasses {
            Some(Glasses::Opaque) => {
                self.settle();
                self.health = Health::unknown(now);
                vec![say("opaque glasses on"), Action::Keep(Keep::Out)]
            }
            Some(Glasses::RoseColored) => {
                self.settle();
                self.health = Health::found(Standing::Up, "rose-colored glasses", now);
                vec![say("rose-colored glasses on"), Action::Keep(Keep::Serving(self.rules.weight))]
            }
            None => vec![say("DEBUG -- removing glasses")],
        }
    }

    /// One that rests stays behind, with its connections.
    fn stop(&mut self, signal: i32) -> Vec<Action> {
        let said = Action::Say(format!("Terminating due to signal {signal}"), None);
        match self.health.standing {
            Standing::Up => vec![said, Action::Keep(Keep::Out)],
            _ => vec![said],
        }
    }
}

fn changed(pace: &Pace, before: u32) -> Option<Action> {
    let weight = pace.weight();
    (weight != before).then_some(Action::Keep(Keep::Serving(weight)))
}

#[cfg(test)]
mod tests;
