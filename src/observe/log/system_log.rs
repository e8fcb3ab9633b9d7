//! The system log, as syslog(3) speaks to it (RFC 3164, over the local socket).

use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tracing::Level;

use crate::model::Facility;

/// A way to the system log.
pub(super) struct SystemLog {
    socket: PathBuf,
    facility: u8,
    identity: &'static str,
    /// It did not take the last line in time.
    hangs: AtomicBool,
}

impl SystemLog {
    pub(super) fn new(facility: Facility, identity: &'static str) -> Self {
        Self::at(SOCKET, facility, identity)
    }

    fn at(socket: impl Into<PathBuf>, facility: Facility, identity: &'static str) -> Self {
        let (socket, facility) = (socket.into(), code(facility));
        SystemLog { socket, facility, identity, hangs: AtomicBool::new(false) }
    }

    /// Writes a line. The socket is opened each time, for a log that has been restarted has another
    /// one; a log that hangs is waited for once.
    pub(super) fn write(&self, level: Level, line: &str) -> io::Result<()> {
        let socket = UnixDatagram::unbound()?;
        match self.hangs.load(Ordering::Relaxed) {
            true => socket.set_nonblocking(true)?,
            false => socket.set_write_timeout(Some(PATIENCE))?,
        }
        let priority = self.facility * 8 + severity(level);
        let time = jiff::Zoned::now().strftime("%b %e %H:%M:%S");
        let pid = std::process::id();
        let text = format!("<{priority}>{time} {}[{pid}]: {line}", self.identity);
        let sent = socket.send_to(text.as_bytes(), &self.socket);
        let hangs = sent.as_ref().is_err_and(|why| why.kind() == ErrorKind::WouldBlock);
        self.hangs.store(hangs, Ordering::Relaxed);
        sent.map(|_| ())
    }
}

fn severity(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

/// Its number in RFC 3164, section 4.1.1. kern is for the kernel alone: it becomes user, as with
/// syslog(3).
fn code(facility: Facility) -> u8 {
    match facility {
        Facility::Kern | Facility::User => 1,
        Facility::Mail => 2,
        Facility::Daemon => 3,
        Facility::Auth => 4,
        Facility::Syslog => 5,
        Facility::Lpr => 6,
        Facility::News => 7,
        Facility::Uucp => 8,
        Facility::Cron => 9,
        Facility::Authpriv => 10,
        Facility::Ftp => 11,
        Facility::Local(n) => 16 + n.min(7),
    }
}

const SOCKET: &str = "/dev/log";
/// How long the log may take for a line.
const PATIENCE: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_line_has_priority_time_and_process() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("log");
        let log = SystemLog::at(&socket, Facility::Local(3), "ldirectord");
        assert!(log.write(Level::INFO, "nobody listens").is_err());
        let listener = UnixDatagram::bind(&socket).unwrap();
        for (level, priority) in [(Level::INFO, 158), (Level::WARN, 156), (Level::ERROR, 155)] {
            log.write(level, "a line").unwrap();
            let mut line = [0; 100];
            let length = listener.recv(&mut line).unwrap();
            let line = std::str::from_utf8(&line[..length]).unwrap();
            assert!(line.starts_with(&format!("<{priority}>")), "{line}");
            assert!(line.ends_with(&format!(" ldirectord[{}]: a line", std::process::id())));
        }
    }

    #[test]
    fn a_log_that_hangs_is_waited_for_once() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("log");
        let log = SystemLog::at(&socket, Facility::Daemon, "x");
        let listener = UnixDatagram::bind(&socket).unwrap();
        let start = Instant::now();
        let lost = (0..10_000).filter(|_| log.write(Level::INFO, "a line").is_err()).count();
        assert!(lost > 1000, "{lost}: it takes whatever comes");
        assert!(start.elapsed() < PATIENCE * 50, "each was waited for");
        let mut line = [0; 100];
        listener.recv(&mut line).unwrap();
        log.write(Level::INFO, "it is back").unwrap();
        assert!(!log.hangs.load(Ordering::Relaxed));
    }
}
