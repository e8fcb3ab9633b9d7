//! LDAP (RFC 4511), as ldirectord's ldap and ldaps: bind, then search one entry; and StartTLS, where it is
//! wanted.

mod ber;
mod message;

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::lines::Lines;
use crate::{Pattern, Secret, Security, words};
use message::Message;

/// Can one bind, and is an entry there?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ldap {
    /// Whether TLS comes first, after StartTLS, or never.
    pub security: Security,
    /// The name to bind as; anonymous if it or the password is empty.
    pub login: String,
    /// The password.
    pub passwd: Secret,
    /// The entry that must be there; the root of the server if empty.
    pub base: String,
    /// What the entry's name must match.
    pub receive: Option<Pattern>,
}

impl Ldap {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let mut lines = Lines::new(asking.connect_by(&self.security).await?);
        if let Security::StartTls(tls) = &self.security {
            asking.progress.enter("connected, waiting for the answer to StartTLS");
            lines.write(&message::start_tls(START_TLS)).await?;
            result(&mut lines, START_TLS, message::EXTENDED_RESPONSE, "StartTLS").await?;
            lines = lines.secure(tls).await?;
        }
        asking.progress.enter("connected, waiting for the answer to the bind");
        asking.progress.hide(self.passwd.as_bytes());
        lines.write(&self.bind()).await?;
        result(&mut lines, BIND, message::BIND_RESPONSE, "bind").await?;
        asking.progress.enter("bound, waiting for the entry");
        lines.write(&message::search(SEARCH, &self.base)).await?;
        let found = found(&mut lines).await;
        // the verdict stands, whether this arrives or not
        let _ = lines.write(&message::unbind(UNBIND)).await;
        self.verdict(&found?)
    }

    /// A name without a password would bind without proof, and be let in.
    fn bind(&self) -> Vec<u8> {
        if self.login.is_empty() || self.passwd.is_empty() {
            return message::bind(BIND, "", "");
        }
        message::bind(BIND, &self.login, &self.passwd)
    }

    fn verdict(&self, entries: &[Vec<u8>]) -> Answer {
        let name = match entries {
            [] => return Err("search: no entry".into()),
            [name] => name,
            more => return Err(format!("search: {} entries for one name", more.len()).into()),
        };
        let shown = match name.as_slice() {
            [] => "the root".to_owned(),
            name => words::quoted(name),
        };
        match &self.receive {
            Some(receive) if !receive.is_match(name) => {
                let receive = receive.as_str();
                Err(format!("found {shown}, which does not match \"{receive}\"").into())
            }
            _ => Ok(format!("found {shown}")),
        }
    }
}

/// Waits for a result, which must be success.
async fn result(lines: &mut Lines, id: u8, operation: u8, what: &str) -> Result<(), Failure> {
    let bytes = next(lines, id).await?;
    let message = parse(&bytes)?;
    if message.operation != operation {
        return Err(format!("{what}: not the answer to it").into());
    }
    succeeded(&message, what)
}

/// The names of the entries that the search found.
async fn found(lines: &mut Lines) -> Result<Vec<Vec<u8>>, Failure> {
    let mut entries = Vec::new();
    loop {
        let bytes = next(lines, SEARCH).await?;
        let message = parse(&bytes)?;
        match message.operation {
            message::ENTRY => entries.push(message.name().ok_or(NOT_LDAP)?.to_vec()),
            message::SEARCH_DONE => return succeeded(&message, "search").map(|()| entries),
            // where other servers would be asked further, which we are not asked to do
            message::REFERENCE | message::INTERMEDIATE => {}
            _ => return Err("search: not the answer to it".into()),
        }
    }
}

fn succeeded(message: &Message<'_>, what: &str) -> Result<(), Failure> {
    match message.result().ok_or(NOT_LDAP)? {
        (0, _) => Ok(()),
        (code, said) => Err(format!("{what}: {}", message::result_words(code, said)).into()),
    }
}

/// The next message to the request of this number, its outermost tag and length taken off.
async fn next(lines: &mut Lines, id: u8) -> Result<Vec<u8>, Failure> {
    let bytes = whole(lines).await?;
    let message = parse(&bytes)?;
    match message.id {
        answered if answered == u32::from(id) => Ok(bytes),
        // the server's own word (RFC 4511, 4.4.1)
        0 => Err(match message.result() {
            Some((code, said)) => {
                format!("the server says farewell: {}", message::result_words(code, said)).into()
            }
            None => NOT_LDAP.into(),
        }),
        other => Err(format!("an answer to request {other}, which was not made").into()),
    }
}

/// A whole message; [`Lines`] bounds its length.
async fn whole(lines: &mut Lines) -> Result<Vec<u8>, Failure> {
    let (tag, first) = match lines.bytes(2).await?.as_slice() {
        [tag, first] => (*tag, *first),
        _ => return Err(NOT_LDAP.into()),
    };
    if tag != ber::SEQUENCE {
        return Err(NOT_LDAP.into());
    }
    let length = match ber::more_of_length(first) {
        None => first.into(),
        Some(more @ 1..=8) => ber::long(&lines.bytes(more).await?).ok_or(NOT_LDAP)?,
        Some(_) => return Err(NOT_LDAP.into()),
    };
    lines.bytes(length).await
}

fn parse(bytes: &[u8]) -> Result<Message<'_>, Failure> {
    Message::parse(bytes).ok_or(NOT_LDAP.into())
}

const NOT_LDAP: &str = "the answer is not LDAP";
/// The numbers of our requests.
const START_TLS: u8 = 1;
const BIND: u8 = 2;
const SEARCH: u8 = 3;
const UNBIND: u8 = 4;
