//! IMAP (RFC 9051, RFC 3501), as ldirectord's imap and imaps, except that nothing is expunged; and STARTTLS,
//! where it is wanted.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::lines::Lines;
use crate::{Secret, Security, words};

/// Does it greet, and can one log in?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imap {
    /// Whether TLS comes first, after STARTTLS, or never.
    pub security: Security,
    /// The user's name; nobody logs in if empty.
    pub login: String,
    /// The password.
    pub passwd: Secret,
}

impl Imap {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let login = [argument("login", &self.login)?, argument("passwd", &self.passwd)?];
        let mut imap = Dialogue {
            asking,
            lines: Lines::new(asking.connect_by(&self.security).await?),
            told: 0,
        };
        asking.progress.enter("connected, waiting for the greeting");
        let greeting = imap.lines.line().await?;
        let is = |word| is_response(&greeting, b"*", word);
        if !is("OK") && !is("PREAUTH") {
            return Err(refused("greeted with", &greeting));
        }
        if let Security::StartTls(tls) = &self.security {
            if !imap.capabilities("greeted").await?.iter().any(|able| able == "STARTTLS") {
                return Err("the server does not offer STARTTLS".into());
            }
            imap.command("greeted", "STARTTLS", &[b"STARTTLS".to_vec()]).await?;
            imap = Dialogue { lines: imap.lines.secure(tls).await?, ..imap };
        }
        let seen = match &*self.login {
            "" => "greeted",
            // whom the server knows already need not say who he is, and may not
            _ if is("PREAUTH") => "logged in",
            _ => imap.log_in(&login, &self.passwd).await?,
        };
        let goodbye = imap.tagged("LOGOUT");
        imap.lines.leave(&goodbye).await;
        Ok(seen.to_owned())
    }
}

/// A dialogue with a server, and how many commands it was told.
struct Dialogue<'a> {
    asking: &'a Asking,
    lines: Lines,
    told: usize,
}

impl Dialogue<'_> {
    async fn log_in(
        &mut self,
        login: &[Argument; 2],
        passwd: &str,
    ) -> Result<&'static str, Failure> {
        let able = self.capabilities("greeted").await?;
        if able.iter().any(|able| able == "LOGINDISABLED") {
            return Err("nobody may log in without TLS, says the server (LOGINDISABLED)".into());
        }
        let mut pieces = vec![b"LOGIN".to_vec()];
        for argument in login {
            let mut last = pieces.pop().unwrap_or_default();
            last.push(b' ');
            match argument {
                Argument::Quoted(text) => last.extend(text.as_bytes()),
                Argument::Literal(text) => {
                    last.extend(format!("{{{}}}", text.len()).as_bytes());
                    pieces.push(last);
                    last = text.clone();
                }
            }
            pieces.push(last);
        }
        self.asking.progress.hide(passwd);
        self.asking.progress.hide(quoted(passwd).as_bytes());
        self.command("greeted", "LOGIN", &pieces).await?;
        Ok("logged in")
    }

    /// What the server can do, in capital letters.
    async fn capabilities(&mut self, so_far: &str) -> Result<Vec<String>, Failure> {
        let said = self.command(so_far, "CAPABILITY", &[b"CAPABILITY".to_vec()]).await?;
        let lists = said.iter().filter(|line| is_response(line, b"*", "CAPABILITY"));
        let words = lists.flat_map(|line| line.split(u8::is_ascii_whitespace).skip(2));
        Ok(words.map(|word| String::from_utf8_lossy(word).to_ascii_uppercase()).collect())
    }

    /// Sends a command, whose pieces but the last end where the server must say that it goes on;
    /// what the server said before it accepted the command.
    async fn command(
        &mut self,
        so_far: &str,
        name: &str,
        pieces: &[Vec<u8>],
    ) -> Result<Vec<Vec<u8>>, Failure> {
        self.asking.progress.enter(format!("{so_far}, waiting for the answer to {name}"));
        let mut line = self.tagged("").into_bytes();
        let tag = line.trim_ascii_end().to_vec();
        let mut said = Vec::new();
        let mut pieces = pieces.iter().peekable();
        while let Some(piece) = pieces.next() {
            line.extend(piece);
            line.extend(b"\r\n");
            self.lines.write(&line).await?;
            line.clear();
            loop {
                let reply = self.lines.line().await?;
                let goes_on = reply.first() == Some(&b'+') && pieces.peek().is_some();
                if goes_on || is_response(&reply, &tag, "OK") && pieces.peek().is_none() {
                    break;
                }
                let untagged = reply.starts_with(b"* ") && !is_response(&reply, b"*", "BYE");
                if !untagged {
                    let words = reply.strip_prefix(&*tag).unwrap_or(&reply);
                    return Err(refused(name, words));
                }
                said.push(reply);
            }
        }
        Ok(said)
    }

    /// A line with a tag of its own before it.
    fn tagged(&mut self, line: &str) -> String {
        self.told += 1;
        format!("a{} {line}", self.told)
    }
}

/// A text as a command takes it.
enum Argument {
    Quoted(String),
    /// What does not fit between quotes: line breaks, and what is not ASCII.
    Literal(Vec<u8>),
}

fn argument(what: &str, text: &str) -> Result<Argument, Failure> {
    if text.contains('\0') {
        return Err(format!("{what} holds a NUL, which cannot be sent").into());
    }
    let fits = text.is_ascii() && !text.contains(['\r', '\n']);
    Ok(if fits { Argument::Quoted(quoted(text)) } else { Argument::Literal(text.into()) })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether a line is this response, tagged with `tag`.
fn is_response(line: &[u8], tag: &[u8], word: &str) -> bool {
    let mut words = line.split(u8::is_ascii_whitespace);
    let tagged = words.next() == Some(tag);
    tagged && words.next().is_some_and(|is| is.eq_ignore_ascii_case(word.as_bytes()))
}

fn refused(what: &str, reply: &[u8]) -> Failure {
    format!("{what}: {}", words::quoted(reply)).into()
}
