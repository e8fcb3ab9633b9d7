//! A primary and a backup as pulse has them.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::play;
use super::random::Random;
use super::site::{Bounds, Site};
use crate::failover::machine::Machine;
use crate::failover::pulse::part::Part;
use crate::failover::pulse::{self, Pulse};
use crate::failover::rules::Rules;
use crate::model::{Node, Time};

#[test]
fn one_holds_the_addresses() {
    play::lawful("pulse", &["failures"], |random| Box::new(Pair::new(random)));
}

struct Pair {
    keepalive: u64,
    deadtime: u64,
    key: Option<Vec<u8>>,
}

impl Pair {
    fn new(random: &mut Random) -> Self {
        let keepalive = random.one_of(&[100, 1000, 2000]);
        let deadtime = keepalive * random.one_of(&[2, 3, 5]);
        let key = random.once_in(40).then(|| b"a secret".to_vec());
        Pair { keepalive, deadtime, key }
    }

    fn rules(&self, number: usize, session: u128) -> pulse::Rules {
        let public = Ipv4Addr::new(192, 0, 2, if number == 0 { 2 } else { 1 });
        pulse::Rules {
            part: Part {
                keepalive: Duration::from_millis(self.keepalive),
                deadtime: Duration::from_millis(self.deadtime),
                is_master: number == 0,
                has_peer: true,
            },
            peer: Some(Node { public, private: None }),
            key: self.key.clone(),
            services: Vec::new(),
            session,
        }
    }
}

impl Site for Pair {
    fn directors(&self) -> usize {
        2
    }

    fn machine(&self, number: usize, _: u64, random: &mut Random) -> Box<dyn Machine> {
        let session = u128::from(random.next()) << 64;
        Box::new(Pulse::new(self.rules(number, session), Time::ZERO))
    }

    fn rules(&self, number: usize, _: &mut Random) -> Rules {
        Rules::Pulse(self.rules(number, 0))
    }

    fn bounds(&self) -> Bounds {
        let (keepalive, deadtime) = (1000 * self.keepalive, 1000 * self.deadtime);
        Bounds {
            pace: keepalive,
            // who is told last learns it with the next heartbeat
            double: keepalive,
            dead: deadtime + keepalive,
            // told to be standby, or failed twice in a row
            back: 3 * deadtime,
            patience: 0,
            goodbye: 0,
            busy: 8,
        }
    }
}
