//! The machine of piranha's pulse 0.8.6: two directors, a heartbeat, no preemption.

mod wire;

pub use wire::Word;

use crate::model::{Role, Time};

/// What a director has to know of itself and its peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// From one heartbeat to the next; above 0.
    pub keepalive: Time,
    /// Silence after which the peer is dead; above 0.
    pub deadtime: Time,
    /// It is the primary, which stays active where both are.
    pub is_master: bool,
    /// There is a peer to be heard and told; else it is active after `deadtime`.
    pub has_peer: bool,
}

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
    /// This director cannot serve, and why; piranha's death of lvsd.
    Broken(String),
    /// The administrator, or who launched it, wants it to be active now.
    Force,
    /// The deadline of [`Pulse::next_deadline`] has come.
    Tick,
    /// The daemon is to stop.
    Stop,
}

/// Something to be done, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Tell the peer, over every path.
    Send(Word),
    /// Take or give up the addresses and the table.
    Become(Role),
    /// Tell the neighbours again where the addresses are.
    Announce,
    /// A line for the log, in pulse's words; some are for the mail as well.
    Say(Line),
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The words.
    pub text: String,
    /// Whether it is mailed, too: a change of the role, or two that are active.
    pub mailed: bool,
}

/// One of the pair.
#[derive(Debug)]
pub struct Pulse {
    rules: Rules,
    role: Role,
}

impl Pulse {
    /// A standby that waits for its peer, or for `deadtime` to be over.
    pub fn new(rules: Rules, _now: Time) -> Self {
        Pulse { rules, role: Role::Standby }
    }

    /// Tells the machine what happened, and when. Times never go backwards.
    pub fn handle(&mut self, _event: Event, _now: Time) -> Vec<Action> {
        let _ = self.rules;
        Vec::new()
    }

    /// When [`Event::Tick`] is due, if nothing else happens before.
    pub fn next_deadline(&self) -> Option<Time> {
        None
    }

    /// What it is now.
    pub fn role(&self) -> Role {
        self.role
    }
}
