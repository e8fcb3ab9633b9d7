//! DNS (RFC 1035) over UDP or TCP, as ldirectord's dns: a name's addresses, or an address's names. An
//! answer that did not fit into a datagram is fetched over TCP.

mod message;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::asking::{Answer, Asking, Failure};
use crate::datagrams::{Datagrams, Heard};
use crate::stream::Stream;
use crate::{Pattern, Transport, random, words};
use message::{Question, Response, Stray};

/// Does a question get the answer it should?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dns {
    /// How the question travels.
    pub transport: Transport,
    /// The name that is asked for, or the address whose names are. A name is asked for as it stands:
    /// the director's own search list, which ldirectord tries for a short name, would make a
    /// server's health depend on the resolv.conf of another machine.
    pub name: String,
    /// What some address or name in the answer must match; ldirectord never finds a server up
    /// without it, and neither do we.
    pub receive: Option<Pattern>,
}

impl Dns {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let Some(pattern) = &self.receive else {
            return Err(NO_RECEIVE.into());
        };
        let name = words::quoted(self.name.as_bytes());
        let question = Question::new(random::bytes()?, &self.name)
            .map_err(|why| format!("cannot ask for {name}: {why}"))?;
        let mut response = match self.transport {
            Transport::Tcp => over_tcp(asking, &question).await?,
            Transport::Udp => over_udp(asking, &question).await?,
        };
        if response.cut_off && self.transport == Transport::Udp {
            asking.progress.enter("the answer over UDP was cut off, asking over TCP");
            response = over_tcp(asking, &question).await?;
        }
        judge(&question, response, pattern)
    }
}

async fn over_udp(asking: &Asking, question: &Question) -> Result<Response, Failure> {
    let datagrams = Datagrams::open(asking).await?;
    asking.progress.enter("asked, waiting for an answer");
    let answer = datagrams.ask(&question.bytes, |datagram| {
        Ok(match question.answer(datagram) {
            Ok(response) => Heard::Answer(response),
            Err(Stray::Other) => Heard::Stray("asked, got answers to something else only".into()),
            Err(Stray::Malformed) => Heard::Stray("asked, got only what is no DNS message".into()),
        })
    });
    answer.await
}

/// Asks with the length before each message (RFC 1035, 4.2.2).
async fn over_tcp(asking: &Asking, question: &Question) -> Result<Response, Failure> {
    let mut stream = asking.connect().await?;
    asking.progress.enter("connected, waiting for an answer");
    // a question is never longer than its name's 255 bytes and a few
    let length = u16::try_from(question.bytes.len()).unwrap_or(u16::MAX);
    stream.write_all(&[&length.to_be_bytes(), question.bytes.as_slice()].concat()).await?;
    stream.flush().await?;
    let length = read(&mut stream, 2).await?;
    asking.progress.enter("connected, an answer has begun");
    let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    match question.answer(&read(&mut stream, length).await?) {
        Ok(response) if response.cut_off => Err("the answer is cut off, even over TCP".into()),
        Ok(response) => Ok(response),
        Err(Stray::Other) => Err("answered what was not asked".into()),
        Err(Stray::Malformed) => Err("answered by what is no DNS message".into()),
    }
}

/// So many bytes; memory is taken as they come.
async fn read(stream: &mut Stream, length: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    stream.take(length as u64).read_to_end(&mut bytes).await?;
    if bytes.len() < length {
        return Err(format!("closed by the server ({})", stream.progress()).into());
    }
    Ok(bytes)
}

fn judge(question: &Question, response: Response, pattern: &Pattern) -> Answer {
    if response.code != 0 {
        return Err(format!("answered {}", refusal(response.code)).into());
    }
    let mut found = response.found;
    if found.is_empty() {
        let what = question.what;
        return Err(format!("answered that there is such a name, but no {what} for it").into());
    }
    if found.iter().any(|text| pattern.is_match(text.as_bytes())) {
        // which of them matches may change from answer to answer
        return Ok(format!("answered what matches \"{pattern}\""));
    }
    found.sort();
    let found = words::quoted(found.join(", ").as_bytes());
    Err(format!("answered {found}, but nothing in it matches \"{pattern}\"").into())
}

/// A response code by the name that dig shows, and what it means.
fn refusal(code: u8) -> String {
    match code {
        1 => "FORMERR: it does not understand the question".to_owned(),
        2 => "SERVFAIL: it could not find out".to_owned(),
        3 => "NXDOMAIN: there is no such name".to_owned(),
        4 => "NOTIMP: it does not answer such questions".to_owned(),
        5 => "REFUSED: it does not answer us".to_owned(),
        9 => "NOTAUTH: it is not in charge of the name".to_owned(),
        _ => format!("response code {code}"),
    }
}

const NO_RECEIVE: &str =
    "no `receive` is configured: as in ldirectord, no answer is right without it";
