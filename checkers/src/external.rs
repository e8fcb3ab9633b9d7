//! A program of the administrator's, as ldirectord's external, except that death by a signal is a
//! failure, and that at the deadline all that the program started dies with it.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::program;

/// Runs a program, without a shell; status 0 means up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct External {
    /// The program's path.
    pub program: String,
    /// Its arguments; ldirectord gives virtual address, virtual port, real address, real port, and
    /// any others before them.
    pub arguments: Vec<String>,
}

impl External {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let ended = program::run(&self.program, &self.arguments, asking).await?;
        let words = ended.words(asking.timeout);
        if ended.is_well() { Ok(words) } else { Err(words.into()) }
    }
}
