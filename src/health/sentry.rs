//! The nanny of a failover service: she waits for its first answer, and ends at its first silence.
//!
//! In: what a check found. Out: a line of the log, and the end, which tells fos.

use checkers::{Outcome, Verdict};

/// What is known of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sentry {
    /// It has never answered, and failed so many times.
    Waiting {
        /// Failures so far.
        failures: u32,
    },
    /// It answers.
    Watching,
}

/// What a check led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The lines of the log.
    pub lines: Vec<String>,
    /// The exit status, if this was all.
    pub exit: Option<u8>,
}

impl Sentry {
    /// Nothing is known yet.
    pub const NEW: Sentry = Sentry::Waiting { failures: 0 };

    /// Judges what a check found of the service, whose address and port are `service`.
    pub fn judge(&mut self, outcome: &Outcome, service: &str) -> News {
        let up = outcome.verdict == Verdict::Up;
        let (next, lines, exit) = match (*self, up) {
            (Sentry::Waiting { .. }, true) => {
                (Sentry::Watching, vec![format!("Remote service {service} is available")], None)
            }
            (Sentry::Watching, true) => (Sentry::Watching, Vec::new(), None),
            (Sentry::Waiting { failures: 0 }, false) => {
                (Sentry::Waiting { failures: 1 }, vec![NONE.to_owned()], None)
            }
            (Sentry::Waiting { failures }, false) => {
                let next = Sentry::Waiting { failures: failures.saturating_add(1) };
                (next, vec![NONE.to_owned(), TIMEOUT.to_owned()], Some(NEVER))
            }
            (Sentry::Watching, false) => {
                let line = format!("Exiting due to connection failure of {service}");
                (Sentry::Watching, vec![line], Some(LOST))
            }
        };
        *self = next;
        News { lines, exit }
    }
}

const NONE: &str = "No service active & available...";
const TIMEOUT: &str = "Timeout waiting for remote service -- triggering failover!";
/// The service was there, and is no more.
const LOST: u8 = 0;
/// The service was never there.
const NEVER: u8 = 1;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// What a line of verdicts leads to: the log, and the exit status.
    fn story(verdicts: &str) -> (Vec<String>, Option<u8>) {
        let (mut sentry, mut log) = (Sentry::NEW, Vec::new());
        for verdict in verdicts.chars() {
            let outcome = match verdict {
                '+' => Outcome::up("answered", Duration::ZERO),
                _ => Outcome::down("connection refused", Duration::ZERO),
            };
            let News { lines, exit } = sentry.judge(&outcome, "10.0.0.1:80");
            log.extend(lines);
            if exit.is_some() {
                return (log, exit);
            }
        }
        (log, None)
    }

    #[test]
    fn a_service_that_was_there_ends_it_with_its_first_failure() {
        let available = "Remote service 10.0.0.1:80 is available".to_owned();
        assert_eq!(story("+++"), (vec![available.clone()], None));
        let lost = "Exiting due to connection failure of 10.0.0.1:80".to_owned();
        assert_eq!(story("++-"), (vec![available.clone(), lost], Some(0)));
        assert_eq!(story("-+"), (vec![NONE.to_owned(), available], None));
    }

    #[test]
    fn a_service_that_never_comes_ends_it_with_the_second_failure() {
        let none = NONE.to_owned();
        assert_eq!(story("-"), (vec![none.clone()], None));
        assert_eq!(story("--"), (vec![none.clone(), none, TIMEOUT.to_owned()], Some(1)));
    }
}
