//! What adverts change.

use std::net::IpAddr;
use std::time::Duration;

use super::advert::{self, Advert};
use super::refusal::Refusal;
use super::{Heard, Phase, Vrrp, ear, words};
use crate::failover::action::Action;
use crate::failover::line::Line;
use crate::failover::machine::Packet;
use crate::failover::spells::QUIET;
use crate::model::protocol::VrrpVersion;
use crate::model::{Role, Time};

impl Vrrp {
    /// A packet has come in.
    pub(super) fn hear(&mut self, packet: &Packet<'_>, now: Time) {
        match ear::listen(packet, &self.rules, &mut self.stamps, now) {
            Ok(advert) => self.believe(&advert, packet.from, now),
            Err(refusal) => {
                let is_said = matches!(refusal, Refusal::Vrid(_)) && self.overhear(packet, now);
                if refusal.is_doubtful() {
                    self.doubt = Some(format!("{}, from {}", refusal.reason(), packet.from));
                }
                if self.refused.begins(refusal.reason(), QUIET, now) && !is_said {
                    let text = format!("{}, from {}", refusal.text(), packet.from);
                    let line = Line { level: refusal.level(), ..Line::logged(text) };
                    self.out.push(Action::Say(line));
                }
            }
        }
    }

    /// Another virtual router is no concern of this one, unless it has an address of this one's.
    fn overhear(&mut self, packet: &Packet<'_>, now: Time) -> bool {
        let (from, own) = (packet.from, self.rules.vrrp.vrid);
        let is_own = from == self.rules.source || from.is_ipv4() != self.rules.source.is_ipv4();
        if is_own || !packet.to.is_multicast() || packet.hops != u8::MAX {
            return false;
        }
        let Some(address) = words::shared(&self.named, packet.bytes, from) else { return false };
        let id = packet.bytes.get(1).copied().unwrap_or_default();
        let text = format!("{from} advertises {address} under id {id}, and the id here is {own}");
        if self.events.begins("other id", QUIET, now) {
            let text = format!("{text}: two hold it; is `id` the same in all files?");
            self.out.push(Action::Say(Line::logged(text).error()));
        }
        self.doubt = Some(text);
        true
    }

    fn believe(&mut self, advert: &Advert<'_>, from: IpAddr, now: Time) {
        self.doubt = None;
        self.heard = Some(Heard { from, at: now, priority: advert.priority });
        if !advert::agree(&self.named, advert.named, from)
            && self.events.begins("named", QUIET, now)
        {
            self.warn(words::names(&self.named, advert.named, from));
        }
        match self.phase {
            Phase::Backup(down) => self.follow(advert, from, down, now),
            Phase::Master(_) | Phase::Leaving(Some(_)) => self.contend(advert, from, now),
            Phase::Leaving(None) | Phase::Fault => {}
        }
    }

    /// Another is master, or goes.
    fn follow(&mut self, advert: &Advert<'_>, from: IpAddr, down: Time, now: Time) {
        let declines = advert.priority > 0 && self.declines(advert.priority, from);
        if advert.priority == 0 {
            let interval = self.learnt.unwrap_or(self.rules.interval());
            self.phase = Phase::Backup(down.min(now + self.rules.skew(interval, self.priority)));
            self.event("Backup received priority 0 advertisement", now, str::to_owned);
        } else if advert.priority >= self.priority {
            self.yields(advert.priority, from, now);
            if self.lesser.take().is_some() && !self.rules.vrrp.preempt_delay.is_zero() {
                self.event("stop preempt delay", now, str::to_owned);
            }
            self.stay(advert, now);
        } else if self.preempts(declines, now) {
            let theirs = advert.priority;
            self.event("received lower priority", now, |words| {
                format!("{words} ({theirs}) advert from {from} - discarding")
            });
        } else {
            self.stay(advert, now);
        }
    }

    /// Whether a master has less priority than it had: it is less fit, and says so.
    fn declines(&mut self, priority: u8, from: IpAddr) -> bool {
        let best = self.best.filter(|(master, best)| *master == from && *best > priority);
        self.best = best.or(Some((from, priority)));
        best.is_some()
    }

    /// Whether it takes the place of a master of less priority, which is heard now.
    fn preempts(&mut self, declines: bool, now: Time) -> bool {
        let delay = self.rules.vrrp.preempt_delay;
        let first = self.lesser.is_none();
        let since = *self.lesser.get_or_insert(now);
        if first && !delay.is_zero() && self.rules.vrrp.preempt {
            let seconds = delay.as_secs_f64();
            self.event("start preempt delay", now, |words| format!("{words} ({seconds:.6})"));
        }
        let may = declines || self.rules.vrrp.preempt && now >= since + delay;
        may && self.synced && !self.stands_back
    }

    /// Waits for the silence of the master that is heard.
    fn stay(&mut self, advert: &Advert<'_>, now: Time) {
        if advert.version == VrrpVersion::V3 {
            let was = self.learnt.replace(advert.interval).unwrap_or(self.rules.interval());
            let is = advert.interval;
            if is != was {
                self.event("advertisement interval updated", now, |words| {
                    format!("{words} from {}ms to {}ms by master", was.as_millis(), is.as_millis())
                });
            }
        }
        self.phase = Phase::Backup(now + self.dead());
    }

    /// Another is master as well, or goes.
    fn contend(&mut self, advert: &Advert<'_>, from: IpAddr, now: Time) {
        if advert.priority == 0 {
            self.answer(now);
            self.event("Master received priority 0 message", now, str::to_owned);
            self.alone(now);
            return;
        }
        if let Phase::Master(_) = self.phase
            && now >= self.since + self.rules.interval()
        {
            self.yields(advert.priority, from, now);
        }
        if (advert.priority, from) > (self.priority, self.rules.source) {
            self.give_way(advert, from, now);
        } else {
            self.insist(advert, from, now);
        }
    }

    fn give_way(&mut self, advert: &Advert<'_>, from: IpAddr, now: Time) {
        let text = words::better(advert.priority, self.priority, from);
        if let Phase::Leaving(_) = self.phase {
            // it takes the addresses, and needs no goodbye
            self.phase = Phase::Leaving(None);
            return;
        }
        // the other one tells the neighbours again when it hears this; they may have been told otherwise
        self.send(self.priority, now);
        self.lesser = None;
        self.order(Role::Standby, vec![Line::logged(text)]);
        self.stay(advert, now);
        let over = self.rival.ends(Some(from));
        self.out.extend(over.map(Action::Say));
    }

    /// The other one is to hear at once whose place it is.
    fn insist(&mut self, advert: &Advert<'_>, from: IpAddr, now: Time) {
        self.answer(now);
        if let Phase::Leaving(_) = self.phase {
            return;
        }
        let text = words::worse(advert.priority, self.priority, from);
        if now < self.since + self.rules.interval() {
            // it has not heard of this one yet
            return self.event("lower priority", now, |_| text);
        }
        let dead = self.rules.dead(advert.interval.max(self.rules.interval()), self.priority);
        let (line, tells) = self.rival.is_heard((self.since, dead), now, &text);
        self.out.extend(line.map(Action::Say));
        if tells {
            self.announce();
        }
    }

    /// Advertises at once, not with every packet of a flood.
    fn answer(&mut self, now: Time) {
        if self.said.is_none_or(|said| now.saturating_sub(said) >= SHORTEST) {
            self.advertise(now);
        }
    }

    /// It is the only master that is heard.
    pub(super) fn alone(&mut self, now: Time) {
        if self.rival.until().is_none() {
            return;
        }
        let over = self.rival.ends(None);
        self.out.extend(over.map(Action::Say));
        // the other has told the neighbours something else until now
        if matches!(self.phase, Phase::Master(_)) && self.rival.corrects(now) {
            self.announce();
        }
    }
}

/// Who hears lesser ones all the time does not answer more often than that.
const SHORTEST: Duration = Duration::from_millis(10);
