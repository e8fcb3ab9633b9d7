//! A director as one of several: its protocol, its role, and all that moves with the role.
//!
//! ```text
//!   peers ⇄ ┌────────┐ ─ orders (watch, latest wins) ─▶ ┌────────────┐ ─ held ─▶ addresses' thread
//!           │ driver │ ◀─ how far that is (watch) ───── │ changeover │ ◀─ reports ─
//!   links ─▶└────────┘ ◀─ broken ────────────────────── └────────────┘ ─ a role's table ─▶ control
//! ```
//!
//! Beside them `connections` looks at the orders: it asks for the connections of the active one, tells
//! them where this one is, and tells the driver when they have come over.
//!
//! Both have a thread of their own: what is to be said is said in time, and addresses are raised at
//! once, whatever control is busy with. So has who watches the links.

mod alarm;
mod beat;
mod cables;
mod changeover;
mod connections;
mod driver;
mod filter;
mod find;
mod order;
mod place;
mod scout;
mod script;
mod secret;
mod setup;
mod sockets;
mod sync;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::thread;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tracing::{error, info};

use crate::failover::machine::Input;
use crate::kernel;
use crate::kernel::addresses::{self, Held};
use crate::model::{FailoverProtocol, Role, VirtualAddress};
use crate::observe::status::{PairStatus, PeerStatus};

use super::Error;
use beat::Beat;
use changeover::Joints;
use order::Order;
use sync::Sync;

pub(super) use find::{find, starts};
pub(super) use place::Places;
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

impl Holding {
    /// Whether the kernel has refused the address of this name until now.
    fn is_refused(&self, name: &str) -> bool {
        let of =
            |refused: &String| refused.strip_prefix(name).is_some_and(|why| why.starts_with(':'));
        self.refused.iter().any(of)
    }
}

/// This director's side of its pair.
pub(super) struct Pair {
    setups: watch::Sender<Arc<Setup>>,
    inputs: mpsc::Sender<Input<'static>>,
    beat: watch::Receiver<Beat>,
    holding: watch::Receiver<Holding>,
    orders: watch::Receiver<Order>,
    settled: watch::Receiver<u64>,
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
        let (part, partings) = mpsc::channel(1);
        let is_synced = dry_run || connections::is_synced_at_first(&setups_seen.borrow());
        let (synced, synced_seen) = watch::channel(is_synced);
        let joints = driver::Joints {
            setups: setups_seen.clone(),
            inputs: told,
            settled: settled_seen.clone(),
            orders,
            requests: asks.clone(),
            beat: beats,
            synced: synced_seen,
        };
        driver::start(joints, dry_run).map_err(Error::Heartbeat)?;
        if !dry_run {
            let joints = connections::Joints {
                setups: setups_seen.clone(),
                orders: orders_seen.clone(),
                synced,
                partings,
            };
            connections::start(joints).map_err(Error::system("start the connections' thread"))?;
            let work = move || {
                driver::come_first();
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
            inputs: inputs.clone(),
            requests: asks,
            held,
            reports,
            holding: holdings,
            hurry: hurried,
            part,
        };
        changeover::start(joints, dry_run)
            .map_err(Error::system("start the changeover's thread"))?;
        if !dry_run {
            tokio::spawn(find::look_on(setups.clone()));
        }
        let (orders, settled, sync) = (orders_seen, settled_seen, Sync::default());
        Ok((Pair { setups, inputs, beat, holding, orders, settled, hurry, sync }, requests))
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

    /// The role that it has, or is about to have.
    pub(super) fn role(&self) -> Role {
        self.beat.borrow().role
    }

    /// What a director of CARP is, in ucarp's words: `MASTER on eth0 id 1`.
    pub(super) fn carp(&self) -> Option<String> {
        let setup = self.setups.borrow();
        let FailoverProtocol::Carp(carp) = &setup.cluster.protocol else { return None };
        let state = if self.role() == Role::Active { "MASTER" } else { "BACKUP" };
        Some(format!("{state} on {} id {}", carp.interface, carp.vhid))
    }

    /// The administrator wants it to have this role.
    pub(super) fn told(&self, role: Role) {
        self.tell(Input::Told(role));
    }

    /// This counts against its being active, or nothing does.
    pub(super) fn unfit(&self, why: Option<String>) {
        self.tell(Input::Unfit(why));
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
        let order = self.orders.borrow();
        let named = setup.peer().map(|peer| IpAddr::V4(peer.public));
        let address = named.or(beat.address);
        let peer =
            (named.is_some() || beat.heard.is_some() || beat.doubt.is_some()).then(|| PeerStatus {
                address: address.map(|address| address.to_string()),
                heard: beat.heard.map(&when),
                role: beat.peer,
                claim: beat.claim.clone(),
                disbelieved: beat.doubt.clone(),
            });
        PairStatus {
            protocol: setup.protocol().to_owned(),
            master: setup.is_master(),
            role: beat.role,
            settled: order.role == beat.role && *self.settled.borrow() >= order.number,
            unfit: None,
            unfit_since: None,
            ignored: beat.refused.iter().map(|(why, count)| ((*why).to_owned(), *count)).collect(),
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

/// What may wait for control, or for the machine.
const WAITING: usize = 64;
