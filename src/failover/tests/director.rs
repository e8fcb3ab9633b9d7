//! One director of the simulation: its process, its cable, and what it holds.

use super::random::Random;
use crate::failover::machine::Machine;
use crate::model::Role;

pub(super) struct Director {
    /// Nobody where it is down.
    pub(super) machine: Option<Box<dyn Machine>>,
    /// Counts its starts: what an earlier one ordered is not told to a later one.
    pub(super) life: u64,
    /// When its clock was 0.
    pub(super) born: u64,
    /// Its process does not run before.
    pub(super) sleeps: Option<u64>,
    /// Without a cable it gives the addresses up.
    watches_cables: bool,
    /// Its cable carries.
    pub(super) cable: bool,
    /// Nothing that it sends arrives, or nothing reaches it.
    pub(super) mute: bool,
    pub(super) deaf: bool,
    pub(super) unfit: bool,
    pub(super) unsynced: bool,
    /// It was told that it cannot serve, in this life.
    pub(super) broke: bool,
    /// It may stand back for a while.
    pub(super) stands_back: bool,
    /// It was told its role, or another file: who is best may be another one.
    pub(super) swayed: bool,
    /// The services on it answer.
    pub(super) serves: bool,
    /// Counts what it has asked.
    pub(super) asked: u64,
    pub(super) changeover: Changeover,
    /// Ticks and packets since the laws looked last.
    pub(super) ticks: u64,
    pub(super) packets: u64,
    /// Ticks in a row that left a deadline in the past.
    pub(super) late: u64,
}

impl Director {
    pub(super) fn down(watches_cables: bool) -> Self {
        Director {
            machine: None,
            watches_cables,
            life: 0,
            born: 0,
            sleeps: None,
            cable: true,
            mute: false,
            deaf: false,
            unfit: false,
            unsynced: false,
            broke: false,
            stands_back: false,
            swayed: false,
            serves: true,
            asked: 0,
            changeover: Changeover::default(),
            ticks: 0,
            packets: 0,
            late: 0,
        }
    }

    /// When it is to be told the time, on everybody's clock.
    pub(super) fn deadline(&self) -> Option<u64> {
        let deadline = self.machine.as_ref()?.next_deadline()?;
        let deadline = u64::try_from(deadline.as_nanos().div_ceil(1000)).unwrap();
        Some((self.born + deadline).max(self.sleeps.unwrap_or(0)))
    }

    /// It has the addresses, where others can see it.
    pub(super) fn is_holder(&self) -> bool {
        self.changeover.holds && (self.cable || self.watches_cables)
    }

    /// Its process runs, and its cable carries.
    pub(super) fn is_able(&self) -> bool {
        self.machine.is_some() && self.cable
    }
}

/// What carries an order out: a command, then the addresses; a newer order is seen between both.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Changeover {
    /// It has the addresses.
    pub(super) holds: bool,
    /// The latest order, and its number.
    ordered: Option<Role>,
    number: u64,
    /// What is carried out.
    doing: Option<Doing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Doing {
    role: Role,
    number: u64,
    /// Its command has ended.
    ran: bool,
}

/// How long it all takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pains {
    /// A command.
    pub(super) command: u64,
    /// Addresses.
    pub(super) addresses: u64,
}

/// What became of a step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Another one, so much later.
    Step(u64),
    /// All that was ordered is done.
    Settled,
    /// Its command has failed; it may have taken the addresses all the same.
    Failed,
}

impl Changeover {
    /// A new order; how long its first step takes, if none is under way.
    pub(super) fn order(&mut self, role: Role, pains: Pains, random: &mut Random) -> Option<u64> {
        self.ordered = Some(role);
        self.number += 1;
        self.doing.is_none().then(|| self.begin(role, pains, random))
    }

    /// The neighbours are told again.
    pub(super) fn announce(&mut self, pains: Pains, random: &mut Random) -> Option<u64> {
        self.ordered.and_then(|role| self.order(role, pains, random))
    }

    pub(super) fn step(&mut self, pains: Pains, fails: bool, random: &mut Random) -> Next {
        let (doing, ordered) = (self.doing.unwrap(), self.ordered.unwrap());
        if doing.role == Role::Active && ordered == Role::Standby && !doing.ran {
            return Next::Step(self.begin(Role::Standby, pains, random));
        }
        if !doing.ran {
            self.doing = Some(Doing { ran: true, ..doing });
            return Next::Step(1 + random.below(pains.addresses));
        }
        if fails && doing.role == Role::Active && doing.number == self.number {
            self.holds |= random.once_in(2);
            self.doing = None;
            return Next::Failed;
        }
        self.holds = doing.role == Role::Active;
        if doing.number != self.number {
            return Next::Step(self.begin(ordered, pains, random));
        }
        self.doing = None;
        Next::Settled
    }

    /// Nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.doing.is_none()
    }

    /// The power is gone, or who was to do it.
    pub(super) fn end(&mut self, holds: bool) {
        *self = Changeover { holds: self.holds && holds, ..Changeover::default() };
    }

    fn begin(&mut self, role: Role, pains: Pains, random: &mut Random) -> u64 {
        // what it holds already takes no command
        let ran = role == Role::Active && self.holds;
        self.doing = Some(Doing { role, number: self.number, ran });
        1 + random.below(if ran { pains.addresses } else { pains.command })
    }
}
