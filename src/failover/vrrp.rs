//! The machine of VRRP, versions 2 and 3 (RFC 3768, RFC 9568), as keepalived has it: who has the most
//! priority is master.
//!
//! ```text
//!            a master is silent or goes, or has less priority and this one preempts
//!          ┌──────────────────────────────────────────────────────────────────▶┐
//!       Backup                                                               Master
//!          └◀── goodbye ── Leaving ◀──────────── it is told to, or stops ──────┤
//!          └◀── a better master is heard, or it was asleep ────────────────────┘
//! ```
//! Fault is neither: the interface carries nothing. Who leaves goes on advertising until its addresses
//! are down, for nobody to take them before; then it says priority 0, and the others need not wait.

mod advert;
mod ear;
mod hear;
mod refusal;
mod rival;
mod rules;
mod stamps;
mod trailer;
mod turn;
mod words;

use std::net::IpAddr;
use std::time::Duration;

use advert::Advert;
use rival::Rival;
pub use rules::Rules;
use stamps::Stamps;

use super::action::{Action, To};
use super::hold::Hold;
use super::line::Line;
use super::machine::{Input, Machine, Peer, View};
use super::rules as machines;
use super::spells::Spells;
use crate::model::{Role, Time};

/// One of the directors that share a virtual router.
#[derive(Debug)]
pub struct Vrrp {
    rules: Rules,
    /// The addresses as its adverts name them.
    named: Vec<u8>,
    phase: Phase,
    /// Whether the interface carries.
    carries: bool,
    /// What was ordered last is done.
    settled: bool,
    stopping: bool,
    /// Its priority at the moment.
    priority: u8,
    /// What counts against it.
    unfit: Option<String>,
    /// It could not serve, and counts that against itself for a while.
    broken: Hold,
    synced: bool,
    /// It was told to stand back, and takes no living master's place until told otherwise.
    stands_back: bool,
    /// It was told to be active, and claims the place before all but the owner, while it is fit.
    claims: bool,
    /// When it last became master.
    since: Time,
    /// When it last advertised.
    said: Option<Time>,
    /// How often the master advertises, where version 3 has learnt it.
    learnt: Option<Duration>,
    /// Since when there is a master of less priority.
    lesser: Option<Time>,
    /// The master, and the most priority that it had.
    best: Option<(IpAddr, u8)>,
    rival: Rival,
    heard: Option<Heard>,
    doubt: Option<String>,
    refused: Spells,
    events: Spells,
    stamps: Stamps,
    /// What is to be done, until it is handed out.
    out: Vec<Action>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// It takes no part: the interface carries nothing, or it stops.
    Fault,
    /// It takes the master's place at this time.
    Backup(Time),
    /// It advertises at this time.
    Master(Time),
    /// Its addresses go down; until then it advertises at this time, unless another is master by now.
    Leaving(Option<Time>),
}

#[derive(Clone, Copy, Debug)]
struct Heard {
    from: IpAddr,
    at: Time,
    priority: u8,
}

impl Vrrp {
    /// A backup that waits for a master, or for the dead time to be over; the owner does not wait.
    pub fn new(rules: Rules, now: Time) -> Self {
        let mut vrrp = Vrrp {
            named: advert::named(&rules.vrrp.named, rules.source),
            phase: Phase::Fault,
            carries: true,
            settled: true,
            stopping: false,
            priority: rules.priority(true),
            unfit: None,
            broken: Hold::default(),
            synced: true,
            stands_back: false,
            claims: false,
            since: now,
            said: None,
            learnt: None,
            lesser: None,
            best: None,
            rival: Rival::default(),
            heard: None,
            doubt: None,
            refused: Spells::default(),
            events: Spells::default(),
            stamps: Stamps::new(rules.born),
            out: Vec::new(),
            rules,
        };
        vrrp.begin(now);
        vrrp
    }

    fn tick(&mut self, now: Time) {
        if self.rival.until().is_some_and(|until| until <= now) {
            self.alone(now);
        }
        match self.phase {
            Phase::Backup(down) if down <= now => {
                let why = self.why(now);
                self.take_over(&why, now);
            }
            Phase::Master(next) | Phase::Leaving(Some(next)) if next <= now => {
                self.advertise(now);
                // in step, unless that is late already
                let next = next + self.rules.interval();
                if next > now {
                    self.advertise_at(next);
                }
            }
            _ => {}
        }
    }

    /// A master that slept until the others took it for dead is none any more, as far as it knows.
    fn wake(&mut self, now: Time) {
        let (Phase::Master(next) | Phase::Leaving(Some(next))) = self.phase else { return };
        let late = now.saturating_sub(next);
        if late <= self.rules.dead(self.rules.interval(), self.priority) {
            return;
        }
        if let Phase::Leaving(_) = self.phase {
            self.phase = Phase::Leaving(None);
            return;
        }
        self.phase = Phase::Backup(now + self.dead());
        let seconds = late.as_secs_f64();
        let text =
            format!("thread timer expired: asleep for {seconds:.2} s, and another may be master");
        self.order(Role::Standby, vec![Line::logged(text).warning()]);
        let _ = self.rival.ends(None);
    }

    /// What was ordered is done: the addresses are up, or down.
    fn settle(&mut self, now: Time) {
        self.settled = true;
        let Phase::Leaving(claims) = self.phase else { return };
        self.begin(now);
        if claims.is_none() {
            return self.resign(now);
        }
        self.send(0, now);
        self.out.push(Action::Say(Line::logged("sent 0 priority")));
        if let Phase::Backup(_) = self.phase {
            self.phase = Phase::Backup(now + self.dead() * HELD);
        }
        self.resign(now);
    }

    /// Why it takes the place of a master that is not waited for any more.
    fn why(&self, now: Time) -> String {
        let lives = |heard: &Heard| now.saturating_sub(heard.at) <= self.dead();
        match self.heard {
            Some(heard) if !lives(&heard) => format!("{SILENCE}: nothing more of {}", heard.from),
            Some(Heard { from, priority: 0, .. }) => {
                format!("{from} has left: received its priority 0")
            }
            Some(Heard { from, priority, .. }) if self.lesser.is_some() => {
                format!("preempts {from}: priority {}, {from} has {priority}", self.priority)
            }
            Some(Heard { from, .. }) => format!("{SILENCE}: nothing more of {from}"),
            None => SILENCE.to_owned(),
        }
    }

    fn take_over(&mut self, why: &str, now: Time) {
        let learnt = self.learnt.take().filter(|learnt| *learnt != self.rules.interval());
        self.since = now;
        self.lesser = None;
        self.stands_back = false;
        self.rival = Rival::default();
        self.phase = Phase::Master(now);
        self.advertise(now);
        let learnt = learnt.map(|learnt| {
            let (from, to) = (learnt.as_millis(), self.rules.interval().as_millis());
            let words = "changing advert interval from";
            Line::logged(format!("{words} {from}ms to locally configured {to}ms"))
        });
        // what is said first is the reason
        let lines = [Line::logged(why)].into_iter().chain(learnt).collect();
        self.order(Role::Active, lines);
    }

    /// Gives the addresses up, and says so when they are down.
    fn leave(&mut self, why: &str) {
        let Phase::Master(next) = self.phase else { return };
        self.phase = Phase::Leaving(Some(next));
        let _ = self.rival.ends(None);
        self.order(Role::Standby, vec![Line::logged(why)]);
    }

    /// Becomes another, for the reason that the last line says.
    fn order(&mut self, role: Role, lines: Vec<Line>) {
        self.settled = false;
        self.out.extend(lines.into_iter().map(Action::Say));
        self.out.push(Action::Become(role));
        let state = words::state(self.carries, role == Role::Active);
        self.out.push(Action::Say(Line::mailed(state).warning()));
    }

    fn announce(&mut self) {
        self.settled = false;
        self.out.push(Action::Announce);
    }

    fn advertise(&mut self, now: Time) {
        self.said = Some(now);
        self.send(self.priority, now);
        self.advertise_at(now + self.rules.interval());
    }

    fn advertise_at(&mut self, next: Time) {
        match &mut self.phase {
            Phase::Master(at) | Phase::Leaving(Some(at)) => *at = next,
            _ => {}
        }
    }

    /// Sends an advert to all who are to hear it.
    fn send(&mut self, priority: u8, now: Time) {
        let source = self.rules.source;
        let advert = Advert {
            version: self.rules.vrrp.version,
            vrid: self.rules.vrrp.vrid.get(),
            priority,
            interval: self.rules.interval(),
            named: &self.named,
            authentication: self.rules.authentication(),
        };
        let group = [advert::group(source)];
        let peers = &self.rules.vrrp.peers;
        let all = if peers.is_empty() { &group[..] } else { peers };
        // the file may be that of all directors, and name this one, too
        for to in all.iter().filter(|to| **to != source) {
            let mut bytes = advert.write(source, *to);
            if self.rules.signs() {
                self.rules.signer(source).sign(&mut bytes, self.stamps.next(now));
            }
            self.out.push(Action::Send(To::Host(*to), bytes));
        }
    }

    /// How long a master is silent before this one takes its place.
    fn dead(&self) -> Time {
        self.rules.dead(self.learnt.unwrap_or(self.rules.interval()), self.priority)
    }

    /// Says what happens, not with every packet of a flood.
    fn event(&mut self, words: &'static str, now: Time, text: impl FnOnce(&str) -> String) {
        if self.events.begins(words, OFTEN, now) {
            self.out.push(Action::Say(Line::logged(text(words))));
        }
    }

    fn warn(&mut self, text: String) {
        self.out.push(Action::Say(Line::logged(text).warning()));
    }
}

impl Machine for Vrrp {
    fn opening(&mut self, _now: Time) -> Vec<Action> {
        self.settled = false;
        let line = Line::logged("Entering BACKUP STATE (init)");
        vec![Action::Become(Role::Standby), Action::Say(line)]
    }

    fn handle(&mut self, input: Input<'_>, now: Time) -> Vec<Action> {
        if self.is_over() {
            return Vec::new();
        }
        self.wake(now);
        self.refit("it has stood back for long enough", now);
        match input {
            Input::Packet(packet) => self.hear(&packet, now),
            Input::Links { public, .. } => self.link(public, now),
            Input::Unfit(why) => self.weigh(why, now),
            Input::Synced(synced) => self.sync(synced, now),
            Input::Settled => self.settle(now),
            Input::Broken(why) => self.fail(&why, now),
            Input::Told(role) => self.told(role, now),
            Input::Rules(machines::Rules::Vrrp(rules)) => self.change(rules, now),
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
        if self.is_over() {
            return None;
        }
        let own = match self.phase {
            Phase::Backup(at) | Phase::Master(at) => Some(at),
            Phase::Leaving(at) => at,
            Phase::Fault => None,
        };
        own.into_iter().chain(self.rival.until()).min()
    }

    fn is_over(&self) -> bool {
        self.stopping && self.settled && self.phase == Phase::Fault
    }

    fn view(&self) -> View {
        let peer = |heard: &Heard| Peer {
            address: Some(heard.from),
            heard: heard.at,
            role: Some(if heard.priority == 0 { Role::Standby } else { Role::Active }),
            claim: Some(format!("priority {}", heard.priority)),
        };
        View {
            split_since: self.rival.since(),
            peer: self.heard.as_ref().map(peer),
            doubt: self.doubt.clone(),
            refused: self.refused.counts(),
        }
    }
}

const SILENCE: &str = "Receive advertisement timeout";
/// From one line to the next of what happens.
const OFTEN: Duration = Duration::from_secs(1);
/// Who was told to leave waits for so many dead times for another to be master.
const HELD: u32 = 3;

#[cfg(test)]
mod tests;
