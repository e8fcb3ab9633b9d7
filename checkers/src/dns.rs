//! DNS (RFC 1035) over UDP or TCP, as ldirectord's dns: a name's addresses, or an address's names. An
//! answer that did not fit into a datagram is fetched over TCP.

use std::net::IpAddr;

use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::asking::{Answer, Asking, Failure};
use crate::datagrams::{Datagrams, Heard};
use crate::stream::Stream;
use crate::{Pattern, Transport, random, words};

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
        let question = self.question()?;
        let answer = match self.transport {
            Transport::Tcp => over_tcp(asking, &question).await?,
            Transport::Udp => match over_udp(asking, &question).await? {
                Some(answer) => answer,
                None => {
                    asking.progress.enter("the answer over UDP was cut off, asking over TCP");
                    over_tcp(asking, &question).await?
                }
            },
        };
        judge(&answer, pattern)
    }

    fn question(&self) -> Result<Message, Failure> {
        let bad =
            |error| format!("cannot ask for {}: {error}", words::quoted(self.name.as_bytes()));
        let (mut name, record) = match self.name.parse::<IpAddr>() {
            Ok(address) => (Name::from(address), RecordType::PTR),
            Err(_) => (Name::from_ascii(&self.name).map_err(bad)?, RecordType::A),
        };
        name.set_fqdn(true);
        let id = u16::from_be_bytes(random::bytes()?);
        let mut question = Message::new(id, MessageType::Query, OpCode::Query);
        question.metadata.recursion_desired = true;
        question.add_query(Query::query(name, record));
        Ok(question)
    }
}

/// The answer; `None` if it was cut off.
async fn over_udp(asking: &Asking, question: &Message) -> Result<Option<Message>, Failure> {
    let datagrams = Datagrams::open(asking).await?;
    asking.progress.enter("asked, waiting for an answer");
    let written = written(question)?;
    let answer = datagrams.ask(&written, |datagram| {
        if is_cut_off(datagram, question) {
            return Ok(Heard::Answer(None));
        }
        Ok(match Message::from_vec(datagram) {
            Ok(answer) if answers(&answer, question) => Heard::Answer(Some(answer)),
            Ok(_) => Heard::Stray("asked, got answers to something else only".into()),
            Err(_) => Heard::Stray("asked, got only what is no DNS message".into()),
        })
    });
    answer.await
}

/// Asks with the length before each message (RFC 1035, 4.2.2).
async fn over_tcp(asking: &Asking, question: &Message) -> Result<Message, Failure> {
    let mut stream = asking.connect().await?;
    asking.progress.enter("connected, waiting for an answer");
    let written = written(question)?;
    let length = u16::try_from(written.len()).unwrap_or(u16::MAX);
    stream.write_all(&[&length.to_be_bytes(), written.as_slice()].concat()).await?;
    stream.flush().await?;
    let length = read(&mut stream, 2).await?;
    asking.progress.enter("connected, an answer has begun");
    let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let answer = read(&mut stream, length).await?;
    match Message::from_vec(&answer) {
        Ok(answer) if answers(&answer, question) => Ok(answer),
        Ok(_) => Err("answered what was not asked".into()),
        Err(_) => Err("answered by what is no DNS message".into()),
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

fn written(question: &Message) -> Result<Vec<u8>, Failure> {
    question.to_vec().map_err(|error| format!("cannot ask: {error}").into())
}

/// Whether a message is about this question. Some servers do not repeat a question that they refuse.
fn answers(answer: &Message, question: &Message) -> bool {
    let refused = answer.response_code != ResponseCode::NoError && answer.queries.is_empty();
    (answer.id, answer.message_type) == (question.id, MessageType::Response)
        && answer.op_code == OpCode::Query
        && (answer.queries == question.queries || refused)
}

/// Whether a datagram holds the beginning of an answer to this question; it may end within a
/// record, so it is not read as a message.
fn is_cut_off(datagram: &[u8], question: &Message) -> bool {
    datagram.starts_with(&question.id.to_be_bytes())
        && datagram.get(2).is_some_and(|flags| flags & RESPONSE_CUT_OFF == RESPONSE_CUT_OFF)
}

fn judge(answer: &Message, pattern: &Pattern) -> Answer {
    let code = answer.response_code;
    if code != ResponseCode::NoError {
        return Err(format!("answered {}", refusal(code)).into());
    }
    let mut found: Vec<String> = answer.answers.iter().filter_map(|r| text(&r.data)).collect();
    if found.is_empty() {
        let what = match answer.queries.first().map(Query::query_type) {
            Some(RecordType::PTR) => "name",
            _ => "address",
        };
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

/// What ldirectord looks at, as it stands there: an IPv4 address, or a name without its last dot.
fn text(data: &RData) -> Option<String> {
    match data {
        RData::A(address) => Some(address.to_string()),
        RData::PTR(name) => {
            let name = name.to_ascii();
            Some(name.strip_suffix('.').unwrap_or(&name).to_owned())
        }
        _ => None,
    }
}

/// A response code by the name that dig shows, and what it means.
fn refusal(code: ResponseCode) -> String {
    match code {
        ResponseCode::FormErr => "FORMERR: it does not understand the question".to_owned(),
        ResponseCode::ServFail => "SERVFAIL: it could not find out".to_owned(),
        ResponseCode::NXDomain => "NXDOMAIN: there is no such name".to_owned(),
        ResponseCode::NotImp => "NOTIMP: it does not answer such questions".to_owned(),
        ResponseCode::Refused => "REFUSED: it does not answer us".to_owned(),
        other => format!("code {}: {other}", u16::from(other)),
    }
}

const NO_RECEIVE: &str =
    "no `receive` is configured: as in ldirectord, no answer is right without it";
/// A header's third byte: this is a response, and it was cut off (QR, TC).
const RESPONSE_CUT_OFF: u8 = 0x82;
