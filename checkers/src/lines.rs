//! A dialogue of lines, as of SMTP, FTP, POP, IMAP, NNTP, Redis and memcached: each ends with CR LF or
//! LF. A server can make a line, and all of its lines, only so long.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::asking::Failure;
use crate::stream::Stream;
use crate::{Tls, tls, words};

/// A connection, and what was read of it and not yet looked at.
pub(crate) struct Lines {
    stream: Stream,
    ahead: Vec<u8>,
    /// Bytes that may still be read.
    left: usize,
}

/// A reply with a code, as of SMTP (RFC 5321, 4.2), FTP (RFC 959, 4.2) and NNTP (RFC 3977, 3.2).
pub(crate) struct Reply {
    /// The three digits.
    pub(crate) code: u16,
    /// All its lines, the codes included, with LF between.
    pub(crate) text: Vec<u8>,
}

impl Lines {
    pub(crate) fn new(stream: Stream) -> Self {
        Lines { stream, ahead: Vec::new(), left: DIALOGUE_LIMIT }
    }

    /// The next line, without its end.
    pub(crate) async fn line(&mut self) -> Result<Vec<u8>, Failure> {
        let mut looked = 0;
        loop {
            let unseen = self.ahead.get(looked..).unwrap_or_default();
            if let Some(end) = unseen.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.ahead.drain(..=looked + end).collect();
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            looked = self.ahead.len();
            if looked >= LINE_LIMIT {
                return Err(format!("a line of more than {LINE_LIMIT} bytes").into());
            }
            self.more().await?;
        }
    }

    /// So many bytes, whatever they hold.
    pub(crate) async fn bytes(&mut self, length: usize) -> Result<Vec<u8>, Failure> {
        while self.ahead.len() < length {
            if length > DIALOGUE_LIMIT {
                return Err(format!("an answer of {length} bytes").into());
            }
            self.more().await?;
        }
        Ok(self.ahead.drain(..length).collect())
    }

    /// A reply with a code, of one or several lines.
    pub(crate) async fn reply(&mut self) -> Result<Reply, Failure> {
        let mut text = self.line().await?;
        let first = text.clone();
        let Some((code, more)) = code(&first) else {
            return Err(format!("no proper reply: {}", words::quoted(&first)).into());
        };
        let mut last = !more;
        while !last {
            let line = self.line().await?;
            last = self::code(&line).is_some_and(|(again, more)| again == code && !more);
            text.push(b'\n');
            text.extend(line);
        }
        Ok(Reply { code, text })
    }

    /// A reply with a code and one line, as of NNTP, whatever comes after the code.
    pub(crate) async fn status(&mut self) -> Result<Reply, Failure> {
        let text = self.line().await?;
        match code(&text) {
            Some((code, _)) => Ok(Reply { code, text }),
            None => Err(format!("no proper reply: {}", words::quoted(&text)).into()),
        }
    }

    /// The lines up to one that is a dot, as POP and NNTP end a list.
    pub(crate) async fn list(&mut self) -> Result<Vec<Vec<u8>>, Failure> {
        let mut list = Vec::new();
        loop {
            match self.line().await? {
                line if line == b"." => return Ok(list),
                line => list.push(line),
            }
        }
    }

    /// Sends a line.
    pub(crate) async fn say(&mut self, line: &str) -> Result<(), Failure> {
        self.write(format!("{line}\r\n").as_bytes()).await
    }

    /// Sends bytes as they are.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.stream.write_all(bytes).await?;
        Ok(self.stream.flush().await?)
    }

    /// Shakes hands for TLS. What came before it counts no more.
    pub(crate) async fn secure(self, tls: &Tls) -> Result<Self, Failure> {
        let setup = tls::setup(tls, self.stream.progress()).await?;
        self.secure_by(tls, setup).await
    }

    /// The same by a setup that was made for it.
    pub(crate) async fn secure_by(
        self,
        tls: &Tls,
        setup: Arc<ClientConfig>,
    ) -> Result<Self, Failure> {
        if !self.ahead.is_empty() {
            return Err("the server speaks on where TLS should begin".into());
        }
        Ok(Lines { stream: self.stream.secure_by(tls, setup).await?, ..self })
    }

    /// Says goodbye, and does not wait for an answer: the verdict stands. A server that is just
    /// left counts and logs a lost connection.
    pub(crate) async fn leave(mut self, line: &str) {
        let goodbye = async {
            self.say(line).await?;
            Ok::<_, Failure>(self.stream.shutdown().await?)
        };
        let _ = timeout(GOODBYE, goodbye).await;
    }

    async fn more(&mut self) -> Result<(), Failure> {
        if self.left == 0 {
            return Err(format!("an answer of more than {DIALOGUE_LIMIT} bytes").into());
        }
        let mut piece = [0; 1024];
        let room = piece.len().min(self.left);
        let read = self.stream.read(piece.get_mut(..room).unwrap_or_default()).await?;
        if read == 0 {
            return Err(format!("closed by the server ({})", self.stream.progress()).into());
        }
        self.left -= read;
        self.ahead.extend(piece.iter().take(read));
        Ok(())
    }
}

impl Reply {
    /// Whether the code begins with this digit: 2 and 3 are good, 4 and 5 are not.
    pub(crate) fn is(&self, first_digit: u16) -> bool {
        self.code / 100 == first_digit
    }

    /// Whether one of its lines says this word first, as a server tells what it can do.
    pub(crate) fn offers(&self, word: &str) -> bool {
        self.text.split(|byte| *byte == b'\n').any(|line| begins(line.get(4..), word))
    }

    /// The server's words as a failure, where another reply was hoped for.
    pub(crate) fn refused(&self, what: &str) -> Failure {
        self.words(what).into()
    }

    /// The server's words, and what they answer.
    pub(crate) fn words(&self, what: &str) -> String {
        format!("{what}: {}", words::quoted(&self.text))
    }
}

/// Whether a list of what a server can do has this word.
pub(crate) fn offered(list: &[Vec<u8>], word: &str) -> bool {
    list.iter().any(|line| begins(Some(line), word))
}

/// A text that fits into a line, and is no second one.
///
/// # Errors
/// It holds what would end the line; `what` is how it is called in the configuration.
pub(crate) fn sayable<'a>(what: &str, text: &'a str) -> Result<&'a str, Failure> {
    if text.contains(['\r', '\n', '\0']) {
        return Err(format!("{what} holds a line break or a NUL, which cannot be sent").into());
    }
    Ok(text)
}

fn begins(line: Option<&[u8]>, word: &str) -> bool {
    let first = line.and_then(|line| line.split(u8::is_ascii_whitespace).next());
    first.is_some_and(|first| first.eq_ignore_ascii_case(word.as_bytes()))
}

/// A reply line's code, and whether more lines follow it.
fn code(line: &[u8]) -> Option<(u16, bool)> {
    let (digits, rest) = line.split_at_checked(3)?;
    let code =
        std::str::from_utf8(digits).ok().filter(|_| digits.iter().all(u8::is_ascii_digit))?;
    match rest.first() {
        Some(b'-') => Some((code.parse().ok()?, true)),
        Some(b' ') | None => Some((code.parse().ok()?, false)),
        Some(_) => None,
    }
}

/// A server that does not listen any more is left without a word.
const GOODBYE: Duration = Duration::from_millis(100);
/// Bytes of a line; the protocols' own bounds are 512 to 8192.
const LINE_LIMIT: usize = 8 * 1024;
/// Bytes that a server may say in one dialogue.
const DIALOGUE_LIMIT: usize = 64 * 1024;
