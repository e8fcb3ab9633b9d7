//! The driver's thread: tells a machine what happens, in time, and does what it says.
//!
//! It owns the machine and its sockets, and waits for nobody: what is to be said goes out in time
//! whatever the director is busy with. What the machine orders is carried out by the changeover. A
//! machine begins when there is all that it has to know, which may be an interface that comes later.

mod carry;
mod show;

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::process::setpriority_process;
use tokio::runtime;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tracing::{debug, warn};

use crate::daemon::services::Services;
use crate::failover::action::Action;
use crate::failover::machine::{Input, Machine};
use crate::kernel::links::{Links, Watched};
use crate::model::{Role, Time};

use super::Request;
use super::alarm::Alarm;
use super::beat::Beat;
use super::cables;
use super::order::Order;
use super::scout::Scout;
use super::setup::Setup;
use super::sockets::{Datagram, Sockets};

/// What the driver is joined to.
pub(super) struct Joints {
    /// The site, the latest counts.
    pub(super) setups: watch::Receiver<Arc<Setup>>,
    /// What others know that the machine is to be told.
    pub(super) inputs: mpsc::Receiver<Input<'static>>,
    /// The order that is carried out.
    pub(super) settled: watch::Receiver<u64>,
    /// What is to be done.
    pub(super) orders: watch::Sender<Order>,
    /// What control is to do: mail.
    pub(super) requests: mpsc::Sender<Request>,
    /// How it beats, for people to see.
    pub(super) beat: watch::Sender<Beat>,
    /// Whether it has what it needs to take another's place.
    pub(super) synced: watch::Receiver<bool>,
}

/// Starts the thread, on sockets that are there already; fails where they are not. It ends when the
/// machine has said its last word, or the sender of inputs is dropped. A dry run runs no command.
pub(super) fn start(joints: Joints, dry_run: bool) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let opened = {
        let _within = runtime.enter();
        Sockets::open(&joints.setups.borrow().transport).and_then(|all| Ok((all, Alarm::new()?)))
    };
    let (sockets, alarm) = match opened {
        Ok(opened) => opened,
        Err(why) => {
            // dropped where another runtime runs it would panic
            runtime.shutdown_background();
            return Err(why);
        }
    };
    let runs_services = !joints.setups.borrow().cluster.failovers.is_empty();
    let drive = move || {
        if !runs_services {
            // what it starts would come before others, too
            come_first();
        }
        runtime.block_on(Driver::new(joints, sockets, alarm, dry_run).drive());
    };
    thread::Builder::new().name("failover".to_owned()).spawn(drive)?;
    Ok(())
}

/// The thread comes before others where they are many: what is said late is taken for silence, and who
/// raises addresses is waited for by all. Who may not have that goes on without.
pub(super) fn come_first() {
    if let Err(why) = setpriority_process(None, PRECEDENCE) {
        debug!("a thread of the failover has no precedence: {why}");
    }
}

struct Driver {
    joints: Joints,
    setup: Arc<Setup>,
    sockets: Sockets,
    alarm: Alarm,
    /// `None` as long as something is missing that it has to know.
    machine: Option<Box<dyn Machine>>,
    born: Instant,
    /// The failover services, and whoever else is asked; and what comes of them.
    services: Services,
    scout: Scout,
    told: mpsc::UnboundedReceiver<Input<'static>>,
    /// What counts against this director, which a machine that begins later has to know as well.
    unfit: Option<String>,
    /// The last line of some weight.
    news: Option<String>,
    /// This director's own cables, as they were seen last.
    links: Option<Links>,
    /// They carry, as far as they are watched.
    carries: bool,
    /// What is missing, as it was said last.
    missing: Option<String>,
    /// The daemon is to stop.
    stopping: bool,
}

impl Driver {
    fn new(mut joints: Joints, sockets: Sockets, alarm: Alarm, dry_run: bool) -> Self {
        let setup = Arc::clone(&joints.setups.borrow_and_update());
        let (tell, told) = mpsc::unbounded_channel();
        let services = Services::new(setup.cluster.failovers.clone(), dry_run, tell.clone());
        let scout = Scout::new(dry_run, tell);
        if !setup.has_peer() {
            let because = "the director has started; alone, it is active after deadtime";
            joints.beat.send_modify(|beat| beat.because = because.to_owned());
        }
        Driver {
            joints,
            setup,
            sockets,
            alarm,
            machine: None,
            born: Instant::now(),
            services,
            scout,
            told,
            unfit: None,
            news: None,
            links: None,
            carries: true,
            missing: None,
            stopping: false,
        }
    }

    async fn drive(mut self) {
        let (whose, watched) = watch::channel(None);
        let (tell, mut carried) = mpsc::unbounded_channel();
        cables::start(watched, tell);
        whose.send_replace(self.watched());
        self.scout.follow(&self.setup);
        self.begin();
        let mut again = Instant::now() + AGAIN;
        while !self.is_done() {
            let deadline = self.deadline();
            tokio::select! {
                // by chance: a flood of datagrams keeps nothing else waiting
                datagram = self.sockets.receive() => self.hear(&datagram),
                input = self.joints.inputs.recv() => match input {
                    Some(input) => self.tell(input),
                    None => return,
                },
                changed = self.joints.setups.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    self.follow();
                    whose.send_replace(self.watched());
                }
                changed = self.joints.settled.changed() => match changed {
                    Ok(()) => self.settle(),
                    // who says that it is active, and has nobody to make it so, is a lie
                    Err(_) => return,
                },
                Ok(()) = self.joints.synced.changed() => self.sync(),
                Some(input) = self.told.recv() => self.tell(input),
                Some(links) = carried.recv() => self.link(links),
                () = sleep_until(again), if self.sockets.is_incomplete() => {
                    self.sockets.complete();
                    again = Instant::now() + AGAIN;
                }
                () = self.alarm.at(deadline) => {}
            }
            if self.deadline() <= Instant::now() {
                self.catch_up();
                self.tell(Input::Tick);
            }
        }
    }

    /// Has a machine, if there is all that it has to know; says what is missing otherwise.
    fn begin(&mut self) {
        match &self.setup.rules {
            Ok(rules) => {
                let now = self.now();
                let mut machine = rules.clone().machine(now);
                let actions = machine.opening(now);
                self.machine = Some(machine);
                if self.missing.take().is_some() {
                    let because = "what it waited for is there".to_owned();
                    self.joints.beat.send_modify(|beat| beat.because = because);
                }
                // the changeover begins as a standby, and may have done so
                let first = |action: &Action| *action == Action::Become(Role::Standby);
                let first = actions.iter().position(first);
                let rest = actions.into_iter().enumerate().filter(|(at, _)| Some(*at) != first);
                self.carry(rest.map(|(_, action)| action).collect());
                self.sync();
                if let Some(why) = self.unfit.clone() {
                    self.tell(Input::Unfit(Some(why)));
                }
                self.settle();
                if let Some(links) = self.links {
                    self.link(links);
                }
            }
            Err(why) => self.miss(&why.clone()),
        }
    }

    fn miss(&mut self, why: &str) {
        if self.missing.as_deref() != Some(why) {
            warn!("{why}: waiting for that");
            self.joints.beat.send_modify(|beat| beat.because = format!("{why}: waiting for that"));
            self.missing = Some(why.to_owned());
        }
    }

    /// What others have said counts before their silence does.
    fn catch_up(&mut self) {
        for _ in 0..AT_ONCE {
            let Some(datagram) = self.sockets.ready() else { return };
            self.hear(&datagram);
        }
    }

    fn now(&self) -> Time {
        self.born.elapsed()
    }

    fn deadline(&self) -> Instant {
        let machine = self.machine.as_ref().and_then(|machine| machine.next_deadline());
        self.born + machine.unwrap_or(NEVER)
    }

    /// The interfaces that are of interest: sockets are bound to some, whether it matters to the
    /// machine how they are or not.
    fn watched(&self) -> Option<Watched> {
        let watched = self.setup.watched.clone()?;
        let is_bound = matches!(watched, Watched::Interface(_));
        (is_bound || self.setup.monitors_links()).then_some(watched)
    }

    fn hear(&mut self, datagram: &Datagram) {
        self.tell(Input::Packet(datagram.packet()));
    }

    /// Whether the connections of the active one have come over.
    fn sync(&mut self) {
        let synced = *self.joints.synced.borrow_and_update();
        self.tell(Input::Synced(synced));
    }

    /// All that was ordered is done.
    fn settle(&mut self) {
        let number = self.joints.orders.borrow().number;
        if *self.joints.settled.borrow_and_update() >= number {
            self.tell(Input::Settled);
        }
    }

    fn link(&mut self, links: Links) {
        let was = self.links.replace(links);
        let is_new = was.is_some_and(|was| was.index != links.index || !was.public);
        if links.public && is_new {
            self.sockets.renew();
        }
        if self.setup.monitors_links() {
            let Links { public, private, .. } = links;
            self.tell(Input::Links { public, private });
            self.show_cables(public && private);
        }
    }

    /// Follows another setup, without a change of the role.
    fn follow(&mut self) {
        let was_monitored = self.setup.monitors_links();
        self.setup = Arc::clone(&self.joints.setups.borrow_and_update());
        self.scout.follow(&self.setup);
        if self.machine.is_none() {
            self.sockets.follow(&self.setup.transport);
            return self.begin();
        }
        match &self.setup.rules {
            Ok(rules) => {
                self.missing = None;
                let rules = rules.clone();
                self.sockets.follow(&self.setup.transport);
                self.tell(Input::Rules(rules));
            }
            // what was there may come back; until then it is as it was
            Err(why) => self.miss(&why.clone()),
        }
        if was_monitored && !self.setup.monitors_links() {
            // nobody looks any more
            self.tell(Input::Links { public: true, private: true });
            self.show_cables(true);
        }
    }

    fn tell(&mut self, input: Input<'_>) {
        self.note(&input);
        let now = self.now();
        let Some(machine) = self.machine.as_mut().filter(|machine| !machine.is_over()) else {
            return;
        };
        let actions = machine.handle(input, now);
        self.carry(actions);
        self.show();
    }

    /// What is to be known of it where there is no machine yet, too.
    fn note(&mut self, input: &Input<'_>) {
        match input {
            Input::Stop => self.stopping = true,
            Input::Unfit(why) => self.unfit.clone_from(why),
            Input::Told(role) => {
                if let (None, Some(missing)) = (&self.machine, &self.missing) {
                    warn!("{missing}: not {role}, though told to be");
                }
            }
            _ => {}
        }
    }

    /// Whether all is said. Who carries the orders out is told by the end of the driver where there was
    /// no last order.
    fn is_done(&self) -> bool {
        match &self.machine {
            Some(machine) => machine.is_over(),
            None => self.stopping,
        }
    }
}

/// How often it is tried to have a socket that could not be had.
const AGAIN: Duration = Duration::from_millis(500);
/// From its birth on.
const NEVER: Duration = Duration::from_secs(100 * 365 * 86_400);
/// Of such a thread, as a nice value: a flood of datagrams is to leave others their time.
const PRECEDENCE: i32 = -10;
/// Datagrams that are heard between two looks at all else.
const AT_ONCE: u32 = 64;

#[cfg(test)]
mod tests;
