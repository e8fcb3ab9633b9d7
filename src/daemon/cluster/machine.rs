//! The machine of a pair, whatever the pair does: pulse's, or that of failover services, which has
//! all the words of the other and more.

use std::net::SocketAddr;

use crate::failover::fos::{Action, Event, Fos, Rules};
use crate::failover::pulse::{self, Pulse};
use crate::model::{Cluster, Time};

/// One of both machines.
#[derive(Debug)]
pub(super) enum Machine {
    /// Virtual services.
    Lvs {
        /// The machine.
        pulse: Pulse,
        /// It was told to stop, and has nothing to wait for then.
        is_over: bool,
    },
    /// Services on the director itself.
    Fos(Box<Fos>),
}

impl Machine {
    /// That of a pair.
    pub(super) fn new(cluster: &Cluster, rules: Rules) -> Self {
        match cluster.failovers.is_empty() {
            true => Machine::Lvs { pulse: Pulse::new(rules, Time::ZERO), is_over: false },
            false => Machine::Fos(Box::new(Fos::new(rules, targets(cluster), Time::ZERO))),
        }
    }

    /// What is to be done first.
    pub(super) fn opening(&mut self, now: Time) -> Vec<Action> {
        match self {
            Machine::Lvs { pulse, .. } => widened(pulse.opening()),
            Machine::Fos(fos) => fos.opening(now),
        }
    }

    /// Tells the machine what happened, and when.
    pub(super) fn handle(&mut self, event: Event, now: Time) -> Vec<Action> {
        match self {
            Machine::Fos(fos) => fos.handle(event, now),
            Machine::Lvs { is_over: true, .. } => Vec::new(),
            Machine::Lvs { pulse, is_over } => {
                *is_over = event == Event::Stop;
                narrowed(event).map_or_else(Vec::new, |event| widened(pulse.handle(event, now)))
            }
        }
    }

    /// When a tick is due, if nothing else happens before.
    pub(super) fn next_deadline(&self) -> Option<Time> {
        match self {
            Machine::Lvs { pulse, .. } => pulse.next_deadline(),
            Machine::Fos(fos) => fos.next_deadline(),
        }
    }

    /// Since when both of the pair are active.
    pub(super) fn split_since(&self) -> Option<Time> {
        match self {
            Machine::Lvs { pulse, .. } => pulse.split_since(),
            Machine::Fos(fos) => fos.split_since(),
        }
    }

    /// Whether it was told to stop, and all is done that was to be done before.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Machine::Lvs { is_over, .. } => *is_over,
            Machine::Fos(fos) => fos.is_over(),
        }
    }
}

/// Where the failover services of a pair answer.
pub(super) fn targets(cluster: &Cluster) -> Vec<SocketAddr> {
    cluster.failovers.iter().map(|service| service.target).collect()
}

/// What is an event to pulse's machine as well.
fn narrowed(event: Event) -> Option<pulse::Event> {
    Some(match event {
        Event::Heard(word, _) => pulse::Event::Heard(word),
        Event::Links { public, private } => pulse::Event::Links { public, private },
        Event::Broken(why) => pulse::Event::Broken(why),
        Event::Force => pulse::Event::Force,
        Event::Rules(rules, _) => pulse::Event::Rules(rules),
        Event::Tick => pulse::Event::Tick,
        Event::Stop => pulse::Event::Stop,
        Event::Failing(_) | Event::Gateway(_) | Event::Ran(..) => return None,
    })
}

fn widened(actions: Vec<pulse::Action>) -> Vec<Action> {
    let widened = |action| match action {
        pulse::Action::Send(word) => Action::Send(word),
        pulse::Action::Become(role) => Action::Become(role),
        pulse::Action::Announce => Action::Announce,
        pulse::Action::Say(line) => Action::Say(line),
    };
    actions.into_iter().map(widened).collect()
}
