//! The mail that a change is worth, word for word as ldirectord has it.
//!
//! In: a change. Out: a [`Letter`], and the message that carries it. What ldirectord does not say
//! stands behind what it does: the reason, as a paragraph of its own.

use std::fmt::Write;
use std::fs;

use lettre::address::Envelope;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0,
};
use lettre::message::{Body, Mailbox};
use lettre::{Address, Message};
use rustix::process::getuid;

use crate::director::{Change, Subject, What};
use crate::model::{Alert, Phase, Role};

use super::line::line;
use super::status::phase as name;

/// A mail to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The sender; without one it is the user at this host.
    pub from: Option<String>,
    /// The recipients, with commas between.
    pub to: String,
    /// The mail server; without one it is the local sendmail.
    pub smtp: Option<String>,
    /// What happened, without the name of the service.
    pub event: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// The mail that a change is worth, if any: reals and fallbacks coming and going, reminders, and
/// what is warned of for the first time; not virtual services, not failures that take nobody out,
/// not weights that move, not the days that are counted down, and not who was well before a takeover. A standby leaves it to its peer.
pub fn letter(change: &Change, from: Option<&str>, host: &str) -> Option<Letter> {
    let alert = &change.r#virtual.alert;
    let silent = matches!(change.subject, Subject::Virtual)
        || change.role == Role::Standby
        || matches!(
            change.what,
            What::SoftFailure { .. }
                | What::TakenOver { .. }
                | What::Weighed { .. }
                | What::LoadUnknown
                | What::LoadKnown
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
        None => event.clone(),
    };
    let status = name(change.phase);
    let mut body =
        format!("ldirectord host: {host}\nLog-Message: {subject}\nDaemon-Status: {status}\n\n");
    for (what, text) in [("Service name", &alert.service_name), ("Comment", &alert.comment)] {
        if let Some(text) = text {
            // writing to a String cannot fail
            let _ = writeln!(body, "{what}: {text}");
        }
    }
    if alert.service_name.is_some() || alert.comment.is_some() {
        body.push('\n');
    }
    let _ = writeln!(body, "Reason: {}", change.because);
    let (from, to) = (from.map(str::to_owned), alert.to.clone());
    Some(Letter { from, to, smtp: alert.smtp.clone(), event, subject, body })
}

/// The mail that a word of the director about itself is worth, if anybody wants any in this phase.
pub fn notice(
    alert: &Alert,
    from: Option<&str>,
    text: &str,
    host: &str,
    phase: Phase,
) -> Option<Letter> {
    if alert.to.is_empty() || !alert.phases.holds(phase) {
        return None;
    }
    let status = name(phase);
    let body =
        format!("lvs-director host: {host}\nLog-Message: {text}\nDaemon-Status: {status}\n\n");
    let (from, to, smtp) = (from.map(str::to_owned), alert.to.clone(), alert.smtp.clone());
    Some(Letter {
        from,
        to,
        smtp,
        event: text.to_owned(),
        subject: format!("{host}: {text}"),
        body,
    })
}

/// Whatever the mail library has to say.
pub(super) type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// A letter as it is sent. On its envelope the sender is the user at this host, as in ldirectord:
/// mail servers let that one pass. Who is no recipient to mail is left out, if that leaves anybody.
pub(super) fn message(letter: &Letter, host: &str) -> Result<Message, Trouble> {
    let sender: Address = format!("{}@{host}", user()).parse()?;
    let from = letter.from.clone().filter(|from| from.parse::<Mailbox>().is_ok());
    let from = from.unwrap_or_else(|| sender.to_string());
    let envelope = Envelope::new(Some(sender), recipients(&letter.to, host)?)?;
    let message = Message::builder().envelope(envelope);
    let message = message.raw_header(header(FROM, from));
    let message = message.raw_header(header(TO, letter.to.clone()));
    let message = message.raw_header(header(SUBJECT, letter.subject.clone()));
    let message = message.message_id(None).header(MIME_VERSION_1_0).header(ContentType::TEXT_PLAIN);
    Ok(message.body(body(&letter.body))?)
}

fn recipients(to: &str, host: &str) -> Result<Vec<Address>, Trouble> {
    let mut wrong = None;
    let mut all = Vec::new();
    for one in to.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        let one = if one.contains('@') {
            one.parse()
        } else {
            format!("{one}@{host}").parse::<Mailbox>()
        };
        match one {
            Ok(mailbox) => all.push(mailbox.email),
            Err(why) => wrong = Some(why),
        }
    }
    match wrong {
        Some(why) if all.is_empty() => Err(why.into()),
        _ => Ok(all),
    }
}

/// A header as it is, where mail allows: folded lines are other ones to who compares them.
fn header(name: HeaderName, text: String) -> HeaderValue {
    let plain = |c: char| c == ' ' || c.is_ascii_graphic();
    match text.chars().all(plain) && name.len() + 2 + text.len() <= LONGEST_LINE {
        true => HeaderValue::dangerous_new_pre_encoded(name, text.clone(), text),
        false => HeaderValue::new(name, text),
    }
}

/// The text as it is, where mail allows: scripts read it, and quoted-printable breaks its lines.
fn body(text: &str) -> Body {
    if text.lines().any(|line| line.len() > LONGEST_LINE) {
        return Body::new(text.to_owned());
    }
    let lines = text.replace('\n', "\r\n").into_bytes();
    Body::dangerous_pre_encoded(lines, ContentTransferEncoding::EightBit)
}

/// Who we are to this host, as the files have it.
fn user() -> String {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    named(&users, getuid().as_raw()).unwrap_or("root").to_owned()
}

/// The name of a user in the text of passwd(5).
fn named(users: &str, uid: u32) -> Option<&str> {
    let uid = uid.to_string();
    let own = |line: &&str| line.split(':').nth(2) == Some(uid.as_str());
    users.lines().find(own)?.split(':').next().filter(|name| !name.is_empty())
}

const FROM: HeaderName = HeaderName::new_from_ascii_str("From");
const TO: HeaderName = HeaderName::new_from_ascii_str("To");
const SUBJECT: HeaderName = HeaderName::new_from_ascii_str("Subject");
/// Bytes in a line of a mail (RFC 5322, section 2.1.1).
const LONGEST_LINE: usize = 998;

#[cfg(test)]
mod tests;
