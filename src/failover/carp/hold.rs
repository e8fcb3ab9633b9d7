//! A director that was told to stand back does so until another is master, but not for ever.

use crate::model::Time;

/// How long it does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hold {
    until: Time,
    /// Another was heard as master since.
    relieved: bool,
}

impl Hold {
    /// It stands back from now on.
    pub(super) fn begin(&mut self, until: Time) {
        *self = Hold { until, relieved: false };
    }

    /// Another is master.
    pub(super) fn relieve(&mut self) {
        self.relieved = true;
    }

    /// It may be master again at once.
    pub(super) fn end(&mut self) {
        *self = Hold::default();
    }

    /// Whether it takes no dead master's place.
    pub(super) fn bars(self, now: Time) -> bool {
        self.bars_preemption(now) && !self.relieved
    }

    /// Whether it takes no living master's place.
    pub(super) fn bars_preemption(self, now: Time) -> bool {
        now < self.until
    }
}
