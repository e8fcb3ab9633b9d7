//! `lvs-director active`, `lvs-director standby`: which of the directors a running one is to be.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::daemon::{command, fetch, socket_path};
use crate::model::Role;
use crate::observe::status::PairStatus;

use super::status::{nobody, sockets, trouble};
use super::{BAD_INPUT, FAILED, NOT_RUNNING, complain, say};

pub(super) fn role(role: Role, config: Option<&Path>, wait: bool, run_dir: &Path) -> ExitCode {
    let socket = match one(config, run_dir) {
        Ok(socket) => socket,
        Err(status) => return status,
    };
    match command(&socket, role) {
        Ok(Ok(words)) if !wait => {
            say(format_args!("{words}\n"));
            ExitCode::SUCCESS
        }
        Ok(Ok(words)) => settled(&socket, role, words.ends_with("already")),
        Ok(Err(why)) => {
            complain(why);
            ExitCode::from(FAILED)
        }
        Err(why) => {
            complain(trouble(&socket, &why));
            ExitCode::from(NOT_RUNNING)
        }
    }
}

/// The director on this file, or the only one that runs.
fn one(config: Option<&Path>, run_dir: &Path) -> Result<PathBuf, ExitCode> {
    if let Some(config) = config {
        return Ok(socket_path(run_dir, config));
    }
    let mut running = sockets(run_dir);
    match running.len() {
        1 => Ok(running.remove(0)),
        0 => Err(nobody(run_dir)),
        several => {
            complain(format_args!("{several} directors run here: name the file of the one meant"));
            Err(ExitCode::from(BAD_INPUT))
        }
    }
}

/// Waits until the director is what it was told to be, and all of it is done.
fn settled(socket: &Path, role: Role, already: bool) -> ExitCode {
    let asked = Instant::now();
    let end = asked + PATIENCE;
    loop {
        let pair = match fetch(socket) {
            Ok(status) => status.pair,
            Err(why) => {
                complain(trouble(socket, &why));
                return ExitCode::from(NOT_RUNNING);
            }
        };
        match pair {
            Some(pair) if pair.role == role && pair.settled => {
                if already {
                    say(format_args!("it is {role} already, and was before\n"));
                    return ExitCode::SUCCESS;
                }
                // of a master somebody hears, and it may take the others a while to know
                let awaits = role == Role::Standby && speaks(&pair) && successor(&pair).is_none();
                if awaits && Instant::now() < asked + SUCCESSION {
                    sleep(BETWEEN_LOOKS);
                    continue;
                }
                say(format_args!("{}{}\n", stands(&pair), after(&pair, role)));
                return ExitCode::SUCCESS;
            }
            pair if Instant::now() >= end => {
                let how = pair.map_or("of no cluster any more".to_owned(), |pair| stands(&pair));
                let advice = if role == Role::Active { ADVICE } else { "" };
                complain(format_args!("after {} s it is {how}{advice}", PATIENCE.as_secs()));
                return ExitCode::from(FAILED);
            }
            _ => sleep(BETWEEN_LOOKS),
        }
    }
}

/// Whether the active one of its protocol is heard by the others.
fn speaks(pair: &PairStatus) -> bool {
    matches!(pair.protocol.as_str(), "pulse" | "carp" | "vrrp")
}

/// Who has been heard as the active one since this one is a standby.
fn successor(pair: &PairStatus) -> Option<&str> {
    let peer = pair.peer.as_ref()?;
    let is_active = peer.role == Some(Role::Active) && peer.heard? > pair.since;
    is_active.then(|| peer.address.as_deref().unwrap_or("another director"))
}

/// Who has taken over from a standby.
fn after(pair: &PairStatus, role: Role) -> String {
    if role == Role::Active || !speaks(pair) {
        return String::new();
    }
    match successor(pair) {
        Some(who) => format!("; {who} is active now"),
        None => format!(
            "; NOBODY ELSE has been heard as active for {} s: the addresses may be nowhere",
            SUCCESSION.as_secs()
        ),
    }
}

fn stands(pair: &PairStatus) -> String {
    let how = if pair.settled { "" } else { ", and that is not done yet" };
    format!("{}{how}: {}", pair.role, pair.because)
}

/// How long a change of the role may take, its commands included.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long another one may take to be heard as active, with common timers.
const SUCCESSION: Duration = Duration::from_secs(5);
/// What helps where a claim is not enough.
const ADVICE: &str = "; to hand over all the same, say `lvs-director standby` on the active one";
/// How often it is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
