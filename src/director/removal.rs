//! Quiesced reals that somebody takes out of the kernel's table by hand (`readdquiescent`).

use std::net::SocketAddr;

use crate::model::{Role, ServiceId, Time};
use crate::plan::Step;

use super::{Director, Effect, Subject, What};

impl Director {
    /// They are out, and are not wanted any more until they are well.
    pub(super) fn left_out(&mut self, gone: Vec<(ServiceId, SocketAddr)>) -> Vec<Effect> {
        let mut program = false;
        for (id, at) in gone {
            let left = self.wards.get_mut(&id).is_some_and(|ward| ward.leave_out(at));
            program |= left && self.table.apply(&Step::DeleteDestination(id, at)).is_ok();
        }
        program.then_some(Effect::Program).into_iter().collect()
    }

    /// They are back.
    pub(super) fn readded(&mut self, back: Vec<(ServiceId, SocketAddr)>, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (id, at) in back {
            let Some(ward) = self.wards.get(&id) else { continue };
            let Some(real) = ward.quiesced(at).filter(|_| ward.readds()) else { continue };
            let subject = Subject::Real(real);
            let because = "somebody took it out of the table";
            let change = ward.change(subject, What::Readded, because, self.phase);
            if self.role == Role::Active {
                self.reminders.note(&change, now);
            }
            effects.push(Effect::Tell(change));
        }
        effects
    }
}
