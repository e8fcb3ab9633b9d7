//! LDAP (RFC 4511), as ldirectord's ldap and ldaps: bind, then search one entry; and StartTLS, where it is
//! wanted.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::{Pattern, Secret, Security};

/// Can one bind, and is an entry there?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ldap {
    /// Whether TLS comes first, after StartTLS, or never.
    pub security: Security,
    /// The name to bind as; anonymous if it or the password is empty.
    pub login: String,
    /// The password.
    pub passwd: Secret,
    /// The entry that must be there; the root of the server if empty.
    pub base: String,
    /// What the entry's name must match.
    pub receive: Option<Pattern>,
}

impl Ldap {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
