//! What people do while the director is worked on: connections that stay, and new ones all the while.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::client::{Held, Protocol, ask_once};
use super::host::Host;
use super::wait::wait_until;

/// A pool of connections that talk round after round, some at a time, each to the real it was given;
/// in between new ones are made, each for one answer.
pub(crate) struct Traffic {
    shared: Arc<Shared>,
    thread: JoinHandle<Vec<String>>,
}

#[derive(Default)]
struct Shared {
    /// Turns that are over, one after the other; so many make a round.
    turns: AtomicU64,
    a_round: u64,
    end: AtomicBool,
}

impl Traffic {
    /// Opens so many connections, and begins to talk.
    pub(crate) fn start(client: &Host, to: SocketAddr, connections: usize) -> Traffic {
        let mut pool: Vec<Held> = (0..connections).map(|_| Held::open(client, to)).collect();
        let a_round = u64::try_from(connections.div_ceil(TOGETHER)).expect("few");
        let shared = Arc::new(Shared { a_round, ..Shared::default() });
        let (host, told) = (client.clone(), Arc::clone(&shared));
        let talk = move || {
            let names = pool.iter_mut().map(Held::talk).collect::<Result<Vec<_>, _>>();
            let names = names.expect("answers at first");
            let mut failures = Vec::new();
            loop {
                for (some, names) in pool.chunks_mut(TOGETHER).zip(names.chunks(TOGETHER)) {
                    if told.end.load(Ordering::Acquire) || failures.len() > ENOUGH {
                        return failures;
                    }
                    let number = told.turns.load(Ordering::Acquire);
                    failures.extend(turn(number, some, names, to));
                    told.turns.store(number + 1, Ordering::Release);
                    thread::sleep(BREATH);
                }
            }
        };
        Traffic { shared, thread: thread::spawn(move || host.inside(talk)) }
    }

    /// Waits until each connection has talked once more.
    pub(crate) fn a_round(&self) {
        let turns = || self.shared.turns.load(Ordering::Acquire);
        // the one that is under way has begun before
        let whole = turns() + self.shared.a_round + 1;
        wait_until("each connection has talked once more", ROUND, || {
            let over = turns() >= whole || self.thread.is_finished();
            if over { Ok(()) } else { Err(format!("{} turns, not {whole}", turns())) }
        });
    }

    /// Ends it all. The first that had not their answer within the client's patience, and why.
    pub(crate) fn end(self) -> Vec<String> {
        self.shared.end.store(true, Ordering::Release);
        self.thread.join().expect("a client that does not panic")
    }
}

/// Some say a line with the turn's number, somebody new asks, and each hears its answer.
fn turn(number: u64, some: &mut [Held], names: &[String], to: SocketAddr) -> Vec<String> {
    let mut failures = Vec::new();
    let said: Vec<_> = some.iter_mut().map(|held| held.say(&format!("who {number}"))).collect();
    if let Err(why) = ask_once(None, Protocol::Tcp, to) {
        failures.push(format!("somebody new in turn {number}: {why}"));
    }
    for ((held, name), said) in some.iter_mut().zip(names).zip(said) {
        match said.and_then(|()| held.hear()) {
            Ok(answer) if answer == format!("{name} {number}") => {}
            other => failures.push(format!("{name} in turn {number}: {other:?}")),
        }
    }
    failures
}

/// As many wait for their answers at once: few, so that nobody waits for long.
const TOGETHER: usize = 20;
/// The machine has one processor, and others want to work too.
const BREATH: Duration = Duration::from_millis(20);
/// One failure may be followed by as many as there are lines.
const ENOUGH: usize = 20;
const ROUND: Duration = Duration::from_secs(30);
