//! POP3 (RFC 1939), as ldirectord's pop and pops, except that a server without a login is asked for its
//! greeting at least; and STLS (RFC 2595), where it is wanted.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::{Secret, Security};

/// Does it greet, and can one log in?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pop {
    /// Whether TLS comes first, after STLS, or never.
    pub security: Security,
    /// The user's name; nobody logs in if empty.
    pub login: String,
    /// The password.
    pub passwd: Secret,
}

impl Pop {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
