//! The simplest protocol, right and wrong: that the laws see what is wrong is to be seen, too.

use std::net::Ipv4Addr;

use super::play;
use super::random::Random;
use super::site::{Bounds, Site};
use crate::failover::action::{Action, To};
use crate::failover::external;
use crate::failover::machine::{Input, Machine, View};
use crate::failover::rules::Rules;
use crate::model::{Role, Time};

#[test]
fn the_laws_see_what_is_wrong() {
    use Fault::{Chatty, Hasty, None, Restless, Rude, Stubborn, Timid};
    let play = |fault| play::seeds("toy", 300, move |_| Box::new(Toys(fault)));
    let figures = play(None).unwrap_or_else(|why| panic!("{why}"));
    if play::replayed().is_some() {
        return;
    }
    assert!(figures.least(&["failures"]).1 > 30, "{figures:?}");
    for (fault, seen) in [
        (Stubborn, "both hold the addresses for too long"),
        (Timid, "nobody holds the addresses for too long"),
        (Hasty, "both hold the addresses after an order"),
        (Rude, "nobody holds the addresses soon after a goodbye"),
        (Restless, "has a deadline in the past for ever"),
        (Chatty, "packets in"),
    ] {
        let why = play(fault).expect_err("it is wrong");
        assert!(why.contains(seen), "{fault:?}: {why}");
    }
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// It yields to nobody.
    Stubborn,
    /// It never takes over.
    Timid,
    /// It says goodbye before it has let the addresses go.
    Hasty,
    /// It says nothing at its end.
    Rude,
    /// Its deadline is always now.
    Restless,
    /// It answers all that it hears.
    Chatty,
}

pub(super) struct Toys(pub(super) Fault);

impl Site for Toys {
    fn directors(&self) -> usize {
        3
    }

    fn machine(&self, number: usize, _: u64, _: &mut Random) -> Box<dyn Machine> {
        let rank = 10 - number as u8;
        Box::new(Toy {
            fault: self.0,
            rank,
            role: Role::Standby,
            due: 3 * PACE,
            end: None,
            carries: true,
        })
    }

    fn rules(&self, _: usize, _: &mut Random) -> Rules {
        Rules::External(external::Rules)
    }

    fn bounds(&self) -> Bounds {
        let pace = PACE.as_micros() as u64;
        Bounds {
            pace,
            double: pace,
            dead: 5 * pace,
            back: 3 * pace,
            patience: 0,
            goodbye: pace,
            busy: 4,
        }
    }

    fn best(&self, able: &[(usize, bool)]) -> Option<usize> {
        able.iter().map(|(number, _)| *number).min()
    }
}

#[derive(Debug)]
struct Toy {
    fault: Fault,
    rank: u8,
    role: Role,
    due: Time,
    carries: bool,
    /// It is to stop, and whether it is over.
    end: Option<bool>,
}

impl Toy {
    fn become_(&mut self, role: Role, now: Time) -> Action {
        self.role = role;
        self.due = now + if role == Role::Active { PACE } else { self.patience() };
        Action::Become(role)
    }

    fn patience(&self) -> Time {
        3 * PACE + PACE / u32::from(self.rank)
    }

    fn say(&self, rank: u8) -> Action {
        Action::Send(To::Host(Ipv4Addr::new(224, 0, 0, 18).into()), vec![rank])
    }

    fn hear(&mut self, rank: u8, now: Time) -> Vec<Action> {
        if self.fault == Fault::Chatty && rank > 0 {
            return vec![self.say(1)];
        }
        match (rank, self.role) {
            (0, Role::Standby) => self.due = now + PACE / u32::from(self.rank),
            (rank, Role::Standby) if rank > self.rank => self.due = now + self.patience(),
            (rank, Role::Active) if rank > self.rank && self.fault != Fault::Stubborn => {
                return vec![self.become_(Role::Standby, now)];
            }
            _ => {}
        }
        Vec::new()
    }

    fn tick(&mut self, now: Time) -> Vec<Action> {
        if now < self.due || self.fault == Fault::Timid {
            self.due = self.due.max(now + PACE);
            return Vec::new();
        }
        if now > self.due + 3 * PACE && self.role == Role::Active {
            return vec![self.become_(Role::Standby, now)];
        }
        let takes_over = self.role == Role::Standby;
        let active = self.become_(Role::Active, now);
        takes_over.then_some(active).into_iter().chain([self.say(self.rank)]).collect()
    }

    fn stop(&mut self, now: Time) -> Vec<Action> {
        self.end = Some(false);
        let mut actions = vec![self.become_(Role::Standby, now)];
        if self.fault == Fault::Hasty {
            actions.push(self.say(0));
        }
        actions
    }
}

impl Machine for Toy {
    fn opening(&mut self, _: Time) -> Vec<Action> {
        vec![Action::Become(Role::Standby)]
    }

    fn handle(&mut self, input: Input<'_>, now: Time) -> Vec<Action> {
        match (input, self.end) {
            (Input::Settled, Some(false)) => {
                self.end = Some(true);
                let silent = [Fault::Rude, Fault::Hasty].contains(&self.fault);
                if silent { Vec::new() } else { vec![self.say(0)] }
            }
            (_, Some(_)) => Vec::new(),
            (Input::Packet(_), None) if !self.carries => Vec::new(),
            (Input::Packet(packet), None) => self.hear(packet.bytes[0], now),
            (Input::Tick, None) => self.tick(now),
            (Input::Stop, None) => self.stop(now),
            (Input::Links { public: false, .. }, None) => {
                (self.carries, self.due) = (false, Time::from_secs(1 << 20));
                let active = self.role == Role::Active;
                self.role = Role::Standby;
                active.then_some(Action::Become(Role::Standby)).into_iter().collect()
            }
            (Input::Links { .. }, None) => {
                self.carries = true;
                if self.role == Role::Standby {
                    self.due = now + self.patience();
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn next_deadline(&self) -> Option<Time> {
        if self.end.is_some() {
            return None;
        }
        Some(if self.fault == Fault::Restless { Time::ZERO } else { self.due })
    }

    fn is_over(&self) -> bool {
        self.end == Some(true)
    }

    fn view(&self) -> View {
        View::default()
    }
}

const PACE: Time = Time::from_millis(100);
