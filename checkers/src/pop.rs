//! POP3 (RFC 1939), as ldirectord's pop and pops, except that a server without a login is asked for its
//! greeting at least; and STLS (RFC 2595), where it is wanted.

mod login;

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::lines::{Lines, offered, sayable};
use crate::{Secret, Security, words};

/// Does it greet, and can one log in?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pop {
    /// Whether TLS comes first, after STLS, or never.
    pub security: Security,
    /// The user's name; nobody logs in if empty.
    pub login: String,
    /// The password.
    pub passwd: Secret,
}

impl Pop {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        sayable("login", &self.login)?;
        sayable("passwd", &self.passwd)?;
        let mut pop = Dialogue {
            asking,
            lines: Lines::new(asking.connect_by(&self.security).await?),
            so_far: "connected",
        };
        asking.progress.enter("connected, waiting for the greeting");
        let greeting = pop.reply("greeted with").await?;
        pop.so_far = "greeted";
        if let Security::StartTls(tls) = &self.security {
            if pop.capabilities().await?.is_some_and(|able| !offered(&able, "STLS")) {
                return Err("the server does not offer STLS".into());
            }
            pop.command("STLS", "STLS").await?;
            pop = Dialogue { lines: pop.lines.secure(tls).await?, so_far: "TLS stands", ..pop };
        }
        let seen = match &*self.login {
            "" => "greeted",
            login => {
                login::log_in(&mut pop, &greeting, login, &self.passwd).await?;
                "logged in"
            }
        };
        pop.lines.leave("QUIT").await;
        Ok(seen.to_owned())
    }
}

/// A dialogue with a server, and how far it has come.
struct Dialogue<'a> {
    asking: &'a Asking,
    lines: Lines,
    so_far: &'static str,
}

impl Dialogue<'_> {
    /// Sends a line; the answer to it if it was accepted. `name` is what the line is called.
    async fn command(&mut self, name: &str, line: &str) -> Result<Vec<u8>, Failure> {
        self.answer_to(name, line).await?.map_err(|no| refused(name, &no))
    }

    /// Sends a line; the answer to it, as it is, if it was not accepted.
    async fn answer_to(
        &mut self,
        name: &str,
        line: &str,
    ) -> Result<Result<Vec<u8>, Vec<u8>>, Failure> {
        let so_far = self.so_far;
        self.asking.progress.enter(format!("{so_far}, waiting for the answer to {name}"));
        self.lines.say(line).await?;
        let reply = self.lines.line().await?;
        // AUTH is answered by `+ `, with a challenge
        let accepted = reply.starts_with(b"+OK") || reply.starts_with(b"+ ");
        Ok(if accepted { Ok(reply) } else { Err(reply) })
    }

    async fn reply(&mut self, what: &str) -> Result<Vec<u8>, Failure> {
        let reply = self.lines.line().await?;
        if reply.starts_with(b"+OK") { Ok(reply) } else { Err(refused(what, &reply)) }
    }

    /// What the server can do, if it can tell.
    async fn capabilities(&mut self) -> Result<Option<Vec<Vec<u8>>>, Failure> {
        match self.answer_to("CAPA", "CAPA").await? {
            Ok(_) => Ok(Some(self.lines.list().await?)),
            Err(_) => Ok(None),
        }
    }
}

fn refused(what: &str, reply: &[u8]) -> Failure {
    format!("{what}: {}", words::quoted(reply)).into()
}
