//! What becomes of a packet.

use std::net::{IpAddr, Ipv4Addr};

use super::advert::Advert;
use super::claim::Claim;
use super::refusal::Refusal;
use super::{ALONE, Carp, Phase};
use crate::failover::action::Action;
use crate::failover::machine::{Packet, Peer};
use crate::failover::spells::QUIET;
use crate::model::{Role, Time};

impl Carp {
    pub(super) fn hear(&mut self, packet: &Packet<'_>, now: Time) {
        match Refusal::open(packet, &self.rules, &self.key) {
            Ok((advert, from)) => self.believe(&advert, from, now),
            Err(refusal) => {
                if refusal.is_doubtful() {
                    self.doubt = Some(format!("{}, from {}", refusal.reason(), packet.from));
                }
                if self.refused.begins(refusal.reason(), QUIET, now) {
                    self.out.push(Action::Say(refusal.line()));
                }
            }
        }
    }

    fn believe(&mut self, advert: &Advert, from: Ipv4Addr, now: Time) {
        self.counter.heard(advert.counter);
        let theirs = Claim::of(advert, from);
        let role = if advert.is_bow_out() { Role::Standby } else { Role::Active };
        self.doubt = None;
        self.peer = Some(Peer {
            address: Some(IpAddr::V4(from)),
            heard: now,
            role: Some(role),
            claim: Some(theirs.to_string()),
        });
        match self.phase {
            Phase::Backup if advert.is_bow_out() => self.succeed(&theirs, now),
            Phase::Backup => self.follow(&theirs, now),
            Phase::Master if advert.is_bow_out() => self.outlive(now),
            Phase::Master => self.contend(&theirs, now),
            Phase::Leaving => self.make_way(&theirs, advert.is_bow_out(), now),
            Phase::Down => {}
        }
    }

    /// The master goes.
    fn succeed(&mut self, theirs: &Claim, now: Time) {
        if self.may_take_over(now) {
            let text = format!("{TIMING_OUT} ({}): {} has left", theirs.named(), theirs.from);
            self.take_over(&text, now);
        } else {
            self.wait(now);
        }
    }

    /// There is a master.
    fn follow(&mut self, theirs: &Claim, now: Time) {
        match self.objection(theirs, now) {
            Some(why) => {
                let text = format!("{why} ({}; this one: {})", theirs.named(), self.claim());
                self.take_over(&text, now);
            }
            None => {
                self.yields(theirs);
                self.hold.relieve();
                self.wait(now);
                if self.hold.bars_preemption(now) {
                    // a slow master is one as well
                    self.dead = self.dead.max(now + theirs.interval.saturating_mul(3));
                }
            }
        }
    }

    /// Why this one takes the place of a master that is alive.
    fn objection(&self, theirs: &Claim, now: Time) -> Option<&'static str> {
        let ours = self.claim();
        let dead_time = self.rules.dead_time(self.is_unfit());
        if self.stopping || !self.synced || self.hold.bars_preemption(now) {
            None
        } else if self.rules.carp.preempt && ours.is_faster(theirs) && !theirs.is_fitter(&ours) {
            Some("Putting MASTER down - preemption")
        } else if ours.is_fitter(theirs) {
            Some("Putting MASTER down - it is less fit")
        } else {
            (dead_time < theirs.interval).then_some(TIMING_OUT)
        }
    }

    /// There is another master.
    fn contend(&mut self, theirs: &Claim, now: Time) {
        let dead_time = self.rules.dead_time(false);
        if now >= self.since + self.rules.interval(false) {
            self.yields(theirs);
        }
        if theirs.is_preferred_to(&self.claim()) {
            self.advertise(now);
            self.step_back(format!("{PREFERRED} ({})", theirs.named()), now);
            self.part(&format!("this one has yielded to {}", theirs.from));
        } else if self.claimed {
            let quiet = now + theirs.interval.saturating_mul(3).max(dead_time);
            let line = self.rival.meets(theirs.from, quiet, (self.since, dead_time), now);
            self.out.extend(line.map(Action::Say));
            self.reassert(now);
        }
    }

    /// Another is master while this one goes. After a better one it says nothing more: a bow-out would
    /// call the other backups to take over from that one.
    fn make_way(&mut self, theirs: &Claim, goes: bool, now: Time) {
        self.hold.relieve();
        if !goes && theirs.is_preferred_to(&self.claim()) {
            self.phase = Phase::Backup;
            self.wait(now);
        }
    }

    /// The other master goes; its neighbours may have its card for the address still.
    fn outlive(&mut self, now: Time) {
        self.part(ALONE);
        self.reassert(now);
    }
}

const TIMING_OUT: &str = "Putting MASTER DOWN (going to time out)";
const PREFERRED: &str = "Preferred master advertised: going back to BACKUP state";
