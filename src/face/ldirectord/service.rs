//! Runs a director, known by its pid file.

use crate::daemon::{Manners, Options, Part, RUN_DIR, Ready, Shell};
use crate::face::pid_file::PidFile;
use crate::observe::log::{Log, Manner};

use super::configuration::Configuration;

/// Runs until it is told to stop, or not at all if another one runs; `ready` is called when it can
/// be asked for its status.
pub(super) fn run(
    configuration: Configuration,
    pid_file: &PidFile,
    manner: Manner,
    log: Log,
    ready: Ready,
) -> Result<(), String> {
    let shell = Shell::new(Manners::Director).map_err(|why| why.to_string())?;
    let claim = pid_file.claim();
    let claim =
        claim.map_err(|why| format!("Can not open {}: {why}", pid_file.path().display()))?;
    if claim.is_none() {
        return Ok(());
    }
    let options = Options {
        config: configuration.file,
        run_dir: RUN_DIR.into(),
        log: manner,
        dry_run: false,
        waits: true,
        part: Part::Pair { forced: false },
    };
    shell.run(options, configuration.loaded, log, ready).map_err(|why| why.to_string())
}
