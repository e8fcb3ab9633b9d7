//! Oracle: does a listener accept a connection (TNS)? With the cargo feature `oracle` it logs in and asks a
//! query, as ldirectord's oracle. Without it the login, its password and the query are not used.

#[cfg(feature = "oracle")]
mod login;
mod tns;

use serde::{Deserialize, Serialize};

use crate::Secret;
use crate::asking::{Answer, Asking, Failure};
use crate::lines::Lines;

/// Does a listener know a database?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oracle {
    /// The user's name; used only with the cargo feature `oracle`.
    pub login: String,
    /// The password; used only with the cargo feature `oracle`.
    pub passwd: Secret,
    /// The database's SID; the listener's default if empty.
    pub database: String,
    /// The query; used only with the cargo feature `oracle`.
    pub query: String,
}

impl Oracle {
    /// Whether this build logs in and asks the query, or knows the listener only.
    pub const LOGS_IN: bool = cfg!(feature = "oracle");

    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        // the listener reads a language of its own, in which such a name would say something else
        if self
            .database
            .bytes()
            .any(|byte| !byte.is_ascii_alphanumeric() && !b"_$#.-".contains(&byte))
        {
            return Err(
                format!("{} is no SID", crate::words::quoted(self.database.as_bytes())).into()
            );
        }
        let listener = self.listener(asking).await?;
        #[cfg(feature = "oracle")]
        if !self.login.is_empty() && !self.query.is_empty() {
            return login::ask(self, asking).await;
        }
        Ok(listener)
    }

    async fn listener(&self, asking: &Asking) -> Answer {
        let mut lines = Lines::new(asking.connect().await?);
        asking.progress.enter("connected, waiting for the listener's answer");
        for _ in 0..MOST_TIMES {
            lines.write(&tns::connect(&self.database, asking.address)).await?;
            match answer(&mut lines).await? {
                tns::Answer::Accepted(version) => {
                    // else the database's process finds the connection broken
                    let _ = lines.write(&tns::farewell(version)).await;
                    return Ok("the listener accepted the connection".to_owned());
                }
                // it knows the database, and where it is; who is asked next is not ours to check
                tns::Answer::Redirected => {
                    return Ok("the listener redirected the connection".to_owned());
                }
                tns::Answer::Refused(words) => return Err(words.into()),
                tns::Answer::Again => {}
                tns::Answer::Other(kind) => {
                    return Err(
                        format!("not an answer of Oracle's: a packet of type {kind}").into()
                    );
                }
            }
        }
        Err("the listener asks for the same again and again".into())
    }
}

/// The next packet; [`Lines`] bounds its length.
async fn answer(lines: &mut Lines) -> Result<tns::Answer, Failure> {
    let header = lines.bytes(tns::HEADER).await?;
    let (kind, length) = tns::header(&header).ok_or("the answer is not Oracle's")?;
    // what is not TNS names lengths at random, for which one would wait in vain
    let content = if tns::answers(kind) { lines.bytes(length).await? } else { Vec::new() };
    Ok(tns::answer(kind, &content))
}

/// How often it is asked; a listener wants it twice where it hands over to a new process.
const MOST_TIMES: u32 = 3;
