//! What a program says of a server, and what there is to ask.

use std::fmt;

/// What a program says of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Up,
    Down,
    /// No verdict at all, for as long as the server stays as it is.
    Hangs,
    /// The check ends the process that makes it.
    Dies,
}

/// A version of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Verdict::Up => "up",
            Verdict::Down => "down",
            Verdict::Hangs => "hangs",
            Verdict::Dies => "dies",
        })
    }
}

impl fmt::Display for Family {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Family::V4 => "IPv4",
            Family::V6 => "IPv6",
        })
    }
}
