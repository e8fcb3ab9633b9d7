//! The configuration file: from disk to a reading of it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use tracing::warn;

use crate::config::{self, Reading};

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
}

/// Reads a configuration file. Names are resolved, so it may take as long as the resolver does.
pub fn load(path: &Path) -> io::Result<Loaded> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(io::Error::other("a configuration of more than 64 MiB is no configuration"));
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let reading = config::read(&text, &System::new());
    Ok(Loaded { path: path.display().to_string(), text, reading })
}

impl Loaded {
    /// Everything that is wrong or odd, as it is shown to people.
    pub fn complaints(&self) -> String {
        self.reading.render(&self.path, &self.text, false).trim_end().to_owned()
    }

    /// Writes what is odd, but not wrong, to the log.
    pub fn log_warnings(&self) {
        for diagnostic in &self.reading.diagnostics {
            let (line, column) = diagnostic.position(&self.text);
            warn!("{}:{line}:{column}: {}", self.path, diagnostic.message);
        }
    }
}

/// Far more than any site needs, and little enough to be read.
const LIMIT: u64 = 64 << 20;
