//! One check under way: who is asked, till when, and how far it has come.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::net::TcpStream;
use crate::progress::Progress;
use crate::stream::Stream;
use crate::transcript::Transcript;
use crate::{Security, Target, words};

/// What an `ask` gives: what was seen, in words, or what was wrong.
pub(crate) type Answer = Result<String, Failure>;

/// What every `ask` is given.
#[derive(Clone)]
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
    pub(crate) progress: Progress,
}

impl Asking {
    pub(crate) fn begin(target: Target, timeout: Duration, transcript: Option<Transcript>) -> Self {
        let begun = Instant::now();
        let deadline = begun.checked_add(timeout).unwrap_or_else(|| begun + AN_AGE);
        let progress = Progress::new(begun, transcript);
        Asking { address: target.address, timeout, begun, deadline, progress }
    }

    /// A TCP connection to the server.
    pub(crate) async fn connect(&self) -> Result<Stream, Failure> {
        let tcp = TcpStream::connect(self.address).await?;
        // what is said in two writes, as the end of TLS's handshake and the first request, must not
        // wait for the server's acknowledgement of the first, which may take 40 ms
        let _ = tcp.set_nodelay(true);
        self.progress.connected();
        self.progress.enter("connected");
        Ok(Stream::new(tcp, self.progress.clone()))
    }

    /// A TCP connection to the server, with TLS on it if that comes first.
    pub(crate) async fn connect_by(&self, security: &Security) -> Result<Stream, Failure> {
        let stream = self.connect().await?;
        match security {
            Security::Tls(tls) => stream.secure(tls).await,
            Security::Plain | Security::StartTls(_) => Ok(stream),
        }
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
    pub(crate) fn words(&self, progress: &Progress) -> String {
        match self {
            Failure::Said(words) => words.clone(),
            Failure::Io(error) if progress.is_connecting() => words::io(error),
            Failure::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                format!("closed by the server ({progress})")
            }
            Failure::Io(error) => format!("{} ({progress})", words::io(error)),
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

/// A deadline beyond what the clock can hold is this far off.
const AN_AGE: Duration = Duration::from_secs(30 * 365 * 86_400);
