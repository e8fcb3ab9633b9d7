//! The configuration as an action needs it: read, or what is wrong with it.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::{Diagnostic, Dialect, Severity};
use crate::daemon::{Loaded, load};
use crate::face::complain;
use crate::model::{Logfile, Settings};

use super::{FAILED, WRONG_FILE, lookup};

/// A configuration that can be followed.
pub(super) struct Configuration {
    /// Where it was found.
    pub(super) file: PathBuf,
    /// What it says.
    pub(super) loaded: Loaded,
    settings: Settings,
}

/// Why there is none.
pub(super) struct Trouble {
    /// All that is wrong, for people.
    pub(super) words: String,
    /// The exit status of that.
    pub(super) status: u8,
    /// Why the program exits, in the log.
    pub(super) reason: &'static str,
    /// Where the log goes, if so much could be read.
    pub(super) logfile: Option<Logfile>,
}

/// Finds a configuration and reads it.
pub(super) fn read(config: &OsStr) -> Result<Configuration, Trouble> {
    let Some(file) = lookup::find(Path::new("/"), config) else {
        let words = format!("Config file {} not found", config.display());
        let reason = "Initialisation Error";
        return Err(Trouble { words, status: FAILED, reason, logfile: None });
    };
    let broken = |words, logfile| {
        let reason = "config_error: Configuration Error";
        Trouble { words, status: WRONG_FILE, reason, logfile }
    };
    let pid = std::process::id();
    let loaded = load(&file, Some(Dialect::Ldirectord)).map_err(|why| {
        broken(format!("Error [{pid}] reading file {}: {why}", file.display()), None)
    })?;
    match &loaded.reading.model {
        Some(model) => {
            let settings = model.settings.clone();
            Ok(Configuration { file, loaded, settings })
        }
        None => {
            let logfile = loaded.reading.logfile.clone();
            Err(broken(complaints(&loaded, Severity::Error), logfile))
        }
    }
}

impl Configuration {
    /// Its path, as it was found.
    pub(super) fn path(&self) -> &str {
        &self.loaded.path
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Says what is odd, but not wrong.
    pub(super) fn tell_warnings(&self) {
        let warnings = complaints(&self.loaded, Severity::Warning);
        if !warnings.is_empty() {
            complain(warnings);
        }
    }

    /// The same by its whole path, for a process that will be elsewhere.
    pub(super) fn absolute(self) -> io::Result<Self> {
        let file = std::path::absolute(&self.file)?;
        Ok(Configuration { file, ..self })
    }
}

impl Trouble {
    /// Whether there is a file, but a wrong one.
    pub(super) fn is_broken(&self) -> bool {
        self.status == WRONG_FILE
    }
}

/// All of a kind, each behind the words that the original begins with.
fn complaints(loaded: &Loaded, severity: Severity) -> String {
    let one = |diagnostic: &Diagnostic| {
        let rendered = diagnostic.render(&loaded.path, &loaded.text, false);
        format!("{}{rendered}", loaded.frame(diagnostic))
    };
    let some = loaded.reading.diagnostics.iter().filter(|d| d.severity == severity);
    some.take(SHOWN).map(one).collect::<Vec<_>>().join("\n")
}

/// A file of the wrong kind has one for every line.
const SHOWN: usize = 100;
