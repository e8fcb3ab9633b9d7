//! IMAP (RFC 9051, RFC 3501), as ldirectord's imap and imaps, except that nothing is expunged; and STARTTLS,
//! where it is wanted.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::{Secret, Security};

/// Does it greet, and can one log in?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imap {
    /// Whether TLS comes first, after STARTTLS, or never.
    pub security: Security,
    /// The user's name; nobody logs in if empty.
    pub login: String,
    /// The password.
    pub passwd: Secret,
}

impl Imap {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
