//! What a master says to others, and to the neighbours.

use std::net::IpAddr;

use super::advert::{Advert, Envelope};
use super::claim::Claim;
use super::{Carp, Phase};
use crate::failover::action::{Action, To};
use crate::failover::announcement::arp_claim;
use crate::model::Time;

impl Carp {
    /// Tells the neighbours again, once the addresses are up, and once more after two adverts.
    pub(super) fn reassert(&mut self, now: Time) {
        if self.settled && self.rival.tells(now) {
            self.arp();
            self.out.push(Action::Announce);
            self.again = Some(2);
        }
    }

    pub(super) fn advertise(&mut self, now: Time) {
        let unfit = self.is_unfit();
        self.advert = now + self.rules.interval(unfit);
        self.claimed = true;
        self.send((self.rules.carp.advbase, self.rules.skew(unfit)));
        self.again = self.again.map(|adverts| adverts.saturating_sub(1));
        if self.again == Some(0) && self.phase == Phase::Master {
            self.again = None;
            self.arp();
        }
    }

    pub(super) fn send(&mut self, (advbase, advskew): (u8, u8)) {
        let counter = self.counter.next();
        let advert = Advert {
            vhid: self.rules.carp.vhid.get(),
            advbase,
            advskew,
            demote: u8::from(self.is_unfit()),
            counter,
            digest: self.key.digest(counter),
        };
        let envelope = Envelope {
            from: self.rules.source,
            group: self.rules.carp.group,
            multicast: self.rules.carp.multicast,
            id: self.counter.chance() as u16,
        };
        self.out.push(Action::Send(To::Wire, advert.frame(&envelope)));
    }

    /// Tells the neighbours of the addresses of IPv4; who raises those of IPv6 tells of them.
    pub(super) fn arp(&mut self) {
        let mac = self.rules.mac;
        self.out.extend(self.rules.carp.signed.iter().filter_map(|address| match address {
            IpAddr::V4(address) => Some(Action::Send(To::Wire, arp_claim(*address, mac))),
            IpAddr::V6(_) => None,
        }));
    }

    pub(super) fn claim(&self) -> Claim {
        let (base, skew) = (self.rules.carp.advbase, self.rules.skew(self.is_unfit()));
        Claim::new(base, skew, u8::from(self.is_unfit()), self.rules.source)
    }
}
