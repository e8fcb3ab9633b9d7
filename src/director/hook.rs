//! A command of the administrator's, to be run because the reals of a virtual service come or go.

use std::fmt;

use crate::model::{Command, ServiceId};

/// A `fallbackcommand` to be run. Those of one service are run one after the other, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The service.
    pub service: ServiceId,
    /// The command.
    pub command: Command,
    /// What it is told.
    pub word: Word,
}

/// What a `fallbackcommand` is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// No real is up any more.
    Start,
    /// A real is up again.
    Stop,
}

impl Hook {
    /// The arguments: the word, address and port of the service or its mark, and its protocol.
    pub fn arguments(&self) -> [String; 3] {
        let (at, protocol) = match self.service {
            ServiceId::Address { protocol, address } => (address.to_string(), protocol.to_string()),
            ServiceId::Mark { mark, .. } => (mark.to_string(), "fwm".to_owned()),
        };
        [self.word.to_string(), at, protocol]
    }
}

/// The command and its arguments.
impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.command, self.arguments().join(" "))
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Word::Start => "start",
            Word::Stop => "stop",
        })
    }
}
