//! A director as one of several: its protocol, its role, and all that moves with the role.
//!
//! ```text
//!   peers ⇄ ┌────────┐ ─ orders (watch, latest wins) ─▶ ┌────────────┐ ─ held ─▶ addresses' thread
//!           │ driver │ ◀─ how far that is (watch) ───── │ changeover │ ◀─ reports ─
//!   links ─▶└────────┘ ◀─ broken ────────────────────── └────────────┘ ─ a role's table ─▶ control
//! ```
//!
//! Both have a thread of their own: what is to be said is said in time, and addresses are raised at
//! once, whatever control is busy with. So has who watches the links.

mod beat;
mod cables;
mod changeover;
mod driver;
mod order;
mod secret;
mod setup;
mod sockets;
mod sync;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};
use tracing::{error, info, warn};

use crate::failover::machine::Input;
use crate::kernel;
use crate::kernel::addresses::{self, Held};
use crate::model::{Cluster, Role, Secret, VirtualAddress};
use crate::observe::status::{PairStatus, PeerStatus};

use super::Error;
use beat::Beat;
use changeover::Joints;
use order::Order;
use setup::Here;
use sockets::Transport;
use sync::Sync;

pub(super) use secret::is_own;
#[cfg(test)]
pub(super) use setup::here_with;
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

/// What this machine is among the directors of its site; fails, in words, where it is none of them. In a
/// dry run there is no other one.
pub(super) async fn find(cluster: &Cluster, dry_run: bool) -> Result<Setup, String> {
    let key = match cluster.protocol.secret().filter(|_| !dry_run).cloned() {
        Some(Secret::Given(bytes)) => Some(bytes),
        Some(Secret::Stored(path)) => {
            let read = spawn_blocking(move || secret::secret(&path)).await;
            Some(read.map_err(|lost| lost.to_string())??)
        }
        None => None,
    };
    let here = here(key).await?;
    if !dry_run {
        return Setup::of(cluster, &here);
    }
    info!("dry run: nothing is said to another director or heard of one, as if there were none");
    if let Err(why) = Setup::of(cluster, &here) {
        warn!("dry run: a director would not start here: {why}");
    }
    if let Some(pulse) = cluster.protocol.pulse() {
        let wait = pulse.deadtime.as_secs();
        info!("dry run: the addresses would be raised after {wait} s of silence (deadtime)");
    }
    Setup::alone(cluster, &here)
}

/// What there is on this machine now.
async fn here(key: Option<Vec<u8>>) -> Result<Here, String> {
    let look = spawn_blocking(move || Here::look(key)).await;
    let look = look.map_err(|lost| lost.to_string())?;
    look.map_err(|why| format!("the addresses of this machine cannot be read: {why}"))
}

/// Looks again and again what there is on this machine, and tells of another setup: an interface may
/// come, or have another address. Ends with the channel.
async fn look_on(setups: watch::Sender<Arc<Setup>>) {
    let mut last = None;
    loop {
        tokio::select! {
            () = sleep(LOOK) => {}
            () = setups.closed() => return,
        }
        let setup = Arc::clone(&setups.borrow());
        if setup.protocol() == "pulse"
            || setup.transport == Transport::Nothing && setup.rules.is_ok()
        {
            // who is one of a pair is it by its file, and waits for nothing
            continue;
        }
        let seen = here(setup.key.clone()).await.and_then(|mut here| {
            here.source = setup.source();
            Setup::of(&setup.cluster, &here)
        });
        match seen {
            Ok(seen) => {
                setups.send_if_modified(|now| {
                    // a reload may have come meanwhile
                    let is_news = Arc::ptr_eq(now, &setup) && **now != seen;
                    if is_news {
                        *now = Arc::new(seen);
                    }
                    is_news
                });
            }
            Err(why) if last.as_ref() != Some(&why) => {
                warn!("{why}; it is tried again");
                last = Some(why);
            }
            Err(_) => {}
        }
    }
}

/// This director's side of its pair.
pub(super) struct Pair {
    setups: watch::Sender<Arc<Setup>>,
    inputs: mpsc::Sender<Input<'static>>,
    beat: watch::Receiver<Beat>,
    holding: watch::Receiver<Holding>,
    hurry: watch::Sender<bool>,
    sync: Sync,
}

impl Pair {
    /// Starts the driver and what carries its orders out. What they ask for is to be done until there
    /// is nobody who could ask. Fails where there is nothing to speak by.
    pub(super) fn start(
        setup: Setup,
        dry_run: bool,
    ) -> Result<(Self, mpsc::Receiver<Request>), Error> {
        let (setups, setups_seen) = watch::channel(Arc::new(setup));
        let (inputs, told) = mpsc::channel(WAITING);
        let (asks, requests) = mpsc::channel(WAITING);
        let (orders, orders_seen) = watch::channel(Order::first());
        let (settled, settled_seen) = watch::channel(0);
        let (beats, beat) = watch::channel(Beat::first());
        let (held, held_seen) = watch::channel(Held::default());
        let (report, reports) = mpsc::unbounded_channel();
        let (holdings, holding) = watch::channel(Holding::default());
        let (hurry, hurried) = watch::channel(false);
        let joints = driver::Joints {
            setups: setups_seen.clone(),
            inputs: told,
            settled: settled_seen,
            orders,
            requests: asks.clone(),
            beat: beats,
        };
        driver::start(joints, dry_run).map_err(Error::Heartbeat)?;
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
            orders: orders_seen,
            settled,
            inputs: inputs.clone(),
            requests: asks,
            held,
            reports,
            holding: holdings,
            hurry: hurried,
        };
        changeover::start(joints, dry_run)
            .map_err(Error::system("start the changeover's thread"))?;
        if !dry_run {
            tokio::spawn(look_on(setups.clone()));
        }
        Ok((Pair { setups, inputs, beat, holding, hurry, sync: Sync::default() }, requests))
    }

    /// The role that the director begins in: a standby is one to its peer, and who has none need not
    /// empty the table before it serves.
    pub(super) fn first_role(&self) -> Role {
        match self.has_peer() {
            true => Role::Standby,
            false => Role::Active,
        }
    }

    /// Whether there is another director to it.
    pub(super) fn has_peer(&self) -> bool {
        self.setups.borrow().has_peer()
    }

    /// Follows another configuration of the pair, in the role that it has.
    pub(super) fn follow(&self, setup: Setup) {
        let was_master = self.setups.borrow().is_master();
        if let Some(is_master) = setup.is_master().filter(|_| setup.is_master() != was_master) {
            let name = if is_master { "MASTER" } else { "BACKUP" };
            info!("this director is the {name} of its pair from now on");
        }
        self.setups.send_replace(Arc::new(setup));
    }

    /// The name of the protocol.
    pub(super) fn protocol(&self) -> &'static str {
        self.setups.borrow().protocol()
    }

    /// Tells the machine; where it is told too much at once this is one too many.
    pub(super) fn tell(&self, input: Input<'static>) {
        if let Err(why) = self.inputs.try_send(input) {
            error!("the failover machine is not told: {why}");
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
        let address = match setup.peer() {
            Some(peer) => Some(peer.public.to_string()),
            None => beat.address.map(|address| address.to_string()),
        };
        let peer = address.map(|address| PeerStatus {
            address,
            heard: beat.heard.map(&when),
            role: beat.peer,
            disbelieved: beat.doubt.clone(),
        });
        PairStatus {
            master: setup.is_master().unwrap_or(false),
            role: beat.role,
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

/// How often this machine is looked at for what is missing, or has become another one.
const LOOK: Duration = Duration::from_secs(1);
/// What may wait for control, or for the machine.
const WAITING: usize = 64;
