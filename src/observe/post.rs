//! Carries mail: one carrier for each mail server, so that one which hangs holds up nobody else's.
//!
//! In: letters. Out: mail, to an SMTP server or to the local sendmail. What cannot be sent in time is
//! given up, and logged: the log has told the change already.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::sendmail::AsyncSendmailTransport;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Tokio1Executor};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::{info, warn};

use super::mail::{Letter, Trouble, message};

/// The carriers, each with a box of letters that wait.
pub struct Post {
    host: String,
    boxes: HashMap<Option<String>, mpsc::Sender<Letter>>,
    carriers: JoinSet<()>,
}

impl Post {
    /// A post office on this host, without a carrier yet.
    pub fn new(host: String) -> Self {
        Post { host, boxes: HashMap::new(), carriers: JoinSet::new() }
    }

    /// Takes a letter. When its box is full, of a mail server that does not answer, it is given up.
    pub fn take(&mut self, letter: Letter) {
        let Post { host, boxes, carriers } = self;
        info!("emailalert: {}", letter.event);
        let letters = boxes.entry(letter.smtp.clone()).or_insert_with(|| {
            let (letters, waiting) = mpsc::channel(BOX);
            carriers.spawn(carry(waiting, host.clone()));
            letters
        });
        if letters.try_send(letter).is_err() {
            warn!("too many mails are waiting, this change is told here only");
        }
    }

    /// Takes no more, and waits until all boxes are empty.
    pub async fn close(self) {
        drop(self.boxes);
        self.carriers.join_all().await;
    }
}

async fn carry(mut letters: mpsc::Receiver<Letter>, host: String) {
    while let Some(letter) = letters.recv().await {
        let because = match timeout(PATIENCE, send(&letter, &host)).await {
            Ok(Ok(())) => continue,
            Ok(Err(why)) => why.to_string(),
            Err(_) => format!("no end within {} s", PATIENCE.as_secs()),
        };
        // monitoring looks for these words alone on their line
        match letter.smtp {
            Some(_) => warn!(because, "failed to send SMTP email message"),
            None => warn!(because, "failed to send email message"),
        }
    }
}

async fn send(letter: &Letter, host: &str) -> Result<(), Trouble> {
    let message = message(letter, host)?;
    match &letter.smtp {
        Some(server) => by_smtp(server, message.envelope(), &message.formatted()).await?,
        None => {
            let program = SENDMAIL.iter().find(|file| Path::new(file).exists());
            let program = program.unwrap_or(&"sendmail");
            let transport = AsyncSendmailTransport::<Tokio1Executor>::new_with_command(*program);
            transport.send_raw(message.envelope(), &local(&message.formatted())).await?;
        }
    }
    Ok(())
}

/// A server that refuses one recipient is sent nothing at all: the others then get theirs one by one.
async fn by_smtp(server: &str, envelope: &Envelope, text: &[u8]) -> Result<(), Trouble> {
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server).build();
    match transport.send_raw(envelope, text).await {
        Err(why) if envelope.to().len() > 1 && (why.is_permanent() || why.is_transient()) => {}
        sent => return sent.map(|_| ()).map_err(Trouble::from),
    }
    let mut refused = Vec::new();
    for to in envelope.to() {
        let alone = Envelope::new(envelope.from().cloned(), vec![to.clone()])?;
        if let Err(why) = transport.send_raw(&alone, text).await {
            refused.push(format!("{to}: {why}"));
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(refused.join("; ").into()) }
}

/// A message as a program of this host reads it: the line ends of mail are for the wire.
fn local(message: &[u8]) -> Vec<u8> {
    let mut rest = message.iter().copied().peekable();
    let mut text = Vec::with_capacity(message.len());
    while let Some(byte) = rest.next() {
        if byte != b'\r' || rest.peek() != Some(&b'\n') {
            text.push(byte);
        }
    }
    text
}

/// Where a sendmail is, whatever PATH we were started with.
const SENDMAIL: [&str; 2] = ["/usr/lib/sendmail", "/usr/sbin/sendmail"];
/// Letters that may wait for one mail server.
const BOX: usize = 1024;
/// How long one mail may take: a dead mail server must not hold up the living.
const PATIENCE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_of_this_host_reads_lines_of_this_host() {
        assert_eq!(local(b"From: a\r\n\r\nb\rc\r\r\nd\r"), b"From: a\n\nb\rc\r\nd\r");
    }
}
