//! The judge: outcomes in, a real's standing out. Pure; it is given the time.

use checkers::{Outcome, Timestamp, Verdict};
use serde::{Deserialize, Serialize};

use crate::model::{CheckPolicy, Time};

/// Whether a real server serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Not checked yet, and not found in the kernel: it waits for its first check.
    Unknown,
    /// It serves.
    Up,
    /// It does not.
    Down,
    /// It does not, and is not checked either: the administrator has taken it out.
    Maintenance,
}

/// A real's standing, its history, and the judge of its outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Whether it serves.
    pub standing: Standing,
    /// When it last changed from one standing to another.
    pub since: Time,
    /// What the last check said, or how it came to its standing without one.
    pub because: String,
    /// Failures in a row while it still serves.
    pub failures: u32,
    /// Successes in a row since it failed, while they do not suffice.
    pub successes: u32,
    /// Whether it is out because a check of this daemon's failed.
    pub has_failed: bool,
    /// Whether a check of this daemon's has ever ended.
    pub checked: bool,
    /// Since when its checks are judged: what they said before is forgotten.
    pub asked_since: Time,
    /// What it was before its maintenance.
    pub before: Standing,
    /// What should be done about it soon, as the last check that could tell put it.
    pub warning: Option<String>,
    /// Until when its certificate is valid, as the last check that saw one found.
    pub certificate_until: Option<Timestamp>,
}

/// What an outcome changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing.
    Unchanged,
    /// It failed, but not often enough yet to be taken out.
    Soft {
        /// Failures in a row, this one included.
        failures: u32,
    },
    /// It had failed, not often enough, and is well again.
    Reset,
    /// It is well, but not often enough yet to be let in again.
    Recovering,
    /// It serves from now on.
    Up,
    /// It serves no longer.
    Down,
}

/// What an outcome changed in what is to be warned of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warned {
    /// There is something, and there was nothing.
    Begins(String),
    /// It is put in other words; most likely another day has passed.
    Changes(String),
    /// There is nothing any more.
    Ends,
}

impl Health {
    /// A real of which nothing is known.
    pub fn unknown(now: Time) -> Self {
        Health::found(Standing::Unknown, "not checked yet", now)
    }

    /// A real whose standing is taken over from somewhere else than a check.
    pub fn found(standing: Standing, because: &str, now: Time) -> Self {
        Health {
            standing,
            since: now,
            because: because.to_owned(),
            failures: 0,
            successes: 0,
            has_failed: false,
            checked: false,
            asked_since: now,
            before: standing,
            warning: None,
            certificate_until: None,
        }
    }

    /// Judges one outcome. One success brings in a real that has not failed, and `recovery_count` in
    /// a row one that has, as in nanny; `failure_count` failures in a row take it out, as in
    /// ldirectord. A real that has never served is out at its first failure.
    pub fn judge(&mut self, outcome: &Outcome, policy: &CheckPolicy, now: Time) -> Judgement {
        if self.standing == Standing::Maintenance {
            return Judgement::Unchanged;
        }
        self.checked = true;
        self.because.clone_from(&outcome.message);
        match outcome.verdict {
            Verdict::Up => self.passed(policy.recovery_count, now),
            Verdict::Down => self.failed(policy.failure_count, now),
        }
    }

    /// Takes an outcome's warning to heart. A failure that has none says nothing: it may have struck
    /// before there was anything to be seen.
    pub fn heed(&mut self, outcome: &Outcome) -> Option<Warned> {
        let blind = outcome.verdict == Verdict::Down;
        if outcome.certificate_until.is_some() || !blind {
            self.certificate_until = outcome.certificate_until;
        }
        if self.warning == outcome.warning || (outcome.warning.is_none() && blind) {
            return None;
        }
        let before = std::mem::replace(&mut self.warning, outcome.warning.clone());
        Some(match (before, outcome.warning.clone()) {
            (None, Some(words)) => Warned::Begins(words),
            (Some(_), Some(words)) => Warned::Changes(words),
            (_, None) => Warned::Ends,
        })
    }

    /// Takes a real out on purpose, whatever its checks said; whether it was not out so already.
    pub fn withdraw(&mut self, because: &str, now: Time) -> bool {
        self.because = because.to_owned();
        if self.standing == Standing::Maintenance {
            return false;
        }
        self.before = self.standing;
        self.failures = 0;
        self.successes = 0;
        self.has_failed = false;
        self.turn(Standing::Maintenance, now);
        true
    }

    /// Ends its maintenance; whether it was in any. One that is checked is down until it passes,
    /// for nobody knows what was done to it; one that is not is what it was before. If that is down,
    /// it was found so in an earlier daemon's maintenance, for no check has ever said so.
    pub fn release(&mut self, is_checked: bool, now: Time) -> bool {
        if self.standing != Standing::Maintenance {
            return false;
        }
        let open = if is_checked { ", not checked yet" } else { "" };
        self.because = format!("maintenance is over{open}");
        self.asked_since = now;
        let after = match self.before {
            _ if is_checked => Standing::Down,
            Standing::Unknown => Standing::Unknown,
            Standing::Up | Standing::Down | Standing::Maintenance => Standing::Up,
        };
        self.turn(after, now);
        true
    }

    /// Whether it is known not to serve.
    pub fn is_down(&self) -> bool {
        matches!(self.standing, Standing::Down | Standing::Maintenance)
    }

    fn passed(&mut self, recovery_count: u32, now: Time) -> Judgement {
        let failures = std::mem::take(&mut self.failures);
        match self.standing {
            Standing::Up if failures > 0 => Judgement::Reset,
            Standing::Up | Standing::Maintenance => Judgement::Unchanged,
            Standing::Down if self.has_failed && self.successes + 1 < recovery_count => {
                self.successes += 1;
                Judgement::Recovering
            }
            Standing::Unknown | Standing::Down => {
                self.successes = 0;
                self.has_failed = false;
                self.turn(Standing::Up, now);
                Judgement::Up
            }
        }
    }

    fn failed(&mut self, failure_count: u32, now: Time) -> Judgement {
        match self.standing {
            Standing::Down => {
                self.successes = 0;
                self.has_failed = true;
                Judgement::Unchanged
            }
            Standing::Maintenance => Judgement::Unchanged,
            Standing::Up if self.failures + 1 < failure_count => {
                self.failures += 1;
                Judgement::Soft { failures: self.failures }
            }
            Standing::Up | Standing::Unknown => {
                self.failures = 0;
                self.has_failed = true;
                self.turn(Standing::Down, now);
                Judgement::Down
            }
        }
    }

    fn turn(&mut self, standing: Standing, now: Time) {
        self.standing = standing;
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn up() -> Outcome {
        Outcome::up("200 OK", Duration::ZERO)
    }

    fn down() -> Outcome {
        Outcome::down("connection refused", Duration::ZERO)
    }

    #[test]
    fn a_warning_begins_changes_and_ends_once_each() {
        let warning = |words: &str| Some(words.to_owned());
        let mut health = Health::unknown(Duration::ZERO);
        for (outcome, warned) in [
            (Outcome { warning: None, ..up() }, None),
            (Outcome { warning: warning("9 days"), ..up() }, Some(Warned::Begins("9 days".into()))),
            (Outcome { warning: warning("9 days"), ..up() }, None),
            (
                Outcome { warning: warning("8 days"), ..up() },
                Some(Warned::Changes("8 days".into())),
            ),
            (Outcome { warning: None, ..down() }, None),
            (Outcome { warning: warning("8 days"), ..down() }, None),
            (Outcome { warning: None, ..up() }, Some(Warned::Ends)),
            (Outcome { warning: None, ..up() }, None),
        ] {
            assert_eq!(health.heed(&outcome), warned, "{outcome:?}");
        }
    }

    #[test]
    fn a_certificate_once_seen_is_known_until_a_success_without_one() {
        let until = Some(Timestamp::UNIX_EPOCH);
        let mut health = Health::unknown(Duration::ZERO);
        for (outcome, known) in [
            (Outcome { certificate_until: until, ..down() }, until),
            (down(), until),
            (Outcome { certificate_until: until, ..up() }, until),
            (up(), None),
        ] {
            health.heed(&outcome);
            assert_eq!(health.certificate_until, known, "{outcome:?}");
        }
    }

    fn policy(failure_count: u32, recovery_count: u32) -> CheckPolicy {
        let (interval, timeout) = (Duration::from_secs(10), Duration::from_secs(5));
        CheckPolicy { interval, timeout, failure_count, recovery_count }
    }

    /// `+` is a success and `-` a failure; in return `U`p, `D`own, `r`ecovering, `.` nothing.
    fn judged(mut health: Health, recovery_count: u32, verdicts: &str) -> String {
        let letter = |verdict| {
            let outcome = if verdict == '+' { up() } else { down() };
            match health.judge(&outcome, &policy(1, recovery_count), Duration::ZERO) {
                Judgement::Up => 'U',
                Judgement::Down => 'D',
                Judgement::Recovering => 'r',
                _ => '.',
            }
        };
        verdicts.chars().map(letter).collect()
    }

    #[test]
    fn who_has_failed_needs_so_many_successes_in_a_row() {
        let unknown = || Health::unknown(Duration::ZERO);
        assert_eq!(judged(unknown(), 3, "++"), "U.");
        assert_eq!(judged(unknown(), 3, "-+++-+"), "DrrUDr");
        assert_eq!(judged(unknown(), 3, "-++-+++"), "Drr.rrU");
        assert_eq!(judged(unknown(), 1, "-+-+"), "DUDU");
        let found = |standing| Health::found(standing, "", Duration::ZERO);
        assert_eq!(judged(found(Standing::Down), 3, "+"), "U", "who was found so has not failed");
        assert_eq!(judged(found(Standing::Down), 3, "-+++"), ".rrU");
        assert_eq!(judged(found(Standing::Up), 3, "-+++"), "DrrU");
        let mut rested = found(Standing::Up);
        rested.judge(&down(), &policy(1, 3), Duration::ZERO);
        rested.withdraw("a file", Duration::ZERO);
        rested.release(true, Duration::ZERO);
        assert_eq!(judged(rested, 3, "+"), "U", "who was worked on has not failed since");
    }

    /// Every standing, with and without a failure behind it, meets every verdict.
    #[test]
    fn the_transition_table() {
        use Judgement::{Down, Reset, Soft, Unchanged, Up};
        let at = Duration::from_secs(9);
        for (standing, failures, outcome, count, judgement, after, failures_after) in [
            (Standing::Unknown, 0, up(), 3, Up, Standing::Up, 0),
            (Standing::Unknown, 0, down(), 3, Down, Standing::Down, 0),
            (Standing::Up, 0, up(), 3, Unchanged, Standing::Up, 0),
            (Standing::Up, 2, up(), 3, Reset, Standing::Up, 0),
            (Standing::Up, 0, down(), 1, Down, Standing::Down, 0),
            (Standing::Up, 0, down(), 3, Soft { failures: 1 }, Standing::Up, 1),
            (Standing::Up, 1, down(), 3, Soft { failures: 2 }, Standing::Up, 2),
            (Standing::Up, 2, down(), 3, Down, Standing::Down, 0),
            (Standing::Down, 0, down(), 3, Unchanged, Standing::Down, 0),
            (Standing::Down, 0, up(), 3, Up, Standing::Up, 0),
            (Standing::Maintenance, 0, up(), 3, Unchanged, Standing::Maintenance, 0),
            (Standing::Maintenance, 0, down(), 1, Unchanged, Standing::Maintenance, 0),
        ] {
            let mut health = Health::found(standing, "", Duration::ZERO);
            health.failures = failures;
            let came = health.judge(&outcome, &policy(count, 1), at);
            assert_eq!(came, judgement, "{standing:?} {failures}");
            assert_eq!((health.standing, health.failures), (after, failures_after));
            let turned = matches!(judgement, Up | Down);
            assert_eq!(health.since, if turned { at } else { Duration::ZERO });
            let heard = standing != Standing::Maintenance;
            assert_eq!(health.because, if heard { &outcome.message } else { "" });
        }
    }

    #[test]
    fn maintenance_bypasses_the_count_of_failures() {
        let [t1, t2, t3] = [1, 2, 3].map(Duration::from_secs);
        let mut health = Health::found(Standing::Up, "", Duration::ZERO);
        health.judge(&down(), &policy(3, 1), t1);
        assert!(health.withdraw("a file", t2));
        assert_eq!(
            (health.standing, health.since, health.failures),
            (Standing::Maintenance, t2, 0)
        );
        assert!(!health.withdraw("another file", t3));
        assert_eq!((health.since, &*health.because), (t2, "another file"));
        assert!(health.is_down());
        assert!(health.release(true, t3));
        assert_eq!((health.standing, health.since), (Standing::Down, t3));
        assert!(!health.release(true, t3));
        assert_eq!(health.judge(&up(), &policy(3, 1), t3), Judgement::Up);
    }

    #[test]
    fn who_is_not_checked_is_what_it_was_before_its_maintenance() {
        for (before, after) in [
            (Standing::Up, Standing::Up),
            (Standing::Unknown, Standing::Unknown),
            (Standing::Down, Standing::Up),
        ] {
            let mut health = Health::found(before, "", Duration::ZERO);
            health.withdraw("a file", Duration::ZERO);
            health.release(false, Duration::ZERO);
            assert_eq!(health.standing, after);
        }
    }
}
