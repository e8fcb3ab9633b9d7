//! How far a check has come, and what it saw on its way: shared by the check, its connections and
//! whoever tells the outcome.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::hidden::Hidden;
use crate::outcome::Times;
use crate::transcript::{Side, Transcript};
use crate::{Outcome, words};

/// A check's progress. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Progress(Arc<Mutex<Seen>>);

struct Seen {
    begun: Instant,
    phase: Cow<'static, str>,
    /// Which of several questions is asked.
    part: Option<Cow<'static, str>>,
    times: Times,
    warning: Option<String>,
    certificate_until: Option<Timestamp>,
    /// What is wrong with our own side of it.
    setup: Option<String>,
    /// Whether the latest handshake asked for a certificate of ours, and was shown none.
    certificate_asked: bool,
    /// Kept only for who wants to read it.
    transcript: Option<Transcript>,
    hidden: Hidden,
}

impl Progress {
    pub(crate) fn new(begun: Instant, transcript: Option<Transcript>) -> Self {
        let phase = Cow::Borrowed(CONNECTING);
        Progress(Arc::new(Mutex::new(Seen {
            begun,
            phase,
            part: None,
            times: Times::default(),
            warning: None,
            certificate_until: None,
            setup: None,
            certificate_asked: false,
            transcript,
            hidden: Hidden::default(),
        })))
    }

    /// Says what is done from now on, as it fits between parentheses: it is told when the
    /// deadline strikes or the connection breaks.
    pub(crate) fn enter(&self, words: impl Into<Cow<'static, str>>) {
        self.seen().phase = words.into();
    }

    /// Nothing has been reached yet.
    pub(crate) fn is_connecting(&self) -> bool {
        self.seen().phase == CONNECTING
    }

    /// One of several questions begins, which goes by this name.
    pub(crate) fn begin_part(&self, name: Cow<'static, str>) {
        let mut seen = self.seen();
        seen.part = Some(name);
        seen.phase = Cow::Borrowed(CONNECTING);
    }

    /// Which of several questions is asked, as it stands before what is said about it.
    pub(crate) fn part(&self) -> String {
        self.seen().part.as_ref().map(|name| format!("{name}: ")).unwrap_or_default()
    }

    /// A connection stands. Of several, as by redirects, the first counts; so with the next two.
    pub(crate) fn connected(&self) {
        let mut seen = self.seen();
        let elapsed = seen.begun.elapsed();
        seen.times.connect.get_or_insert(elapsed);
    }

    /// TLS stands.
    pub(crate) fn secured(&self) {
        let mut seen = self.seen();
        let elapsed = seen.begun.elapsed();
        seen.times.tls.get_or_insert(elapsed);
    }

    /// The server said something: it is written down, and the first of it is timed.
    pub(crate) fn received(&self, bytes: &[u8]) {
        let mut seen = self.seen();
        let elapsed = seen.begun.elapsed();
        seen.times.first_byte.get_or_insert(elapsed);
        seen.write_down(Side::Server, bytes);
    }

    /// We said something.
    pub(crate) fn sent(&self, bytes: &[u8]) {
        self.seen().write_down(Side::Client, bytes);
    }

    /// A password, in a form in which it is sent: it is never shown.
    pub(crate) fn hide(&self, secret: impl Into<Vec<u8>>) {
        self.seen().hidden.add(secret.into());
    }

    /// Whether the server asks for a certificate of ours, and is shown none.
    pub(crate) fn certificate_asked(&self, asked: bool) {
        self.seen().certificate_asked = asked;
    }

    /// Whether the latest server asked for a certificate of ours, and was shown none.
    pub(crate) fn is_certificate_asked(&self) -> bool {
        self.seen().certificate_asked
    }

    /// The server's certificate is valid until then; a warning if that is soon. Of several, as by
    /// redirects, the one that ends first counts.
    pub(crate) fn certificate(&self, until: Timestamp, warning: Option<String>) {
        let mut seen = self.seen();
        if seen.certificate_until.is_none_or(|before| until < before) {
            seen.certificate_until = Some(until);
            seen.warning = warning.or(seen.warning.take());
        } else if seen.warning.is_none() {
            seen.warning = warning;
        }
    }

    /// Something is wrong with what a connection is set up by, and it goes on without. Of several the
    /// first counts.
    pub(crate) fn warn_of_setup(&self, words: String) {
        self.seen().setup.get_or_insert(words);
    }

    /// The outcome, with all that was seen on the way to it; and the transcript, if there is one.
    pub(crate) fn outcome(&self, outcome: Outcome) -> (Outcome, Option<Transcript>) {
        let mut seen = self.seen();
        let hidden = std::mem::take(&mut seen.hidden);
        let message = match hidden.is_empty() {
            true => outcome.message,
            false => words::one_line(&hidden.message(&outcome.message)),
        };
        let (times, certificate_until) = (seen.times, seen.certificate_until);
        let warnings: Vec<_> =
            [seen.warning.take(), seen.setup.take()].into_iter().flatten().collect();
        let warning = (!warnings.is_empty()).then(|| words::one_line(&warnings.join("; ")));
        let transcript = seen.transcript.take().map(|transcript| transcript.hiding(hidden));
        (Outcome { message, times, warning, certificate_until, ..outcome }, transcript)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn write_down(&mut self, side: Side, bytes: &[u8]) {
        if let Some(transcript) = &mut self.transcript {
            transcript.write(side, bytes);
        }
    }
}

/// The phase.
impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.seen().phase)
    }
}

/// The first phase of every check.
const CONNECTING: &str = "connecting";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn of_several_certificates_the_one_that_ends_first_counts() {
        let day = |n: i64| Timestamp::from_second(n * 86_400).unwrap();
        let warning = |words: &str| Some(words.to_owned());
        let progress = Progress::new(Instant::now(), None);
        progress.certificate(day(9), warning("in 9 days"));
        progress.certificate(day(90), None);
        progress.certificate(day(3), warning("in 3 days"));
        progress.certificate(day(9), warning("in 9 days"));
        let (outcome, _) = progress.outcome(Outcome::up("well", Duration::ZERO));
        assert_eq!(outcome.certificate_until, Some(day(3)));
        assert_eq!(outcome.warning.as_deref(), Some("in 3 days"));
    }

    #[test]
    fn what_is_wrong_on_our_side_comes_second() {
        let progress = Progress::new(Instant::now(), None);
        progress.warn_of_setup("no file".to_owned());
        progress.certificate(Timestamp::UNIX_EPOCH, Some("in 3 days".to_owned()));
        progress.warn_of_setup("no other file".to_owned());
        let (outcome, _) = progress.outcome(Outcome::up("well", Duration::ZERO));
        assert_eq!(outcome.warning.as_deref(), Some("in 3 days; no file"));
    }
}
