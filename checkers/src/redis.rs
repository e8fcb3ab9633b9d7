//! Redis (RESP): AUTH where there is a password, then one command.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::{Pattern, Secret, Security};

/// Does it answer a command, and as it should?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redis {
    /// Whether TLS comes first, or never.
    pub security: Security,
    /// The user's name; the default user if empty.
    pub login: String,
    /// The password; nobody logs in if empty.
    pub passwd: Secret,
    /// The command, its words apart by blanks; PING if empty.
    pub command: String,
    /// What the answer must hold; anything but an error without it.
    pub receive: Option<Pattern>,
}

impl Redis {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
