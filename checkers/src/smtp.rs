//! SMTP (RFC 5321), as ldirectord's smtp and submission: greeting, EHLO or else HELO, QUIT; and STARTTLS
//! (RFC 3207), where it is wanted.

use serde::{Deserialize, Serialize};

use crate::Security;
use crate::asking::{Answer, Asking, Failure};
use crate::lines::Lines;

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
        hello(asking, &mut lines).await?;
        if let Security::StartTls(tls) = &self.security {
            asking.progress.enter("greeted, waiting for STARTTLS");
            lines.say("STARTTLS").await?;
            let reply = lines.reply().await?;
            if !reply.is(2) {
                return Err(reply.refused("STARTTLS"));
            }
            lines = lines.secure(tls).await?;
            hello(asking, &mut lines).await?;
        }
        lines.leave("QUIT").await;
        Ok("greeted".to_owned())
    }
}

/// Says who we are, in the old way if the new one is not known.
async fn hello(asking: &Asking, lines: &mut Lines) -> Result<(), Failure> {
    asking.progress.enter("greeted, waiting for the answer to EHLO");
    lines.say(&format!("EHLO {NAME}")).await?;
    let mut reply = lines.reply().await?;
    if reply.is(5) {
        lines.say(&format!("HELO {NAME}")).await?;
        reply = lines.reply().await?;
    }
    if reply.is(2) { Ok(()) } else { Err(reply.refused("EHLO")) }
}

/// The name that ldirectord gives.
const NAME: &str = "localhost.localdomain";
