//! Send a text, look for an answer: over TCP, or over UDP for a service that is. As ldirectord's simpletcp,
//! except that an answer that must hold nothing in particular may be anything, also after a text
//! of several lines, and that what is lost over UDP is sent again.

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::asking::{Answer, Asking};
use crate::datagrams::{Datagrams, Heard};
use crate::{Pattern, Transport, words};

/// Sends a text, closes the sending side, and reads lines until one matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimpleTcp {
    /// How it travels.
    pub transport: Transport,
    /// What is sent; nothing if empty.
    pub send: String,
    /// What some line of the answer must hold; without it, any byte will do.
    pub receive: Option<Pattern>,
}

impl SimpleTcp {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        match self.transport {
            Transport::Tcp => self.over_tcp(asking).await,
            Transport::Udp => self.over_udp(asking).await,
        }
    }

    async fn over_tcp(&self, asking: &Asking) -> Answer {
        let mut stream = asking.connect().await?;
        asking.progress.enter("connected, sending the request");
        stream.write_all(self.send.as_bytes()).await?;
        // a server that answered and closed already is told nothing, but its answer counts
        let _ = stream.shutdown().await;
        asking.progress.enter("connected, waiting for an answer");
        let mut answer = Vec::new();
        let mut looked = 0;
        let mut stream = stream.take(ANSWER_LIMIT);
        loop {
            let before = answer.len();
            let ended = stream.read_buf(&mut answer).await? == 0;
            if ended && answer.is_empty() {
                return Err("closed without an answer".into());
            }
            let Some(pattern) = &self.receive else {
                return Ok("answered".to_owned());
            };
            let newline = answer[before..].iter().rposition(|b| *b == b'\n');
            let whole =
                if ended { answer.len() } else { newline.map_or(looked, |at| before + at + 1) };
            if let Some(seen) = matched(pattern, &answer[looked..whole]) {
                return Ok(seen);
            }
            if ended {
                let answer = words::quoted(&answer);
                return Err(format!("answered {answer}, but no line matches \"{pattern}\"").into());
            }
            looked = whole;
            asking.progress.enter(NO_MATCH_YET);
        }
    }

    async fn over_udp(&self, asking: &Asking) -> Answer {
        let datagrams = Datagrams::open(asking).await?;
        asking.progress.enter("asked, waiting for an answer");
        let answer = datagrams.ask(self.send.as_bytes(), |datagram| {
            Ok(match &self.receive {
                None => Heard::Answer("answered".to_owned()),
                Some(pattern) => match matched(pattern, datagram) {
                    Some(seen) => Heard::Answer(seen),
                    None => Heard::Stray(NO_MATCH_YET.into()),
                },
            })
        });
        answer.await
    }
}

/// That one of these lines matches; which it is may change from answer to answer, and so may the
/// rest of it.
fn matched(pattern: &Pattern, lines: &[u8]) -> Option<String> {
    let mut lines = lines.split_inclusive(|b| *b == b'\n');
    lines.any(|line| pattern.is_match(line)).then(|| format!("answered what matches \"{pattern}\""))
}

const NO_MATCH_YET: &str = "an answer has begun, no line of it matches yet";

/// Bytes that are read in the hope of an answer.
const ANSWER_LIMIT: u64 = 64 * 1024;
