//! What is to be written down of each check, on its way to whoever writes.
//!
//! In: [`Record`]s. Out: the same, in order. Nobody ever waits for the writer: while the way is full
//! what comes is left out, and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use checkers::{Timestamp, Verdict};
use tokio::sync::mpsc;
use tracing::warn;

use crate::model::Monitor;

/// One line of a monitor file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Which file, and of whom.
    pub monitor: Arc<Monitor>,
    /// When it was found.
    pub at: Timestamp,
    /// What was found.
    pub verdict: Verdict,
    /// What the check said.
    pub message: String,
}

/// Takes records.
#[derive(Clone, Debug)]
pub struct Recorder {
    records: mpsc::Sender<Record>,
    lost: Arc<AtomicU64>,
}

/// Gives them out again.
#[derive(Debug)]
pub struct Records {
    records: mpsc::Receiver<Record>,
    lost: Arc<AtomicU64>,
}

/// Both ends of the way.
pub fn records() -> (Recorder, Records) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let lost = Arc::new(AtomicU64::new(0));
    (Recorder { records: sender, lost: Arc::clone(&lost) }, Records { records: receiver, lost })
}

impl Recorder {
    /// Takes a record, unless too many wait; where nobody writes it is dropped.
    pub fn record(&self, record: Record) {
        if let Err(mpsc::error::TrySendError::Full(record)) = self.records.try_send(record)
            && self.lost.fetch_add(1, Ordering::Relaxed) == 0
        {
            let file = &record.monitor.file;
            warn!("monitor file {file}: checks are not written down, the files are too slow");
        }
    }
}

impl Records {
    /// Waits for a record, and takes all that are there; `None` when there will be no more. With
    /// them comes how many were left out since the last time. Not within a runtime.
    pub fn take(&mut self) -> Option<(Vec<Record>, u64)> {
        let mut records = vec![self.records.blocking_recv()?];
        while let (true, Ok(next)) = (records.len() < WAITING, self.records.try_recv()) {
            records.push(next);
        }
        Some((records, self.lost.swap(0, Ordering::Relaxed)))
    }
}

/// Records that may wait for a slow disk.
const WAITING: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_and_what_is_left_out_is_counted() {
        let monitor = Arc::new(Monitor { file: "/m".into(), identity: "connect".into() });
        let record = |n: usize| Record {
            monitor: Arc::clone(&monitor),
            at: Timestamp::UNIX_EPOCH,
            verdict: Verdict::Up,
            message: n.to_string(),
        };
        let (recorder, mut records) = records();
        (0..WAITING + 3).for_each(|n| recorder.record(record(n)));
        let (taken, lost) = records.take().unwrap();
        assert_eq!(taken, (0..WAITING).map(record).collect::<Vec<_>>());
        assert_eq!(lost, 3);
        recorder.record(record(7));
        assert_eq!(records.take(), Some((vec![record(7)], 0)));
        drop(recorder);
        assert_eq!(records.take(), None);
    }
}
