//! RADIUS (RFC 2865, RFC 2869), as ldirectord's radius, with a Message-Authenticator, without which servers
//! that heed BlastRADIUS (CVE-2024-3596) give no answer.

use serde::{Deserialize, Serialize};

use crate::Secret;
use crate::asking::{Answer, Asking};

/// Does it accept a user?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Radius {
    /// The user's name.
    pub login: String,
    /// The password.
    pub passwd: Secret,
    /// What we and the server share.
    pub secret: Secret,
}

impl Radius {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
