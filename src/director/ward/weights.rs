//! The weights of a ward's reals while they are up, where they move.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::health::{Busy, Pace, Standing};
use crate::model::{Phase, Real, Role, Time, Virtual};
use crate::plan::Entry;

use super::Ward;
use crate::director::{Change, Subject, What};

impl Ward {
    /// Takes the weights over that serving reals have in the kernel.
    pub(super) fn adopt_weights(&mut self, found: &Entry, now: Time) {
        let r#virtual = Arc::clone(&self.r#virtual);
        for real in r#virtual.reals.iter().filter(|_| moves(&r#virtual)) {
            let destination = found.destinations.get(&real.on_the_wire(self.id()));
            let Some(destination) = destination.filter(|d| d.weight > 0) else { continue };
            let pace = Pace::found(real.weight.get(), destination.weight, &r#virtual, now);
            self.paces.insert(real.address, pace);
        }
    }

    /// Takes the weights over from the same service before a reload.
    pub(super) fn renew_weights(&mut self, old: &mut Ward) {
        let r#virtual = Arc::clone(&self.r#virtual);
        for real in r#virtual.reals.iter().filter(|_| moves(&r#virtual)) {
            if let Some(pace) = old.paces.remove(&real.address) {
                self.paces.insert(real.address, pace.followed(real.weight.get(), &r#virtual));
            }
            if let (Some(busy), Some(_)) = (old.busy.remove(&real.address), &r#virtual.load) {
                self.busy.insert(real.address, busy);
            }
        }
    }

    /// A real comes in: slowly, if it has been out, and this director serves. Of one that a standby
    /// lets in it is known by the takeover that it is well.
    pub(super) fn admit(&mut self, real: &SocketAddr, role: Role, now: Time) {
        if !moves(&self.r#virtual) {
            return;
        }
        let Some(full) = self.full(real) else { return };
        let slowly = self.r#virtual.slow_start && role == Role::Active;
        let pace = self.paces.entry(*real).or_insert_with(|| Pace::settled(full));
        pace.admit(full, slowly, now);
    }

    /// Ends every slow start.
    pub(in crate::director) fn settle_weights(&mut self) {
        for real in &self.r#virtual.reals {
            if let Some(pace) = self.paces.get_mut(&real.address) {
                pace.settle(real.weight.get());
            }
        }
    }

    /// Takes every step of slow start that is due.
    pub(in crate::director) fn step_weights(&mut self, now: Time) {
        for real in &self.r#virtual.reals {
            if let Some(pace) = self.paces.get_mut(&real.address) {
                pace.step(real.weight.get(), &self.r#virtual, now);
            }
        }
    }

    /// When the next such step is due.
    pub(in crate::director) fn next_step(&self) -> Option<Time> {
        let up = |real: &SocketAddr| self.standing(real) == Some(Standing::Up);
        let paces = self.paces.iter().filter(|(real, _)| up(real));
        paces.filter_map(|(_, pace)| pace.due()).min()
    }

    /// Takes to heart how busy a real is; what people should know of that besides its weight.
    pub(in crate::director) fn weigh(
        &mut self,
        real: &SocketAddr,
        busy: Result<Busy, String>,
        phase: Phase,
    ) -> Option<Change> {
        self.r#virtual.load.as_ref()?;
        let full = self.full(real)?;
        if self.standing(real) != Some(Standing::Up) {
            return None;
        }
        let before = self.busy.insert(*real, busy.clone());
        let unknown = matches!(before, Some(Err(_)));
        let (what, because) = match &busy {
            Ok(busy) => {
                let pace = self.paces.entry(*real).or_insert_with(|| Pace::settled(full));
                pace.weigh(full, *busy);
                (What::LoadKnown, busy.to_string())
            }
            Err(why) => (What::LoadUnknown, why.clone()),
        };
        let news = unknown == busy.is_ok();
        news.then(|| self.change(Subject::Real(*real), what, &because, phase))
    }

    /// A change that comes of a weight that moves.
    pub(in crate::director) fn weighed(&self, mut change: Change, because: Option<&str>) -> Change {
        if let (Subject::Real(real), What::Changed { weight }) = (change.subject, change.what) {
            change.what = What::Weighed { weight };
            change.because = match (because, self.busy.get(&real)) {
                (None, Some(Ok(busy))) => busy.to_string(),
                (because, _) => because.unwrap_or_default().to_owned(),
            };
        }
        change
    }

    /// A real's weight while it is up.
    pub(super) fn weight(&self, real: &Real) -> u32 {
        self.paces.get(&real.address).map_or(real.weight.get(), Pace::weight)
    }

    /// Whether a real is in the midst of slow start.
    pub(super) fn starts(&self, real: &SocketAddr) -> bool {
        let up = self.standing(real) == Some(Standing::Up);
        up && self.paces.get(real).is_some_and(|pace| pace.due().is_some())
    }

    fn full(&self, real: &SocketAddr) -> Option<u32> {
        let real = self.r#virtual.reals.iter().find(|r| r.address == *real)?;
        Some(real.weight.get())
    }
}

/// Whether the weights of a service ever move.
fn moves(r#virtual: &Virtual) -> bool {
    r#virtual.slow_start || r#virtual.load.is_some()
}
