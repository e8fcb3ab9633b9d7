//! What becomes of a director whose checks have ended, which they never should.

use tracing::error;

use super::Control;

/// What it does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blind {
    /// It gives up what it holds: better nobody serves here than nobody looks.
    GivesUp,
    /// It goes on with the last table, for its peer would have no better one.
    GoesOn,
    /// It ends and leaves the table as it is, for whoever starts it again.
    Ends,
}

impl Control {
    /// The checks have ended.
    pub(super) fn blinded(&mut self) -> Blind {
        let blind = blind(self.settings.hard_shutdown, self.pair.is_some());
        match blind {
            Blind::GivesUp => error!("the checks have ended! shutting down lvs"),
            Blind::GoesOn => error!("the checks have ended! manual action needed!"),
            Blind::Ends => {}
        }
        self.program.checks_ended = true;
        blind
    }
}

fn blind(hard_shutdown: bool, is_paired: bool) -> Blind {
    match (hard_shutdown, is_paired) {
        (true, _) => Blind::GivesUp,
        (false, true) => Blind::GoesOn,
        (false, false) => Blind::Ends,
    }
}

#[cfg(test)]
mod tests;
