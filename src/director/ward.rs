//! One virtual service in the director's care: its reals' health, and who serves.

mod maintenance;
mod news;
mod weights;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use checkers::{Check, Outcome};
use ipvs::Destination;

use crate::health::{Busy, Duty, Health, Judgement, Pace, Standing};
use crate::model::{Real, RealId, Role, ServiceId, Time, Virtual};
use crate::plan::{self, Entry};

use super::{FallbackSnapshot, Hook, RealSnapshot, VirtualSnapshot, Word};

/// A virtual service, the health of each of its reals, and who serves while none is known to be up.
#[derive(Debug)]
pub(super) struct Ward {
    r#virtual: Arc<Virtual>,
    reals: BTreeMap<SocketAddr, Health>,
    /// The weights that move.
    paces: BTreeMap<SocketAddr, Pace>,
    /// How busy those are that tell.
    busy: BTreeMap<SocketAddr, Result<Busy, String>>,
    fallback_serves: bool,
    /// Destinations that are no longer configured and serve until the first real that is passes.
    leaving: Vec<Destination>,
    /// Quiesced reals that somebody took out of the table.
    left_out: BTreeSet<SocketAddr>,
    /// What its command is to be told as things stand; `None` as long as that is not known.
    word: Option<Word>,
    /// What its command was told last.
    said: Option<Word>,
}

impl Ward {
    /// A service of whose reals nothing is known.
    pub(super) fn new(r#virtual: &Arc<Virtual>, now: Time) -> Self {
        Ward::with(r#virtual, |_| Health::unknown(now))
    }

    /// A service as the kernel holds it, perhaps after an earlier life of this daemon.
    pub(super) fn adopt(r#virtual: &Arc<Virtual>, found: Option<&Entry>, now: Time) -> Self {
        let Some(found) = found else { return Ward::new(r#virtual, now) };
        let stand_in = r#virtual.fallback_on_the_wire();
        let mut ward = Ward::with(r#virtual, |real| {
            let at = real.on_the_wire(r#virtual.service.id);
            match found.destinations.get(&at) {
                None => Health::unknown(now),
                Some(d) if d.weight == real.weight.get() && d.forwarding == real.forwarding => {
                    Health::found(Standing::Up, "found serving in the kernel", now)
                }
                // the fallback, it seems: that says nothing about the real of the same address
                Some(d) if d.weight > 0 && stand_in == Some(at) => Health::unknown(now),
                Some(d) if d.weight > 0 => {
                    Health::found(Standing::Up, "found serving in the kernel", now)
                }
                Some(_) => Health::found(Standing::Down, "found quiesced in the kernel", now),
            }
        });
        let serves = |at| found.destinations.get(&at).is_some_and(|d| d.weight > 0);
        ward.fallback_serves = stand_in.is_some_and(serves);
        ward.leaving = ward.strangers(found);
        ward.adopt_weights(found, now);
        ward
    }

    /// The service after a reload: what is known of a real stays known.
    pub(super) fn renewed(
        mut self,
        r#virtual: &Arc<Virtual>,
        entry: Option<&Entry>,
        now: Time,
    ) -> Self {
        let known = &mut self.reals;
        let mut ward = Ward::with(r#virtual, |real| {
            known.remove(&real.address).unwrap_or_else(|| Health::unknown(now))
        });
        ward.renew_weights(&mut self);
        ward.fallback_serves = self.fallback_serves;
        ward.left_out = self.left_out;
        ward.word = self.word;
        ward.said = self
            .said
            .filter(|_| ward.r#virtual.fallback_command == self.r#virtual.fallback_command);
        ward.leaving = entry.map(|entry| ward.strangers(entry)).unwrap_or_default();
        ward
    }

    fn with(r#virtual: &Arc<Virtual>, mut health: impl FnMut(&Real) -> Health) -> Self {
        let reals = r#virtual.reals.iter().map(|real| (real.address, health(real))).collect();
        let r#virtual = Arc::clone(r#virtual);
        Ward {
            r#virtual,
            reals,
            paces: BTreeMap::new(),
            busy: BTreeMap::new(),
            fallback_serves: false,
            leaving: Vec::new(),
            left_out: BTreeSet::new(),
            word: None,
            said: None,
        }
    }

    /// Those who serve in an entry and are neither a real of this service nor its fallback.
    fn strangers(&self, entry: &Entry) -> Vec<Destination> {
        let wire = |real: &Real| real.on_the_wire(self.id());
        let mut known: BTreeSet<SocketAddr> = self.r#virtual.reals.iter().map(wire).collect();
        known.extend(self.r#virtual.fallback_on_the_wire());
        let serving = entry.destinations.values().filter(|d| d.weight > 0);
        serving.filter(|d| !known.contains(&d.address)).cloned().collect()
    }

    /// The same, if every real that is yet to be checked passed.
    pub(super) fn hopeful(mut self) -> Self {
        let open: Vec<SocketAddr> = self.unknown().map(|real| real.address).collect();
        for real in open {
            if let Some(health) = self.reals.get_mut(&real) {
                health.standing = Standing::Up;
            }
        }
        self
    }

    /// Judges an outcome; `None` for a real that is unknown, or not to be checked, or not now.
    pub(super) fn judge(
        &mut self,
        real: &SocketAddr,
        outcome: &Outcome,
        role: Role,
        now: Time,
    ) -> Option<Judgement> {
        let asked = |r: &&Real| r.address == *real && *r.check != Check::Off;
        self.r#virtual.reals.iter().find(asked).filter(|_| !self.rests(real))?;
        let health = self.reals.get_mut(real)?;
        let judgement = health.judge(outcome, &self.r#virtual.check, now);
        if judgement == Judgement::Up {
            self.admit(real, role, now);
        }
        Some(judgement)
    }

    /// What the kernel should hold. The fallback serves while no real does; with `patient`, and
    /// reals that are yet to be checked, it stays as it is, for they may be up in a moment.
    pub(super) fn want(&mut self, patient: bool) -> Entry {
        let up = self.reals.values().any(|health| health.standing == Standing::Up);
        let open = self.unknown().next().is_some();
        if up || !open {
            self.leaving.clear();
        }
        self.keep_left_out();
        let served = up || !self.leaving.is_empty();
        let forsaken = !(served || open && patient);
        self.fallback_serves = !served && self.fallback_serves || forsaken;
        self.word = match (up, forsaken) {
            (true, _) => Some(Word::Stop),
            (false, true) => Some(Word::Start),
            (false, false) => self.word,
        };
        plan::want(
            &self.r#virtual,
            |real| self.counted(real),
            |real| self.weight(real),
            &self.leaving,
            self.fallback_serves,
        )
    }

    /// The command to be run because of what [`Ward::want`] saw, if it was told something else last.
    /// With `patient`, its first word waits for the first checks: what was found in the kernel may
    /// have changed while nobody looked.
    pub(super) fn word(&mut self, patient: bool) -> Option<Hook> {
        let mut healths = self.reals.values();
        let seen_up = healths.any(|health| health.checked && health.standing == Standing::Up);
        if self.said.is_none() && patient && !seen_up && self.unchecked().next().is_some() {
            return None;
        }
        let word = self.word.filter(|word| self.said != Some(*word))?;
        let hook = self.hook(word)?;
        self.said = Some(word);
        Some(hook)
    }

    /// The command to be run at the end, if it is to know of it: of the service, or, if there is a
    /// new configuration of it, of its command.
    pub(super) fn last_word(&self, next: Option<&Virtual>) -> Option<Hook> {
        let asked = self.r#virtual.fallback_command_stop && self.said == Some(Word::Start);
        let stays =
            next.is_some_and(|next| next.fallback_command == self.r#virtual.fallback_command);
        if asked && !stays { self.hook(Word::Stop) } else { None }
    }

    /// The command to be run because the peer serves from now on, if it is to know of that.
    pub(super) fn retire(&mut self) -> Option<Hook> {
        let hook = self.last_word(None)?;
        self.said = Some(hook.word);
        Some(hook)
    }

    /// Forgets how its reals are, but for who is never asked, or rests.
    pub(super) fn forget(&mut self, now: Time) {
        let asked: Vec<SocketAddr> = self.asked().map(|real| real.address).collect();
        for real in asked {
            self.reals.insert(real, Health::unknown(now));
        }
        for health in self.reals.values_mut() {
            health.before = Standing::Unknown;
        }
        self.fallback_serves = false;
        self.leaving.clear();
    }

    fn hook(&self, word: Word) -> Option<Hook> {
        let command = self.r#virtual.fallback_command.clone()?;
        Some(Hook { service: self.id(), command, word })
    }

    /// The questions to be asked of its reals.
    pub(super) fn duties(&self) -> impl Iterator<Item = Duty> {
        let working = self.r#virtual.reals.iter().filter(|real| !self.rests(&real.address));
        working.map(|real| Duty {
            real: RealId { service: self.id(), address: real.address },
            check: real.check.clone(),
            target: real.target,
            combined: real.combined.clone(),
            policy: self.r#virtual.check,
            since: self.health(&real.address).map_or(Time::ZERO, |health| health.asked_since),
            monitor: real.monitor.clone(),
            load: self.r#virtual.load.clone().map(Arc::new),
        })
    }

    /// How it stands, given its entry in the table.
    pub(super) fn snapshot(&self, entry: Option<&Entry>) -> VirtualSnapshot {
        let weight = |at| entry.and_then(|e| e.destinations.get(&at)).map(|d| d.weight);
        let real = |real: &Real| {
            let on_the_wire = real.on_the_wire(self.id());
            let health = self.health(&real.address)?.clone();
            let is_up = health.standing == Standing::Up;
            Some(RealSnapshot {
                real: real.clone(),
                health,
                on_the_wire,
                weight: weight(on_the_wire),
                starts: self.starts(&real.address),
                busy: self.busy.get(&real.address).filter(|_| is_up).cloned(),
            })
        };
        let fallback = self
            .r#virtual
            .fallback_on_the_wire()
            .map(|address| FallbackSnapshot { address, serves: self.fallback_serves });
        VirtualSnapshot {
            r#virtual: Arc::clone(&self.r#virtual),
            reals: self.r#virtual.reals.iter().filter_map(real).collect(),
            fallback,
        }
    }

    /// Its identity.
    pub(super) fn id(&self) -> ServiceId {
        self.r#virtual.service.id
    }

    /// Failures in a row that take one of its reals out.
    pub(super) fn failure_count(&self) -> u32 {
        self.r#virtual.check.failure_count
    }

    /// Whether it goes when the daemon stops.
    pub(super) fn cleanstop(&self) -> bool {
        self.r#virtual.cleanstop
    }

    /// Whether this real is one of its own.
    pub(super) fn has(&self, real: &SocketAddr) -> bool {
        self.reals.contains_key(real)
    }

    /// A real's health.
    pub(super) fn health(&self, real: &SocketAddr) -> Option<&Health> {
        self.reals.get(real)
    }

    /// Reals whose first check is yet to end.
    pub(super) fn unchecked(&self) -> impl Iterator<Item = RealId> {
        let open = |real: &&Real| self.health(&real.address).is_some_and(|h| !h.checked);
        let id = |real: &Real| RealId { service: self.id(), address: real.address };
        self.asked().filter(open).map(id)
    }

    /// How those of its reals stand that are not left alone for ever.
    pub(super) fn judged(&self) -> impl Iterator<Item = Standing> {
        let standing = |real: &Real| self.standing(&real.address);
        let standings = self.r#virtual.reals.iter().filter_map(standing);
        standings.filter(|standing| *standing != Standing::Unknown)
    }

    /// Reals that are down, with how often to be reminded of them.
    pub(super) fn down(&self) -> impl Iterator<Item = (RealId, Time)> {
        let every = self.r#virtual.alert.remind;
        let down = |(_, health): &(&SocketAddr, &Health)| health.is_down();
        let id = |address: &SocketAddr| RealId { service: self.id(), address: *address };
        let down = self.reals.iter().filter(down);
        down.filter_map(move |(address, _)| every.map(|every| (id(address), every)))
    }

    /// Reals that are asked and of which nothing is known.
    pub(super) fn unknown(&self) -> impl Iterator<Item = &Real> {
        self.asked().filter(|real| self.standing(&real.address) == Some(Standing::Unknown))
    }

    /// The reals that are checked, now and at all.
    fn asked(&self) -> impl Iterator<Item = &Real> {
        let asked = |real: &&Real| *real.check != Check::Off && !self.rests(&real.address);
        self.r#virtual.reals.iter().filter(asked)
    }

    fn standing(&self, real: &SocketAddr) -> Option<Standing> {
        self.health(real).map(|health| health.standing)
    }
}
