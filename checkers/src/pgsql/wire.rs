//! PostgreSQL's messages on a stream: a byte that says which, four of length, the rest. The library's
//! own reader makes room for whatever length a server names; this one reads only so much.

use crate::asking::Failure;
use crate::lines::Lines;
use crate::stream::Stream;
use crate::{Tls, words};

/// A connection.
pub(super) struct Wire(Lines);

impl Wire {
    pub(super) fn new(stream: Stream) -> Self {
        Wire(Lines::new(stream))
    }

    /// The next message that is an answer: notices and settings are passed over, an error is the
    /// failure it says.
    pub(super) async fn answer(&mut self) -> Result<(u8, Vec<u8>), Failure> {
        loop {
            let (kind, length) = self.start().await?;
            let content = self.0.bytes(length).await?;
            match kind {
                ERROR => return Err(error(&content)),
                NOTICE | PARAMETER | KEY | VERSION | NOTIFICATION => {}
                _ => return Ok((kind, content)),
            }
        }
    }

    /// The next message that is an answer; of a row only that there is one, for it may be as long
    /// as it likes.
    pub(super) async fn answer_or_row(&mut self) -> Result<(u8, Vec<u8>), Failure> {
        loop {
            let (kind, length) = self.start().await?;
            if kind == ROW {
                return Ok((kind, Vec::new()));
            }
            let content = self.0.bytes(length).await?;
            match kind {
                ERROR => return Err(error(&content)),
                NOTICE | PARAMETER | NOTIFICATION => {}
                _ => return Ok((kind, content)),
            }
        }
    }

    /// A single byte, as SSLRequest is answered by.
    pub(super) async fn byte(&mut self) -> Result<Option<u8>, Failure> {
        Ok(self.0.bytes(1).await?.first().copied())
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.0.write(bytes).await
    }

    /// Shakes hands for TLS; nothing may have been said since it was agreed upon.
    pub(super) async fn secure(self, tls: &Tls) -> Result<Self, Failure> {
        Ok(Wire(self.0.secure(tls).await?))
    }

    /// Which message comes, and the length of its content.
    async fn start(&mut self) -> Result<(u8, usize), Failure> {
        let start = self.0.bytes(5).await?;
        let [kind, a, b, c, d] = start[..] else { return Err(NOT_POSTGRESQL.into()) };
        let length = u32::from_be_bytes([a, b, c, d]);
        match length.checked_sub(4) {
            Some(content) if content <= LIMIT || kind == ROW => Ok((kind, content as usize)),
            _ => Err(format!("{NOT_POSTGRESQL}: a message of {length} bytes").into()),
        }
    }
}

/// ErrorResponse in words: `FATAL 28P01: password authentication failed for user "nanny"`.
fn error(content: &[u8]) -> Failure {
    let field = |wanted: u8| {
        let mut fields = content.split(|byte| *byte == 0).filter_map(|field| field.split_first());
        fields.find(|(kind, _)| **kind == wanted).map(|(_, text)| String::from_utf8_lossy(text))
    };
    let (severity, code, text) = (field(b'V').or(field(b'S')), field(b'C'), field(b'M'));
    match (severity, code, text) {
        (Some(severity), Some(code), Some(text)) => format!("{severity} {code}: {text}").into(),
        _ => format!("an error of the server's: {}", words::quoted(content)).into(),
    }
}

const NOT_POSTGRESQL: &str = "not PostgreSQL";
/// Bytes in a message that is read whole.
const LIMIT: u32 = 64 * 1024;
/// Messages.
pub(super) const ROW: u8 = b'D';
const ERROR: u8 = b'E';
const NOTICE: u8 = b'N';
const NOTIFICATION: u8 = b'A';
const PARAMETER: u8 = b'S';
const KEY: u8 = b'K';
const VERSION: u8 = b'v';

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_an_error_in_words(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let Failure::Said(_) = error(&bytes) else { panic!("an error that says nothing") };
        }
    }
}
