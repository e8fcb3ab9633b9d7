//! `lvs-director check`: everything that is wrong or odd in a configuration.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use crate::config::Dialect;
use crate::daemon::starts;
use crate::model::Model;

use super::{BAD_INPUT, FAILED, read, say};

pub(super) fn check(config: &Path) -> ExitCode {
    let loaded = match read(config) {
        Ok(loaded) => loaded,
        Err(status) => return status,
    };
    let color = io::stdout().is_terminal();
    say(loaded.reading.render(&loaded.path, &loaded.text, color));
    match &loaded.reading.model {
        Some(model) if loaded.language() == Dialect::Lvs && is_idle(model) => {
            say(format_args!("{0}: NOT usable: no active services defined in {0}\n", loaded.path));
            ExitCode::from(BAD_INPUT)
        }
        Some(model) => {
            let path = &loaded.path;
            match starts(model) {
                Ok(odd) => odd.iter().for_each(|odd| say(format_args!("{path}: warning: {odd}\n"))),
                Err(why) => {
                    let but = "usable, but a director would not start on this machine";
                    say(format_args!("{path}: {but}: {why}\n"));
                    return ExitCode::from(FAILED);
                }
            }
            let reals: usize = model.virtuals.iter().map(|v| v.reals.len()).sum();
            say(format_args!(
                "{path}: usable; virtual services: {}, real servers: {reals}\n",
                model.virtuals.len()
            ));
            ExitCode::SUCCESS
        }
        None => {
            say(format_args!("{}: NOT usable\n", loaded.path));
            ExitCode::from(BAD_INPUT)
        }
    }
}

/// Whether there is nothing to do, which pulse does not start for.
fn is_idle(model: &Model) -> bool {
    model.virtuals.is_empty() && model.cluster.as_ref().is_none_or(|pair| pair.failovers.is_empty())
}
