//! memcached (its text protocol): one command.

use serde::{Deserialize, Serialize};

use crate::Pattern;
use crate::asking::{Answer, Asking};

/// Does it answer a command, and as it should?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memcached {
    /// The command; `version` if empty.
    pub command: String,
    /// What some line of the answer must match; anything but an error without it.
    pub receive: Option<Pattern>,
}

impl Memcached {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
