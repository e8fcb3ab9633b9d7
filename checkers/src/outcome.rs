//! The answer to a check.

use std::time::Duration;

use jiff::Timestamp;
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
    /// What should be done about it soon, whatever the verdict: `the certificate expires in 9
    /// days`. One line, of at most 200 bytes.
    pub warning: Option<String>,
    /// How long it took.
    pub took: Duration,
    /// How long it took to get where it got.
    pub times: Times,
    /// Until when the server's certificate is valid, where it showed one.
    pub certificate_until: Option<Timestamp>,
}

/// Whether the server passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It passed.
    Up,
    /// It failed.
    Down,
}

/// When a check got where, counted from its beginning; `None` where it never got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// The connection stood.
    pub connect: Option<Duration>,
    /// TLS stood.
    pub tls: Option<Duration>,
    /// The first byte of an answer was there.
    pub first_byte: Option<Duration>,
}

impl Outcome {
    /// The server passed. The message is made one line of at most 200 harmless bytes.
    pub fn up(message: impl Into<String>, took: Duration) -> Self {
        Outcome::new(Verdict::Up, message.into(), took)
    }

    /// The server failed. The message is made one line of at most 200 harmless bytes.
    pub fn down(message: impl Into<String>, took: Duration) -> Self {
        Outcome::new(Verdict::Down, message.into(), took)
    }

    fn new(verdict: Verdict, message: String, took: Duration) -> Self {
        let message = words::one_line(&message);
        let times = Times::default();
        Outcome { verdict, message, warning: None, took, times, certificate_until: None }
    }
}
