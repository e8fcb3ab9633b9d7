//! piranha's pulse: a primary and a backup that send heartbeats to each other, over one cable or two.
//!
//! What there is to decide is [`lvs`]'s and [`fos`]'s; here their words meet the bytes of [`wire`]. A
//! peer must not take what is still up here: STOPPED waits until the addresses are down, and until then
//! an active one goes on saying RUNNING.

mod either;
pub mod fos;

mod links;
pub mod lvs;
pub mod part;
mod split;
mod stranger;
pub mod wire;

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::action::{Action, To};
use super::line::Line;
use super::machine::{self, Input, Machine, Packet, View};
use super::path::Path;
use super::rules;
use crate::model::{Node, Role, Time};

use either::Either;
use fos::{Command, Event, Step};
use part::Part;
use stranger::Stranger;
use wire::{Heard, Service, Wire, Word};

/// What it has to know.
#[derive(Clone, PartialEq, Eq)]
pub struct Rules {
    /// Times, and which of the pair this director is.
    pub part: Part,
    /// Whose word counts; `None` where there is nobody.
    pub peer: Option<Node>,
    /// The bytes of the secret, if there is one.
    pub key: Option<Vec<u8>>,
    /// Where the failover services answer; none where the pair has virtual services.
    pub services: Vec<SocketAddr>,
    /// A number by chance, another one at each start; it stays what it was at the first.
    pub session: u128,
}

/// One of the pair.
#[derive(Debug)]
pub struct Pulse {
    rules: Rules,
    either: Either,
    wire: Wire,
    /// The last order was to hold the addresses, and whether all that was ordered is done.
    ordered: (Role, bool),
    /// What waits until the addresses are down.
    held: Option<Word>,
    /// When it last became active by a word of its peer.
    given: Option<Time>,
    /// The last word, and when.
    said: Option<(Word, Time)>,
    /// What waits until the addresses are up.
    waiting: Option<Step>,
    peer: Option<machine::Peer>,
    doubt: Option<String>,
    stranger: Stranger,
    unfit: Option<String>,
    /// A peer has been given its chance since this director is unfit.
    yielded: bool,
}

impl Rules {
    /// What the pair does.
    fn service(&self) -> Service {
        if self.services.is_empty() { Service::Lvs } else { Service::Fos }
    }

    fn is_peer(&self, address: IpAddr) -> bool {
        self.peer.is_some_and(|Node { public, private }| {
            [Some(public), private].into_iter().flatten().any(|of| address == IpAddr::V4(of))
        })
    }
}

/// Nobody reads the key in a log.
impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Rules");
        shown.field("part", &self.part).field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl Machine for Pulse {
    fn opening(&mut self, now: Time) -> Vec<Action> {
        let actions = self.either.opening(now);
        self.carry(actions, now)
    }

    fn handle(&mut self, input: Input<'_>, now: Time) -> Vec<Action> {
        match input {
            Input::Packet(packet) => self.receive(packet, now),
            Input::Settled => {
                self.ordered.1 = true;
                self.release(now)
            }
            Input::Tick => self.tick(now),
            Input::Rules(rules::Rules::Pulse(rules)) => self.change(rules, now),
            Input::Unfit(why) => {
                self.unfit = why;
                self.yielded = false;
                self.weigh(true, now)
            }
            Input::Links { public, private } => self.tell(Event::Links { public, private }, now),
            Input::Broken(why) => self.tell(Event::Broken(why), now),
            Input::Told(Role::Active) => self.tell(Event::Force, now),
            Input::Told(Role::Standby) => self.tell(Event::Leave, now),
            Input::Failing(service) => self.tell(Event::Failing(service), now),
            Input::Answers(answers) => self.tell(Event::Gateway(answers), now),
            Input::Ran(step, result) => self.tell(Event::Ran(step, result), now),
            Input::Stop => self.tell(Event::Stop, now),
            // nobody who is alive is preempted here, and nobody is asked who has an address
            Input::Synced(_)
            | Input::Rules(_)
            | Input::Probed { .. }
            | Input::Owned(_)
            | Input::Seen(..) => Vec::new(),
        }
    }

    fn next_deadline(&self) -> Option<Time> {
        [self.either.next_deadline(), self.lingers()].into_iter().flatten().min()
    }

    fn is_over(&self) -> bool {
        self.either.is_over() && self.held.is_none()
    }

    fn view(&self) -> View {
        let mut refused = self.wire.refused().counts().to_vec();
        refused.push(("of another address", self.stranger.count()));
        refused.retain(|(_, count)| *count > 0);
        View {
            split_since: self.either.split_since(),
            peer: self.peer.clone(),
            doubt: self.doubt.clone(),
            refused,
        }
    }
}

impl Pulse {
    /// A standby that waits for its peer, or for `deadtime` to be over.
    pub fn new(rules: Rules, now: Time) -> Self {
        let (part, key) = (rules.part, rules.key.as_deref());
        Pulse {
            either: Either::new(&rules, now),
            wire: Wire::new(rules.service(), part.is_master, key, rules.session),
            rules,
            ordered: (Role::Standby, false),
            held: None,
            given: None,
            said: None,
            waiting: None,
            peer: None,
            doubt: None,
            stranger: Stranger::default(),
            unfit: None,
            yielded: false,
        }
    }

    fn receive(&mut self, packet: Packet<'_>, now: Time) -> Vec<Action> {
        let Packet { from, path, bytes, .. } = packet;
        if !self.rules.is_peer(from) {
            return self.strange(from, now);
        }
        let Heard { word, line, fault, answer } = self.wire.hear(bytes, path, now);
        let mut actions = Vec::new();
        if let Some(fault) = fault {
            let said = line.map(|text| Line { level: fault.level(), ..Line::logged(text) });
            actions.extend(said.map(Action::Say));
            self.doubt = Some(fault.reason().to_owned());
        }
        actions.extend(answer.map(|answer| Action::Send(To::Path(path), answer)));
        if let Some(word) = word {
            self.note(word, now);
            let was = self.either.role();
            actions.extend(self.tell(Event::Heard(word, path), now));
            if (was, self.either.role()) == (Role::Standby, Role::Active) {
                self.given = Some(now);
            }
            actions.extend(self.weigh(false, now));
        }
        actions
    }

    /// The peer has said this.
    fn note(&mut self, word: Word, now: Time) {
        let was = self.peer.take().and_then(|peer| peer.role);
        let role = match word {
            Word::Running => Some(Role::Active),
            Word::Stopped | Word::StopMe => Some(Role::Standby),
            Word::Hold | Word::Held => was,
        };
        self.peer = Some(machine::Peer { address: None, heard: now, role, claim: None });
        self.doubt = None;
    }

    /// A heartbeat, or so, of somebody who is not the peer: a wrong address in one of the two files
    /// looks like that, and ends in two that are active.
    fn strange(&mut self, from: IpAddr, now: Time) -> Vec<Action> {
        let Some(Node { public, .. }) = self.rules.peer else { return Vec::new() };
        if !self.hears_peer(now) {
            self.doubt = Some(format!("they come from another address, {from}"));
        }
        let part = self.rules.part.peer();
        let line = self.stranger.met(now).then(|| {
            let text = format!(
                "heartbeat from {from}, which is not the {part} ({public}) of this file: ignored"
            );
            Action::Say(Line::logged(text).warning())
        });
        line.into_iter().collect()
    }

    fn hears_peer(&self, now: Time) -> bool {
        let heard = self.peer.as_ref().map(|peer| peer.heard);
        heard.is_some_and(|heard| now.saturating_sub(heard) < self.rules.part.deadtime)
    }

    /// An active one that is unfit gives a peer that is there one chance to serve in its place; who is
    /// given it and is unfit as well gives it back once, and then it stays where it is.
    fn weigh(&mut self, is_news: bool, now: Time) -> Vec<Action> {
        let hears = self.hears_peer(now);
        // the word that made it active comes by the other cable as well, and may be a goodbye
        let keepalive = self.rules.part.keepalive;
        let is_there = hears && self.given.is_none_or(|given| now >= given + keepalive);
        let may = self.either.role() == Role::Active && !self.yielded && (is_news || is_there);
        let Some(why) = self.unfit.clone().filter(|_| may) else { return Vec::new() };
        self.yielded = hears;
        self.tell(Event::Broken(why), now)
    }

    fn change(&mut self, rules: Rules, now: Time) -> Vec<Action> {
        let mut actions = Vec::new();
        self.wire.change(rules.part.is_master, rules.key.as_deref());
        if rules.service() != self.either.service() {
            let text = "`service` is another one now; a restart is needed for that";
            actions.push(Action::Say(Line::logged(text).warning()));
        }
        if rules.peer != self.rules.peer {
            (self.peer, self.doubt) = (None, None);
        }
        let event = Event::Rules(rules.part, rules.services.clone());
        self.rules = rules;
        actions.extend(self.tell(event, now));
        actions
    }

    fn tick(&mut self, now: Time) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.lingers().is_some_and(|at| at <= now) {
            actions.extend(self.speak(Word::Running, now));
        }
        actions.extend(self.tell(Event::Tick, now));
        actions
    }

    /// When to say again that this director is active, though it is about to be so no more: a peer
    /// that hears nothing for deadtime would take the addresses while they are still up here.
    fn lingers(&self) -> Option<Time> {
        let (word, at) = self.said.filter(|_| self.held.is_some())?;
        (word == Word::Running).then(|| at + self.rules.part.keepalive)
    }

    fn tell(&mut self, event: Event, now: Time) -> Vec<Action> {
        let actions = self.either.handle(event, now);
        self.carry(actions, now)
    }

    fn carry(&mut self, said: Vec<fos::Action>, now: Time) -> Vec<Action> {
        let mut actions = Vec::new();
        for action in said {
            match action {
                fos::Action::Send(word) => {
                    self.held = Some(word);
                    actions.extend(self.release(now));
                }
                fos::Action::Become(role) => {
                    self.ordered = (role, false);
                    actions.push(Action::Become(role));
                }
                fos::Action::Announce => {
                    self.ordered.1 = false;
                    actions.push(Action::Announce);
                }
                fos::Action::Run(step) => {
                    self.waiting = Some(step);
                    actions.extend(self.release(now));
                }
                fos::Action::Monitor(on) => actions.push(Action::Monitor(on)),
                fos::Action::AskGateway => actions.push(Action::Ping(None)),
                fos::Action::Adopt => actions.push(Action::Adopt),
                fos::Action::Say(line) => actions.push(Action::Say(line)),
            }
        }
        actions
    }

    /// What has waited long enough: no service is started before its address is there, and nobody is
    /// told that this director is not active while anything is up.
    fn release(&mut self, now: Time) -> Vec<Action> {
        let (role, is_settled) = self.ordered;
        let may_run = |step: &mut Step| is_settled || step.command == Command::Stop;
        let mut actions: Vec<_> =
            self.waiting.take_if(may_run).map(Action::Run).into_iter().collect();
        if (role == Role::Active || is_settled)
            && let Some(word) = self.held.take()
        {
            actions.extend(self.speak(word, now));
        }
        actions
    }

    fn speak(&mut self, word: Word, now: Time) -> Vec<Action> {
        self.said = Some((word, now));
        let paths = [Path::Public, Path::Private].into_iter().zip(self.wire.say(word));
        paths.map(|(path, bytes)| Action::Send(To::Path(path), bytes)).collect()
    }
}

#[cfg(test)]
mod tests;
