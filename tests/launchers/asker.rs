//! A client that asks all the while, and knows when it had an answer.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::host::Host;
use super::pair::VIP;

/// A client at work; it stops when dropped.
pub(crate) struct Asker {
    answers: Arc<Mutex<Vec<Answer>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// When a question that was answered was asked, and when the answer came.
#[derive(Clone, Copy)]
struct Answer {
    asked: Instant,
    came: Instant,
}

impl Asker {
    /// Starts to ask.
    pub(crate) fn start(client: &Host) -> Asker {
        let (answers, ended) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (client, list, end) = (client.clone(), Arc::clone(&answers), Arc::clone(&ended));
        let thread = thread::spawn(move || {
            client.inside(|| {
                while !end.load(Ordering::Relaxed) {
                    let asked = Instant::now();
                    if ask().is_ok() {
                        let answer = Answer { asked, came: Instant::now() };
                        list.lock().expect("no panic while it is held").push(answer);
                    }
                    thread::sleep(BETWEEN_QUESTIONS);
                }
            });
        });
        Asker { answers, ended, thread: Some(thread) }
    }

    /// Whether a question that was asked after this moment has been answered.
    pub(crate) fn answered_since(&self, moment: Instant) -> bool {
        self.answers.lock().expect("no panic while it is held").iter().any(|a| a.asked > moment)
    }

    /// The longest time without an answer since this moment, and when it ended, after the moment.
    pub(crate) fn longest_silence(&self, since: Instant) -> (Duration, Duration) {
        let answers = self.answers.lock().expect("no panic while it is held").clone();
        let mut last = since;
        let mut longest = (Duration::ZERO, Duration::ZERO);
        for answer in answers.iter().filter(|answer| answer.came > since) {
            longest = longest.max((answer.came - last, answer.came - since));
            last = answer.came;
        }
        longest
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn ask() -> io::Result<()> {
    let mut stream = TcpStream::connect_timeout(&VIP, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"who\n")?;
    let mut answer = [0; 16];
    match stream.read(&mut answer)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

const PATIENCE: Duration = Duration::from_millis(300);
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(100);
