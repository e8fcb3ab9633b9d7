//! The checks' thread: a nanny for every real, and a bound on what they do at once.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::health::{Checked, Duty, Recorder, Weighed, nanny};
use crate::model::RealId;

/// What the nannies have to do; the latest list counts.
pub(super) type Duties = Arc<Vec<Arc<Duty>>>;

/// How the thread is started.
pub(super) type Start = fn(
    watch::Receiver<Duties>,
    mpsc::Sender<Checked>,
    mpsc::Sender<Weighed>,
    Recorder,
) -> io::Result<JoinHandle<()>>;

/// Starts the thread. It ends when the sender of duties is dropped, and takes every check in flight
/// with it, with the programs that they run.
pub(super) fn start(
    duties: watch::Receiver<Duties>,
    tell: mpsc::Sender<Checked>,
    weigh: mpsc::Sender<Weighed>,
    recorder: Recorder,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let in_flight = Arc::new(Semaphore::new(ceiling()));
    thread::Builder::new()
        .name("checks".to_owned())
        .spawn(move || runtime.block_on(tend(duties, in_flight, tell, weigh, recorder)))
}

async fn tend(
    mut duties: watch::Receiver<Duties>,
    in_flight: Arc<Semaphore>,
    tell: mpsc::Sender<Checked>,
    weigh: mpsc::Sender<Weighed>,
    recorder: Recorder,
) {
    let started = Instant::now();
    let mut nannies: HashMap<RealId, (Arc<Duty>, AbortHandle)> = HashMap::new();
    while duties.changed().await.is_ok() {
        let latest = Arc::clone(&duties.borrow_and_update());
        let mut kept = HashMap::with_capacity(latest.len());
        for duty in latest.iter() {
            let nanny = match nannies.remove(&duty.real) {
                Some((old, nanny)) if old == *duty => nanny,
                old => {
                    if let Some((_, nanny)) = old {
                        nanny.abort();
                    }
                    let duty = Arc::clone(duty);
                    let (in_flight, tell) = (Arc::clone(&in_flight), tell.clone());
                    let (weigh, recorder) = (weigh.clone(), recorder.clone());
                    let watch = nanny::watch(duty, started, in_flight, tell, weigh, recorder);
                    tokio::spawn(watch).abort_handle()
                }
            };
            kept.insert(duty.real, (Arc::clone(duty), nanny));
        }
        for (_, nanny) in nannies.into_values() {
            nanny.abort();
        }
        nannies = kept;
    }
}

/// How many checks may be in flight, 16 to 4096: as many as there are file descriptors to spare, for
/// a check takes up to three, and no more than memory bears. Raises the limit of files to the hard one.
pub fn ceiling() -> usize {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // as much as the administrator allows us; what is refused leaves the limit as it is
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(files / 4).unwrap_or(CEILING).clamp(16, CEILING)
}

/// 4,096 HTTP checks in flight take some 120 MB.
const CEILING: usize = 4096;
