//! A program of the administrator's.

use serde::{Deserialize, Serialize};

/// Runs a program, without a shell; status 0 means up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct External {
    /// The program's path.
    pub program: String,
    /// Its arguments; ldirectord gives virtual address, virtual port, real address, real port.
    pub arguments: Vec<String>,
}
