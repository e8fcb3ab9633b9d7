//! The round of questions: side by side, but not too many at once, and where it has got to.

use std::collections::HashMap;
use std::iter::Enumerate;
use std::time::Duration;
use std::vec::IntoIter;

use checkers::{Outcome, Probe, Transcript};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, Interval, interval_at};

use crate::daemon::ceiling;

use super::printer::Printer;
use super::questions::Question;

/// Questions on their way to answers. Dropped, it takes those in flight with it.
pub(super) struct Round {
    waiting: Enumerate<IntoIter<Question>>,
    in_flight: JoinSet<Probe>,
    at_once: usize,
    numbers: HashMap<Id, usize>,
    answers: Vec<Option<Probe>>,
    answered: usize,
    transcripts: bool,
    begun: Instant,
    seconds: Interval,
}

impl Round {
    pub(super) fn new(questions: Vec<Question>, transcripts: bool) -> Self {
        let begun = Instant::now();
        Round {
            answers: questions.iter().map(|_| None).collect(),
            waiting: questions.into_iter().enumerate(),
            in_flight: JoinSet::new(),
            at_once: ceiling().min(AT_ONCE),
            numbers: HashMap::new(),
            answered: 0,
            transcripts,
            begun,
            seconds: interval_at(begun + SECOND, SECOND),
        }
    }

    /// The answer to a question, if it is there.
    pub(super) fn answer(&self, number: usize) -> Option<&Probe> {
        self.answers.get(number)?.as_ref()
    }

    /// Whether all these answers are there.
    pub(super) fn has(&self, numbers: &[Option<usize>]) -> bool {
        numbers.iter().flatten().all(|number| self.answer(*number).is_some())
    }

    /// Waits for the next answer, and meanwhile says every second how far it is; false if there is
    /// none to wait for.
    pub(super) async fn go_on(&mut self, printer: &Printer) -> bool {
        while self.in_flight.len() < self.at_once
            && let Some((number, question)) = self.waiting.next()
        {
            let task = self.in_flight.spawn(ask(question, self.transcripts));
            self.numbers.insert(task.id(), number);
        }
        loop {
            tokio::select! {
                ended = self.in_flight.join_next_with_id() => {
                    let Some(ended) = ended else { return false };
                    self.take(ended);
                    return true;
                }
                _ = self.seconds.tick() => {
                    let (answered, all) = (self.answered, self.answers.len());
                    let seconds = self.begun.elapsed().as_secs();
                    printer.progress(format!("{answered} of {all} checked, {seconds} s"));
                }
            }
        }
    }

    fn take(&mut self, ended: Result<(Id, Probe), JoinError>) {
        let (id, probe) = ended.unwrap_or_else(|lost| {
            let outcome = Outcome::down("the check itself failed", Duration::ZERO);
            (lost.id(), Probe { outcome, transcript: Transcript::default() })
        });
        let number = self.numbers.remove(&id);
        if let Some(answer) = number.and_then(|number| self.answers.get_mut(number)) {
            *answer = Some(probe);
            self.answered += 1;
        }
    }
}

async fn ask(question: Question, transcript: bool) -> Probe {
    let Question { check, target, timeout } = question;
    if transcript {
        return check.probe(target, timeout).await;
    }
    let outcome = check.run(target, timeout).await;
    Probe { outcome, transcript: Transcript::default() }
}

/// Checks in flight at most: many enough for a big site, and so few that they do not spoil each
/// other's times.
const AT_ONCE: usize = 64;
const SECOND: Duration = Duration::from_secs(1);
