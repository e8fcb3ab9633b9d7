//! Send a text over TCP, look for an answer.

use serde::{Deserialize, Serialize};

use crate::Pattern;

/// Sends a text, closes the sending side, and reads lines until one matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimpleTcp {
    /// What is sent; nothing if empty.
    pub send: String,
    /// What some line of the answer must hold; without it, any byte will do.
    pub receive: Option<Pattern>,
}
