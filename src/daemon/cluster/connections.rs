//! The connections come over: the kernel's sync daemon tells a standby of what sees packets while it
//! is there. What it cannot know of that came before is asked of the active director, which tells its
//! whole table in the kernel's own messages; and who is active no more tells it once, unasked.
//!
//! A thread of its own, for a large table takes its time to be read: neither heartbeats nor control
//! wait for it.

mod asker;
mod group;
mod teller;
mod telling;
mod word;

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};
use tracing::{debug, info, warn};

use crate::kernel::connections;
use crate::model::{self, Role, Time};

use super::order::Order;
use super::secret::Birth;
use super::setup::Setup;
use asker::{Asker, Lack, Step};
use group::{Group, OUR_PORT};
use teller::Teller;
use word::{Fault, Word};

/// What it is joined to.
pub(super) struct Joints {
    /// The pair; the latest counts.
    pub(super) setups: watch::Receiver<Arc<Setup>>,
    /// What the heartbeat wants; the role of the latest counts.
    pub(super) orders: watch::Receiver<Order>,
    /// Whether this director has what it needs to take another's place.
    pub(super) synced: watch::Sender<bool>,
    /// Who is active no more and wants that told; answered when it has been.
    pub(super) partings: mpsc::Receiver<oneshot::Sender<()>>,
}

/// Whether a director that starts has what it needs to take another's place.
pub(super) fn is_synced_at_first(setup: &Setup) -> bool {
    sync(setup).is_none_or(|sync| sync.wait.is_zero())
}

/// Starts the thread; it ends when nobody could part any more.
pub(super) fn start(joints: Joints) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    // from there on they count up
    let nonce = u64::try_from(Birth::get()?.chance >> 64).unwrap_or_default();
    let work = move || runtime.block_on(Envoy::new(joints, nonce).work());
    thread::Builder::new().name("connections".to_owned()).spawn(work)?;
    Ok(())
}

/// Who asks, and tells.
struct Envoy {
    joints: Joints,
    sync: Option<model::Sync>,
    role: Role,
    group: Option<Group>,
    /// When to try to have it, where it is not there.
    join: Instant,
    asker: Asker,
    teller: Teller,
    nonce: u64,
    born: Instant,
    /// Datagrams that were nobody's word, and when that was last said.
    refused: (u64, Option<Instant>),
    /// Why something could not be done; it is said once.
    trouble: Option<String>,
}

impl Envoy {
    fn new(joints: Joints, nonce: u64) -> Self {
        let now = Instant::now();
        Envoy {
            joints,
            sync: None,
            role: Role::Standby,
            group: None,
            join: now,
            asker: Asker::default(),
            teller: Teller::default(),
            nonce,
            born: now,
            refused: (0, None),
            trouble: None,
        }
    }

    async fn work(mut self) {
        loop {
            self.follow();
            self.reach();
            self.due().await;
            let deadline = self.deadline();
            tokio::select! {
                heard = hear(self.group.as_ref()) => self.heard(heard).await,
                Ok(()) = self.joints.setups.changed() => {}
                Ok(()) = self.joints.orders.changed() => {}
                parting = self.joints.partings.recv() => match parting {
                    Some(done) => {
                        self.follow();
                        self.tell().await;
                        // who does not wait any more has no use for the answer
                        let _ = done.send(());
                    }
                    None => return,
                },
                () = sleep_until(deadline) => {}
            }
        }
    }

    fn now(&self) -> Time {
        self.born.elapsed()
    }

    fn deadline(&self) -> Instant {
        let told = self.teller.next_deadline().filter(|_| self.role == Role::Active);
        let due = [told, self.asker.next_deadline()].into_iter().flatten().min();
        let due = due.map(|at| self.born + at);
        let join = (self.sync.is_some() && self.group.is_none()).then_some(self.join);
        let never = Instant::now() + Duration::from_secs(3600);
        [due, join].into_iter().flatten().min().unwrap_or(never)
    }

    /// Follows the file and the role.
    fn follow(&mut self) {
        let wanted = sync(&self.joints.setups.borrow_and_update());
        let role = self.joints.orders.borrow_and_update().role;
        if wanted != self.sync {
            self.sync = wanted;
            (self.group, self.join) = (None, Instant::now());
            self.asker.end();
            if role == Role::Standby {
                self.ask();
            }
        }
        match (std::mem::replace(&mut self.role, role), role) {
            (Role::Standby, Role::Active) => {
                self.asker.end();
                self.have(true);
            }
            (Role::Active, Role::Standby) => {
                self.teller.end();
                if self.sync.is_some() {
                    self.asker.rest(self.now());
                }
            }
            _ => {}
        }
    }

    /// What was told before this director was there is unknown to it.
    fn ask(&mut self) {
        let Some(sync) = &self.sync else { return self.have(true) };
        let waits = !sync.wait.is_zero();
        let wait = if waits { sync.wait } else { UNAWAITED };
        info!("asking on {} for the connections of the active director", sync.interface);
        let nonce = self.next_nonce();
        self.asker.begin(wait, nonce, self.now());
        self.have(!waits);
    }

    fn have(&self, synced: bool) {
        self.joints.synced.send_if_modified(|was| std::mem::replace(was, synced) != synced);
    }

    fn next_nonce(&mut self) -> u64 {
        self.nonce = self.nonce.wrapping_add(1);
        self.nonce
    }

    /// Joins the group, where that is yet to be done.
    fn reach(&mut self) {
        let Some(sync) = &self.sync else { return };
        if self.group.is_some() || Instant::now() < self.join {
            return;
        }
        self.join = Instant::now() + AGAIN;
        let interface = sync.interface.clone();
        match Group::join(interface.as_str()) {
            Ok(group) => {
                debug!("connections are asked for and told on {interface}, port {OUR_PORT}");
                self.group = Some(group);
                if self.trouble.take().is_some() && self.role == Role::Standby {
                    // nothing has been heard meanwhile
                    self.ask();
                }
            }
            Err(why) => {
                self.complain(format!(
                    "connections cannot be asked for nor told on {interface}, to be tried again: {why}"
                ));
            }
        }
    }

    fn complain(&mut self, trouble: String) {
        if self.trouble.as_ref() != Some(&trouble) {
            warn!("{trouble}");
            self.trouble = Some(trouble);
        }
    }

    async fn due(&mut self) {
        let is_due = |at: Time| at <= self.now();
        if self.role == Role::Active && self.teller.next_deadline().is_some_and(is_due) {
            let began = self.now();
            let told = self.tell().await;
            let asked = self.teller.tell(told, began, self.now());
            let number = told.unwrap_or_default();
            for nonce in asked {
                self.say(Word::Told { nonce, number }).await;
            }
        }
        let nonce = self.next_nonce();
        match self.asker.tick(nonce, self.now()) {
            Some(Step::Ask(nonce)) => match connections::is_listening(self.has_table()) {
                Ok(true) => self.say(Word::Ask { nonce }).await,
                // the kernel's thread has yet to start it, or says why it cannot
                _ => self.asker.put_off(self.now()),
            },
            Some(Step::Count(enough)) => self.count(enough),
            Some(Step::GiveUp(lack)) => self.give_up(lack),
            None => {}
        }
    }

    /// Whether a standby has its table.
    fn has_table(&self) -> bool {
        self.joints.setups.borrow().cluster.has_standby_table()
    }

    fn count(&mut self, enough: u32) {
        let held = match connections::count(enough) {
            Ok(held) => held,
            Err(why) => return self.complain(format!("connections cannot be counted: {why}")),
        };
        let (nonce, now) = (self.next_nonce(), self.now());
        if let Some(number) = self.asker.counted(held, nonce, now) {
            info!("the active director has told {number} lasting connections: {held} are here");
            self.have(true);
        } else {
            debug!("{held} connections are here, and not yet {enough}");
        }
    }

    fn give_up(&mut self, lack: Lack) {
        match lack {
            Lack::Silence => info!("no active director has told its connections"),
            Lack::Some { told, held } => {
                warn!(
                    "{told} lasting connections were told, and only {held} are here: going on without"
                );
            }
        }
        self.have(true);
    }

    async fn heard(&mut self, heard: io::Result<Vec<u8>>) {
        let Some(sync_id) = self.sync.as_ref().map(|sync| sync.id) else { return };
        let bytes = match heard {
            Ok(bytes) => bytes,
            Err(why) => {
                // the interface is gone, or was
                (self.group, self.join) = (None, Instant::now() + AGAIN);
                return self.complain(format!("connections are not asked for nor told: {why}"));
            }
        };
        match Word::decode(&bytes, sync_id) {
            Ok(Word::Ask { nonce }) if self.role == Role::Active => {
                if let Some(number) = self.teller.ask(nonce, self.now()) {
                    self.say(Word::Told { nonce, number }).await;
                }
            }
            Ok(Word::Told { nonce, number }) => self.asker.hear(nonce, number, self.now()),
            // another pair's, or another standby's question
            Ok(Word::Ask { .. }) | Err(Fault::SyncId) => {}
            Err(fault) => self.refuse(fault),
        }
    }

    fn refuse(&mut self, fault: Fault) {
        let now = Instant::now();
        let (number, said) = &mut self.refused;
        *number += 1;
        if said.is_none_or(|said| now.duration_since(said) >= QUIET) {
            *said = Some(now);
            warn!("a datagram on port {OUR_PORT} is no director's: {fault} (number {number})");
        }
    }

    async fn say(&mut self, word: Word) {
        let (Some(group), Some(sync)) = (&self.group, &self.sync) else { return };
        if let Err(why) = group.say(&word.encode(sync.id)).await {
            // the cable is out: it is said again
            debug!("{word:?} cannot be sent: {why}");
        }
    }

    /// Tells all connections; how many of them are to be there still when somebody counts, if it comes
    /// to an end in the role that it began in.
    async fn tell(&mut self) -> Option<u32> {
        let (sync, group) = (self.sync.as_ref()?, self.group.as_ref()?);
        let (interface, began) = (sync.interface.clone(), Instant::now());
        let goes_on = || self.joints.orders.borrow().role == self.role;
        match telling::tell(sync, group, goes_on).await {
            Ok(Some(telling)) => {
                self.trouble = None;
                let (number, left_out) = (telling.number(), telling.left_out());
                info!("told {number} connections on {interface} in {:.1?}", began.elapsed());
                if left_out > 0 {
                    info!("{left_out} more are not told: how to reach their reals is not known");
                }
                Some(telling.lasting())
            }
            Ok(None) => None,
            Err(why) => {
                self.complain(format!("the connections cannot be told: {why}"));
                None
            }
        }
    }
}

/// What a pair has its connections told by; a lone director has nobody who tells.
fn sync(setup: &Setup) -> Option<model::Sync> {
    setup.cluster.sync.clone().filter(|_| setup.has_peer())
}

async fn hear(group: Option<&Group>) -> io::Result<Vec<u8>> {
    match group {
        Some(group) => group.hear().await,
        None => pending().await,
    }
}

/// How often it is tried to join the group.
const AGAIN: Duration = Duration::from_secs(1);
/// For so long a director asks that does not wait for the answer.
const UNAWAITED: Duration = Duration::from_secs(10);
/// After so much of nothing a datagram that is nobody's is news again.
const QUIET: Duration = Duration::from_secs(60);
