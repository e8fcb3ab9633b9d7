//! The kernel's sync daemon of a role.

use ipvs::{Daemon, DaemonState};

use crate::kernel;
use crate::model::{self, Role};

/// Knows whether a daemon was ever asked for: only then is one stopped.
#[derive(Debug, Default)]
pub(super) struct Sync {
    is_ours: bool,
}

impl Sync {
    /// What is to be ordered: the configured daemon, in the state of the role; without a role none.
    pub(super) fn of(&mut self, wanted: Option<&model::Sync>, role: Option<Role>) -> kernel::Sync {
        self.is_ours |= wanted.is_some();
        let state = role.map(|role| match role {
            Role::Active => DaemonState::Master,
            Role::Standby => DaemonState::Backup,
        });
        match wanted.zip(state) {
            Some((wanted, state)) => kernel::Sync::Runs(Daemon {
                state,
                interface: wanted.interface.clone(),
                sync_id: wanted.id.into(),
                max_length: None,
                group: None,
                port: None,
                ttl: None,
            }),
            None if self.is_ours => kernel::Sync::Stopped,
            None => kernel::Sync::Untouched,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_was_never_asked_for_is_left_alone() {
        let wanted =
            model::Sync { interface: "eth1".parse().unwrap(), id: 7, wait: Duration::ZERO };
        let mut sync = Sync::default();
        assert_eq!(sync.of(None, Some(Role::Active)), kernel::Sync::Untouched);
        assert_eq!(sync.of(None, None), kernel::Sync::Untouched);
        for (role, state) in
            [(Role::Standby, DaemonState::Backup), (Role::Active, DaemonState::Master)]
        {
            let kernel::Sync::Runs(daemon) = sync.of(Some(&wanted), Some(role)) else {
                panic!("none runs")
            };
            assert_eq!((daemon.state, daemon.sync_id), (state, 7));
        }
        assert_eq!(sync.of(None, Some(Role::Active)), kernel::Sync::Stopped, "configured no more");
        assert_eq!(sync.of(Some(&wanted), None), kernel::Sync::Stopped, "the end");
    }
}
