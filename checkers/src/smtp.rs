//! SMTP (RFC 5321), as ldirectord's smtp and submission: greeting, EHLO or else HELO, QUIT; and STARTTLS
//! (RFC 3207), where it is wanted.

use serde::{Deserialize, Serialize};

use crate::Security;
use crate::asking::{Answer, Asking, Failure};
use crate::lines::{Lines, Reply};

/// Does it greet, and take our name?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Smtp {
    /// Whether TLS comes first, after STARTTLS, or never.
    pub security: Security,
}

impl Smtp {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let mut lines = Lines::new(asking.connect_by(&self.security).await?);
        asking.progress.enter("connected, waiting for the greeting");
        let greeting = lines.reply().await?;
        if !greeting.is(2) {
            return Err(greeting.refused("greeted with"));
        }
        let able = hello(asking, &mut lines, "greeted").await?;
        if let Security::StartTls(tls) = &self.security {
            if !able.offers("STARTTLS") {
                return Err("the server does not offer STARTTLS".into());
            }
            asking.progress.enter("greeted, waiting for the answer to STARTTLS");
            lines.say("STARTTLS").await?;
            let reply = lines.reply().await?;
            if !reply.is(2) {
                return Err(reply.refused("STARTTLS"));
            }
            lines = lines.secure(tls).await?;
            hello(asking, &mut lines, "TLS stands").await?;
        }
        lines.leave("QUIT").await;
        Ok("greeted".to_owned())
    }
}

/// Says who we are, in the old way if the new one is not known; the answer tells what the server can do.
async fn hello(asking: &Asking, lines: &mut Lines, so_far: &str) -> Result<Reply, Failure> {
    asking.progress.enter(format!("{so_far}, waiting for the answer to EHLO"));
    lines.say(&format!("EHLO {NAME}")).await?;
    let reply = lines.reply().await?;
    if reply.is(2) {
        return Ok(reply);
    }
    if !reply.is(5) {
        return Err(reply.refused("EHLO"));
    }
    // a server that closes on it has said why before
    asking
        .progress
        .enter(format!("{so_far}, {}, waiting for the answer to HELO", reply.words("EHLO")));
    lines.say(&format!("HELO {NAME}")).await?;
    let reply = lines.reply().await?;
    if reply.is(2) { Ok(reply) } else { Err(reply.refused("HELO")) }
}

/// The name that ldirectord gives.
const NAME: &str = "localhost.localdomain";
