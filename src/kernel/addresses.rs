//! The only hand on virtual addresses: raises, lowers and announces them.

mod difference;
mod holder;
mod neighbours;

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use crate::model::VirtualAddress;

use super::route::News;
use holder::Holder;
pub use neighbours::{Untold, tell as announce};

/// What this machine is to hold; the latest counts.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Counts what was asked for in this run.
    pub number: u64,
    /// All that are ours: those of them that are not to be held are lowered where they are found.
    pub ours: Arc<Vec<VirtualAddress>>,
    /// Whether they are to be held.
    pub up: bool,
    /// Grows each time that the neighbours are to be told again. They are told by themselves of what
    /// has been raised, and of all when `up` has become true.
    pub announcements: u64,
}

/// What became of one asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Its number.
    pub number: u64,
    /// Those that were raised.
    pub raised: Vec<VirtualAddress>,
    /// Those that were lowered.
    pub lowered: Vec<VirtualAddress>,
    /// All that is not as it should be, and why, in the kernel's words; it is tried again.
    pub refused: Vec<(VirtualAddress, String)>,
    /// The last announcement of this number has been made.
    pub announced: bool,
}

/// Runs until the sender of what is to be held is dropped; what is held then stays. To be given a
/// thread of its own: it blocks. The first report of a number comes as soon as that asking has been
/// carried out, further ones of the same number tell of repairs, of refusals that came or went, and
/// of the last announcement.
pub fn run(held: watch::Receiver<Held>, reports: mpsc::UnboundedSender<Report>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(held, reports));
    Ok(())
}

async fn serve(mut held: watch::Receiver<Held>, reports: mpsc::UnboundedSender<Report>) {
    let mut news = None;
    let mut holder = Holder::default();
    let mut look = Instant::now() + LOOK;
    loop {
        let due = holder.due().unwrap_or(look);
        // without it they are looked at all the same, only later
        news = news.or_else(|| News::of_addresses().ok());
        let is_fresh = tokio::select! {
            biased;
            changed = held.changed() => match changed {
                Ok(()) => true,
                Err(_) => return,
            },
            () = sleep_until(due), if due < look => {
                if let Some(report) = holder.tell() && reports.send(report).is_err() {
                    return;
                }
                continue;
            }
            heard = heard(news.as_mut()) => {
                if heard.is_err() {
                    news = None;
                }
                // nobody who wants something waits for news
                tokio::select! {
                    () = sleep(GATHER) => {}
                    _ = held.changed() => {}
                }
                false
            }
            () = sleep_until(look) => false,
        };
        let wanted = held.borrow_and_update().clone();
        let is_fresh = is_fresh || holder.is_fresh(&wanted);
        let report = holder.bring(wanted);
        look = Instant::now() + LOOK;
        if let Some(report) = report.filter(|report| holder.is_news(report) || is_fresh)
            && reports.send(report).is_err()
        {
            return;
        }
    }
}

/// Waits for news, for ever where none can be had.
async fn heard(news: Option<&mut News>) -> io::Result<()> {
    match news {
        Some(news) => news.wait().await,
        None => pending().await,
    }
}

/// How often the addresses are looked at where nothing is heard of a change, and what was refused is
/// tried again.
const LOOK: Duration = Duration::from_secs(2);
/// How long to wait for more news before they are looked at.
const GATHER: Duration = Duration::from_millis(10);
