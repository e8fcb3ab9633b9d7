//! `lvs-director run`: a director in the foreground.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::daemon::{self, Error, Options, Part};
use crate::observe::log::{Manner, Sink};
use crate::observe::voice::Voice;

use super::{BAD_INPUT, FAILED, complain};

pub(super) fn run(
    config: PathBuf,
    log: Option<Sink>,
    run_dir: PathBuf,
    verbose: bool,
    dry_run: bool,
) -> ExitCode {
    // what only would be done has no place in the log of what is
    let log = log.or(dry_run.then(Sink::guess));
    let (name, voice) = (NAME.to_owned(), Voice::Ldirectord);
    let log = Manner { sink: log, unasked: None, identity: NAME, name, voice, verbose };
    let part = Part::Pair { forced: false };
    match daemon::run(Options { config, run_dir, log, dry_run, waits: false, part }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            complain(&why);
            ExitCode::from(if matches!(why, Error::Config(_)) { BAD_INPUT } else { FAILED })
        }
    }
}

const NAME: &str = "lvs-director";
