//! Directors that agree by CARP.

use std::net::Ipv4Addr;
use std::num::NonZeroU8;
use std::path::PathBuf;

use super::play;
use super::random::Random;
use super::site::{Bounds, Site};
use crate::failover::carp;
use crate::failover::machine::Machine;
use crate::failover::rules::Rules;
use crate::model::protocol::Carp;
use crate::model::{Secret, Time};

#[test]
fn one_holds_the_addresses() {
    play::lawful("carp", &["failures"], |random| Box::new(Hosts::new(random)));
}

pub(super) struct Hosts(Vec<carp::Rules>);

impl Hosts {
    fn new(random: &mut Random) -> Self {
        let count = 2 + random.below(2);
        let advbase = random.one_of(&[0, 1, 1, 2]);
        let preempt = random.one_of(&[Some(true), Some(false), None]);
        let dead_ratio = random.one_of(&[2, 3, 3, 4]);
        let multicast = random.once_in(2);
        let rules = (0..count).map(|number| {
            let advskew = match advbase {
                0 => random.one_of(&[40, 50, 80, 100]),
                _ => random.one_of(&[0, 0, 1, 50, 100, 100, 200, 254]),
            };
            let mut rules = rules(number as u8 + 1, advskew);
            rules.carp.preempt = preempt.unwrap_or_else(|| random.once_in(2));
            (rules.carp.advbase, rules.carp.dead_ratio) = (advbase, dead_ratio);
            rules.carp.multicast = multicast;
            rules
        });
        Hosts(rules.collect())
    }

    /// Two of these skews, which preempt.
    pub(super) fn two(skews: &[u8; 2]) -> Self {
        Hosts(skews.iter().zip(1..).map(|(skew, last)| rules(last, *skew)).collect())
    }

    /// The interval and the dead time of each, in microseconds.
    fn times(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter().map(|carp::Rules { carp, .. }| {
            let (base, skew) = (u64::from(carp.advbase), u64::from(carp.advskew) * 1_000_000 / 256);
            let ratio = u64::from(carp.dead_ratio);
            let interval = base * 1_000_000 + skew;
            (interval, if base == 0 { skew * ratio } else { base * 1_000_000 * ratio + skew })
        })
    }
}

impl Site for Hosts {
    fn directors(&self) -> usize {
        self.0.len()
    }

    fn machine(&self, number: usize, _: u64, random: &mut Random) -> Box<dyn Machine> {
        let chance = random.next();
        Box::new(carp::Carp::new(carp::Rules { chance, ..self.0[number].clone() }, Time::ZERO))
    }

    fn rules(&self, number: usize, _: &mut Random) -> Rules {
        Rules::Carp(self.0[number].clone())
    }

    fn bounds(&self) -> Bounds {
        let pace = self.times().map(|(interval, _)| interval).min().unwrap();
        let ratio = u64::from(self.0[0].carp.dead_ratio);
        let base = u64::from(self.0[0].carp.advbase);
        // one that is unfit has the skew 240, or more
        let skew = 254 * 1_000_000 / 256;
        let slowest = base * 1_000_000 + skew;
        let dead = if base == 0 { skew * ratio } else { base * 1_000_000 * ratio + skew };
        Bounds { pace, double: slowest, dead, back: 2 * dead, patience: 0, goodbye: 0, busy: 8 }
    }

    /// Who advertises most often, where all preempt, if it is fit.
    fn best(&self, able: &[(usize, bool)]) -> Option<usize> {
        let interval = |(number, _): &(usize, bool)| self.times().nth(*number).unwrap().0;
        let fit: Vec<_> = able.iter().filter(|(_, unfit)| !unfit).collect();
        let least = fit.iter().map(|one| interval(one)).min()?;
        let mut best = fit.iter().filter(|one| interval(one) == least);
        let (best, other) = (best.next()?, best.next());
        let all_preempt = self.0.iter().all(|rules| rules.carp.preempt);
        (all_preempt && other.is_none()).then_some(best.0)
    }
}

fn rules(last: u8, advskew: u8) -> carp::Rules {
    carp::Rules {
        carp: Carp {
            interface: "eth0".parse().unwrap(),
            source: None,
            group: Ipv4Addr::new(224, 0, 0, 18),
            multicast: true,
            vhid: NonZeroU8::new(42).unwrap(),
            advbase: 1,
            advskew,
            dead_ratio: 3,
            preempt: true,
            neutral: false,
            secret: Secret::Stored(PathBuf::from("/etc/secret")),
            signed: vec![Ipv4Addr::new(192, 0, 2, 99).into()],
        },
        source: Ipv4Addr::new(192, 0, 2, last),
        mac: [2, 0, 0, 0, 0, last],
        key: b"a secret".to_vec(),
        chance: 0,
    }
}
