//! What concerns the program and not one virtual.

use std::path::PathBuf;

use super::{Alert, Command, Timeouts};

/// The program's own settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Read the file again when it changes on disk.
    pub autoreload: bool,
    /// The folder of files that take the reals of their names out.
    pub maintenance: Option<PathBuf>,
    /// Where the log goes, if the file says so.
    pub logfile: Option<Logfile>,
    /// ldirectord stays in the foreground.
    pub supervised: bool,
    /// Whom to tell of what concerns no single virtual: the director's role.
    pub alert: Alert,
    /// The sender of mail; `None` for the user at this host.
    pub mail_from: Option<String>,
    /// What is run when the file has changed on disk.
    pub callback: Option<Command>,
    /// The configurations of the instances that are run beside this one, each as the words before
    /// the action on ldirectord's command line; no two the same.
    pub execute: Vec<String>,
    /// How long the kernel is to remember connections; 0 leaves a value as it is.
    pub timeouts: Option<Timeouts>,
    /// A director that cannot check any more gives up what it holds (piranha's `hard_shutdown`); else
    /// it leaves the table as it is.
    pub hard_shutdown: bool,
}

/// Where a log goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Logfile {
    /// To the system log.
    Facility(Facility),
    /// Into a file, by its absolute path.
    Path(PathBuf),
}

/// A facility of the system log (RFC 5424, section 6.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facility {
    /// auth
    Auth,
    /// authpriv
    Authpriv,
    /// cron
    Cron,
    /// daemon
    Daemon,
    /// ftp
    Ftp,
    /// kern
    Kern,
    /// lpr
    Lpr,
    /// mail
    Mail,
    /// news
    News,
    /// syslog
    Syslog,
    /// user
    User,
    /// uucp
    Uucp,
    /// local0 to local7
    Local(u8),
}
