//! `lvs-director status`: how a running director's services and real servers stand.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::tz::TimeZone;

use crate::daemon::{fetch, socket_path};
use crate::observe::status::text;

use super::{FAILED, NOT_RUNNING, complain, say};

pub(super) fn status(config: Option<&Path>, json: bool, run_dir: &Path) -> ExitCode {
    let sockets = match config {
        Some(config) => vec![socket_path(run_dir, config)],
        None => sockets(run_dir),
    };
    if sockets.is_empty() {
        return nobody(run_dir);
    }
    let shown: Vec<bool> = sockets.iter().map(|socket| show(socket, json)).collect();
    match shown.iter().filter(|shown| **shown).count() {
        0 => ExitCode::from(NOT_RUNNING),
        n if n == shown.len() => ExitCode::SUCCESS,
        _ => ExitCode::from(FAILED),
    }
}

fn show(socket: &Path, json: bool) -> bool {
    match fetch(socket) {
        Ok(status) if json => {
            match serde_json::to_string_pretty(&status) {
                Ok(json) => say(format_args!("{json}\n")),
                Err(why) => complain(why),
            }
            true
        }
        Ok(status) => {
            say(text(&status, &TimeZone::system()));
            true
        }
        Err(why) => {
            complain(trouble(socket, &why));
            false
        }
    }
}

/// Why a director does not answer.
pub(super) fn trouble(socket: &Path, why: &io::Error) -> String {
    let why = match why.kind() {
        io::ErrorKind::NotFound => "none is running".to_owned(),
        io::ErrorKind::ConnectionRefused => DIED.to_owned(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            "it runs, but says nothing".to_owned()
        }
        _ => why.to_string(),
    };
    format!("no director answers on {}: {why}", socket.display())
}

/// Says that no director runs.
pub(super) fn nobody(run_dir: &Path) -> ExitCode {
    complain(format_args!("no director is running (no socket in {})", run_dir.display()));
    ExitCode::from(NOT_RUNNING)
}

/// Those of all directors that run, or have died.
pub(super) fn sockets(run_dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(run_dir).into_iter().flatten().flatten();
    let mut sockets: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sock"))
        .collect();
    sockets.sort();
    sockets
}

/// Nobody takes anything down where a director is killed.
const DIED: &str = "it has died, or was ended at once, as a ucarp without --shutdown is. Its virtual \
    addresses, and the entries in the kernel's table if it had services, are left as they were, until \
    it is started again or somebody takes them off";
