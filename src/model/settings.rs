//! What concerns the program and not one virtual.

use std::path::PathBuf;

/// The program's own settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Read the file again when it changes on disk.
    pub autoreload: bool,
    /// The facility of the system log, if the log goes there.
    pub facility: Option<Facility>,
    /// The folder of files that take the reals of their names out.
    pub maintenance: Option<PathBuf>,
    /// The sender of mail; `None` for the user at this host.
    pub mail_from: Option<String>,
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
