//! The nanny of a real server: what is found of it becomes its place in the service, and lines of
//! the log.
//!
//! In: what a check or a load monitor found, what a signal says, the time. Out: [`Action`]s. The
//! judge and the pace of weights are the director's own.

use checkers::Outcome;

use crate::health::{Health, Judgement, Standing};
use crate::model::Time;

use super::pace::Pace;

/// What a nanny thinks of her server.
#[derive(Debug)]
pub(super) struct Machine {
    rules: Rules,
    health: Health,
    glasses: Option<Glasses>,
    pace: Option<Pace>,
}

/// What she goes by.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// The server's address and port, as the log names it.
    pub(super) server: String,
    /// Its share.
    pub(super) weight: u32,
    /// Successes in a row that let it in once it has failed; at least 1.
    pub(super) threshold: u32,
    /// A dead one stays, with weight 0.
    pub(super) quiesce: bool,
    /// Something tells its load, which may raise its weight to so many times itself.
    pub(super) load: Option<u32>,
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
        Machine { rules, health: Health::unknown(now), glasses: None, pace: None }
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
        self.pace.as_ref().and_then(Pace::next_deadline)
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
        match self.health.judge(outcome, AT_ONCE, now) {
            Judgement::Up => self.admit(now),
            Judgement::Down => {
                self.pace = None;
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
        let line = format!("[ active ] making {} available", self.rules.server);
        let pace = self.pace.insert(Pace::begin(self.rules.weight, self.rules.load, now));
        vec![Action::Say(line, None), Action::Keep(Keep::Serving(pace.weight()))]
    }

    fn away(&self) -> Action {
        Action::Keep(if self.rules.quiesce { Keep::Resting } else { Keep::Out })
    }

    fn step(&mut self, now: Time) -> Vec<Action> {
        let Some(pace) = &mut self.pace else { return Vec::new() };
        let before = pace.weight();
        let asks = pace.tick(now);
        let mut actions = Vec::new();
        if pace.weight() != before {
            actions.push(Action::Keep(Keep::Serving(pace.weight())));
        }
        if asks {
            actions.push(Action::AskLoad);
        }
        actions
    }

    fn heed(&mut self, load: Result<f64, String>) -> Vec<Action> {
        match (load, &mut self.pace) {
            (Err(why), _) => vec![Action::Say(why, None)],
            (Ok(load), Some(pace)) => {
                let before = pace.weight();
                pace.heed(load);
                let is_new = pace.weight() != before;
                is_new.then(|| Action::Keep(Keep::Serving(pace.weight()))).into_iter().collect()
            }
            (Ok(_), None) => Vec::new(),
        }
    }

    fn wear(&mut self, glasses: Option<Glasses>, now: Time) -> Vec<Action> {
        let say = |line: &str| Action::Say(line.to_owned(), None);
        self.glasses = glasses;
        match glasses {
            Some(Glasses::Opaque) => {
                self.pace = None;
                self.health = Health::unknown(now);
                vec![say("opaque glasses on"), Action::Keep(Keep::Out)]
            }
            Some(Glasses::RoseColored) => {
                self.pace = None;
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

/// Failures in a row that take a server out.
const AT_ONCE: u32 = 1;

#[cfg(test)]
mod tests;
