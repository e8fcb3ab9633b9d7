//! The machine of failover services (piranha's `service = fos`): the active director runs them itself,
//! the standby looks at the peer's.
//!
//! One command runs at a time, and each once for a change of the role: to become active all are
//! stopped, then started, in the file's order; to give up, what was started is stopped, and only then
//! are the addresses lowered and STOPPED said. Who takes over from a peer whose service fails says
//! STOPME and starts when the peer says STOPPED or is dead, so that never two run it. Who cannot start
//! one hands over, and stands back ([`super::hold`] says how long).

mod act;
mod steps;

use std::net::SocketAddr;

use steps::Steps;
pub use steps::{Command, Step};

use super::links::Links;
use super::part::Part;
use super::split::Split;
use super::wire::Word;
use crate::failover::hold::Hold;
use crate::failover::line::Line;
use crate::failover::path::Path;
use crate::failover::rounds::Rounds;
use crate::model::{Role, Time};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The peer said this; that it was the peer has been made sure of.
    Heard(Word, Path),
    /// A monitor finds that the peer's service with this number fails.
    Failing(usize),
    /// Whether the default gateway answers: the answer to [`Action::AskGateway`].
    Gateway(bool),
    /// A command has ended: how, if not well, as `error 1`; the answer to [`Action::Run`].
    Ran(Step, Result<(), String>),
    /// Whether this director's own cables carry: the public one, and the private one if there is one.
    Links {
        /// The interface of the public address.
        public: bool,
        /// The interface of the private address.
        private: bool,
    },
    /// This director cannot serve, and why, as the log has it.
    Broken(String),
    /// The administrator, or who launched it, wants it to be active now.
    Force,
    /// They want another one to be it.
    Leave,
    /// The file has changed: the rules, and where the services answer. An active one whose services
    /// have changed stops the old ones, then starts the new ones.
    Rules(Part, Vec<SocketAddr>),
    /// The deadline of [`Fos::next_deadline`] has come. What has been received is told before.
    Tick,
    /// The daemon is to stop: it may when [`Fos::is_over`].
    Stop,
}

/// Something to be done, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Tell the peer, over every path; once what stands before it is done.
    Send(Word),
    /// Raise the addresses, or lower them.
    Become(Role),
    /// Raise what is not there, tell the neighbours where the addresses are.
    Announce,
    /// Run a command of a service, and say when it has ended; none runs at the time.
    Run(Step),
    /// Look at the peer's services from now on, or no more.
    Monitor(bool),
    /// Ping the default gateway, three times at most, and say whether it answered.
    AskGateway,
    /// From now on services have the numbers of the last [`Event::Rules`].
    Adopt,
    /// A line for the log; some are for the mail as well.
    Say(Line),
}

/// One of the pair.
#[derive(Debug)]
pub struct Fos {
    rules: Part,
    steps: Steps,
    phase: Phase,
    /// It has the addresses.
    held: bool,
    /// What a standby makes of a peer whose service fails.
    doubt: Doubt,
    monitoring: bool,
    since: Time,
    links: Links,
    hold: Hold,
    split: Split,
    rounds: Rounds,
    send: Time,
    dead: Time,
    /// The peer was dead when a step had still to end.
    overdue: bool,
    /// Since when the peer says RUNNING, if that is what it said last.
    peer_runs: Option<Time>,
    /// It was told to stop and said RUNNING.
    contested: bool,
    /// What a changed file says, until it can be had.
    next: Option<Vec<SocketAddr>>,
    stopping: bool,
}

/// What the commands are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing: no command is left.
    Resting,
    /// To be active.
    Starting,
    /// To be active no more, or to begin.
    Stopping,
    /// To have the services of a changed file.
    Changing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    None,
    /// The gateway is being asked.
    Asking,
    /// It did not answer: the fault is ours.
    Isolated,
    /// The peer has been told to stop.
    Taking,
}

impl Fos {
    /// A standby that has done nothing yet: see [`Fos::opening`].
    pub fn new(rules: Part, services: Vec<SocketAddr>, now: Time) -> Self {
        Fos {
            rules,
            steps: Steps::new(services),
            phase: Phase::Resting,
            held: false,
            doubt: Doubt::None,
            monitoring: false,
            since: now,
            links: Links::default(),
            hold: Hold::default(),
            split: Split::default(),
            rounds: Rounds::default(),
            send: now + rules.keepalive,
            dead: now + rules.deadtime,
            overdue: false,
            peer_runs: None,
            contested: false,
            next: None,
            stopping: false,
        }
    }

    /// What is to be done first: one with a peer stops all services; one without is active at once.
    pub fn opening(&mut self, now: Time) -> Vec<Action> {
        let lines = [Some(self.rules.opening()), self.rules.doubt()];
        let mut actions: Vec<_> = lines.into_iter().flatten().map(Action::Say).collect();
        actions.push(Action::Become(Role::Standby));
        if self.rules.has_peer {
            self.phase = Phase::Stopping;
            self.steps.stop_all();
            actions.extend(self.go_on(now));
        } else {
            let line = warn("Warning: FOS backup node not defined -- skipping checks");
            actions.extend(self.activate(line, now));
        }
        actions
    }

    /// Tells the machine what happened, and when. Times never go backwards.
    pub fn handle(&mut self, event: Event, now: Time) -> Vec<Action> {
        if self.is_over() {
            return Vec::new();
        }
        match event {
            Event::Heard(word, path) => self.hear(word, path, now),
            Event::Failing(service) => self.doubt_peer(service, now),
            Event::Gateway(answers) => self.judge(answers, now),
            Event::Ran(step, result) => self.ran(step, result, now),
            Event::Links { public, private } => self.link(Links { public, private }, now),
            Event::Broken(why) => self.broken(why, now),
            Event::Force => self.force(now),
            Event::Leave => self.leave(now),
            Event::Rules(rules, services) => self.change(rules, services, now),
            Event::Tick => self.tick(now),
            Event::Stop => self.stop(now),
        }
    }

    /// When [`Event::Tick`] is due, if nothing else happens before.
    pub fn next_deadline(&self) -> Option<Time> {
        if self.is_over() {
            return None;
        }
        let send = self.rules.has_peer.then_some(self.send);
        [send, Some(self.dead), self.rounds.next()].into_iter().flatten().min()
    }

    /// What it is now: active from the first command that starts it to the last that stops it.
    pub fn role(&self) -> Role {
        if self.held { Role::Active } else { Role::Standby }
    }

    /// It was told to stop, and no command of it runs any more.
    pub fn is_over(&self) -> bool {
        self.stopping && self.phase == Phase::Resting
    }

    /// Since when both are active, as this one knows.
    pub fn split_since(&self) -> Option<Time> {
        self.split.since()
    }

    fn hear(&mut self, word: Word, path: Path, now: Time) -> Vec<Action> {
        if !self.rules.has_peer {
            return Vec::new();
        }
        self.dead = now + self.rules.deadtime;
        self.overdue = false;
        self.hold.peer_is_there(true);
        let mut actions = Vec::new();
        if self.doubt == Doubt::Isolated {
            if path == Path::Private {
                return actions;
            }
            self.doubt = Doubt::None;
            actions.push(mail("Network fault seems to be fixed"));
            actions.extend(self.monitor(true));
        }
        actions.extend(match word {
            Word::StopMe if self.rules.is_master && self.serves() => {
                let line = warn("PARTNER HAS TOLD US TO GO INACTIVE!");
                [vec![line], self.give_up(now)].concat()
            }
            Word::StopMe | Word::Running => self.hear_running(word, now),
            Word::Stopped => self.hear_stopped(now),
            Word::Hold | Word::Held => Vec::new(),
        });
        actions
    }

    fn hear_running(&mut self, word: Word, now: Time) -> Vec<Action> {
        self.hold.peer_runs(now);
        self.peer_runs.get_or_insert(now);
        if self.doubt == Doubt::Taking && self.rules.is_master && word == Word::StopMe {
            // both want it: the primary lets go, as it would if it were active
            self.doubt = Doubt::None;
            let mut actions = vec![warn("PARTNER HAS TOLD US TO GO INACTIVE!")];
            actions.extend(self.send(Word::Stopped, now));
            actions.extend(self.monitor(true));
            return actions;
        }
        if self.doubt == Doubt::Taking && !std::mem::replace(&mut self.contested, true) {
            return vec![say("partner active: we want control!")];
        }
        if !self.held {
            return self.split.ends("the peer is").map(Action::Say).into_iter().collect();
        }
        if !self.serves() {
            return Vec::new();
        }
        let mut actions = Vec::new();
        actions.extend(self.split.begins(self.rules.is_master, now).map(Action::Say));
        if self.rules.is_master {
            let endures = self.split.endures(now, self.rules.deadtime);
            actions.extend(endures.map(Action::Say));
            actions.extend(self.announce(now));
        } else {
            actions.extend(self.send(Word::Running, now));
            actions.push(warn("partner active: deactivating FOS"));
            actions.extend(self.give_up(now));
        }
        actions
    }

    fn hear_stopped(&mut self, now: Time) -> Vec<Action> {
        self.peer_runs = None;
        if self.held {
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
        self.activate(mail(format!("{} inactive: activating fos", self.rules.peer())), now)
    }

    fn doubt_peer(&mut self, service: usize, now: Time) -> Vec<Action> {
        // a peer that has just begun has deadtime to start what it runs
        let runs = self.peer_runs.is_some_and(|since| now >= since + self.rules.deadtime);
        let (Some(target), true) = (self.steps.target(service), runs && self.monitoring) else {
            return Vec::new();
        };
        if !self.may_serve(now) {
            return Vec::new();
        }
        self.doubt = Doubt::Asking;
        let mut actions = vec![
            warn(format!("Monitor for service {target} exited. This is a failover condition!")),
            say("fos process exited -- checking network connectivity"),
        ];
        actions.extend(self.monitor(false));
        actions.push(Action::AskGateway);
        actions
    }

    fn judge(&mut self, answers: bool, now: Time) -> Vec<Action> {
        if self.doubt == Doubt::Isolated && answers && self.overdue {
            // the peer is not heard, but that is no fault of ours any more
            self.doubt = Doubt::None;
            return [vec![mail("Network fault seems to be fixed")], self.settle(now)].concat();
        }
        if self.doubt != Doubt::Asking {
            return Vec::new();
        }
        if !answers {
            self.doubt = Doubt::Isolated;
            return vec![
                say("remote service unavailable; gateway unavailable"),
                warn("I SEEM TO HAVE A NETWORK FAULT!"),
            ];
        }
        self.doubt = Doubt::Taking;
        self.contested = false;
        let mut actions = vec![
            say("remote service unavailable but we can see the gateway"),
            warn("seems like a remote network fault; performing service failover"),
            say("Notifying partner WE are taking control!"),
        ];
        actions.extend(self.send(Word::StopMe, now));
        actions
    }

    fn link(&mut self, links: Links, now: Time) -> Vec<Action> {
        if !self.rules.has_peer {
            return Vec::new();
        }
        let carried = self.links.carry();
        let mut actions: Vec<_> = self.links.change(links).into_iter().map(Action::Say).collect();
        if !links.carry() && self.serves() {
            actions.push(warn("local link failure: deactivating FOS"));
            actions.extend(self.give_up(now));
        }
        if !links.carry() && self.doubt == Doubt::Taking {
            self.doubt = Doubt::None;
            actions.extend(self.settle(now));
        }
        if !carried && links.carry() {
            // what the peer said while the cable was out could not be heard
            self.dead = now + self.rules.deadtime;
        }
        actions
    }

    fn force(&mut self, now: Time) -> Vec<Action> {
        self.hold.forget();
        if self.held || self.stopping {
            return Vec::new();
        }
        if !self.links.carry() {
            return vec![Action::Say(
                Line::logged("local link failure: not forced active").warning(),
            )];
        }
        self.doubt = Doubt::None;
        self.activate(mail("Forced active on startup: activating fos"), now)
    }

    fn leave(&mut self, now: Time) -> Vec<Action> {
        if !self.serves() {
            return Vec::new();
        }
        self.hold.rest(now, self.rules.deadtime);
        let mut actions = vec![mail("told to be standby: deactivating fos")];
        actions.extend(self.give_up(now));
        actions
    }

    fn change(&mut self, rules: Part, services: Vec<SocketAddr>, now: Time) -> Vec<Action> {
        let doubt = rules.doubt().filter(|_| rules != self.rules);
        self.rules = rules;
        self.send = now + rules.keepalive.min(self.send.saturating_sub(now));
        self.dead = now + rules.deadtime;
        if !rules.has_peer {
            (self.links, self.split, self.doubt) =
                (Links::default(), Split::default(), Doubt::None);
            self.hold.peer_is_there(false);
        }
        self.next = Some(services);
        let mut actions: Vec<_> = doubt.into_iter().map(Action::Say).collect();
        actions.extend(self.settle(now));
        actions
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
            self.peer_runs = None;
            self.hold.peer_is_there(false);
            actions.extend(self.split.forget().map(Action::Say));
            self.overdue = true;
            if self.doubt == Doubt::Isolated {
                actions.push(Action::AskGateway);
            }
            actions.extend(self.settle(now));
        }
        actions
    }

    fn stop(&mut self, now: Time) -> Vec<Action> {
        self.stopping = true;
        self.doubt = Doubt::None;
        let mut actions = Vec::new();
        actions.extend(self.monitor(false));
        if self.held {
            actions.extend(self.give_up(now));
        } else if self.phase == Phase::Resting {
            actions.extend(self.goodbye(now));
        }
        actions
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
