//! Whom to tell of a change, and when.

use std::time::Duration;

/// The mail of one virtual service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alert {
    /// The recipients as they are written, with commas between; empty switches mail off.
    pub to: String,
    /// The mail server; without one the local `sendmail` is used.
    pub smtp: Option<String>,
    /// How often to remind of a real that stays down; `None` for never.
    pub remind: Option<Duration>,
    /// The phases of the daemon's life in which mail is sent.
    pub phases: Phases,
    /// The service's name for humans, in the subject.
    pub service_name: Option<String>,
    /// A word to the reader of the mail.
    pub comment: Option<String>,
}

/// A phase of the daemon's life (ldirectord's `emailalertstatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// From the start until every real has been checked once.
    Starting,
    /// The long phase between.
    Running,
    /// From a reload until every new real has been checked once.
    Reloading,
    /// From the signal to stop to the end.
    Stopping,
}

/// A set of phases; all of them by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phases {
    /// [`Phase::Starting`].
    pub starting: bool,
    /// [`Phase::Running`].
    pub running: bool,
    /// [`Phase::Reloading`].
    pub reloading: bool,
    /// [`Phase::Stopping`].
    pub stopping: bool,
}

impl Phases {
    /// No phase at all.
    pub const NONE: Phases =
        Phases { starting: false, running: false, reloading: false, stopping: false };

    /// Whether the set holds a phase.
    pub fn holds(self, phase: Phase) -> bool {
        match phase {
            Phase::Starting => self.starting,
            Phase::Running => self.running,
            Phase::Reloading => self.reloading,
            Phase::Stopping => self.stopping,
        }
    }
}

impl Default for Phases {
    fn default() -> Self {
        Phases { starting: true, running: true, reloading: true, stopping: true }
    }
}
