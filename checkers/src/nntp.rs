//! NNTP (RFC 3977), as ldirectord's nntp: the greeting's code begins with 2; and STARTTLS (RFC 4642), where
//! it is wanted.

use serde::{Deserialize, Serialize};

use crate::Security;
use crate::asking::{Answer, Asking};

/// Does it greet?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nntp {
    /// Whether TLS comes first, after STARTTLS, or never.
    pub security: Security,
}

impl Nntp {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
