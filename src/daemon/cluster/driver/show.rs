//! What people are shown of a machine.

use tokio::time::Instant;

use crate::model::Role;

use super::Driver;
use crate::daemon::cluster::beat::CARRIES;

impl Driver {
    /// Shows how the machine is.
    pub(super) fn show(&self) {
        let Some(machine) = &self.machine else { return };
        let (view, born) = (machine.view(), self.born);
        self.joints.beat.send_if_modified(|beat| beat.see(view, born));
    }

    /// Shows another role, and why.
    pub(super) fn turn(&mut self, role: Role, because: Option<String>) {
        let because = because.or_else(|| self.news.take());
        let because = because.unwrap_or_else(|| "the director stops".to_owned());
        self.joints.beat.send_modify(|beat| {
            (beat.role, beat.since, beat.because) = (role, Instant::now(), because);
        });
    }

    /// A standby's reason is what its cables are now.
    pub(super) fn show_cables(&mut self, carry: bool) {
        if std::mem::replace(&mut self.carries, carry) != carry {
            let because = if carry { CARRIES } else { "local link failure" };
            self.joints.beat.send_modify(|beat| {
                if beat.role == Role::Standby {
                    beat.because = because.to_owned();
                }
            });
        }
    }
}
