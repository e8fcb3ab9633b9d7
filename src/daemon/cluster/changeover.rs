//! Carries a change of the role out, step by step.
//!
//! Takeover: `active_cmd`; the table, and the sync daemon as master, which the kernel's thread does
//! and says so; the addresses, which are announced. Where a standby has its table, the addresses come
//! first. Handover: `inactive_cmd`; the addresses; then the machine may tell the others; the sync daemon
//! as backup, and the table. A newer order overtakes an older one between two steps; whatever there is
//! to wait for, it is not waited for without end.

mod addresses;

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tracing::{error, info, warn};

use crate::daemon::program::{Program, UNRUN};
use crate::failover::machine::Input;
use crate::kernel::addresses::{Held, Report};
use crate::model::Role;

use super::filter::Filter;
use super::order::Order;
use super::script::script;
use super::setup::Setup;
use super::{Holding, Request};

/// What a changeover is joined to.
pub(super) struct Joints {
    /// The site; the latest counts.
    pub(super) setups: watch::Receiver<Arc<Setup>>,
    /// What the machine wants; the latest counts.
    pub(super) orders: watch::Receiver<Order>,
    /// The order that is carried out.
    pub(super) settled: watch::Sender<u64>,
    /// What the machine is told.
    pub(super) inputs: mpsc::Sender<Input<'static>>,
    /// What control is asked for: the table.
    pub(super) requests: mpsc::Sender<Request>,
    /// The task that owns the addresses, and what it says.
    pub(super) held: watch::Sender<Held>,
    /// What became of them.
    pub(super) reports: mpsc::UnboundedReceiver<Report>,
    /// What is held, for people to see.
    pub(super) holding: watch::Sender<Holding>,
    /// Commands are not waited for any more.
    pub(super) hurry: watch::Receiver<bool>,
    /// Who tells the other director of all connections.
    pub(super) part: mpsc::Sender<oneshot::Sender<()>>,
}

/// Starts the thread, which ends when the last order has been carried out.
pub(super) fn start(joints: Joints, dry_run: bool) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let run = move || runtime.block_on(Changeover::new(joints, dry_run).run());
    thread::Builder::new().name("changeover".to_owned()).spawn(run)?;
    Ok(())
}

/// Whoever carries it out.
struct Changeover {
    joints: Joints,
    setup: Arc<Setup>,
    /// The role of the addresses and the table.
    role: Role,
    announcements: u64,
    /// What an earlier run has left behind is lowered.
    has_begun: bool,
    /// The asking of the latest report of the addresses' owner.
    reported: u64,
    filter: Filter,
    dry_run: bool,
    /// How long the kernel may take for a table before a peer that is there is to serve.
    for_table: Duration,
    /// How long it may take to raise or lower addresses before the machine goes on all the same.
    for_addresses: Duration,
}

impl Changeover {
    /// One that has done nothing yet.
    fn new(mut joints: Joints, dry_run: bool) -> Self {
        let setup = Arc::clone(&joints.setups.borrow_and_update());
        Changeover {
            joints,
            setup,
            role: Role::Standby,
            announcements: 0,
            has_begun: false,
            reported: 0,
            filter: Filter::new(dry_run),
            dry_run,
            for_table: Duration::from_secs(10),
            for_addresses: Duration::from_secs(5),
        }
    }

    /// Carries orders out until the last one is. Its end before tells the driver, which ends then.
    async fn run(mut self) {
        self.begin().await;
        loop {
            let mut order = self.joints.orders.borrow_and_update().clone();
            if self.joints.orders.has_changed().is_err() {
                // without a machine nobody knows who is active
                order = Order { role: Role::Standby, last: true, ..order };
            }
            self.carry_out(&order).await;
            if order.last {
                return;
            }
            if self.joints.orders.borrow().number > order.number {
                // it was overtaken, which has been seen already
                continue;
            }
            tokio::select! {
                _ = self.joints.orders.changed() => {}
                Ok(()) = self.joints.setups.changed() => self.follow().await,
                report = self.joints.reports.recv(), if !self.dry_run => match report {
                    Some(report) => self.told(report),
                    // what nobody can raise or lower is nobody's to answer for
                    None => return error!("nobody owns the addresses any more"),
                },
            }
        }
    }

    /// What an earlier director has left behind is of an active one; a lone director has nobody who
    /// could hold it in its place.
    async fn begin(&mut self) {
        if !self.setup.cluster.protocol.is_neutral() {
            self.command(Role::Standby, Order::first().reason).await;
        }
        if self.setup.has_peer() {
            self.hold(false);
            self.addresses_settled().await;
            self.filter.clear(&self.setup).await;
        }
        self.has_begun = true;
        self.joints.settled.send_replace(Order::first().number);
    }

    async fn carry_out(&mut self, order: &Order) {
        let mut is_done = true;
        match (self.role, order.role) {
            (Role::Standby, Role::Active) if !order.last => is_done = self.take_over(order).await,
            // or it was overtaken, and what overtook it was, too
            (Role::Active, Role::Active) if !self.joints.held.borrow().up => {
                is_done = self.take_over(order).await;
            }
            (Role::Active, Role::Standby) => self.hand_over(order).await,
            (Role::Active, Role::Active) if order.announcements != self.announcements => {
                self.announcements = order.announcements;
                if self.setup.cluster.protocol.pulse().is_some() {
                    // as the original does
                    self.command(Role::Active, order.reason).await;
                }
                self.announce();
            }
            (Role::Standby, Role::Standby) if order.last => {
                if self.setup.cluster.protocol.pulse().is_some() {
                    // as the original does
                    self.command(Role::Standby, order.reason).await;
                }
                self.hold(false);
                self.addresses_settled().await;
            }
            _ => {}
        }
        if is_done {
            self.joints.settled.send_replace(order.number);
        }
    }

    /// Whether it has not failed.
    async fn take_over(&mut self, order: &Order) -> bool {
        self.role = Role::Active;
        self.announcements = order.announcements;
        if self.setup.cluster.has_standby_table() {
            return self.take_addresses(order).await;
        }
        if !self.command(Role::Active, order.reason).await {
            return false;
        }
        if self.is_overtaken(order) {
            return true;
        }
        let Some(programmed) = self.table(Role::Active).await else { return true };
        let (limit, inputs) = (self.for_table, self.joints.inputs.clone());
        tokio::select! {
            done = patiently(programmed, limit, inputs) => if done.is_ok() {
                self.hold(true);
                self.filter.load(&self.setup).await;
                self.addresses_settled().await;
            },
            () = overtaken(&mut self.joints.orders, order.role) => {}
        }
        true
    }

    /// The table is there: the addresses wait for nobody. Then the sync daemon follows, and control, which
    /// watches the kernel; they do not wait for addresses that take long.
    async fn take_addresses(&mut self, order: &Order) -> bool {
        self.hold(true);
        self.filter.load(&self.setup).await;
        let settled = timeout(AHEAD, self.addresses_settled()).await;
        if self.is_overtaken(order) {
            return true;
        }
        let _ = self.table(Role::Active).await;
        if settled.is_err() {
            self.addresses_settled().await;
        }
        self.is_overtaken(order) || self.command(Role::Active, order.reason).await
    }

    async fn hand_over(&mut self, order: &Order) {
        self.command(Role::Standby, order.reason).await;
        self.hold(false);
        self.addresses_settled().await;
        self.role = Role::Standby;
        self.joints.settled.send_replace(order.number);
        // the other one takes over meanwhile
        let told = self.part();
        self.filter.unload().await;
        if order.last || !self.setup.cluster.has_standby_table() {
            // without the table it is not known how to reach the reals
            tokio::select! {
                _ = timeout(PARTING, told) => {}
                () = overtaken(&mut self.joints.orders, order.role), if !order.last => {}
            }
        }
        if !order.last {
            // at the end control empties it as it is to be left
            let _ = self.table(Role::Standby).await;
        }
    }

    /// Has the connections told, of which the other director may not know yet; what is returned is
    /// ready when they have been.
    fn part(&self) -> oneshot::Receiver<()> {
        let (done, told) = oneshot::channel();
        // in a dry run nobody is there; and who still has the last parting to tell is not waited for
        let _ = self.joints.part.try_send(done);
        told
    }

    /// Follows another setup, in the role that it has.
    async fn follow(&mut self) {
        self.setup = Arc::clone(&self.joints.setups.borrow_and_update());
        if self.joints.held.borrow().number > 0 {
            let up = self.joints.held.borrow().up;
            self.hold(up);
            if up {
                self.filter.load(&self.setup).await;
            }
        }
    }

    fn is_overtaken(&self, order: &Order) -> bool {
        self.joints.orders.borrow().role != order.role
    }

    /// Asks for the table of a role; what is returned is ready when the kernel has taken it.
    async fn table(&self, role: Role) -> Option<oneshot::Receiver<()>> {
        let (done, programmed) = oneshot::channel();
        self.joints.requests.send(Request::Role(role, done)).await.ok()?;
        Some(programmed)
    }

    /// Runs the command of a role, if there is one. False where it has failed without which nobody is
    /// active: the machine is told then.
    async fn command(&mut self, role: Role, reason: &'static str) -> bool {
        let Some((program, limit)) = script(&self.setup.cluster, role, reason) else { return true };
        if self.dry_run {
            info!("would run: {program}");
            return true;
        }
        match program.is_exact() {
            true => warn!("Spawning [{program}]"),
            false => info!("running {program}"),
        }
        let needed = role == Role::Active && matches!(program, Program::Script { .. });
        let left = async {
            match needed {
                true => overtaken(&mut self.joints.orders, role).await,
                false => pending().await,
            }
        };
        let ended = tokio::select! {
            ended = program.run_unless(limit, left) => ended,
            Ok(_) = self.joints.hurry.wait_for(|hurry| *hurry), if !needed => {
                warn!("{program} is not waited for");
                return true;
            }
        };
        let Err(why) = ended else { return true };
        let text = why.to_string();
        match text.strip_prefix(UNRUN).filter(|_| program.is_exact()) {
            // in ucarp's words
            Some(why) => error!("Unable to exec {program}: {why}"),
            None => warn!("{program} {text}"),
        }
        if needed {
            // the driver ends before this only when there is nothing to be told any more
            let _ = self.joints.inputs.send(Input::Broken(format!("{program} {why}"))).await;
        }
        !needed
    }
}

/// Waits until the kernel has the table. After the limit the machine is told, which gives up where
/// another could serve. Fails when control has ended.
async fn patiently(
    mut programmed: oneshot::Receiver<()>,
    limit: Duration,
    inputs: mpsc::Sender<Input<'static>>,
) -> Result<(), oneshot::error::RecvError> {
    if let Ok(done) = timeout(limit, &mut programmed).await {
        return done;
    }
    let why = format!("the kernel has not taken the table within {limit:?}");
    // the driver ends before this only when there is nothing to be told any more
    let _ = inputs.send(Input::Broken(why)).await;
    programmed.await
}

/// Waits for an order of another role.
async fn overtaken(orders: &mut watch::Receiver<Order>, role: Role) {
    // without a driver that is for the caller to see
    let _ = orders.wait_for(|latest| latest.role != role).await;
}

/// By how much addresses are ahead of all else at most: where there is one processor, what control and the
/// kernel's thread do would come between them and their first client.
const AHEAD: Duration = Duration::from_millis(200);
/// How long a table stays for its connections to be told.
const PARTING: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests;
