//! What people are told of: after the kernel, and a mass of it in parts, so that nobody waits for its end.

use jiff::Timestamp;

use crate::observe::{mail, monitor};

use super::Control;

impl Control {
    /// Tells people so many of the changes that they have not been told of, oldest first.
    pub(super) fn tell_news(&mut self, at_most: usize) {
        for _ in 0..at_most {
            let Some(change) = self.news.pop_front() else { return };
            self.log.tell(&change);
            let record = monitor::record(&change, Timestamp::now());
            record.into_iter().for_each(|record| self.recorder.record(record));
            let from = self.settings.mail_from.as_deref();
            let letter = mail::letter(&change, from, &self.host);
            let letter = letter.filter(|_| !self.options.dry_run);
            letter.into_iter().for_each(|letter| self.post.take(letter));
        }
    }
}

/// Changes that people are told of at once: of thousands each takes its line, and a takeover, a check
/// and whoever asks for the status would wait for the last one.
pub(super) const AT_ONCE: usize = 100;
