//! A client that retries: it asks all the while, waits for no answer long, and remembers each try.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::super::host::Host;
use super::super::wait::wait_until;

/// One that asks each of some addresses in turn.
pub(super) struct Asker {
    targets: Vec<SocketAddr>,
    tries: Arc<Mutex<Vec<Try>>>,
    end: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What it has seen.
pub(super) struct Tries(Vec<Try>);

struct Try {
    target: SocketAddr,
    begun: Instant,
    over: Instant,
    answer: io::Result<String>,
}

impl Asker {
    /// Begins to ask.
    pub(super) fn start(client: &Host, targets: &[SocketAddr]) -> Asker {
        let (tries, end) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (host, all) = (client.clone(), targets.to_vec());
        let (told, notes) = (Arc::clone(&end), Arc::clone(&tries));
        let ask = move || {
            while !told.load(Ordering::Acquire) {
                for &target in &all {
                    let begun = Instant::now();
                    let answer = ask_once(target);
                    let over = Instant::now();
                    notes.lock().expect("no panic").push(Try { target, begun, over, answer });
                    thread::sleep(BREATH);
                }
            }
        };
        let thread = Some(thread::spawn(move || host.inside(ask)));
        Asker { targets: targets.to_vec(), tries, end, thread }
    }

    /// Waits until each address has answered once more.
    pub(super) fn a_round(&self) {
        let begun = Instant::now();
        wait_until("each address answers", LIMIT, || {
            let tries = self.tries.lock().expect("no panic");
            let answered = |target: &&SocketAddr| {
                let mut new = tries.iter().rev().take_while(|one| one.begun >= begun);
                new.any(|one| one.target == **target && one.answer.is_ok())
            };
            match self.targets.iter().find(|target| !answered(target)) {
                None => Ok(()),
                Some(target) => Err(format!("{target} does not")),
            }
        });
    }

    /// Waits until each address has answered many times in a row.
    pub(super) fn wait_for_answers(&self) {
        for _ in 0..ROUNDS {
            self.a_round();
        }
    }

    /// Ends it; whatever went wrong is silence, never a refusal or a stranger's answer.
    pub(super) fn end(mut self) -> Tries {
        self.stop();
        let tries = std::mem::take(&mut *self.tries.lock().expect("no panic"));
        for one in &tries {
            match &one.answer {
                Ok(answer) => assert!(answer.starts_with("rs"), "{}: {answer}", one.target),
                Err(why) => assert!(is_silence(why), "{}: {why}", one.target),
            }
        }
        Tries(tries)
    }

    fn stop(&mut self) {
        self.end.store(true, Ordering::Release);
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(thread::panicking() || ended.is_none_or(|end| end.is_ok()), "an asker failed");
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Tries {
    /// How long an address has not answered: from the last answer before to the first one after, with
    /// nothing but answers before and after.
    pub(super) fn hole(&self, target: SocketAddr) -> Duration {
        let tries: Vec<&Try> = self.0.iter().filter(|one| one.target == target).collect();
        let failed = |one: &&Try| one.answer.is_err();
        let Some(first) = tries.iter().position(failed) else { return Duration::ZERO };
        let last = tries.iter().rposition(failed).expect("there is a first one");
        let between = tries[first..last].iter().filter(|one| one.answer.is_ok()).count();
        assert_eq!(between, 0, "{target} answers, and then it does not again");
        assert!(first > 0 && last + 1 < tries.len(), "{target} answers before and after");
        tries[last + 1].over - tries[first - 1].over
    }
}

fn is_silence(why: &io::Error) -> bool {
    use io::ErrorKind::{HostUnreachable, TimedOut, WouldBlock};
    matches!(why.kind(), HostUnreachable | TimedOut | WouldBlock)
}

fn ask_once(target: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&target, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"who\n")?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    Ok(answer.trim_end().to_owned())
}

/// For one try.
const PATIENCE: Duration = Duration::from_millis(250);
/// The machine has one processor, and others want to work too.
const BREATH: Duration = Duration::from_millis(10);
const ROUNDS: usize = 5;
const LIMIT: Duration = Duration::from_secs(20);
