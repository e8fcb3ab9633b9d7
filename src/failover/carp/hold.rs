//! A director that was told to stand back does so for as long as another is master; where nobody is,
//! not for ever.

use crate::model::Time;

/// How long it does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hold {
    until: Time,
    /// It was told to: it takes no living master's place until told otherwise.
    is_told: bool,
    /// Another was heard as master since.
    relieved: bool,
    /// When it last stood back and nobody took its place.
    in_vain: Option<Time>,
    /// When it was last said that it goes on though it cannot serve.
    said: Option<Time>,
}

impl Hold {
    /// It stands back from now on.
    pub(super) fn begin(&mut self, until: Time) {
        (self.until, self.relieved, self.said) = (until, false, None);
    }

    /// It was told to, and not for a while only.
    pub(super) fn stand_back(&mut self) {
        self.is_told = true;
    }

    /// It is master again, or the file is another: what it was told before is over.
    pub(super) fn forget_told(&mut self) {
        self.is_told = false;
    }

    /// Another is master.
    pub(super) fn relieve(&mut self) {
        (self.relieved, self.in_vain, self.said) = (true, None, None);
    }

    /// Nobody is master, and it goes on itself.
    pub(super) fn lapse(&mut self, now: Time) {
        if self.until > Time::ZERO && !self.relieved {
            self.in_vain = Some(now);
        }
        self.until = Time::ZERO;
    }

    /// Whether to stand back would leave nobody, as far as it has been tried not long ago.
    pub(super) fn is_in_vain(self, now: Time) -> bool {
        self.in_vain.is_some_and(|at| now.saturating_sub(at) < LONG)
    }

    /// It cannot serve, and goes on: whether that is news.
    pub(super) fn clings(&mut self, now: Time) -> bool {
        let is_news = self.said.is_none_or(|said| now.saturating_sub(said) >= LONG);
        if is_news {
            self.said = Some(now);
        }
        is_news
    }

    /// It may be master again at once.
    pub(super) fn end(&mut self) {
        *self = Hold::default();
    }

    /// Whether it takes no dead master's place.
    pub(super) fn bars(self, now: Time) -> bool {
        now < self.until && !self.relieved
    }

    /// Whether it takes no living master's place.
    pub(super) fn bars_preemption(self, now: Time) -> bool {
        self.is_told || now < self.until
    }
}

/// A backup is silent, so that nobody knows whether there is one by now: it is tried again.
const LONG: Time = Time::from_secs(3600);
