//! The configuration file: from disk to a reading of it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use tracing::{error, warn};

use crate::config::{self, Converted, Diagnostic, Dialect, Reading, Severity};

use crate::model::Model;

use super::Part;
use super::resolver::System;

/// A file as it was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Its path, as it was named.
    pub path: String,
    /// Its text; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// What it says, and what is wrong with it.
    pub reading: Reading,
    /// The language that it has to be in, if one is asked for.
    pub dialect: Option<Dialect>,
    /// Whether it is one, and to be followed when it changes.
    pub is_file: bool,
}

/// Reads a configuration file in this language, or in that of its name, or in whichever it is. Names are resolved, so it may
/// take as long as the resolver does.
pub fn load(path: &Path, dialect: Option<Dialect>) -> io::Result<Loaded> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(io::Error::other("a configuration of more than 64 MiB is no configuration"));
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let language = dialect.unwrap_or_else(|| language(path, &text));
    let reading = config::read_as(language, &text, &System::new());
    Ok(Loaded { path: path.display().to_string(), text, reading, dialect, is_file: true })
}

fn language(path: &Path, text: &str) -> Dialect {
    Dialect::named(path).unwrap_or_else(|| Dialect::of(text))
}

impl Loaded {
    /// What no file says but a command line, under a name for people.
    pub fn given(name: &Path, model: Model) -> Self {
        let reading = Reading { model: Some(model), diagnostics: Vec::new(), logfile: None };
        let (path, text) = (name.display().to_string(), String::new());
        Loaded { path, text, reading, dialect: None, is_file: false }
    }

    /// The language that it was read in.
    pub fn language(&self) -> Dialect {
        self.dialect.unwrap_or_else(|| language(Path::new(&self.path), &self.text))
    }

    /// The file as it is by now, or, if that cannot be followed, as it was.
    pub(super) fn anew(self, path: &Path) -> Self {
        match load(path, self.dialect) {
            Ok(now) if now.reading.model.is_some() => now,
            now => {
                if let Ok(now) = now {
                    now.log_errors();
                }
                error!("the configuration is refused, the last good one is followed");
                self
            }
        }
    }

    /// What of it is for a director of this part.
    pub(super) fn part(mut self, part: Part) -> Self {
        self.reading.model = self.reading.model.map(|model| part.of(model));
        self
    }

    /// The file in the other dialect; none if it cannot be used.
    pub fn convert(&self) -> Option<Converted> {
        let model = self.reading.model.as_ref()?;
        Some(config::convert(&self.path, &self.text, model, &System::new()))
    }

    /// Everything that is wrong or odd, as it is shown to people.
    pub fn complaints(&self) -> String {
        self.reading.render(&self.path, &self.text, false).trim_end().to_owned()
    }

    /// What is wrong, a line each, without the file's text: that may hold a password, and not
    /// everybody who reads the log or the status may read the file.
    pub fn errors(&self) -> String {
        let lines: Vec<String> =
            self.of(Severity::Error).take(SHOWN).map(|d| self.line(d)).collect();
        lines.join("\n")
    }

    /// Writes what is odd, but not wrong, to the log.
    pub fn log_warnings(&self) {
        self.of(Severity::Warning).for_each(|d| warn!("{}{}", self.frame(d), self.line(d)));
    }

    /// Writes what is wrong to the log.
    pub fn log_errors(&self) {
        let errors = self.of(Severity::Error).take(SHOWN);
        errors.for_each(|d| error!("{}{}", self.frame(d), self.line(d)));
    }

    /// What ldirectord begins with: monitoring greps for it.
    pub fn frame(&self, diagnostic: &Diagnostic) -> String {
        let word = match diagnostic.severity {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
        };
        let (line, _) = diagnostic.position(&self.text);
        format!("{word} [{}] reading file {} at line {line}: ", std::process::id(), self.path)
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Diagnostic> {
        self.reading.diagnostics.iter().filter(move |d| d.severity == severity)
    }

    fn line(&self, diagnostic: &Diagnostic) -> String {
        let (line, column) = diagnostic.position(&self.text);
        let hint = diagnostic.hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
        format!("{}:{line}:{column}: {}{hint}", self.path, diagnostic.message)
    }
}

/// Errors that the log and the status show; `check` shows more.
const SHOWN: usize = 10;
/// Far more than any site needs, and little enough to be read.
const LIMIT: u64 = 64 << 20;
