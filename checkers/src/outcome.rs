//! The answer to a check.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::words;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Up or down.
    pub verdict: Verdict,
    /// What happened, in words an administrator can act on: `connection refused`,
    /// `200 OK`, `no answer within 5 s`. One line, of at most 200 bytes.
    pub message: String,
    /// How long it took.
    pub took: Duration,
}

/// Whether the server passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It passed.
    Up,
    /// It failed.
    Down,
}

impl Outcome {
    /// The server passed. The message is made one line of at most 200 harmless bytes.
    pub fn up(message: impl Into<String>, took: Duration) -> Self {
        Outcome { verdict: Verdict::Up, message: words::one_line(&message.into()), took }
    }

    /// The server failed. The message is made one line of at most 200 harmless bytes.
    pub fn down(message: impl Into<String>, took: Duration) -> Self {
        Outcome { verdict: Verdict::Down, message: words::one_line(&message.into()), took }
    }
}
