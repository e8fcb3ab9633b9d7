//! DNS (RFC 1035) over UDP or TCP, as ldirectord's dns: a name's addresses, or an address's names.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::{Pattern, Transport};

/// Does a question get the answer it should?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dns {
    /// How the question travels.
    pub transport: Transport,
    /// The name that is asked for, or the address whose name is.
    pub name: String,
    /// What some address or name in the answer must match; ldirectord never finds a server up
    /// without it, and neither do we.
    pub receive: Option<Pattern>,
}

impl Dns {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
