//! NNTP (RFC 3977), as ldirectord's nntp: the greeting's code begins with 2; and STARTTLS (RFC 4642), where
//! it is wanted.

use serde::{Deserialize, Serialize};

use crate::Security;
use crate::asking::{Answer, Asking, Failure};
use crate::lines::{Lines, Reply, offered};

/// Does it greet?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nntp {
    /// Whether TLS comes first, after STARTTLS, or never.
    pub security: Security,
}

impl Nntp {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let mut lines = Lines::new(asking.connect_by(&self.security).await?);
        asking.progress.enter("connected, waiting for the greeting");
        let greeting = lines.status().await?;
        if !greeting.is(2) {
            return Err(greeting.refused("greeted with"));
        }
        if let Security::StartTls(tls) = &self.security {
            let able = capabilities(asking, &mut lines, "greeted").await?;
            if able.is_ok_and(|able| !offered(&able, "STARTTLS")) {
                return Err("the server does not offer STARTTLS".into());
            }
            asking.progress.enter("greeted, waiting for the answer to STARTTLS");
            lines.say("STARTTLS").await?;
            let reply = lines.status().await?;
            if reply.code != GO_ON {
                return Err(reply.refused("STARTTLS"));
            }
            lines = lines.secure(tls).await?;
            if let Err(reply) = capabilities(asking, &mut lines, "TLS stands").await?
                && !reply.is(5)
            {
                return Err(reply.refused("CAPABILITIES"));
            }
        }
        lines.leave("QUIT").await;
        Ok("greeted".to_owned())
    }
}

/// What the server can do; a reply of its own from one that is too old to tell.
async fn capabilities(
    asking: &Asking,
    lines: &mut Lines,
    so_far: &str,
) -> Result<Result<Vec<Vec<u8>>, Reply>, Failure> {
    asking.progress.enter(format!("{so_far}, waiting for the answer to CAPABILITIES"));
    lines.say("CAPABILITIES").await?;
    let reply = lines.status().await?;
    if reply.code != LIST {
        return Ok(Err(reply));
    }
    Ok(Ok(lines.list().await?))
}

/// A list of capabilities follows.
const LIST: u16 = 101;
/// TLS begins.
const GO_ON: u16 = 382;
