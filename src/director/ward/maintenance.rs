//! What the administrator does to a ward's reals: by a file in a folder, or by ipvsadm.

use std::net::SocketAddr;

use checkers::Check;

use crate::health::{Maintenance, Standing};
use crate::model::{Real, Role, Time};

use super::Ward;

/// A real that has been taken out, and whether people should be told that it is not in the table.
type Withdrawn = (SocketAddr, bool);

impl Ward {
    /// Takes out those of its reals that are in maintenance, and releases those that no longer are;
    /// returns both.
    pub(in crate::director) fn maintain(
        &mut self,
        maintenance: &Maintenance,
        role: Role,
        now: Time,
    ) -> (Vec<Withdrawn>, Vec<SocketAddr>) {
        let (mut withdrawn, mut released) = (Vec::new(), Vec::new());
        for real in &self.r#virtual.reals {
            let Some(health) = self.reals.get_mut(&real.address) else { continue };
            let is_checked = *real.check != Check::Off;
            match maintenance.get(&real.address) {
                Some(because) if health.withdraw(because, now) => {
                    let news = match health.before {
                        Standing::Up => true,
                        Standing::Unknown => is_checked,
                        Standing::Down | Standing::Maintenance => false,
                    };
                    withdrawn.push((real.address, news));
                }
                None if health.release(is_checked, now) => released.push(real.address),
                _ => {}
            }
        }
        for real in &released {
            if self.standing(real) == Some(Standing::Up) {
                self.admit(real, role, now);
            }
        }
        (withdrawn, released)
    }

    /// A real's standing, as far as the table is concerned.
    pub(super) fn counted(&self, real: &Real) -> Standing {
        let Some(health) = self.health(&real.address) else { return Standing::Unknown };
        let never_in = *real.check == Check::Off && health.before == Standing::Unknown;
        match health.standing {
            Standing::Maintenance if never_in => Standing::Unknown,
            _ if self.left_out.contains(&real.address) => Standing::Unknown,
            standing => standing,
        }
    }

    /// Whether a real is in maintenance.
    pub(super) fn rests(&self, real: &SocketAddr) -> bool {
        self.standing(real) == Some(Standing::Maintenance)
    }

    /// Leaves a quiesced real out that somebody took out of the table at this address; whether that
    /// is what it is.
    pub(in crate::director) fn leave_out(&mut self, at: SocketAddr) -> bool {
        let quiesced = self.quiesced(at);
        self.left_out.extend(quiesced);
        self.keep_left_out();
        quiesced.is_some_and(|real| self.left_out.contains(&real))
    }

    /// Who is well, or is to be added again, is left out no longer.
    pub(super) fn keep_left_out(&mut self) {
        let (reals, file) = (&self.reals, &self.r#virtual);
        let is_out = |real: &SocketAddr| reals.get(real).is_some_and(|health| health.is_down());
        let stays = file.quiescent && !file.readd_quiescent;
        self.left_out.retain(|real| stays && is_out(real));
    }

    /// Whether a quiesced real that somebody took out is added again.
    pub(in crate::director) fn readds(&self) -> bool {
        self.r#virtual.readd_quiescent
    }

    /// The real that has this address in the table, and weight 0 since it is down.
    pub(in crate::director) fn quiesced(&self, at: SocketAddr) -> Option<SocketAddr> {
        let is_it = |real: &&Real| {
            let down = self.health(&real.address).is_some_and(|health| health.is_down());
            down && real.on_the_wire(self.id()) == at
        };
        let real = self.r#virtual.reals.iter().find(is_it).filter(|_| self.r#virtual.quiescent);
        real.map(|real| real.address)
    }
}
