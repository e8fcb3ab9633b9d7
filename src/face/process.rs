//! A process that is somebody's ldirectord, or pulse: ours, or the original.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

/// Whether it is there, and runs this program by its command line, as ldirectord judges it.
pub(super) fn runs(pid: Pid, program: &str) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.windows(program.len()).any(|part| part == program.as_bytes())
}

/// Sends it a signal; one that is gone needs none. Fails, in words, where it is not ours to signal.
pub(super) fn signal(pid: Pid, program: &str, signal: Signal) -> Result<(), String> {
    match kill_process(pid, signal) {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(why) => Err(format!("{program}, pid {pid}, cannot be signalled: {why}")),
    }
}

/// Waits until it is gone; whether it is, in time.
pub(super) fn wait(pid: Pid, program: &str, limit: Duration) -> bool {
    let start = Instant::now();
    while runs(pid, program) {
        if start.elapsed() > limit {
            return false;
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    true
}

const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
