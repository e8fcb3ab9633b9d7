//! A process that is somebody's ldirectord, or pulse: ours, or the original.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

/// Whether it is there, and was called by this program's name, or is a Perl script of it, as the
/// original ldirectord. A name that merely stands somewhere in its command line makes it nobody's: it
/// would be ended for that.
pub(super) fn runs(pid: Pid, program: &str) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    is_of(&line, program)
}

/// The same by a command line as /proc has it.
fn is_of(line: &[u8], program: &str) -> bool {
    let mut words = line.split(|byte| *byte == 0);
    let called = file_name(words.next().unwrap_or_default());
    let mut script = words.skip_while(|word| word.starts_with(b"-")).map(file_name);
    called == program.as_bytes()
        || called.starts_with(b"perl")
            && script.next().is_some_and(|name| name.starts_with(program.as_bytes()))
}

/// What is behind the last slash.
fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_called_by_a_name_is_of_it() {
        for line in ["pulse", "/usr/sbin/pulse\0-c\0/x\0", "pulse\0"] {
            assert!(is_of(line.as_bytes(), "pulse"), "{line:?}");
        }
        for line in [
            "",
            "/tmp/pulse-audio\x0030\0",
            "/usr/bin/pulseaudio\0",
            "tail\0-f\0/var/log/pulse\0",
            "/opt/pulse/bin/x\0",
            "vi\0pulse\0",
        ] {
            assert!(!is_of(line.as_bytes(), "pulse"), "{line:?}");
        }
        for line in [
            "/usr/bin/perl\0-w\0/usr/sbin/ldirectord\0ldirectord.cf\0start\0",
            "/usr/bin/perl5.36\0/usr/sbin/ldirectord.perl\0start\0",
            "/usr/sbin/ldirectord\0start\0",
        ] {
            assert!(is_of(line.as_bytes(), "ldirectord"), "{line:?}");
        }
        assert!(!is_of(b"perl\0-w\0/x.pl\0/etc/ha.d/ldirectord.cf\0", "ldirectord"));
        assert!(!is_of(b"sh\0/etc/init.d/ldirectord\0stop\0", "ldirectord"));
    }
}
