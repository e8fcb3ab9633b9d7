//! SIP (RFC 3261) over UDP or TCP, as ldirectord's sip: OPTIONS is answered by 200 OK.

use serde::{Deserialize, Serialize};

use crate::Transport;
use crate::asking::{Answer, Asking};

/// Does it answer OPTIONS?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sip {
    /// How the question travels.
    pub transport: Transport,
    /// Whom it is for: `user@host`.
    pub login: String,
}

impl Sip {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
