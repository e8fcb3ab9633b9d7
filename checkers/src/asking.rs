//! One check under way: who is asked, till when, and how far it has come.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::{Target, words};

/// What an `ask` gives: what was seen, in words, or what was wrong.
pub(crate) type Answer = Result<String, Failure>;

/// What every `ask` is given.
pub(crate) struct Asking {
    /// The real server's address and port.
    pub(crate) address: SocketAddr,
    /// The time allowed, for words.
    pub(crate) timeout: Duration,
    /// When the check began.
    pub(crate) begun: Instant,
    /// When the check is given up. Only those that spread their attempts need to look.
    pub(crate) deadline: Instant,
    /// How far it has come.
    pub(crate) phase: Phase,
}

impl Asking {
    pub(crate) fn begin(target: Target, timeout: Duration) -> Self {
        let begun = Instant::now();
        let deadline = begun.checked_add(timeout).unwrap_or_else(|| begun + AN_AGE);
        Asking { address: target.address, timeout, begun, deadline, phase: Phase::default() }
    }

    /// A TCP connection to the server.
    pub(crate) async fn connect(&self) -> Result<TcpStream, Failure> {
        Ok(TcpStream::connect(self.address).await?)
    }
}

/// How far a check has come: said in the outcome when the deadline strikes or the connection breaks.
#[derive(Clone)]
pub(crate) struct Phase(Arc<Mutex<Cow<'static, str>>>);

impl Phase {
    /// Says what is done from now on, as it fits between parentheses.
    pub(crate) fn enter(&self, words: impl Into<Cow<'static, str>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = words.into();
    }
}

impl Default for Phase {
    fn default() -> Self {
        Phase(Arc::new(Mutex::new(Cow::Borrowed(CONNECTING))))
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Why a server did not pass.
#[derive(Debug)]
pub(crate) enum Failure {
    /// In words of the check's own, complete.
    Said(String),
    /// The kernel's or the socket's error; the phase says where it struck.
    Io(io::Error),
}

impl Failure {
    /// The failure as it stands in an outcome.
    pub(crate) fn words(&self, phase: &Phase) -> String {
        match self {
            Failure::Said(words) => words.clone(),
            Failure::Io(error) => match phase.to_string() {
                phase if phase == CONNECTING => words::io(error),
                phase => format!("{} ({phase})", words::io(error)),
            },
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error)
    }
}

impl From<String> for Failure {
    fn from(words: String) -> Self {
        Failure::Said(words)
    }
}

impl From<&str> for Failure {
    fn from(words: &str) -> Self {
        Failure::Said(words.to_owned())
    }
}

/// The first phase of every check.
pub(crate) const CONNECTING: &str = "connecting";
/// A deadline beyond what the clock can hold is this far off.
const AN_AGE: Duration = Duration::from_secs(30 * 365 * 86_400);
