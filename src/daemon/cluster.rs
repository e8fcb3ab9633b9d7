//! A director as one of a pair: its heartbeat, its role, and all that moves with the role.
//!
//! ```text
//!   peer ⇄ ┌───────────┐ ─ orders (watch, latest wins) ─▶ ┌────────────┐ ─ held ─▶ addresses' thread
//!          │ heartbeat │ ◀─ how far that is (watch) ───── │ changeover │ ◀─ reports ─
//!   links ▶└───────────┘ ◀─ broken ────────────────────── └────────────┘ ─ a role's table ─▶ control
//! ```
//!
//! The heartbeat has a thread of its own: heartbeats go out in time whatever control is busy with. So
//! has who watches the links for it.

mod beat;
mod cables;
mod changeover;
mod heartbeat;
mod machine;
mod order;
mod secret;
mod setup;
mod sockets;
mod sync;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::thread;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use tracing::{error, info, warn};

use crate::failover::fos::Event;
use crate::kernel::addresses::{self, Held};
use crate::kernel::{self, links};
use crate::model::{self, Cluster, FailoverProtocol, Role, VirtualAddress};
use crate::observe::status::{PairStatus, PeerStatus};

use super::Error;
use beat::Beat;
use changeover::{Changeover, Joints};
use order::Order;

use sync::Sync;

pub(super) use secret::is_own;
pub(super) use setup::{INACTIVE, Setup};

/// What control does for its pair.
pub(super) enum Request {
    /// The director has this role from now on; to be answered when the kernel holds its table.
    Role(Role, oneshot::Sender<()>),
    /// The administrator is to know of this.
    Mail(String),
}

/// What is held of the virtual addresses.
#[derive(Clone, Debug, Default)]
struct Holding {
    addresses: BTreeSet<String>,
    /// Those that the kernel refuses, and why.
    refused: BTreeSet<String>,
}

/// Which of its pair this machine is; fails, in words, where it is none. In a dry run it has no peer,
/// and is the master where it is none of the pair.
pub(super) async fn find(cluster: &Cluster, dry_run: bool) -> Result<Setup, String> {
    let own = links::own();
    let own = own.map_err(|why| format!("the addresses of this machine cannot be read: {why}"));
    if dry_run {
        info!("dry run: no heartbeat is sent or heard, as if there were no peer");
        let who = own.and_then(|own| Setup::of(cluster, &own, None));
        if let Err(why) = &who {
            warn!("dry run: a director would not start here: {why}");
        }
        if let Some(pulse) = cluster.protocol.pulse() {
            let wait = pulse.deadtime.as_secs();
            info!("dry run: the addresses would be raised after {wait} s of silence (deadtime)");
        }
        let is_backup = who.is_ok_and(|setup| !setup.rules.is_master);
        return Setup::alone(cluster, !is_backup);
    }
    let own = own?;
    let secret = match cluster.protocol.pulse().and_then(|pulse| pulse.secret.clone()) {
        Some(model::Secret::Given(bytes)) => Some(setup::Secret(bytes)),
        Some(model::Secret::Stored(path)) => {
            let read = spawn_blocking(move || secret::secret(&path)).await;
            Some(read.map_err(|lost| lost.to_string())??)
        }
        None => None,
    };
    Setup::of(cluster, &own, secret)
}

/// This director's side of its pair.
pub(super) struct Pair {
    setups: watch::Sender<Arc<Setup>>,
    events: mpsc::Sender<Event>,
    beat: watch::Receiver<Beat>,
    holding: watch::Receiver<Holding>,
    orders: watch::Receiver<Order>,
    settled: watch::Receiver<u64>,
    hurry: watch::Sender<bool>,
    sync: Sync,
}

impl Pair {
    /// Starts the heartbeat and what carries its orders out. What they ask for is to be done until there
    /// is nobody who could ask. Fails where the heartbeats have no socket.
    pub(super) fn start(
        setup: Setup,
        dry_run: bool,
    ) -> Result<(Self, mpsc::Receiver<Request>), Error> {
        let (setups, setups_seen) = watch::channel(Arc::new(setup));
        let (events, told) = mpsc::channel(WAITING);
        let (asks, requests) = mpsc::channel(WAITING);
        let (orders, orders_seen) = watch::channel(Order::first());
        let (settled, settled_seen) = watch::channel(0);
        let (beats, beat) = watch::channel(Beat::first());
        let (held, held_seen) = watch::channel(Held::default());
        let (report, reports) = mpsc::unbounded_channel();
        let (holdings, holding) = watch::channel(Holding::default());
        let (hurry, hurried) = watch::channel(false);
        let joints = heartbeat::Joints {
            setups: setups_seen.clone(),
            events: told,
            settled: settled_seen.clone(),
            orders,
            requests: asks.clone(),
            beat: beats,
        };
        heartbeat::start(joints, dry_run).map_err(Error::Heartbeat)?;
        if !dry_run {
            let work = move || {
                if let Err(why) = addresses::run(held_seen, report) {
                    error!("the virtual addresses cannot be changed: {why}");
                }
            };
            let thread = thread::Builder::new().name("addresses".to_owned());
            thread.spawn(work).map_err(Error::system("start the addresses' thread"))?;
        }
        let joints = Joints {
            setups: setups_seen,
            orders: orders_seen.clone(),
            settled,
            events: events.clone(),
            requests: asks,
            held,
            reports,
            holding: holdings,
            hurry: hurried,
        };
        tokio::spawn(Changeover::new(joints, dry_run).run());
        let (orders, settled, sync) = (orders_seen, settled_seen, Sync::default());
        Ok((Pair { setups, events, beat, holding, orders, settled, hurry, sync }, requests))
    }

    /// The role that the director begins in: a standby is one to its peer, and who has none need not
    /// empty the table before it serves.
    pub(super) fn first_role(&self) -> Role {
        match self.setups.borrow().peer {
            Some(_) => Role::Standby,
            None => Role::Active,
        }
    }

    /// Whether there is another director to it.
    pub(super) fn has_peer(&self) -> bool {
        self.setups.borrow().has_peer()
    }

    /// Follows another configuration of the pair, in the role that it has.
    pub(super) fn follow(&self, setup: Setup) {
        if setup.rules.is_master != self.setups.borrow().rules.is_master {
            let name = if setup.rules.is_master { "MASTER" } else { "BACKUP" };
            info!("this director is the {name} of its pair from now on");
        }
        self.setups.send_replace(Arc::new(setup));
    }

    /// Tells the heartbeat; where it is told too much at once this is one too many.
    pub(super) fn tell(&self, event: Event) {
        if let Err(why) = self.events.try_send(event) {
            error!("the heartbeat is not told: {why}");
        }
    }

    /// The role that it has, or is about to have.
    pub(super) fn role(&self) -> Role {
        self.beat.borrow().role
    }

    /// Whether another cluster manager says who is active.
    pub(super) fn is_external(&self) -> bool {
        self.setups.borrow().cluster.protocol == FailoverProtocol::External
    }

    /// The administrator wants it to have this role.
    pub(super) fn told(&self, role: Role) {
        self.tell(match role {
            Role::Active => Event::Force,
            Role::Standby => Event::Broken("told to be standby".to_owned()),
        });
    }

    /// This counts against its being active, or nothing does.
    pub(super) fn unfit(&self, why: Option<String>) {
        if let Some(why) = why {
            self.tell(Event::Broken(why));
        }
    }

    /// Waits for no `active_cmd` or `inactive_cmd` any more.
    pub(super) fn hurry(&self) {
        self.hurry.send_replace(true);
    }

    /// The sync daemon of a role; at the end there is none.
    pub(super) fn sync(&mut self, role: Option<Role>) -> kernel::Sync {
        self.sync.of(self.setups.borrow().cluster.sync.as_ref(), role)
    }

    /// How it is, for people to see; `when` is the time of day of a moment.
    pub(super) fn status(&self, when: impl Fn(Instant) -> Timestamp) -> PairStatus {
        let (setup, beat, holding) =
            (self.setups.borrow(), self.beat.borrow(), self.holding.borrow());
        let peer = setup.peer.map(|peer| PeerStatus {
            address: Some(peer.public.to_string()),
            heard: beat.heard.map(&when),
            role: beat.peer,
            claim: None,
            disbelieved: beat.doubt.clone(),
        });
        PairStatus {
            protocol: setup.cluster.protocol.name().to_owned(),
            master: Some(setup.rules.is_master),
            role: beat.role,
            settled: *self.settled.borrow() >= self.orders.borrow().number,
            unfit: None,
            unfit_since: None,
            ignored: BTreeMap::new(),
            since: when(beat.since),
            because: beat.because.clone(),
            split_brain: beat.split.filter(|_| beat.role == Role::Active).map(&when),
            peer,
            addresses: holding.addresses.iter().cloned().collect(),
            refused: holding.refused.iter().cloned().collect(),
        }
    }
}

/// As the log names it: `10.0.0.100 on eth0:1`.
fn name(address: &VirtualAddress) -> String {
    let interface =
        address.label.as_deref().map_or_else(|| address.interface.to_string(), str::to_owned);
    format!("{} on {interface}", address.address)
}

/// What may wait for control, or for the heartbeat.
const WAITING: usize = 64;
