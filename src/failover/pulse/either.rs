//! What a pair does, whatever it is: virtual services, or failover services, whose machine has all
//! the words of the other and more.

use super::Rules;
use super::fos::{Action, Event, Fos};
use super::lvs::{self, Lvs};
use super::wire::Service;
use crate::model::{Role, Time};

/// One of both machines.
#[derive(Debug)]
pub(super) enum Either {
    /// Virtual services.
    Lvs {
        /// The machine.
        lvs: Lvs,
        /// It was told to stop, and has nothing to wait for then.
        is_over: bool,
    },
    /// Services on the director itself.
    Fos(Box<Fos>),
}

impl Either {
    /// That of these rules.
    pub(super) fn new(rules: &Rules, now: Time) -> Self {
        match rules.service() {
            Service::Lvs => Either::Lvs { lvs: Lvs::new(rules.part, now), is_over: false },
            Service::Fos => {
                Either::Fos(Box::new(Fos::new(rules.part, rules.services.clone(), now)))
            }
        }
    }

    /// Which it is.
    pub(super) fn service(&self) -> Service {
        match self {
            Either::Lvs { .. } => Service::Lvs,
            Either::Fos(_) => Service::Fos,
        }
    }

    /// What is to be done first.
    pub(super) fn opening(&mut self, now: Time) -> Vec<Action> {
        match self {
            Either::Lvs { lvs, .. } => widened(lvs.opening()),
            Either::Fos(fos) => fos.opening(now),
        }
    }

    /// Tells the machine what happened, and when.
    pub(super) fn handle(&mut self, event: Event, now: Time) -> Vec<Action> {
        match self {
            Either::Fos(fos) => fos.handle(event, now),
            Either::Lvs { is_over: true, .. } => Vec::new(),
            Either::Lvs { lvs, is_over } => {
                *is_over = event == Event::Stop;
                narrowed(event).map_or_else(Vec::new, |event| widened(lvs.handle(event, now)))
            }
        }
    }

    /// When a tick is due, if nothing else happens before.
    pub(super) fn next_deadline(&self) -> Option<Time> {
        match self {
            Either::Lvs { lvs, .. } => lvs.next_deadline(),
            Either::Fos(fos) => fos.next_deadline(),
        }
    }

    /// What it is now.
    pub(super) fn role(&self) -> Role {
        match self {
            Either::Lvs { lvs, .. } => lvs.role(),
            Either::Fos(fos) => fos.role(),
        }
    }

    /// Since when both of the pair are active.
    pub(super) fn split_since(&self) -> Option<Time> {
        match self {
            Either::Lvs { lvs, .. } => lvs.split_since(),
            Either::Fos(fos) => fos.split_since(),
        }
    }

    /// Whether it was told to stop, and all is done that was to be done before.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Either::Lvs { is_over, .. } => *is_over,
            Either::Fos(fos) => fos.is_over(),
        }
    }
}

/// What is an event to pulse's machine as well.
fn narrowed(event: Event) -> Option<lvs::Event> {
    Some(match event {
        Event::Heard(word, _) => lvs::Event::Heard(word),
        Event::Links { public, private } => lvs::Event::Links { public, private },
        Event::Broken(why) => lvs::Event::Broken(why),
        Event::Force => lvs::Event::Force,
        Event::Leave => lvs::Event::Leave,
        Event::Rules(part, _) => lvs::Event::Rules(part),
        Event::Tick => lvs::Event::Tick,
        Event::Stop => lvs::Event::Stop,
        Event::Failing(_) | Event::Gateway(_) | Event::Ran(..) => return None,
    })
}

fn widened(actions: Vec<lvs::Action>) -> Vec<Action> {
    let widened = |action| match action {
        lvs::Action::Send(word) => Action::Send(word),
        lvs::Action::Become(role) => Action::Become(role),
        lvs::Action::Announce => Action::Announce,
        lvs::Action::Say(line) => Action::Say(line),
    };
    actions.into_iter().map(widened).collect()
}
