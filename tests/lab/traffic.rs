//! What people do while the director is worked on: connections that stay, and new ones all the while.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::client::{Held, Protocol, ask_once};
use super::host::Host;
use super::wait::wait_until;

/// A pool of connections that all talk, round after round, each to the real it was given; in between
/// new ones are made, each for one answer.
pub(crate) struct Traffic {
    shared: Arc<Shared>,
    thread: JoinHandle<Seen>,
}

/// What the client saw until it ended.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The connections that each real was given, those of the pool and the new ones.
    pub(crate) given: BTreeMap<String, u64>,
    /// The longest that anybody waited for an answer.
    pub(crate) slowest: Duration,
    /// The first lines without their answer, and why.
    pub(crate) failures: Vec<String>,
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
        let mut seen = Seen::default();
        let mut pool: Vec<(Held, String)> = (0..connections)
            .map(|_| {
                let mut held = Held::open(client, to);
                let real = held.talk().expect("an answer");
                *seen.given.entry(real.clone()).or_default() += 1;
                (held, real)
            })
            .collect();
        let talk = move || {
            while !watched.end.load(Ordering::Acquire) && seen.failures.len() < ENOUGH {
                let round = watched.rounds.load(Ordering::Acquire);
                seen.round(round, &mut pool, to);
                watched.rounds.store(round + 1, Ordering::Release);
                thread::sleep(BREATH);
            }
            seen
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

    /// Ends it all.
    pub(crate) fn end(self) -> Seen {
        self.shared.end.store(true, Ordering::Release);
        self.thread.join().expect("a client that does not panic")
    }
}

impl Seen {
    /// Each connection says its line, somebody new asks now and then, and each hears its answer.
    fn round(&mut self, round: u64, pool: &mut [(Held, String)], to: SocketAddr) {
        let mut said = Vec::new();
        for (number, (held, _)) in pool.iter_mut().enumerate() {
            said.push((Instant::now(), held.say(&format!("who {round} {number}"))));
            if number % 20 == 0 {
                let begun = Instant::now();
                match ask_once(None, Protocol::Tcp, to) {
                    Ok(real) => *self.given.entry(real).or_default() += 1,
                    Err(why) => self.failures.push(format!("round {round}, a new one: {why}")),
                }
                self.slowest = self.slowest.max(begun.elapsed());
            }
        }
        for ((number, (held, real)), (begun, said)) in pool.iter_mut().enumerate().zip(said) {
            let expected = format!("{real} {round} {number}");
            match said.and_then(|()| held.hear()) {
                Ok(answer) if answer == expected => {}
                Ok(answer) => self.failures.push(format!("{expected}: {answer:?}")),
                Err(why) => self.failures.push(format!("{expected}: {why}")),
            }
            self.slowest = self.slowest.max(begun.elapsed());
        }
    }
}

/// The machine has one processor, and others want to work too.
const BREATH: Duration = Duration::from_millis(20);
/// One failure may be followed by as many as there are lines.
const ENOUGH: usize = 20;
const ROUND: Duration = Duration::from_secs(30);
