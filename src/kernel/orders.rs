//! What is asked of the kernel's IPVS beside its table: the sync daemon and the time-outs.

use ipvs::{Daemon, DaemonState, Timeouts};

use super::Kernel;

/// Orders that stand: they are carried out again where somebody undid them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// A master is started after the table has been programmed, all else is done before.
    pub sync: Sync,
    /// How long connections are remembered; `None` leaves that as it is.
    pub timeouts: Option<Timeouts>,
}

/// What is wanted of the kernel's sync daemon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sync {
    /// It is somebody else's.
    #[default]
    Untouched,
    /// None is to run.
    Stopped,
    /// This one is to run, and no other.
    Runs(Daemon),
}

impl Orders {
    /// Whether they come after the table, which a master is to tell of.
    pub(super) fn come_last(&self) -> bool {
        matches!(&self.sync, Sync::Runs(daemon) if daemon.state == DaemonState::Master)
    }

    /// Does what is not as ordered; what could not be done, in the kernel's words.
    pub(super) fn carry_out(&self, kernel: &mut dyn Kernel) -> Option<String> {
        let daemon = match &self.sync {
            Sync::Untouched => Ok(()),
            Sync::Stopped => kernel.sync(None),
            Sync::Runs(daemon) => kernel.sync(Some(daemon)),
        };
        let timeouts = self.timeouts.as_ref().map_or(Ok(()), |set| kernel.set_timeouts(set));
        let daemon = daemon.err().map(|why| match &self.sync {
            Sync::Runs(want) => format!("sync daemon {} on {}: {why}", want.state, want.interface),
            _ => format!("sync daemon: {why}"),
        });
        let timeouts = timeouts.err().map(|why| format!("time-outs: {why}"));
        let refused: Vec<String> = [daemon, timeouts].into_iter().flatten().collect();
        (!refused.is_empty()).then(|| refused.join("; "))
    }
}

#[cfg(test)]
mod tests;
