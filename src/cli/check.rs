//! `lvs-director check`: everything that is wrong or odd in a configuration.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use super::{BAD_INPUT, read, say};

pub(super) fn check(config: &Path) -> ExitCode {
    let loaded = match read(config) {
        Ok(loaded) => loaded,
        Err(status) => return status,
    };
    let color = io::stdout().is_terminal();
    say(loaded.reading.render(&loaded.path, &loaded.text, color));
    match &loaded.reading.model {
        Some(model) => {
            let reals: usize = model.virtuals.iter().map(|v| v.reals.len()).sum();
            say(format_args!(
                "{}: usable; virtual services: {}, real servers: {reals}\n",
                loaded.path,
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
