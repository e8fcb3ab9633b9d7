//! Carries mail: one carrier for each mail server, so that one which hangs holds up nobody else's.
//!
//! In: letters. Out: mail, to an SMTP server or to the local sendmail. What cannot be sent in time is
//! given up, and logged: the log has told the change already.

use std::collections::HashMap;
use std::time::Duration;

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
        info!("emailalert: {}", letter.subject);
        match timeout(PATIENCE, send(&letter, &host)).await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => warn!("{}: {why}", failure(&letter)),
            Err(_) => warn!("{}: no end within {} s", failure(&letter), PATIENCE.as_secs()),
        }
    }
}

async fn send(letter: &Letter, host: &str) -> Result<(), Trouble> {
    let message = message(letter, host)?;
    match &letter.smtp {
        Some(server) => {
            let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server);
            transport.build().send(message).await?;
        }
        None => AsyncSendmailTransport::<Tokio1Executor>::new().send(message).await?,
    }
    Ok(())
}

fn failure(letter: &Letter) -> &'static str {
    if letter.smtp.is_some() {
        "failed to send SMTP email message"
    } else {
        "failed to send email message"
    }
}

/// Letters that may wait for one mail server.
const BOX: usize = 1024;
/// How long one mail may take: a dead mail server must not hold up the living.
const PATIENCE: Duration = Duration::from_secs(30);
