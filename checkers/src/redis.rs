//! Redis (RESP2): AUTH where there is a password, then one command.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::lines::Lines;
use crate::{Pattern, Secret, Security, words};

/// Does it answer a command, and as it should?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redis {
    /// Whether TLS comes first, or never.
    pub security: Security,
    /// The user's name; the default user if empty.
    pub login: String,
    /// The password; nobody logs in if empty.
    pub passwd: Secret,
    /// The command, its words apart by blanks; PING if empty.
    pub command: String,
    /// What the answer must hold; anything but an error without it.
    pub receive: Option<Pattern>,
}

impl Redis {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let mut lines = Lines::new(asking.connect_by(&self.security).await?);
        if !self.passwd.is_empty() {
            asking.progress.hide(&*self.passwd);
            let words = ["AUTH", &self.login, &self.passwd];
            let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
            command(asking, &mut lines, &words).await?;
        }
        let mut words: Vec<_> = self.command.split_ascii_whitespace().collect();
        let pings = words.is_empty();
        if pings {
            words.push("PING");
        }
        let answer = command(asking, &mut lines, &words).await?;
        if pings && answer != b"PONG" {
            return Err(format!("PING: {}", words::quoted(&answer)).into());
        }
        if let Some(pattern) = self.receive.as_ref().filter(|pattern| !pattern.is_match(&answer)) {
            let answer = words::quoted(&answer);
            return Err(format!("answered {answer}, but it does not match \"{pattern}\"").into());
        }
        lines.leave("QUIT").await;
        Ok("answered".to_owned())
    }
}

/// Sends a command; the answer to it, if that is no error.
async fn command(asking: &Asking, lines: &mut Lines, words: &[&str]) -> Result<Vec<u8>, Failure> {
    let name = words.first().unwrap_or(&"");
    asking.progress.enter(format!("connected, waiting for the answer to {name}"));
    let mut said = format!("*{}\r\n", words.len());
    for word in words {
        said += &format!("${}\r\n{word}\r\n", word.len());
    }
    lines.write(said.as_bytes()).await?;
    match reply(lines).await? {
        Ok(answer) => Ok(answer),
        Err(error) => Err(format!("{name}: {}", crate::words::quoted(&error)).into()),
    }
}

/// A reply's text, or the error it is: of an array its elements, however deep, with LF between.
async fn reply(lines: &mut Lines) -> Result<Result<Vec<u8>, Vec<u8>>, Failure> {
    let mut texts = Vec::new();
    // how many elements are still to come, of the array we are in and those it is in
    let mut open = vec![1_usize];
    while let Some(left) = open.last_mut() {
        let Some(fewer) = left.checked_sub(1) else {
            open.pop();
            continue;
        };
        *left = fewer;
        let line = lines.line().await?;
        match (line.first(), line.get(1..).unwrap_or_default()) {
            (Some(b'-'), error) if open.len() == 1 => return Ok(Err(error.to_vec())),
            (Some(b'+' | b':' | b'-'), text) => texts.push(text.to_vec()),
            (Some(b'$'), length) => texts.push(match size(length, &line)? {
                None => Vec::new(),
                Some(length) => bulk(lines, length).await?,
            }),
            (Some(b'*'), length) => {
                open.push(size(length, &line)?.unwrap_or(0));
                if open.len() > DEPTH_LIMIT {
                    return Err(format!("arrays of a depth of more than {DEPTH_LIMIT}").into());
                }
            }
            _ => return Err(improper(&line)),
        }
    }
    Ok(Ok(texts.join(&b'\n')))
}

async fn bulk(lines: &mut Lines, length: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = lines.bytes(length.saturating_add(2)).await?;
    if !bytes.ends_with(b"\r\n") {
        return Err("no proper reply: a text is longer than it was said to be".into());
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// A length; none is that of what does not exist.
fn size(text: &[u8], line: &[u8]) -> Result<Option<usize>, Failure> {
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<i64>().ok());
    match number {
        Some(-1) => Ok(None),
        Some(number) => usize::try_from(number).map(Some).map_err(|_| improper(line)),
        None => Err(improper(line)),
    }
}

fn improper(line: &[u8]) -> Failure {
    format!("no proper reply: {}", words::quoted(line)).into()
}

/// Arrays within arrays; no command that tells of health comes near it.
const DEPTH_LIMIT: usize = 16;
