//! Send a text, expect another, over TCP or UDP: as piranha's nanny, except that an answer may come in
//! several pieces, and that no ICMP echo, whose answer nanny never awaited, goes before.

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::asking::{Answer, Asking, Failure};
use crate::datagrams::{Datagrams, Heard};
use crate::{Pattern, Transport, words};

/// Does the answer begin as it should?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendExpect {
    /// How it travels.
    pub transport: Transport,
    /// What is sent; nothing if empty, but over UDP an empty datagram, lest nobody can answer.
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
    /// The answer begins with this; of more than 254 bytes the first count.
    Start(Vec<u8>),
    /// The answer's first 254 bytes, up to a NUL, match (`use_regex`).
    Match(Pattern),
}

impl SendExpect {
    /// What nanny makes of a text from its configuration before it is sent or expected: in a text
    /// of more than one character, `\\`, `\r`, `\n`, `\t`, `\'` and `\"` stand for one character.
    /// Whatever else follows a backslash stays as it is, and so does the backslash.
    pub fn translated(text: &str) -> Vec<u8> {
        let bytes = text.as_bytes();
        let mut translated = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let [first, after @ ..] = rest {
            let character = match after {
                [next, ..] if *first == b'\\' => meant(*next),
                _ => None,
            };
            translated.push(character.unwrap_or(*first));
            rest = after.get(usize::from(character.is_some())..).unwrap_or_default();
        }
        translated
    }

    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        match self.transport {
            Transport::Tcp => self.over_tcp(asking).await,
            Transport::Udp => self.over_udp(asking).await,
        }
    }

    async fn over_tcp(&self, asking: &Asking) -> Answer {
        let mut stream = asking.connect().await?;
        asking.progress.enter("connected, sending");
        stream.write_all(&self.send).await?;
        stream.flush().await?;
        if self.expect == Expect::Nothing {
            return Ok("connected".to_owned());
        }
        asking.progress.enter("connected, waiting for an answer");
        let mut answer = Vec::new();
        let mut stream = stream.take(LOOKED_AT);
        loop {
            let ended = stream.read_buf(&mut answer).await? == 0;
            if ended && answer.is_empty() {
                return Err("closed without an answer".into());
            }
            match self.expect.judge(&answer) {
                Some(judged) => return judged,
                None if ended => return Err(self.expect.unmet(&answer)),
                None => asking.progress.enter("an answer has begun, not yet what is expected"),
            }
        }
    }

    async fn over_udp(&self, asking: &Asking) -> Answer {
        let datagrams = Datagrams::open(asking).await?;
        asking.progress.enter("asked, waiting for an answer");
        let answer = datagrams.ask(&self.send, |datagram| {
            let start = datagram.get(..LOOKED_AT as usize).unwrap_or(datagram);
            let judged = self.expect.judge(start).unwrap_or_else(|| Err(self.expect.unmet(start)));
            judged.map(Heard::Answer)
        });
        answer.await
    }
}

impl Expect {
    /// What the start of an answer makes of the server; `None` if more of it is needed.
    fn judge(&self, answer: &[u8]) -> Option<Answer> {
        match self {
            Expect::Nothing => Some(Ok("answered".to_owned())),
            Expect::Anything => (!answer.is_empty()).then(|| Ok("answered".to_owned())),
            Expect::Start(start) => {
                let start = start.get(..LOOKED_AT as usize).unwrap_or(start);
                let common = answer.len().min(start.len());
                if answer[..common] != start[..common] {
                    return Some(Err(self.unmet(answer)));
                }
                (common == start.len())
                    .then(|| Ok(format!("the answer begins with {}", words::exactly(start))))
            }
            Expect::Match(pattern) => {
                let text = answer.split(|byte| *byte == 0).next().unwrap_or_default();
                pattern.is_match(text).then(|| Ok(format!("the answer matches \"{pattern}\"")))
            }
        }
    }

    /// That an answer is not what is expected.
    fn unmet(&self, answer: &[u8]) -> Failure {
        let answered = format!("answered {}", words::exactly(answer));
        match self {
            Expect::Nothing | Expect::Anything => answered.into(),
            Expect::Start(start) => {
                format!("{answered}, where {} is expected", words::exactly(start)).into()
            }
            Expect::Match(pattern) => {
                format!("{answered}, which does not match \"{pattern}\"").into()
            }
        }
    }
}

/// The character that a backslash and `next` stand for.
fn meant(next: u8) -> Option<u8> {
    match next {
        b'r' => Some(b'\r'),
        b'n' => Some(b'\n'),
        b't' => Some(b'\t'),
        b'\\' | b'\'' | b'"' => Some(next),
        _ => None,
    }
}

/// Bytes of an answer that are looked at.
const LOOKED_AT: u64 = 254;
