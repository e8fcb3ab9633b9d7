//! The heartbeat's thread: hears the peer, beats, and orders roles.
//!
//! It owns the machine and its sockets, and waits for nobody: heartbeats go out in time whatever the
//! director is busy with. What it orders is carried out by the changeover; only the word that this
//! director is not active waits until its addresses are down.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tracing::{debug, error, info, warn};

use crate::daemon::services::Services;
use crate::failover::fos::{Action, Command, Event, Line, Step, Word};
use crate::failover::line::Level;
use crate::failover::wire::{Heard, Path, Wire};
use crate::kernel::links::Links;
use crate::model::{Node, Role, Time};

use super::Request;
use super::beat::{Beat, CARRIES};
use super::cables;
use super::machine::{Machine, targets};
use super::order::Order;
use super::secret::chance;
use super::setup::Setup;
use super::sockets::Sockets;

/// What the heartbeat is joined to.
pub(super) struct Joints {
    /// The pair, the latest counts.
    pub(super) setups: watch::Receiver<Arc<Setup>>,
    /// What others know that the machine is to be told.
    pub(super) events: mpsc::Receiver<Event>,
    /// The order whose addresses are up, or down.
    pub(super) settled: watch::Receiver<u64>,
    /// What is to be done.
    pub(super) orders: watch::Sender<Order>,
    /// What control is to do: mail.
    pub(super) requests: mpsc::Sender<Request>,
    /// How it beats, for people to see.
    pub(super) beat: watch::Sender<Beat>,
}

/// Starts the thread, on sockets that are there already; fails where they are not. It ends when the
/// machine has said its last word, or the sender of events is dropped. A dry run runs no command.
pub(super) fn start(joints: Joints, dry_run: bool) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let sockets = {
        let _within = runtime.enter();
        Sockets::open(&joints.setups.borrow().cables())
    };
    let (sockets, session) = match sockets.and_then(|sockets| Ok((sockets, chance()?))) {
        Ok(ready) => ready,
        Err(why) => {
            // dropped where another runtime runs it would panic
            runtime.shutdown_background();
            return Err(why);
        }
    };
    let beat = move || runtime.block_on(Heartbeat::new(joints, sockets, session, dry_run).beat());
    thread::Builder::new().name("heartbeat".to_owned()).spawn(beat)?;
    Ok(())
}

struct Heartbeat {
    joints: Joints,
    setup: Arc<Setup>,
    sockets: Sockets,
    machine: Machine,
    wire: Wire,
    born: Instant,
    /// What waits until this order's addresses are down.
    held: Option<Word>,
    /// The last word, and when.
    said: Option<(Word, Instant)>,
    /// The failover services, and what comes of them.
    services: Services,
    told: mpsc::UnboundedReceiver<Event>,
    /// What waits until this order's addresses are up.
    waiting: Option<Step>,
    /// The last line of some weight.
    news: Option<String>,
    /// This director's own cables carry, as far as they are watched.
    carries: bool,
    /// When a heartbeat of a stranger was last met.
    stranger: Option<Instant>,
}

impl Heartbeat {
    fn new(mut joints: Joints, sockets: Sockets, session: u128, dry_run: bool) -> Self {
        let setup = Arc::clone(&joints.setups.borrow_and_update());
        let machine = Machine::new(&setup.cluster, setup.rules);
        let (tell, told) = mpsc::unbounded_channel();
        let services = Services::new(setup.cluster.failovers.clone(), dry_run, tell);
        let wire = Wire::new(setup.service(), setup.rules.is_master, setup.key(), session);
        let born = Instant::now();
        if !setup.rules.has_peer {
            let because = "the director has started; alone, it is active after deadtime";
            joints.beat.send_modify(|beat| beat.because = because.to_owned());
        }
        Heartbeat {
            joints,
            setup,
            sockets,
            machine,
            wire,
            born,
            held: None,
            said: None,
            services,
            told,
            waiting: None,
            news: None,
            carries: true,
            stranger: None,
        }
    }

    async fn beat(mut self) {
        let (nodes, watched) = watch::channel(None);
        let (tell, mut carried) = mpsc::unbounded_channel();
        cables::start(watched, tell);
        nodes.send_replace(self.watched());
        for action in self.machine.opening(self.now()) {
            // the changeover begins as a standby
            if action != Action::Become(Role::Standby) {
                self.carry(vec![action]);
            }
        }
        let mut missing = Instant::now() + AGAIN;
        while !self.is_done() {
            let deadline = self.deadline();
            tokio::select! {
                // by chance: a flood of datagrams keeps nothing else waiting
                (path, datagram) = self.sockets.receive() => self.heard(path, &datagram),
                event = self.joints.events.recv() => match event {
                    Some(event) => self.handle(event),
                    None => return,
                },
                changed = self.joints.setups.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    self.follow();
                    nodes.send_replace(self.watched());
                }
                changed = self.joints.settled.changed() => match changed {
                    Ok(()) => self.release(),
                    // who says that it is active, and has nobody to make it so, is a lie
                    Err(_) => return,
                },
                Some(event) = self.told.recv() => self.handle(event),
                Some(links) = carried.recv() => self.links(links),
                () = sleep_until(missing), if self.sockets.is_incomplete() => {
                    self.sockets.complete();
                    missing = Instant::now() + AGAIN;
                }
                () = sleep_until(deadline) => {}
            }
            if self.deadline() <= Instant::now() {
                self.catch_up();
                self.tick();
            }
        }
    }

    /// What the peer has said counts before its silence does.
    fn catch_up(&mut self) {
        for _ in 0..AT_ONCE {
            let Some((path, datagram)) = self.sockets.ready() else { return };
            self.heard(path, &datagram);
        }
    }

    fn tick(&mut self) {
        if self.lingers().is_some_and(|at| at <= Instant::now()) {
            self.speak(Word::Running);
        }
        self.handle(Event::Tick);
        if let Some(from) = self.sockets.stranger() {
            self.strange(from);
        }
    }

    /// A heartbeat, or so, of somebody who is not the peer: a wrong address in one of the two files
    /// looks like that, and ends in two that are active.
    fn strange(&mut self, from: IpAddr) {
        let Some(peer) = self.setup.peer else { return };
        let part = if self.setup.rules.is_master { "backup" } else { "primary" };
        let now = Instant::now();
        let met = self.stranger.replace(now);
        if met.is_none_or(|met| now.duration_since(met) >= QUIET) {
            let public = peer.public;
            warn!(
                "heartbeat from {from}, which is not the {part} ({public}) of this file: ignored"
            );
        }
        let deadtime = self.setup.rules.deadtime;
        self.joints.beat.send_modify(|beat| {
            if beat.heard.is_none_or(|heard| now.duration_since(heard) >= deadtime) {
                beat.doubt = Some(format!("they come from another address, {from}"));
            }
        });
    }

    fn now(&self) -> Time {
        self.born.elapsed()
    }

    fn deadline(&self) -> Instant {
        let machine = self.machine.next_deadline().map(|at| self.born + at);
        let never = Instant::now() + Duration::from_secs(3600);
        [machine, self.lingers()].into_iter().flatten().min().unwrap_or(never)
    }

    /// When to say again that this director is active, though it is about to be so no more: a peer
    /// that hears nothing for deadtime would take the addresses while they are still up here.
    fn lingers(&self) -> Option<Instant> {
        let (word, at) = self.said.filter(|_| self.held.is_some())?;
        (word == Word::Running).then(|| at + self.setup.rules.keepalive)
    }

    /// The node whose cables are of interest.
    fn watched(&self) -> Option<Node> {
        let monitored = self.setup.cluster.monitor_links && self.setup.rules.has_peer;
        monitored.then_some(self.setup.own)
    }

    fn heard(&mut self, path: Path, datagram: &[u8]) {
        let Heard { word, line, fault, answer } = self.wire.hear(datagram, path, self.now());
        if let Some(fault) = fault {
            line.into_iter().for_each(|line| log(fault.level(), &line));
            self.joints.beat.send_modify(|beat| beat.doubt = Some(fault.reason().to_owned()));
        }
        answer.into_iter().for_each(|answer| self.sockets.send(path, &answer));
        if let Some(word) = word {
            self.joints.beat.send_modify(|beat| beat.hear(word));
            self.handle(Event::Heard(word, path));
        }
    }

    fn links(&mut self, Links { public, private }: Links) {
        if self.watched().is_some() {
            self.handle(Event::Links { public, private });
            self.show_cables(public && private);
        }
    }

    /// A standby's reason is what its cables are now.
    fn show_cables(&mut self, carry: bool) {
        if std::mem::replace(&mut self.carries, carry) != carry {
            let because = if carry { CARRIES } else { "local link failure" };
            self.joints.beat.send_modify(|beat| {
                if beat.role == Role::Standby {
                    beat.because = because.to_owned();
                }
            });
        }
    }

    /// Follows another setup, without a change of the role.
    fn follow(&mut self) {
        let was_watched = self.watched().is_some();
        self.setup = Arc::clone(&self.joints.setups.borrow_and_update());
        self.sockets.follow(&self.setup.cables());
        self.wire.change(self.setup.rules.is_master, self.setup.key());
        let targets = targets(&self.setup.cluster);
        if targets.is_empty() == matches!(self.machine, Machine::Fos(_)) {
            warn!("`service` is another one now; a restart is needed for that");
        }
        self.handle(Event::Rules(self.setup.rules, targets));
        if was_watched && self.watched().is_none() {
            // nobody looks any more
            self.handle(Event::Links { public: true, private: true });
            self.show_cables(true);
        }
    }

    fn handle(&mut self, event: Event) {
        if self.machine.is_over() {
            return;
        }
        let actions = self.machine.handle(event, self.now());
        self.carry(actions);
        let split = self.machine.split_since().map(|at| self.born + at);
        self.joints
            .beat
            .send_if_modified(|beat| std::mem::replace(&mut beat.split, split) != split);
    }

    fn carry(&mut self, actions: Vec<Action>) {
        let mut because = None;
        for action in actions {
            match action {
                Action::Send(word) => self.send(word),
                Action::Become(role) => {
                    // who sees the order can see why
                    if self.joints.beat.borrow().role != role {
                        self.turn(role, because.take());
                    }
                    let last = self.machine.is_over();
                    self.order(|order| {
                        (order.role, order.silent, order.last) = (role, false, last);
                    });
                }
                Action::Announce => {
                    let silent = because.is_none();
                    self.order(|order| {
                        (order.announcements, order.silent) = (order.announcements + 1, silent);
                    });
                }
                Action::Run(step) => self.run(step),
                Action::Monitor(on) => self.services.monitor(on),
                Action::AskGateway => self.services.ask_gateway(),
                Action::Adopt => self.services.adopt(self.setup.cluster.failovers.clone()),
                Action::Say(line) => {
                    because = Some(line.text.clone());
                    if line.mailed {
                        self.news.clone_from(&because);
                    }
                    self.say(line);
                }
            }
        }
    }

    /// Shows another role, and why.
    fn turn(&mut self, role: Role, because: Option<String>) {
        let because = because.or_else(|| self.news.take());
        let because = because.unwrap_or_else(|| "the director stops".to_owned());
        self.joints.beat.send_modify(|beat| {
            (beat.role, beat.since, beat.because) = (role, Instant::now(), because);
        });
    }

    fn say(&self, Line { text, mailed, level }: Line) {
        log(level, &text);
        if mailed && self.joints.requests.try_send(Request::Mail(text)).is_err() {
            warn!("too much is to be done, this is told here only");
        }
    }

    fn order(&self, change: impl FnOnce(&mut Order)) {
        self.joints.orders.send_modify(|order| {
            order.number += 1;
            change(order);
        });
    }

    /// Sends a word, or keeps it until the addresses are down: the peer must not take them before.
    fn send(&mut self, word: Word) {
        self.held = Some(word);
        self.release();
    }

    /// Runs a command; none starts a service before its address is there.
    fn run(&mut self, step: Step) {
        match step.command {
            Command::Start if !self.is_carried_out() => self.waiting = Some(step),
            _ => self.services.run(step),
        }
    }

    fn release(&mut self) {
        if self.is_carried_out()
            && let Some(step) = self.waiting.take()
        {
            self.services.run(step);
        }
        if self.is_settled()
            && let Some(word) = self.held.take()
        {
            self.speak(word);
        }
    }

    fn speak(&mut self, word: Word) {
        self.said = Some((word, Instant::now()));
        let [public, private] = self.wire.say(word);
        self.sockets.send(Path::Public, &public);
        self.sockets.send(Path::Private, &private);
    }

    /// Whether nothing is up that should be down.
    fn is_settled(&self) -> bool {
        let order = self.joints.orders.borrow();
        order.role == Role::Active || *self.joints.settled.borrow() >= order.number
    }

    fn is_carried_out(&self) -> bool {
        *self.joints.settled.borrow() >= self.joints.orders.borrow().number
    }

    fn is_done(&self) -> bool {
        self.machine.is_over() && self.held.is_none()
    }
}

fn log(level: Level, text: &str) {
    match level {
        Level::Debug => debug!("{text}"),
        Level::Info => info!("{text}"),
        Level::Warning => warn!("{text}"),
        Level::Error => error!("{text}"),
    }
}

/// How often it is tried to have a socket that could not be had.
const AGAIN: Duration = Duration::from_secs(1);
/// Datagrams that are heard between two looks at all else.
const AT_ONCE: u32 = 64;
/// After so much of nothing heartbeats of a stranger are news again.
const QUIET: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests;
