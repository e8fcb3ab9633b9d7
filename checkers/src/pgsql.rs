//! PostgreSQL (protocol 3.0), as ldirectord's pgsql, except that the query is asked once; and SSLRequest,
//! where it is wanted, or as libpq, which ldirectord speaks by, does it by itself.

mod login;
mod wire;

use std::io;

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::stream::Stream;
use crate::{Secret, Security, Tls, Verify};
use wire::Wire;

/// Can one log in, and does a query return a row?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pgsql {
    /// Whether TLS is asked for; by itself, where the server has it, whoever that is, for servers
    /// let in nobody without (libpq's `sslmode=prefer`).
    pub security: Option<Security>,
    /// The user's name.
    pub login: String,
    /// The password.
    pub passwd: Secret,
    /// The database; the user's own if empty.
    pub database: String,
    /// The query.
    pub query: String,
}

impl Pgsql {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        if self.login.is_empty() || self.query.is_empty() {
            return Err("a login and a query must be configured".into());
        }
        let mut wire = self.connect(asking).await?;
        asking.progress.enter("connected, logging in");
        login::log_in(self, asking, &mut wire).await?;
        asking.progress.enter("logged in, waiting until the server is ready");
        while wire.answer().await?.0 != READY {}
        asking.progress.enter("logged in, waiting for the query's result");
        wire.write(&message(|bytes| frontend::query(&self.query, bytes))?).await?;
        let row = first_row(&mut wire).await;
        // else the server logs a connection that was lost
        let _ = wire.write(TERMINATE).await;
        row
    }

    async fn connect(&self, asking: &Asking) -> Result<Wire, Failure> {
        let stream = asking.connect().await?;
        match &self.security {
            None => match preferred(asking, stream).await {
                Ok(wire) => Ok(wire),
                Err(_) => {
                    asking.progress.enter("TLS failed, connecting without");
                    Ok(Wire::new(asking.connect().await?))
                }
            },
            Some(Security::Plain) => Ok(Wire::new(stream)),
            // since PostgreSQL 17, which wants the protocol named
            Some(Security::Tls(tls)) => {
                Ok(Wire::new(stream.secure_for(tls, &[b"postgresql"]).await?))
            }
            Some(Security::StartTls(tls)) => match offered(asking, stream).await? {
                (wire, true) => wire.secure(tls).await,
                (_, false) => Err("the server does not offer TLS".into()),
            },
        }
    }
}

/// The connection as the server likes it best.
async fn preferred(asking: &Asking, stream: Stream) -> Result<Wire, Failure> {
    let anyone = Tls { verify: Verify::No, ..Tls::default() };
    match offered(asking, stream).await? {
        (wire, true) => wire.secure(&anyone).await,
        (wire, false) => Ok(wire),
    }
}

/// Asks for TLS; whether the server has it.
async fn offered(asking: &Asking, stream: Stream) -> Result<(Wire, bool), Failure> {
    asking.progress.enter("connected, waiting for the answer to SSLRequest");
    let mut wire = Wire::new(stream);
    let request = message(|bytes| {
        frontend::ssl_request(bytes);
        Ok(())
    });
    wire.write(&request?).await?;
    match wire.byte().await? {
        Some(b'S') => Ok((wire, true)),
        Some(b'N') => Ok((wire, false)),
        _ => Err("the answer to SSLRequest is not understood".into()),
    }
}

/// Waits for a row of any of the query's results, or that it changed one, which counts with
/// ldirectord too. The rest is not read: it may be gigabytes.
async fn first_row(wire: &mut Wire) -> Answer {
    loop {
        match wire.answer_or_row().await? {
            (wire::ROW, _) => return Ok("logged in, the query returned a row".to_owned()),
            (COMPLETE, tag) if changed(&tag) => {
                return Ok("logged in, the query changed a row".to_owned());
            }
            (READY, _) => return Err("the query returned no row".into()),
            (COPY_IN | COPY_OUT | COPY_BOTH, _) => {
                return Err("the query copies: it has no rows".into());
            }
            (COLUMNS | COMPLETE | EMPTY, _) => {}
            _ => return Err("the query's result is not understood".into()),
        }
    }
}

/// Whether a statement that is done has changed rows: `INSERT 0 1`, `UPDATE 1`.
fn changed(tag: &[u8]) -> bool {
    let tag = String::from_utf8_lossy(tag.strip_suffix(&[0]).unwrap_or(tag)).into_owned();
    let mut words = tag.split(' ');
    matches!(words.next(), Some("INSERT" | "UPDATE" | "DELETE" | "MERGE"))
        && words.next_back().and_then(|rows| rows.parse().ok()).is_some_and(|rows: u64| rows > 0)
}

/// A message of ours, as the library writes it; it refuses a text with a NUL in it.
fn message(write: impl FnOnce(&mut BytesMut) -> io::Result<()>) -> Result<Vec<u8>, Failure> {
    let mut bytes = BytesMut::new();
    write(&mut bytes).map_err(|error| format!("this cannot be asked: {error}"))?;
    Ok(bytes.to_vec())
}

const READY: u8 = b'Z';
const COLUMNS: u8 = b'T';
const COMPLETE: u8 = b'C';
const EMPTY: u8 = b'I';
const COPY_IN: u8 = b'G';
const COPY_OUT: u8 = b'H';
const COPY_BOTH: u8 = b'W';
const TERMINATE: &[u8] = b"X\0\0\0\x04";
