//! What both directors know and nobody else.

use std::fmt;
use std::path::PathBuf;

/// Where a secret is; its text is never shown.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// The text of this file, without the blanks and line ends at its end.
    Stored(PathBuf),
    /// These bytes, from a command line.
    Given(Vec<u8>),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::Stored(path) => write!(f, "{}", path.display()),
            Secret::Given(_) => f.write_str("given"),
        }
    }
}
