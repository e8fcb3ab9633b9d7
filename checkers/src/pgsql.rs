//! PostgreSQL (protocol 3.0), as ldirectord's pgsql, except that the query is asked once; and SSLRequest,
//! where it is wanted.

mod login;
mod wire;

use std::io;

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::{Secret, Security};
use wire::Wire;

/// Can one log in, and does a query return a row?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pgsql {
    /// Whether TLS is asked for.
    pub security: Security,
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
        row?;
        Ok("logged in, the query returned a row".to_owned())
    }

    async fn connect(&self, asking: &Asking) -> Result<Wire, Failure> {
        let stream = asking.connect().await?;
        match &self.security {
            Security::Plain => Ok(Wire::new(stream)),
            // since PostgreSQL 17, which wants the protocol named
            Security::Tls(tls) => Ok(Wire::new(stream.secure_for(tls, &[b"postgresql"]).await?)),
            Security::StartTls(tls) => {
                asking.progress.enter("connected, waiting for the answer to SSLRequest");
                let mut wire = Wire::new(stream);
                wire.write(&message(|bytes| {
                    frontend::ssl_request(bytes);
                    Ok(())
                })?)
                .await?;
                match wire.byte().await? {
                    Some(b'S') => wire.secure(tls).await,
                    Some(b'N') => Err("the server does not offer TLS".into()),
                    _ => Err("the answer to SSLRequest is not understood".into()),
                }
            }
        }
    }
}

/// Waits for a row of any of the query's results. The rest is not read: it may be gigabytes.
async fn first_row(wire: &mut Wire) -> Result<(), Failure> {
    loop {
        match wire.answer_or_row().await? {
            wire::ROW => return Ok(()),
            READY => return Err("the query returned no row".into()),
            COPY_IN | COPY_OUT | COPY_BOTH => return Err("the query copies: it has no rows".into()),
            COLUMNS | COMPLETE | EMPTY => {}
            _ => return Err("the query's result is not understood".into()),
        }
    }
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
