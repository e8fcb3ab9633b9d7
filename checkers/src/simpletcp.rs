//! Send a text over TCP, look for an answer. As ldirectord's simpletcp, except that an answer that
//! must hold nothing in particular may be anything, also after a text of several lines.

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::asking::{Answer, Asking};
use crate::{Pattern, words};

/// Sends a text, closes the sending side, and reads lines until one matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimpleTcp {
    /// What is sent; nothing if empty.
    pub send: String,
    /// What some line of the answer must hold; without it, any byte will do.
    pub receive: Option<Pattern>,
}

impl SimpleTcp {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
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
                return Ok(format!("answered {}", words::quoted(&answer)));
            };
            let newline = answer[before..].iter().rposition(|b| *b == b'\n');
            let whole =
                if ended { answer.len() } else { newline.map_or(looked, |at| before + at + 1) };
            let mut lines = answer[looked..whole].split_inclusive(|b| *b == b'\n');
            if let Some(line) = lines.find(|line| pattern.is_match(line)) {
                return Ok(format!("answered {}", words::quoted(line)));
            }
            if ended {
                let answer = words::quoted(&answer);
                return Err(format!("answered {answer}, but no line matches \"{pattern}\"").into());
            }
            looked = whole;
            asking.progress.enter("an answer has begun, no line of it matches yet");
        }
    }
}

/// Bytes that are read in the hope of an answer.
const ANSWER_LIMIT: u64 = 64 * 1024;
