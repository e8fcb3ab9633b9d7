//! The kernel's thread: takes the latest wanted table, programs it, and repairs drift when quiet.
//!
//! Tables arrive through a `watch` channel, so a slow kernel piles nothing up and ten thousand
//! deaths become one batch. Reports leave on an unbounded channel that holds at most a few rounds.
//! Nothing here waits for a check.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ipvs::ServiceId;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until};

use crate::plan::Table;

use super::{Connections, Error, Kernel, Orders, Reconciler, Report};

/// A wanted table and its number; numbers only grow.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Counts the tables of this run.
    pub number: u64,
    /// The table.
    pub table: Arc<Table>,
    /// Services that are kept out of the kernel, whoever put them there.
    pub kept_out: Arc<BTreeSet<ServiceId>>,
    /// What is ordered beside it.
    pub orders: Orders,
}

/// What a round of the thread came to.
#[derive(Debug)]
pub struct Round {
    /// The number of the table that was programmed.
    pub number: u64,
    /// What was done, or why nothing could be.
    pub result: Result<Report, Error>,
    /// What of the orders could not be carried out, in the kernel's words; it is tried again.
    pub refused: Option<String>,
}

/// A question for the connections of every destination.
pub type Ask = oneshot::Sender<Result<Connections, Error>>;

/// Runs until the sender of tables is dropped. To be given a thread of its own: it blocks.
pub fn run(
    kernel: Box<dyn Kernel>,
    wanted: watch::Receiver<Wanted>,
    asks: mpsc::Receiver<Ask>,
    rounds: mpsc::UnboundedSender<Round>,
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(serve(Reconciler::new(kernel), wanted, asks, rounds));
    Ok(())
}

async fn serve(
    mut reconciler: Reconciler,
    mut wanted: watch::Receiver<Wanted>,
    mut asks: mpsc::Receiver<Ask>,
    rounds: mpsc::UnboundedSender<Round>,
) {
    let mut look = Instant::now() + QUIET;
    let mut thorough = Instant::now() + THOROUGH;
    let mut latest = Wanted::default();
    // a table that could not be told at all is still to be told, which is no repair
    let mut owing = false;
    let mut refused = None;
    loop {
        let result = tokio::select! {
            // a look is due however much else there is to do, or drift would last as long as that
            biased;
            () = sleep_until(look) => {
                let whole = Instant::now() >= thorough;
                if whole {
                    thorough = Instant::now() + THOROUGH;
                }
                let result = match owing {
                    true => reconciler.program(&latest.table),
                    false => reconciler.repair(&latest.table, whole),
                };
                if whole || refused.is_some() {
                    refused = latest.orders.carry_out(reconciler.kernel());
                }
                look = Instant::now() + QUIET;
                result
            }
            changed = wanted.changed() => {
                if changed.is_err() {
                    return;
                }
                sleep(COALESCE).await;
                let before = std::mem::replace(&mut latest, wanted.borrow_and_update().clone());
                let (fresh, last) = (latest.orders != before.orders, latest.orders.come_last());
                if fresh && !last {
                    refused = latest.orders.carry_out(reconciler.kernel());
                }
                reconciler.keep_out(&latest.kept_out);
                let result = reconciler.program(&latest.table);
                if fresh && last {
                    refused = latest.orders.carry_out(reconciler.kernel());
                }
                result
            }
            Some(ask) = asks.recv() => {
                // an asker that went away has no use for the answer
                let _ = ask.send(reconciler.kernel().connections());
                continue;
            }
        };
        owing = result.is_err();
        if rounds.send(Round { number: latest.number, result, refused: refused.clone() }).is_err() {
            return;
        }
    }
}

/// How long to wait for more changes before one is carried out.
const COALESCE: Duration = Duration::from_millis(2);
/// How often the table is looked at, and what the kernel refused is tried again.
const QUIET: Duration = Duration::from_secs(2);
/// How often a table is read whole even if it seems unchanged: thresholds and tunnels do not show
/// in its fingerprint.
const THOROUGH: Duration = Duration::from_secs(60);
