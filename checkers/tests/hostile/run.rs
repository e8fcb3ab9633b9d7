//! A check and a server, brought together; and what came of it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use checkers::{Check, Target, Verdict};
use tokio::runtime::{Builder, Runtime};

use crate::server::Server;

/// One field of the matrix.
pub(crate) struct Pair {
    pub(crate) service: &'static str,
    pub(crate) way: &'static str,
    pub(crate) behaviour: &'static str,
    pub(crate) check: Check,
    /// How often it is asked; the last time counts.
    pub(crate) times: u32,
    /// KiB that the check may allocate at one time.
    pub(crate) kib: u64,
    pub(crate) server: Server,
}

/// What was seen.
pub(crate) struct Seen {
    pub(crate) verdict: Verdict,
    /// The outcome's message, without what differs from run to run.
    pub(crate) message: String,
    pub(crate) deadline: Duration,
    pub(crate) took: Duration,
    /// The most bytes that were allocated at one time.
    pub(crate) bytes: u64,
}

impl Pair {
    pub(crate) fn run(&self, deadline: Duration) -> Seen {
        let server = self.server.run();
        let target = Target { address: server.address };
        let runtime = runtime();
        for _ in 1..self.times {
            runtime.block_on(self.check.run(target, deadline));
        }
        let mut asked = None;
        // all that the check does is done on this thread, and counted
        let allocated = allocation_counter::measure(|| {
            let begun = Instant::now();
            let outcome = runtime.block_on(self.check.run(target, deadline));
            asked = Some((outcome, begun.elapsed()));
        });
        let (outcome, took) = asked.unwrap();
        let within = format!("within {} ms", deadline.as_millis());
        let message = outcome.message.replace(&within, "in time");
        let message = message.replace(&within_seconds(deadline), "in time");
        let message = message.replace(&target.address.port().to_string(), "PORT");
        Seen { verdict: outcome.verdict, message, deadline, took, bytes: allocated.bytes_max }
    }
}

impl Seen {
    /// How long after its deadline the check ended; 0 if before it.
    pub(crate) fn late(&self) -> Duration {
        self.took.saturating_sub(self.deadline)
    }

    /// What no check may do, whatever it says.
    pub(crate) fn fault(&self, pair: &Pair) -> Option<String> {
        let Pair { service, way, behaviour, kib, .. } = pair;
        let name = format!("{service} over {way}, {behaviour}");
        let kib_seen = self.bytes.div_ceil(1024);
        if self.late() > LATE {
            return Some(format!("{name}: ended {} ms too late", self.late().as_millis()));
        }
        if kib_seen > *kib {
            return Some(format!("{name}: {kib_seen} KiB, {kib} are allowed"));
        }
        if *behaviour == "honest" && self.verdict == Verdict::Down {
            return Some(format!("{name}: down, {}", self.message));
        }
        if self.message.contains("the check itself failed") || self.message.is_empty() {
            return Some(format!("{name}: {}", self.message));
        }
        None
    }
}

/// All of them, some at a time.
pub(crate) fn together(pairs: &[Pair], deadline: Duration) -> Vec<Seen> {
    let next = AtomicUsize::new(0);
    let seen = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some((number, pair)) = Some(next.fetch_add(1, Ordering::Relaxed))
                    .and_then(|n| Some((n, pairs.get(n)?)))
                {
                    let one = pair.run(deadline);
                    seen.lock().unwrap().push((number, one));
                }
            });
        }
    });
    let mut seen = seen.into_inner().unwrap();
    seen.sort_by_key(|(number, _)| *number);
    seen.into_iter().map(|(_, seen)| seen).collect()
}

/// Gives a check up in the middle of its dialogue, and waits until the server sees that.
pub(crate) fn given_up(pair: &Pair) {
    let server = pair.server.run();
    let (check, target) = (pair.check.clone(), Target { address: server.address });
    runtime().block_on(async {
        let nanny = tokio::spawn(async move { check.run(target, PATIENCE).await });
        until(pair, || server.state.silent.load(Ordering::SeqCst) > 0).await;
        nanny.abort();
        let _ = nanny.await;
        server.state.leave();
        until(pair, || server.state.open.load(Ordering::SeqCst) == 0).await;
    });
}

async fn until(pair: &Pair, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        let Pair { service, way, .. } = pair;
        assert!(begun.elapsed() < PATIENCE, "{service} over {way}: it never comes to be");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// As the checks have it in the director.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn within_seconds(deadline: Duration) -> String {
    format!("within {} s", deadline.as_secs())
}

/// What a check may take beyond its deadline.
const LATE: Duration = Duration::from_millis(50);
const AT_A_TIME: usize = 16;
/// More than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);
