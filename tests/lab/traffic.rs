//! What people do while the director is worked on: connections that stay, and new ones all the while.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::client::{Held, Protocol, ask_once};
use super::host::Host;
use super::wait::wait_until;

/// A pool of connections that all talk, round after round, each to the real it was given; in between
/// new ones are made, each for one answer.
pub(crate) struct Traffic {
    shared: Arc<Shared>,
    thread: JoinHandle<Vec<String>>,
}

#[derive(Default)]
struct Shared {
    /// Rounds that are through.
    rounds: AtomicU64,
    end: AtomicBool,
}

impl Traffic {
    /// Opens so many connections, and begins to talk.
    pub(crate) fn start(client: &Host, to: SocketAddr, connections: usize) -> Traffic {
        let shared = Arc::new(Shared::default());
        let (host, watched) = (client.clone(), Arc::clone(&shared));
        let mut pool: Vec<Held> = (0..connections).map(|_| Held::open(client, to)).collect();
        let talk = move || {
            let names = pool.iter_mut().map(Held::talk).collect::<Result<Vec<_>, _>>();
            let names = names.expect("answers at first");
            let mut failures = Vec::new();
            while !watched.end.load(Ordering::Acquire) && failures.len() < ENOUGH {
                let rounds = watched.rounds.load(Ordering::Acquire);
                failures.extend(round(rounds, &mut pool, &names, to));
                watched.rounds.store(rounds + 1, Ordering::Release);
                thread::sleep(BREATH);
            }
            failures
        };
        Traffic { shared, thread: thread::spawn(move || host.inside(talk)) }
    }

    /// Waits until each connection has talked once more.
    pub(crate) fn a_round(&self) {
        // the one that is under way has begun before
        let whole = self.shared.rounds.load(Ordering::Acquire) + 2;
        wait_until("each connection has talked once more", ROUND, || {
            let rounds = self.shared.rounds.load(Ordering::Acquire);
            let over = rounds >= whole || self.thread.is_finished();
            if over { Ok(()) } else { Err(format!("{rounds} rounds, not {whole}")) }
        });
    }

    /// Ends it all. The first that had not their answer within the client's patience, and why.
    pub(crate) fn end(self) -> Vec<String> {
        self.shared.end.store(true, Ordering::Release);
        self.thread.join().expect("a client that does not panic")
    }
}

/// Some say their lines together, somebody new asks, and each hears its answer; then the next.
fn round(round: u64, pool: &mut [Held], names: &[String], to: SocketAddr) -> Vec<String> {
    let mut failures = Vec::new();
    for (some, names) in pool.chunks_mut(TOGETHER).zip(names.chunks(TOGETHER)) {
        let said: Vec<_> = some.iter_mut().map(|held| held.say(&format!("who {round}"))).collect();
        if let Err(why) = ask_once(None, Protocol::Tcp, to) {
            failures.push(format!("somebody new in round {round}: {why}"));
        }
        for ((held, name), said) in some.iter_mut().zip(names).zip(said) {
            match said.and_then(|()| held.hear()) {
                Ok(answer) if answer == format!("{name} {round}") => {}
                other => failures.push(format!("{name} in round {round}: {other:?}")),
            }
        }
    }
    failures
}

/// As many wait for their answers at once, so that nobody waits for long.
const TOGETHER: usize = 20;
/// The machine has one processor, and others want to work too.
const BREATH: Duration = Duration::from_millis(20);
/// One failure may be followed by as many as there are lines.
const ENOUGH: usize = 20;
const ROUND: Duration = Duration::from_secs(30);
