//! Machines as vqalive has them: no words between them, only the services and ARP.

use std::time::Duration;

use super::play;
use super::random::Random;
use super::service::ADDRESS;
use super::site::{Bounds, Site};
use crate::failover::machine::Machine;
use crate::failover::rules::Rules;
use crate::failover::vqalive;
use crate::model::Time;
use crate::model::protocol::{Vqalive, VqaliveConflict, VqaliveMode};

#[test]
fn one_holds_the_addresses() {
    play::lawful("vqalive", &["doubled"], |random| Box::new(Machines::new(random)));
}

struct Machines {
    count: usize,
    vqalive: Vqalive,
}

impl Machines {
    fn new(random: &mut Random) -> Self {
        let interval = random.one_of(&[1000, 2000, 5000]);
        let conflict = [VqaliveConflict::Warn, VqaliveConflict::Warn, VqaliveConflict::Strict];
        let vqalive = Vqalive {
            addresses: vec![ADDRESS.into()],
            ports: vec![80],
            interval: Duration::from_millis(interval),
            timeout: Duration::from_millis(random.one_of(&[interval / 2, interval])),
            fails: random.one_of(&[1, 2, 3]),
            mode: random.one_of(&[VqaliveMode::All, VqaliveMode::Address, VqaliveMode::Any]),
            banner: None,
            start_delay: None,
            conflict: random.one_of(&conflict),
            own_fails: random.one_of(&[0, 0, 2]),
            witness: random.once_in(2).then(|| "192.0.2.254".parse().unwrap()),
            announcements: random.one_of(&[0, 1, 5]),
            drop_hold: Duration::from_millis(9 * interval),
            promote_timeout: Duration::from_secs(30),
            demote_timeout: Duration::from_secs(30),
        };
        Machines { count: 2 + usize::from(random.once_in(4)), vqalive }
    }

    fn rules(&self, chance: u16) -> vqalive::Rules {
        vqalive::Rules { vqalive: self.vqalive.clone(), chance }
    }
}

impl Site for Machines {
    fn directors(&self) -> usize {
        self.count
    }

    fn machine(&self, _: usize, _: u64, random: &mut Random) -> Box<dyn Machine> {
        let chance = random.below(1000) as u16;
        Box::new(vqalive::Vqalive::new(self.rules(chance), Time::ZERO))
    }

    fn rules(&self, _: usize, random: &mut Random) -> Rules {
        Rules::Vqalive(self.rules(random.below(1000) as u16))
    }

    fn bounds(&self) -> Bounds {
        let Vqalive { interval, timeout, fails, drop_hold, .. } = &self.vqalive;
        let [interval, timeout, hold] =
            [interval, timeout, drop_hold].map(|of| of.as_micros() as u64);
        let fails = u64::from(*fails);
        // a round, and the question who has the addresses
        let round = interval.max(timeout) + SEEK;
        Bounds {
            pace: interval,
            // it is looked for in one round, and made sure of in the next
            double: 3 * round + timeout,
            // one that is unfit needs twice as many rounds, and at a start it waits for two
            dead: (2 * fails + 3) * round,
            // it doubles with each failure in a row
            back: hold.max(16 * fails * interval),
            patience: 0,
            // there is none: what is dead is dead
            goodbye: (2 * fails + 3) * round,
            busy: 16,
        }
    }

    fn watches_cables(&self) -> bool {
        false
    }

    fn scripts_fail(&self) -> bool {
        true
    }
}

const SEEK: u64 = 1_000_000;
