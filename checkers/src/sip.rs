//! SIP (RFC 3261) over UDP or TCP, as ldirectord's sip: OPTIONS is answered by 200 OK.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::datagrams::{Datagrams, Heard};
use crate::lines::Lines;
use crate::{Transport, random, words};

/// Does it answer OPTIONS?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sip {
    /// How the question travels.
    pub transport: Transport,
    /// Whom it is for: `user@host`.
    pub login: String,
}

impl Sip {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let call = format!("{:016x}", u64::from_be_bytes(random::bytes()?));
        let status = match self.transport {
            Transport::Tcp => self.over_tcp(asking, &call).await?,
            Transport::Udp => self.over_udp(asking, &call).await?,
        };
        let answered = format!("answered {}", words::quoted(&status.line));
        if status.code == 200 { Ok(answered) } else { Err(answered.into()) }
    }

    async fn over_tcp(&self, asking: &Asking, call: &str) -> Result<Status, Failure> {
        let stream = asking.connect().await?;
        let options = self.options("TCP", stream.local_addr()?, call)?;
        let mut lines = Lines::new(stream);
        asking.progress.enter("connected, waiting for an answer");
        lines.write(options.as_bytes()).await?;
        loop {
            let status = status(&mut lines).await?;
            if status.is_final() {
                return Ok(status);
            }
            asking.progress.enter(status.so_far());
            lines.bytes(status.body).await?;
        }
    }

    async fn over_udp(&self, asking: &Asking, call: &str) -> Result<Status, Failure> {
        let datagrams = Datagrams::open(asking).await?;
        let options = self.options("UDP", datagrams.local_addr()?, call)?;
        asking.progress.enter("asked, waiting for an answer");
        let answer = datagrams.ask(options.as_bytes(), |datagram| {
            Ok(match Status::read(datagram) {
                None => Heard::Stray("asked, got only what is no SIP answer".into()),
                Some(status) if status.call.as_deref() != Some(call) || !status.is_of_ours => {
                    Heard::Stray("asked, got answers to something else only".into())
                }
                Some(status) if !status.is_final() => Heard::Stray(status.so_far().into()),
                Some(status) => Heard::Answer(status),
            })
        });
        answer.await
    }

    /// The request (RFC 3261, 11.1); we are at `local`.
    fn options(&self, transport: &str, local: SocketAddr, call: &str) -> Result<String, Failure> {
        let Sip { login, .. } = self;
        // without the interface, which means nothing to others
        let local = SocketAddr::new(local.ip(), local.port());
        let [branch, tag] = [random::bytes()?, random::bytes()?].map(u64::from_be_bytes);
        Ok(format!(
            "OPTIONS sip:{login} SIP/2.0\r\n\
             Via: SIP/2.0/{transport} {local};branch=z9hG4bK{branch:016x}\r\n\
             Max-Forwards: 70\r\n\
             To: <sip:{login}>\r\n\
             From: <sip:{login}>;tag={tag:016x}\r\n\
             Call-ID: {call}\r\n\
             CSeq: {SEQUENCE} OPTIONS\r\n\
             Contact: <sip:{login}>\r\n\
             Accept: application/sdp\r\n\
             Content-Length: 0\r\n\
             \r\n"
        ))
    }
}

/// An answer: the lines up to an empty one, which ends them all.
async fn status(lines: &mut Lines) -> Result<Status, Failure> {
    let mut line = lines.line().await?;
    // line ends may come between messages (RFC 3261, 7.5)
    while line.is_empty() {
        line = lines.line().await?;
    }
    // who speaks another protocol may never send an empty line
    let Some(mut status) = Status::read(&line) else {
        return Err(format!("no SIP: {}", words::quoted(&line)).into());
    };
    loop {
        let line = lines.line().await?;
        if line.is_empty() {
            return Ok(status);
        }
        status.take(line.trim_ascii_end());
    }
}

/// An answer's first line, and what of its header is of interest.
struct Status {
    code: u16,
    line: Vec<u8>,
    /// The Call-ID.
    call: Option<String>,
    /// Whether its CSeq is our request's.
    is_of_ours: bool,
    /// Bytes of its body.
    body: usize,
}

impl Status {
    /// Reads an answer (RFC 3261, 7.2); `None` if it is none.
    fn read(message: &[u8]) -> Option<Self> {
        let mut lines = message.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
        let line = lines.find(|line| !line.is_empty())?;
        let (version, rest) = line.split_at_checked(VERSION.len())?;
        let (code, rest) = rest.split_at_checked(3)?;
        if !version.eq_ignore_ascii_case(VERSION) || !matches!(rest.first(), None | Some(b' ')) {
            return None;
        }
        let code = code.iter().all(u8::is_ascii_digit).then_some(code)?;
        let code = std::str::from_utf8(code).ok()?.parse().ok()?;
        let mut status =
            Status { code, line: line.to_vec(), call: None, is_of_ours: false, body: 0 };
        lines.take_while(|line| !line.is_empty()).for_each(|line| status.take(line));
        Some(status)
    }

    /// Takes a line of the header, by its long or its short name (RFC 3261, 7.3.3).
    fn take(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        let Some((name, value)) = line.split_once(':') else { return };
        let value = value.trim();
        match name.trim_end().to_ascii_lowercase().as_str() {
            "call-id" | "i" => self.call = Some(value.to_owned()),
            "cseq" => {
                let mut words = value.split_whitespace();
                let number = words.next().and_then(|number| number.parse().ok());
                self.is_of_ours = number == Some(SEQUENCE) && words.next() == Some("OPTIONS");
            }
            "content-length" | "l" => self.body = value.parse().unwrap_or(0),
            _ => {}
        }
    }

    /// Whether no other answer follows.
    fn is_final(&self) -> bool {
        self.code >= 200
    }

    fn so_far(&self) -> String {
        format!("answered {} so far", words::quoted(&self.line))
    }
}

const VERSION: &[u8] = b"SIP/2.0 ";
/// The request's number in its dialogue.
const SEQUENCE: u32 = 1;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80), header in r"\PC*") {
            Status::read(&bytes);
            Status::read(&[b"SIP/2.0 200 ", bytes.as_slice()].concat());
            let status = Status::read(format!("SIP/2.0 200\n{header}").as_bytes()).unwrap();
            prop_assert_eq!((status.code, status.line), (200, b"SIP/2.0 200".to_vec()));
        }
    }
}
