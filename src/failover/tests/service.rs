//! What a director asks the network: the services of the addresses, ARP, and a witness.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::world::{Happening, World};
use crate::failover::machine::{Input, Owner, Sign};

/// A question that is on its way; only the answer to the last one counts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
    Services,
    Owner,
    Witness,
}

type Told = Result<(), String>;

impl World<'_> {
    /// Whether the services answer. Who reaches nobody waits until the deadline.
    pub(super) fn probe(&mut self, number: usize, timeout: Duration) {
        let answers = self.serves_for(number);
        let lasts = if answers { 2 * self.delay } else { timeout.as_micros() as u64 };
        self.ask(number, Asked::Services, lasts.min(timeout.as_micros() as u64));
    }

    /// Who has the address; the question itself is heard by others as a claim, if it is one.
    pub(super) fn seek(&mut self, number: usize, claims: bool, within: Duration) {
        if claims {
            self.tell_all(number, Sign::Claims);
        }
        self.ask(number, Asked::Owner, within.as_micros() as u64);
    }

    pub(super) fn ping(&mut self, number: usize) {
        let lasts = self.random.below(2 * self.delay);
        self.ask(number, Asked::Witness, lasts);
    }

    /// An ARP packet of who asks or announces, to everybody whom it reaches.
    pub(super) fn tell_all(&mut self, from: usize, sign: Sign) {
        self.directors[from].packets += 1;
        self.figures.packets += 1;
        for to in 0..self.directors.len() {
            if to != from && self.reaches(from, to) && self.random.below(100) >= self.loss {
                let when = self.now + 1 + self.random.below(self.delay);
                self.at(when, Happening::Seen { to, from, sign });
            } else if to != from {
                self.figures.lost += 1;
            }
        }
    }

    pub(super) fn see(&mut self, to: usize, from: usize, sign: Sign) -> Told {
        let owner = owner(to, from, self.site.address(from));
        self.tell(to, Input::Seen(owner, sign))
    }

    pub(super) fn answer(&mut self, number: usize, life: u64, ask: u64, asked: Asked) -> Told {
        let director = &self.directors[number];
        if director.life != life || director.asked != ask {
            return Ok(());
        }
        match asked {
            Asked::Witness => {
                let answers = director.cable && !director.mute && !director.deaf;
                self.tell(number, Input::Answers(answers))
            }
            Asked::Services => {
                let held =
                    if director.changeover.holds { vec![ADDRESS.into()] } else { Vec::new() };
                let answers = vec![vec![self.serves_for(number)]];
                self.tell(number, Input::Probed { held, answers })
            }
            Asked::Owner => {
                let lost = self.random.below(100) < self.loss;
                let has = |other: &usize| {
                    let holds = self.directors[*other].changeover.holds;
                    *other != number && holds && !lost && self.both_ways(number, *other)
                };
                let other = (0..self.directors.len()).find(has);
                let owner = other.map(|other| owner(number, other, self.site.address(other)));
                self.tell(number, Input::Owned(owner))
            }
        }
    }

    fn ask(&mut self, director: usize, asked: Asked, lasts: u64) {
        self.directors[director].asked += 1;
        let (life, ask) = (self.directors[director].life, self.directors[director].asked);
        self.at(self.now + 1 + lasts, Happening::Answer { director, life, ask, asked });
    }

    /// Whether a service answers a director; who has the address asks itself.
    fn serves_for(&mut self, number: usize) -> bool {
        let own = &self.directors[number];
        if own.changeover.holds {
            return own.serves;
        }
        let lost = self.random.below(100) < self.loss / 2;
        let serves = |other: &usize| {
            let director = &self.directors[*other];
            director.changeover.holds && director.serves && self.both_ways(number, *other)
        };
        !lost && (0..self.directors.len()).any(|other| serves(&other))
    }

    fn both_ways(&self, one: usize, other: usize) -> bool {
        self.reaches(one, other) && self.reaches(other, one)
    }

    pub(super) fn reaches(&self, from: usize, to: usize) -> bool {
        let (sender, receiver) = (&self.directors[from], &self.directors[to]);
        sender.cable && receiver.cable && !sender.mute && !receiver.deaf
    }
}

fn owner(of: usize, other: usize, real: IpAddr) -> Owner {
    let mac = |number: usize| [2, 0, 0, 0, 0, u8::try_from(number).unwrap() + 1];
    Owner { address: ADDRESS.into(), mac: mac(other), own: mac(of), real: Some(real) }
}

pub(super) const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 99);
