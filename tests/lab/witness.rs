//! Looks at a service in the kernel's table all the while, and remembers what it was.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::host::Host;

/// Who looks, many times in the time that a command like ipvsadm takes.
pub(crate) struct Witness {
    end: Arc<AtomicBool>,
    thread: JoinHandle<BTreeSet<String>>,
}

impl Witness {
    /// Begins to look at a service, named as the kernel does: `0A01000A:0050`.
    pub(crate) fn start(director: &Host, service: &'static str) -> Witness {
        let end = Arc::new(AtomicBool::new(false));
        let (host, told) = (director.clone(), Arc::clone(&end));
        let look = move || {
            let mut states = BTreeSet::new();
            while !told.load(Ordering::Acquire) {
                states.insert(state(service));
                thread::sleep(BETWEEN_LOOKS);
            }
            states
        };
        Witness { end, thread: thread::spawn(move || host.inside(look)) }
    }

    /// Every state that the service was seen in.
    pub(crate) fn end(self) -> BTreeSet<String> {
        self.end.store(true, Ordering::Release);
        self.thread.join().expect("a witness that does not panic")
    }
}

/// The service and its reals, without their connections.
fn state(service: &str) -> String {
    let table = fs::read_to_string("/proc/thread-self/net/ip_vs").expect("the kernel's table");
    let mut lines = table.lines().skip_while(|line| !line.contains(service));
    let first = lines.next().unwrap_or("gone");
    let mut reals: Vec<String> = lines
        .take_while(|line| line.starts_with("  ->"))
        .map(|line| line.split_whitespace().take(4).collect::<Vec<_>>().join(" "))
        .collect();
    reals.sort();
    format!("{}\n{}", first.trim(), reals.join("\n"))
}

const BETWEEN_LOOKS: Duration = Duration::from_millis(1);
