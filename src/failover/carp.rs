//! The machine of CARP, as UCARP 1.5 has it: who advertises at the shortest interval is master.
//!
//! ```text
//!            a master is silent, goes, or is slower and this one preempts
//!          ┌──────────────────────────────────────────────────────────────▶┐
//!       Backup                                                           Master
//!          └◀── bow-out ── Leaving ◀── it is told to, is broken, or stops ─┤
//!          └◀── a master is heard that is preferred, or it was asleep ─────┘
//! ```
//! Down is neither: the interface carries nothing. Who leaves goes on advertising until its addresses
//! are down, for nobody to take them before; then it bows out, and the others need not wait.

mod advert;
mod claim;
mod counter;
mod hearing;
mod hold;
mod key;
mod refusal;
mod rival;
mod rules;
mod speech;
mod told;

use advert::BOW_OUT;
pub(super) use advert::is_advert;
use counter::Counter;
use hold::Hold;
use key::Key;
use rival::Rival;
pub use rules::Rules;

use super::action::Action;
use super::line::Line;
use super::machine::{Input, Machine, Peer, View};
use super::rules::Rules as Whose;
use super::spells::Spells;
use crate::model::{Role, Time};

/// One of the hosts that share a virtual host.
#[derive(Debug)]
pub struct Carp {
    rules: Rules,
    key: Key,
    counter: Counter,
    phase: Phase,
    /// What was ordered last is done.
    settled: bool,
    stopping: bool,
    /// What counts against it.
    unfit: Option<String>,
    synced: bool,
    hold: Hold,
    /// It was told to be active, and claims the place with the skew 0; this one is its own.
    skew: Option<u8>,
    /// When it last became master.
    since: Time,
    /// When to advertise next.
    advert: Time,
    /// When the master is dead.
    dead: Time,
    /// It has advertised since it became master.
    claimed: bool,
    /// After so many adverts the neighbours are told again.
    again: Option<u8>,
    rival: Rival,
    peer: Option<Peer>,
    doubt: Option<String>,
    refused: Spells,
    /// What is to be done, until it is handed out.
    out: Vec<Action>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Down,
    Backup,
    Master,
    Leaving,
}

impl Carp {
    /// A backup that waits for a master, or for the dead time to be over.
    pub fn new(rules: Rules, now: Time) -> Self {
        Carp {
            key: Key::new(&rules.key, rules.carp.vhid.get(), &rules.carp.signed),
            counter: Counter::new(rules.chance),
            phase: Phase::Backup,
            settled: false,
            stopping: false,
            unfit: None,
            synced: true,
            hold: Hold::default(),
            skew: None,
            since: now,
            advert: now,
            dead: now + rules.dead_time(false),
            claimed: false,
            again: None,
            rival: Rival::default(),
            peer: None,
            doubt: None,
            refused: Spells::default(),
            out: Vec::new(),
            rules,
        }
    }

    fn may_take_over(&self, now: Time) -> bool {
        !self.stopping && !self.hold.bars(now)
    }

    /// No other master counts any more, and `how` that came.
    fn part(&mut self, how: &str) {
        let over = self.rival.ends(how);
        self.out.extend(over.map(Action::Say));
    }

    fn tick(&mut self, now: Time) {
        if self.rival.is_silent(now) {
            self.part(ALONE);
        }
        if self.phase == Phase::Master && self.rival.is_due(now) {
            self.reassert(now);
        }
        match self.phase {
            Phase::Backup if self.dead <= now => self.miss(now),
            Phase::Master | Phase::Leaving if self.advert <= now => self.advertise(now),
            _ => {}
        }
    }

    /// Nothing was heard of a master.
    fn miss(&mut self, now: Time) {
        if !self.may_take_over(now) {
            return self.wait(now);
        }
        self.hold.lapse(now);
        let silence = self.rules.dead_time(self.is_unfit());
        let text = format!("no MASTER advertises, for {:.2} s", silence.as_secs_f64());
        self.take_over(&text, now);
    }

    /// Who was asleep until the others took it for dead looks first, whatever it is that wakes it.
    fn wake(&mut self, now: Time) {
        let late = now.saturating_sub(self.advert);
        let claims = matches!(self.phase, Phase::Master | Phase::Leaving);
        if !claims || late <= self.rules.dead_time(self.is_unfit()) {
            return;
        }
        if self.phase == Phase::Leaving {
            // who took over needs no bow-out
            self.phase = Phase::Backup;
            return self.wait(now);
        }
        let text = "was asleep, and another may be MASTER: going back to BACKUP state";
        let text = format!("this director {text} ({:.2} s late)", late.as_secs_f64());
        self.step_back(text, now);
        self.part(YIELDED);
    }

    /// What was ordered is done: the addresses are up, or down.
    fn settle(&mut self, now: Time) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        match self.phase {
            Phase::Master => {
                self.arp();
                if !self.claimed {
                    self.advertise(now);
                }
                self.again = Some(2);
            }
            Phase::Leaving => {
                self.send(BOW_OUT);
                self.phase = Phase::Backup;
                self.resign();
                self.wait(now);
            }
            Phase::Backup | Phase::Down => {}
        }
    }

    fn weigh(&mut self, unfit: Option<String>, now: Time) {
        let dead_time = self.rules.dead_time(self.is_unfit());
        let was = std::mem::replace(&mut self.unfit, unfit);
        let text = match (&was, &self.unfit) {
            (None, Some(why)) => {
                format!("less fit than it should be, and advertised so: {why}")
            }
            (Some(why), None) => format!("as fit as it should be again, after: {why}"),
            _ => return,
        };
        let line = Line::mailed(text);
        self.out.push(Action::Say(if self.is_unfit() { line.warning() } else { line }));
        match self.phase {
            Phase::Master if self.claimed => self.advertise(now),
            Phase::Backup => {
                // who is fitter is to be sooner
                let longer = self.dead + self.rules.dead_time(self.is_unfit());
                self.dead = longer.saturating_sub(dead_time);
            }
            _ => {}
        }
    }

    /// It cannot serve; another had better, if there is one.
    fn fail(&mut self, why: &str, now: Time) {
        if self.phase != Phase::Master {
            return self.warn(why.to_owned());
        }
        let alone = match (&self.peer, self.hold.is_in_vain(now)) {
            (Some(_), false) => return self.leave(why, now),
            (Some(_), true) => "nobody took over the last time",
            (None, _) => "nobody else was heard",
        };
        if self.hold.clings(now) {
            self.mail(format!("{why}; {alone}: staying MASTER"));
        }
    }

    /// Gives the addresses up, and says so when they are down.
    fn leave(&mut self, why: &str, now: Time) {
        if self.phase != Phase::Master {
            return;
        }
        self.hold.begin(now + self.rules.dead_time(self.is_unfit()).saturating_mul(2));
        self.phase = Phase::Leaving;
        self.part(YIELDED);
        self.order(Role::Standby, format!("{why}: going back to BACKUP state"));
    }

    fn link(&mut self, carries: bool, now: Time) {
        match (self.phase, carries) {
            (Phase::Down, true) => {
                self.mail(format!("{} carries again", self.rules.carp.interface));
                self.phase = Phase::Backup;
                self.wait(now);
            }
            (Phase::Master | Phase::Leaving | Phase::Backup, false) => {
                let text = format!("{}: {DOWN}", self.rules.carp.interface);
                self.part(YIELDED);
                match std::mem::replace(&mut self.phase, Phase::Down) {
                    Phase::Master => self.order(Role::Standby, text),
                    _ => self.mail(text),
                }
            }
            _ => {}
        }
    }

    fn change(&mut self, mut rules: Rules, now: Time) {
        let own = self.skew.unwrap_or(self.rules.carp.advskew);
        if let Some(changes) = told::changes(&self.rules, own, &rules) {
            self.out.push(Action::Say(Line::logged(changes)));
        }
        self.skew = self.skew.filter(|own| *own == rules.carp.advskew);
        if self.skew.is_some() {
            rules.carp.advskew = 0;
        }
        let key = |rules: &Rules| (rules.key.clone(), rules.carp.vhid, rules.carp.signed.clone());
        if key(&rules) != key(&self.rules) {
            self.key = Key::new(&rules.key, rules.carp.vhid.get(), &rules.carp.signed);
            self.counter.forget();
            self.peer = None;
        }
        if (&rules.carp, rules.source, &rules.key)
            != (&self.rules.carp, self.rules.source, &self.rules.key)
        {
            self.hold.forget_told();
        }
        let unfit = self.is_unfit();
        self.advert = self.advert.min(now + rules.interval(unfit));
        self.dead = now + rules.dead_time(unfit);
        let moved = (rules.mac, &rules.carp.signed) != (self.rules.mac, &self.rules.carp.signed);
        if moved && self.phase == Phase::Master {
            self.again = Some(2);
        }
        self.rules = rules;
    }

    fn stop(&mut self, now: Time) {
        self.stopping = true;
        self.leave("the director stops", now);
    }

    fn take_over(&mut self, why: &str, now: Time) {
        self.phase = Phase::Master;
        self.hold.forget_told();
        self.since = now;
        self.claimed = false;
        self.again = None;
        self.rival = Rival::default();
        self.advert = now + self.rules.interval(self.is_unfit());
        self.order(Role::Active, why.to_owned());
    }

    /// To backup at once, without a word to the others.
    fn step_back(&mut self, why: String, now: Time) {
        self.phase = Phase::Backup;
        self.order(Role::Standby, why);
        self.wait(now);
    }

    fn order(&mut self, role: Role, why: String) {
        self.switch(role);
        self.mail(why);
        self.settled = false;
        self.out.push(Action::Become(role));
    }

    fn switch(&mut self, role: Role) {
        let state = if role == Role::Active { "MASTER" } else { "BACKUP" };
        self.warn(format!("Switching to state: {state}"));
    }

    fn wait(&mut self, now: Time) {
        self.dead = now + self.rules.dead_time(self.is_unfit());
    }

    fn is_unfit(&self) -> bool {
        self.unfit.is_some()
    }

    fn warn(&mut self, text: String) {
        self.out.push(Action::Say(Line::logged(text).warning()));
    }

    fn mail(&mut self, text: String) {
        self.out.push(Action::Say(Line::mailed(text).warning()));
    }
}

impl Machine for Carp {
    fn opening(&mut self, now: Time) -> Vec<Action> {
        let [a, b, c, d, e, f] = self.rules.mac;
        let mac = format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}");
        let text = format!("Local advertised ethernet address is [{mac}]");
        self.out.push(Action::Say(Line::logged(text)));
        self.switch(Role::Standby);
        self.out.push(Action::Become(Role::Standby));
        self.wait(now);
        std::mem::take(&mut self.out)
    }

    fn handle(&mut self, input: Input<'_>, now: Time) -> Vec<Action> {
        if self.is_over() {
            return Vec::new();
        }
        self.wake(now);
        match input {
            Input::Packet(packet) => self.hear(&packet, now),
            Input::Links { public, .. } => self.link(public, now),
            Input::Unfit(why) => self.weigh(why, now),
            Input::Synced(synced) => self.synced = synced,
            Input::Settled => self.settle(now),
            Input::Broken(why) => self.fail(&why, now),
            Input::Told(Role::Active) => self.claim_it(now),
            Input::Told(Role::Standby) => self.stand_back(now),
            Input::Rules(Whose::Carp(rules)) => self.change(rules, now),
            Input::Tick => self.tick(now),
            Input::Stop => self.stop(now),
            // of other machines
            Input::Rules(_)
            | Input::Failing(_)
            | Input::Answers(_)
            | Input::Ran(..)
            | Input::Probed { .. }
            | Input::Owned(_)
            | Input::Seen(..) => {}
        }
        std::mem::take(&mut self.out)
    }

    fn next_deadline(&self) -> Option<Time> {
        let own = match self.phase {
            _ if self.is_over() => return None,
            Phase::Down => None,
            Phase::Backup => Some(self.dead),
            Phase::Master | Phase::Leaving => Some(self.advert),
        };
        own.into_iter().chain(self.rival.next()).min()
    }

    fn is_over(&self) -> bool {
        let idle = matches!(self.phase, Phase::Backup | Phase::Down);
        self.stopping && self.settled && idle
    }

    fn view(&self) -> View {
        View {
            split_since: self.rival.since(),
            peer: self.peer.clone(),
            doubt: self.doubt.clone(),
            refused: self.refused.counts(),
        }
    }
}

const ALONE: &str = "this one is the only MASTER that is heard";
const YIELDED: &str = "this one is MASTER no more";
const DOWN: &str = "the interface is down, or its cable is out";

#[cfg(test)]
mod tests;
