//! A program of the administrator's whose output is compared: as piranha's send_program.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};

/// Runs a program, without a shell; it is up if it ends well and says what is expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendProgram {
    /// The program, looked up in PATH, and its arguments.
    pub words: Vec<String>,
    /// What it must print, but for a newline at the end.
    pub expect: String,
}

impl SendProgram {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
