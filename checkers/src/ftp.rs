//! FTP (RFC 959), as ldirectord's ftp, except that data connections are passive; and AUTH TLS
//! (RFC 4217), where it is wanted.

mod passive;

use std::sync::Arc;

use rustls::ClientConfig;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;

use crate::asking::{Answer, Asking, Failure};
use crate::lines::{Lines, Reply, sayable};
use crate::stream::Stream;
use crate::{Pattern, Secret, Security, Tls, tls, words};

/// Can one log in and fetch a file, and does it hold what it should?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ftp {
    /// Whether TLS comes first, after AUTH TLS, or never; the file comes as the commands go.
    pub security: Security,
    /// The user's name. Without it the greeting will do where no file is fetched, for many servers
    /// refuse who is anonymous; where one is, we are.
    pub login: String,
    /// The password.
    pub passwd: Secret,
    /// The file that is fetched.
    pub file: String,
    /// What the file must hold; nothing is fetched without it.
    pub receive: Option<Pattern>,
}

impl Ftp {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        sayable("login", &self.login)?;
        sayable("passwd", &self.passwd)?;
        sayable("request", &self.file)?;
        let secure = match &self.security {
            Security::Plain => None,
            Security::Tls(tls) | Security::StartTls(tls) => {
                Some((tls, tls::one_session(tls, &asking.progress).await?))
            }
        };
        let mut ftp = Dialogue {
            asking,
            lines: Lines::new(asking.connect().await?),
            secure,
            so_far: "connected",
        };
        if let Security::Tls(_) = &self.security {
            ftp = ftp.secured().await?;
        }
        asking.progress.enter("connected, waiting for the greeting");
        let greeting = ftp.reply().await?;
        if !greeting.is(2) {
            return Err(greeting.refused("greeted with"));
        }
        ftp.so_far = "greeted";
        if let Security::StartTls(_) = &self.security {
            ftp.expect("AUTH TLS", "AUTH TLS").await?;
            ftp = ftp.secured().await?;
            ftp.so_far = "TLS stands";
        }
        let seen = self.look(&mut ftp).await?;
        ftp.lines.leave("QUIT").await;
        Ok(seen)
    }

    /// Does what is to be done behind the greeting.
    async fn look(&self, ftp: &mut Dialogue<'_>) -> Answer {
        if self.login.is_empty() && self.receive.is_none() {
            return Ok("greeted".to_owned());
        }
        ftp.log_in(if self.login.is_empty() { "anonymous" } else { &self.login }, &self.passwd)
            .await?;
        match &self.receive {
            None => Ok("logged in".to_owned()),
            Some(pattern) => self.look_at(&ftp.fetch(&self.file).await?, pattern),
        }
    }

    fn look_at(&self, file: &[u8], pattern: &Pattern) -> Answer {
        let name = words::quoted(self.file.as_bytes());
        if !pattern.is_match(file) {
            let start = words::quoted(file);
            let seen = if (file.len() as u64) < FILE_LIMIT { "it" } else { "its first MiB" };
            let wrong =
                format!("{name} begins {start}, but nothing in {seen} matches \"{pattern}\"");
            return Err(wrong.into());
        }
        Ok(format!("fetched {name}"))
    }
}

/// A dialogue with a server, and how far it has come.
struct Dialogue<'a> {
    asking: &'a Asking,
    lines: Lines,
    /// How TLS is set up, where it is wanted: for the commands and for the file, which servers
    /// take only if it comes in the commands' session.
    secure: Option<(&'a Tls, Arc<ClientConfig>)>,
    so_far: &'static str,
}

impl Dialogue<'_> {
    /// The dialogue, under TLS where that is wanted.
    async fn secured(self) -> Result<Self, Failure> {
        let lines = match &self.secure {
            None => self.lines,
            Some((tls, setup)) => self.lines.secure_by(tls, Arc::clone(setup)).await?,
        };
        Ok(Dialogue { lines, ..self })
    }

    async fn log_in(&mut self, login: &str, passwd: &str) -> Result<(), Failure> {
        self.asking.progress.hide(passwd);
        let mut reply = self.command("USER", &format!("USER {login}")).await?;
        if reply.code == PASSWORD_NEEDED {
            reply = self.command("PASS", &format!("PASS {passwd}")).await?;
        }
        if !reply.is(2) {
            return Err(reply.refused("login"));
        }
        self.so_far = "logged in";
        Ok(())
    }

    /// The start of a file.
    async fn fetch(&mut self, file: &str) -> Result<Vec<u8>, Failure> {
        if self.secure.is_some() {
            self.expect("PBSZ", "PBSZ 0").await?;
            self.expect("PROT", "PROT P").await?;
        }
        self.expect("TYPE", "TYPE I").await?;
        let data = self.passive().await?;
        let what = format!("RETR {file}");
        self.asking.progress.enter("logged in, waiting for the answer to RETR");
        self.lines.say(&what).await?;
        let reply = self.lines.reply().await?;
        if !reply.is(1) {
            return Err(reply.refused(&what));
        }
        let (bytes, whole) = self.read(data).await?;
        if whole {
            self.asking.progress.enter("fetched, waiting for the server to say so");
            let reply = self.lines.reply().await?;
            if !reply.is(2) {
                return Err(reply.refused(&what));
            }
        }
        Ok(bytes)
    }

    /// A connection for data: to the server that is asked, whatever address it names.
    async fn passive(&mut self) -> Result<Stream, Failure> {
        let old = self.asking.address.ip().to_canonical().is_ipv4();
        let name = if old { "PASV" } else { "EPSV" };
        let reply = self.expect(name, name).await?;
        let port = match old {
            true => passive::port(&reply.text),
            false => passive::extended_port(&reply.text),
        };
        let Some(port) = port else {
            return Err(reply.refused(&format!("no port in the answer to {name}")));
        };
        let mut address = self.asking.address;
        address.set_port(port);
        let asking = Asking { address, ..self.asking.clone() };
        asking.progress.enter("logged in, opening the connection for data");
        asking.connect().await
    }

    /// What comes over a connection for data, and whether that is all of it.
    async fn read(&self, mut data: Stream) -> Result<(Vec<u8>, bool), Failure> {
        if let Some((tls, setup)) = &self.secure {
            data = data.secure_by(tls, Arc::clone(setup)).await?;
        }
        self.asking.progress.enter("logged in, waiting for the file");
        let mut data = data.take(FILE_LIMIT);
        let mut file = Vec::new();
        // whether its end was all of it, the server says afterwards
        data.read_to_end(&mut file).await?;
        Ok((file, data.limit() > 0))
    }

    /// Sends a line, which the server must accept; `name` is what it is called.
    async fn expect(&mut self, name: &str, line: &str) -> Result<Reply, Failure> {
        let reply = self.command(name, line).await?;
        if reply.is(2) { Ok(reply) } else { Err(reply.refused(name)) }
    }

    /// Sends a line; the answer to it.
    async fn command(&mut self, name: &str, line: &str) -> Result<Reply, Failure> {
        let so_far = self.so_far;
        self.asking.progress.enter(format!("{so_far}, waiting for the answer to {name}"));
        self.lines.say(line).await?;
        self.reply().await
    }

    /// A reply after which no other comes: a server may say that it needs some time.
    async fn reply(&mut self) -> Result<Reply, Failure> {
        loop {
            let reply = self.lines.reply().await?;
            if !reply.is(1) {
                return Ok(reply);
            }
        }
    }
}

/// The name is known, and not enough.
const PASSWORD_NEEDED: u16 = 331;
/// Bytes of a file that are looked at.
const FILE_LIMIT: u64 = 1 << 20;
