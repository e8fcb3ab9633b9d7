//! The mail that a change is worth, as ldirectord words it.

use std::fmt::Write;

use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox};

use crate::director::{Change, Subject, What};

use super::line::line;
use super::status::phase;

/// A mail to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The sender; without one it is the user at this host.
    pub from: Option<String>,
    /// The recipients.
    pub to: Vec<String>,
    /// The mail server; without one it is the local sendmail.
    pub smtp: Option<String>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// The mail that a change is worth, if any: reals and fallbacks coming and going, reminders, and
/// what is warned of for the first time; not virtual services, not failures that take nobody out,
/// and not the days that are counted down.
pub fn letter(change: &Change, from: Option<&str>, host: &str) -> Option<Letter> {
    let alert = &change.r#virtual.alert;
    let silent = matches!(change.subject, Subject::Virtual)
        || matches!(
            change.what,
            What::SoftFailure { .. }
                | What::SoftFailuresReset
                | What::Warned { again: true }
                | What::WarningOver
                | What::Maintenance
                | What::MaintenanceOver
        );
    if silent || alert.to.is_empty() || !alert.phases.holds(change.phase) {
        return None;
    }
    let event = match change.what {
        // only the log tells these apart
        What::Readded => line(&Change { what: What::Quiesced, ..change.clone() }),
        _ => line(change),
    };
    let subject = match &alert.service_name {
        Some(name) => format!("[{name}] {event}"),
        None => event,
    };
    let status = phase(change.phase);
    let mut body = format!(
        "ldirectord host: {host}\nLog-Message: {subject}\nDaemon-Status: {status}\nReason: {}\n",
        change.because
    );
    if alert.service_name.is_some() || alert.comment.is_some() {
        let name = alert.service_name.as_deref().unwrap_or_default();
        let comment = alert.comment.as_deref().unwrap_or_default();
        // writing to a String cannot fail
        let _ = write!(body, "\nService name: {name}\nComment: {comment}\n");
    }
    Some(Letter {
        from: from.map(str::to_owned),
        to: alert.to.clone(),
        smtp: alert.smtp.clone(),
        subject,
        body,
    })
}

/// Whatever the mail library has to say.
pub(super) type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// A letter as it is sent.
pub(super) fn message(letter: &Letter, host: &str) -> Result<Message, Trouble> {
    let from = match &letter.from {
        Some(from) => from.parse::<Mailbox>()?,
        None => format!("{}@{host}", user()).parse()?,
    };
    let mut message = Message::builder().message_id(None).from(from).subject(&letter.subject);
    for to in &letter.to {
        let to = if to.contains('@') { to.parse() } else { format!("{to}@{host}").parse() };
        message = message.to(to?);
    }
    Ok(message.header(ContentType::TEXT_PLAIN).body(body(&letter.body))?)
}

/// The text as it is, where mail allows: scripts read it, and quoted-printable breaks its lines.
fn body(text: &str) -> Body {
    if text.lines().any(|line| line.len() > LONGEST_LINE) {
        return Body::new(text.to_owned());
    }
    let lines = text.replace('\n', "\r\n").into_bytes();
    Body::dangerous_pre_encoded(lines, ContentTransferEncoding::EightBit)
}

fn user() -> String {
    let named = std::env::var("LOGNAME").or_else(|_| std::env::var("USER"));
    named.ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "root".to_owned())
}

/// Bytes in a line of a mail (RFC 5322, section 2.1.1).
const LONGEST_LINE: usize = 998;

#[cfg(test)]
mod tests;
