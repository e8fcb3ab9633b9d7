//! A process that is somebody's ldirectord: ours, or the original.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

/// Whether it is there, and is an ldirectord by its command line, as the original judges it.
pub(super) fn is_ldirectord(pid: Pid) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.windows(NAME.len()).any(|part| part == NAME)
}

/// Sends it a signal; one that is gone needs none. Fails, in words, where it is not ours to signal.
pub(super) fn signal(pid: Pid, signal: Signal) -> Result<(), String> {
    match kill_process(pid, signal) {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(why) => Err(format!("ldirectord, pid {pid}, cannot be signalled: {why}")),
    }
}

/// Waits until it is gone; whether it is, in time.
pub(super) fn wait(pid: Pid, limit: Duration) -> bool {
    let start = Instant::now();
    while is_ldirectord(pid) {
        if start.elapsed() > limit {
            return false;
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    true
}

const NAME: &[u8] = b"ldirectord";
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
