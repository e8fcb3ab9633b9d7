//! The system log, as syslog(3) speaks to it (RFC 3164, over the local socket).

use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tracing::Level;

use crate::model::Facility;

/// A way to the system log.
pub(super) struct SystemLog {
    facility: u8,
    identity: &'static str,
    /// It did not take the last line in time.
    hangs: AtomicBool,
}

impl SystemLog {
    pub(super) fn new(facility: Facility, identity: &'static str) -> Self {
        SystemLog { facility: code(facility), identity, hangs: AtomicBool::new(false) }
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
        let sent = socket.send_to(text.as_bytes(), SOCKET);
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
