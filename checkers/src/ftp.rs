//! FTP (RFC 959), as ldirectord's ftp, except that data connections are passive; and AUTH TLS
//! (RFC 4217), where it is wanted.

mod passive;

use serde::{Deserialize, Serialize};

use tokio::io::AsyncReadExt;

use crate::asking::{Answer, Asking, Failure};
use crate::lines::{Lines, Reply, sayable};
use crate::stream::Stream;
use crate::{Pattern, Secret, Security, Tls, words};

/// Can one log in and fetch a file, and does it hold what it should?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ftp {
    /// Whether TLS comes first, after AUTH TLS, or never; the file comes as the commands go.
    pub security: Security,
    /// The user's name.
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
        let lines = Lines::new(asking.connect_by(&self.security).await?);
        let mut ftp = Dialogue { asking, lines, so_far: "connected" };
        asking.progress.enter("connected, waiting for the greeting");
        let greeting = ftp.reply().await?;
        if !greeting.is(2) {
            return Err(greeting.refused("greeted with"));
        }
        ftp.so_far = "greeted";
        if let Security::StartTls(tls) = &self.security {
            ftp.expect("AUTH TLS", "AUTH TLS").await?;
            ftp = Dialogue { lines: ftp.lines.secure(tls).await?, so_far: "TLS stands", ..ftp };
        }
        ftp.log_in(&self.login, &self.passwd).await?;
        let seen = match &self.receive {
            None => "logged in".to_owned(),
            Some(pattern) => {
                let file = ftp.fetch(&self.file, &self.security).await?;
                if !pattern.is_match(&file) {
                    let (name, file) = (words::quoted(self.file.as_bytes()), words::quoted(&file));
                    let wrong =
                        format!("{name} begins {file}, but nothing in it matches \"{pattern}\"");
                    return Err(wrong.into());
                }
                format!("fetched {}", words::quoted(self.file.as_bytes()))
            }
        };
        ftp.lines.leave("QUIT").await;
        Ok(seen)
    }
}

/// A dialogue with a server, and how far it has come.
struct Dialogue<'a> {
    asking: &'a Asking,
    lines: Lines,
    so_far: &'static str,
}

impl Dialogue<'_> {
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
    async fn fetch(&mut self, file: &str, security: &Security) -> Result<Vec<u8>, Failure> {
        let tls = match security {
            Security::Plain => None,
            Security::Tls(tls) | Security::StartTls(tls) => {
                self.expect("PBSZ", "PBSZ 0").await?;
                self.expect("PROT", "PROT P").await?;
                Some(tls)
            }
        };
        self.expect("TYPE", "TYPE I").await?;
        let data = self.passive().await?;
        let what = format!("RETR {file}");
        self.asking.progress.enter("logged in, waiting for the answer to RETR");
        self.lines.say(&what).await?;
        let reply = self.lines.reply().await?;
        if !reply.is(1) {
            return Err(reply.refused(&what));
        }
        let (bytes, whole) = self.read(data, tls).await?;
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
        let (name, parse): (_, fn(&[u8]) -> Option<u16>) =
            if old { ("PASV", passive::port) } else { ("EPSV", passive::extended_port) };
        let reply = self.expect(name, name).await?;
        let Some(port) = parse(&reply.text) else {
            return Err(reply.refused(&format!("no port in the answer to {name}")));
        };
        let mut address = self.asking.address;
        address.set_port(port);
        let asking = Asking { address, ..self.asking.clone() };
        asking.progress.enter("logged in, opening the connection for data");
        asking.connect().await
    }

    /// What comes over a connection for data, and whether that is all of it.
    async fn read(&self, mut data: Stream, tls: Option<&Tls>) -> Result<(Vec<u8>, bool), Failure> {
        if let Some(tls) = tls {
            data = data.secure(tls).await?;
        }
        self.asking.progress.enter("logged in, waiting for the file");
        let mut data = data.take(FILE_LIMIT);
        let mut file = Vec::new();
        while data.read_buf(&mut file).await? > 0 {}
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
