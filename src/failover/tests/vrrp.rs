//! Directors that agree by VRRP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU8;
use std::path::PathBuf;
use std::time::Duration;

use super::play;
use super::random::Random;
use super::site::{Bounds, Site};
use crate::failover::machine::Machine;
use crate::failover::rules::Rules;
use crate::failover::vrrp;
use crate::model::protocol::{Vrrp, VrrpAuthentication, VrrpVersion};
use crate::model::{Secret, Time};

#[test]
fn one_holds_the_addresses() {
    play::lawful("vrrp", &["failures"], |random| Box::new(Routers::new(random)));
}

pub(super) struct Routers(Vec<vrrp::Rules>);

impl Routers {
    fn new(random: &mut Random) -> Self {
        let count = 2 + random.below(2) as usize;
        let version = random.one_of(&[VrrpVersion::V2, VrrpVersion::V3, VrrpVersion::V3]);
        let over_v6 = version == VrrpVersion::V3 && random.once_in(4);
        let preempt = random.one_of(&[Some(true), Some(true), Some(false), None]);
        let pace = match version {
            VrrpVersion::V2 => 1000,
            VrrpVersion::V3 => random.one_of(&[10, 100, 1000]),
        };
        let differs = version == VrrpVersion::V3 && random.once_in(3);
        let delayed = random.once_in(4);
        let unicast = random.once_in(4);
        let authentication = match (version, random.below(20)) {
            (VrrpVersion::V2, 0..5) => VrrpAuthentication::Password(secret()),
            (_, 19) => VrrpAuthentication::Hmac(secret()),
            _ => VrrpAuthentication::None,
        };
        let rules = (0..count).map(|number| {
            let interval = if differs { pace + random.below(pace) / 10 * 10 } else { pace };
            let priority = random.one_of(&[1, 50, 99, 100, 100, 101, 200, 254, 255]);
            // of owners there is one
            let priority = if number > 0 && priority == 255 { 150 } else { priority };
            let delay = if delayed { random.below(4 * pace) } else { 0 };
            let others = (0..count).filter(|other| *other != number);
            let peers: Vec<_> = others.map(|other| address(other, over_v6)).collect();
            let mut rules = rules(number, version, over_v6, &authentication);
            rules.vrrp.peers = if unicast { peers } else { Vec::new() };
            rules.vrrp.priority = NonZeroU8::new(priority).unwrap();
            rules.vrrp.interval = Duration::from_millis(interval);
            rules.vrrp.preempt = preempt.unwrap_or_else(|| random.once_in(2));
            rules.vrrp.preempt_delay = Duration::from_millis(delay);
            rules
        });
        Routers(rules.collect())
    }
}

impl Routers {
    /// Two of each kind, of which the second has more priority; the last ones sign.
    pub(super) fn kinds() -> Vec<Self> {
        use VrrpAuthentication::{Hmac, None, Password};
        let kinds = [
            (VrrpVersion::V3, false, None),
            (VrrpVersion::V3, true, None),
            (VrrpVersion::V2, false, None),
            (VrrpVersion::V2, false, Password(secret())),
            (VrrpVersion::V3, false, Hmac(secret())),
        ];
        let two = |(version, over_v6, authentication): &(_, _, _)| {
            let two = (0..2).map(|number| {
                let mut rules = rules(number, *version, *over_v6, authentication);
                rules.vrrp.priority = NonZeroU8::new(100 + number as u8).unwrap();
                rules
            });
            Routers(two.collect())
        };
        kinds.iter().map(two).collect()
    }
}

impl Site for Routers {
    fn directors(&self) -> usize {
        self.0.len()
    }

    fn machine(&self, number: usize, now: u64, _: &mut Random) -> Box<dyn Machine> {
        let born = self.0[number].born + now / 1_000_000;
        Box::new(vrrp::Vrrp::new(vrrp::Rules { born, ..self.0[number].clone() }, Time::ZERO))
    }

    fn rules(&self, number: usize, random: &mut Random) -> Rules {
        let mut rules = self.0[number].clone();
        if random.once_in(2) {
            let priority = 1 + random.below(254) as u8;
            rules.vrrp.priority = NonZeroU8::new(priority).unwrap();
        }
        Rules::Vrrp(rules)
    }

    fn bounds(&self) -> Bounds {
        let intervals = || self.0.iter().map(|rules| rules.vrrp.interval.as_micros() as u64);
        let (pace, slowest) = (intervals().min().unwrap(), intervals().max().unwrap());
        // that of the least priority
        let skew = match self.0[0].vrrp.version {
            VrrpVersion::V2 => 1_000_000,
            VrrpVersion::V3 => slowest,
        };
        let dead = 3 * slowest + skew;
        let delay = self.0.iter().map(|rules| rules.vrrp.preempt_delay.as_micros() as u64);
        let patience = delay.max().unwrap();
        Bounds { pace, double: slowest, dead, back: 3 * dead, patience, goodbye: skew, busy: 8 }
    }

    fn address(&self, number: usize) -> IpAddr {
        address(number, self.0[0].vrrp.over_v6)
    }

    /// Who has the most priority, where all preempt.
    fn best(&self, able: &[(usize, bool)]) -> Option<usize> {
        let priority = |(number, unfit): &(usize, bool)| {
            let own = self.0[*number].vrrp.priority.get();
            if *unfit && own < 255 {
                own.saturating_sub(self.0[*number].decrement).max(1)
            } else {
                own
            }
        };
        let most = able.iter().map(priority).max()?;
        let mut best = able.iter().filter(|one| priority(one) == most);
        let (best, other) = (best.next()?, best.next());
        let all_preempt = self.0.iter().all(|rules| rules.vrrp.preempt);
        (all_preempt && other.is_none()).then_some(best.0)
    }
}

fn address(number: usize, over_v6: bool) -> IpAddr {
    let last = u8::try_from(number).unwrap() + 1;
    match over_v6 {
        true => Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, last.into()).into(),
        false => Ipv4Addr::new(192, 0, 2, last).into(),
    }
}

fn secret() -> Secret {
    Secret::Stored(PathBuf::from("/etc/secret"))
}

fn rules(
    number: usize,
    version: VrrpVersion,
    over_v6: bool,
    authentication: &VrrpAuthentication,
) -> vrrp::Rules {
    vrrp::Rules {
        vrrp: Vrrp {
            version,
            interface: "eth0".parse().unwrap(),
            source: None,
            over_v6,
            peers: Vec::new(),
            vrid: NonZeroU8::new(51).unwrap(),
            priority: NonZeroU8::new(100).unwrap(),
            interval: Duration::from_secs(1),
            preempt: true,
            preempt_delay: Duration::ZERO,
            named: vec![if over_v6 { "2001:db8::99" } else { "192.0.2.99" }.parse().unwrap()],
            accept: true,
            authentication: authentication.clone(),
        },
        source: address(number, over_v6),
        key: (*authentication != VrrpAuthentication::None).then(|| b"a secret".to_vec()),
        decrement: 100,
        born: 1_800_000_000,
    }
}
