//! `lvs-director run`: a director in the foreground.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::ExitCode;

use rustix::fs::fstat;
use rustix::stdio::stderr;

use crate::daemon::{self, Error, Options, Part};
use crate::model::{Facility, Logfile};
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
    let unasked = is_forgotten().then_some(Logfile::Facility(Facility::Daemon));
    let log = Manner { sink: log, unasked, identity: NAME, name, voice, verbose };
    let part = Part::Pair { forced: false };
    match daemon::run(Options { config, run_dir, log, dry_run, waits: false, part }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            complain(&why);
            ExitCode::from(if matches!(why, Error::Config(_)) { BAD_INPUT } else { FAILED })
        }
    }
}

/// Whether what is written to standard error is lost: its place is that of /dev/null.
fn is_forgotten() -> bool {
    let null = fs::metadata("/dev/null").map(|null| null.rdev());
    null.is_ok_and(|null| fstat(stderr()).is_ok_and(|error| error.st_rdev == null))
}

const NAME: &str = "lvs-director";
