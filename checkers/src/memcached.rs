//! memcached (its text protocol): one command.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::lines::{Lines, sayable};
use crate::{Pattern, words};

/// Does it answer a command, and as it should?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memcached {
    /// The command; `version` if empty.
    pub command: String,
    /// What some line of the answer must match; anything but an error without it.
    pub receive: Option<Pattern>,
}

impl Memcached {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let command = match sayable("request", self.command.trim())? {
            "" => VERSION,
            command => command,
        };
        let mut lines = Lines::new(asking.connect().await?);
        let name = command.split_ascii_whitespace().next().unwrap_or_default();
        asking.progress.enter(format!("connected, waiting for the answer to {name}"));
        lines.say(command).await?;
        let answer = answer(&mut lines).await?;
        let first = answer.first().map(Vec::as_slice).unwrap_or_default();
        let error =
            ["ERROR", "CLIENT_ERROR", "SERVER_ERROR"].iter().any(|word| starts(first, word));
        if error || command == VERSION && !starts(first, "VERSION") {
            return Err(format!("{name}: {}", words::quoted(first)).into());
        }
        if let Some(pattern) = &self.receive
            && !answer.iter().any(|line| pattern.is_match(line))
        {
            let first = words::quoted(first);
            return Err(format!("answered {first}, but no line matches \"{pattern}\"").into());
        }
        lines.leave("quit").await;
        Ok("answered".to_owned())
    }
}

/// The lines of an answer. One that begins as a list does goes on until its end.
async fn answer(lines: &mut Lines) -> Result<Vec<Vec<u8>>, Failure> {
    let mut answer = Vec::new();
    loop {
        let line = lines.line().await?;
        let goes_on = LISTED.iter().any(|word| starts(&line, word));
        let length = if starts(&line, "VALUE") { Some(value_length(&line)?) } else { None };
        answer.push(line);
        if let Some(length) = length {
            let mut value = lines.bytes(length.saturating_add(2)).await?;
            value.truncate(length);
            answer.push(value);
        }
        if !goes_on {
            return Ok(answer);
        }
    }
}

/// The length in `VALUE key flags length`.
fn value_length(line: &[u8]) -> Result<usize, Failure> {
    let length = line.split(u8::is_ascii_whitespace).nth(3);
    let length = length.and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
    length.ok_or_else(|| format!("no proper reply: {}", words::quoted(line)).into())
}

/// Whether a line begins with this word.
fn starts(line: &[u8], word: &str) -> bool {
    line.split(u8::is_ascii_whitespace).next() == Some(word.as_bytes())
}

const VERSION: &str = "version";
/// What begins a line that others follow.
const LISTED: &[&str] = &["STAT", "VALUE", "ITEM"];
