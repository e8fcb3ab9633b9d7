//! Send a text, expect another, over TCP or UDP: as piranha's nanny.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::{Pattern, Transport};

/// Does the answer begin as it should?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendExpect {
    /// How it travels.
    pub transport: Transport,
    /// What is sent; nothing if empty.
    pub send: Vec<u8>,
    /// What is expected.
    pub expect: Expect,
}

/// What nanny expects of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expect {
    /// Nothing: a connection will do; over UDP, any answer.
    Nothing,
    /// Any byte (`*`).
    Anything,
    /// The answer begins with this.
    Start(Vec<u8>),
    /// The answer's first 254 bytes match (`use_regex`).
    Match(Pattern),
}

impl SendExpect {
    pub(crate) async fn ask(&self, _asking: &Asking) -> Answer {
        Err("not built".into())
    }
}
