//! Brings a kernel to the wanted table, and keeps it there.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::SocketAddr;

use ipvs::ServiceId;

use crate::plan::{self, Step, Table};

use super::{Error, Kernel};

/// What the kernel is known to hold, and the smallest change to what it should.
///
/// Only services that have been wanted at some time, or are to be kept out, are ever touched; all
/// others belong to somebody else.
pub struct Reconciler {
    kernel: Box<dyn Kernel>,
    ours: BTreeSet<ServiceId>,
    /// Those of them that nobody is to add again once they are out.
    kept_out: BTreeSet<ServiceId>,
    /// What the kernel holds of ours, as far as we know; `None` when it must be read first.
    have: Option<Table>,
    /// Steps that the kernel has refused and that are still to be taken.
    refused: Vec<Step>,
    /// The kernel's fingerprint when it was last seen to hold what we know of.
    settled: Option<u64>,
    /// Loose destinations that somebody took out.
    left_out: BTreeSet<(ServiceId, SocketAddr)>,
}

/// What one round did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Steps that the kernel took towards what is newly wanted.
    pub done: Vec<Step>,
    /// Steps that undid what somebody else had done.
    pub repaired: Vec<Step>,
    /// Steps that it refused, to be tried again.
    pub refused: Vec<Refused>,
    /// Loose destinations that somebody has taken out, and that stay out for as long as they are
    /// loose.
    pub left_out: Vec<(ServiceId, SocketAddr)>,
}

/// A step that the kernel refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The step.
    pub step: Step,
    /// The kernel's words.
    pub why: String,
}

impl Reconciler {
    /// A reconciler that owns no service yet.
    pub fn new(kernel: Box<dyn Kernel>) -> Self {
        Reconciler {
            kernel,
            ours: BTreeSet::new(),
            kept_out: BTreeSet::new(),
            have: None,
            refused: Vec::new(),
            settled: None,
            left_out: BTreeSet::new(),
        }
    }

    /// The kernel, to be asked and not to be changed.
    pub fn kernel(&mut self) -> &mut dyn Kernel {
        self.kernel.as_mut()
    }

    /// Keeps these services out of the kernel for as long as they are not wanted, and no others.
    pub fn keep_out(&mut self, services: &BTreeSet<ServiceId>) {
        if !services.is_subset(&self.ours) {
            // what there is of them has never been looked at
            self.have = None;
        }
        self.ours.extend(services);
        self.kept_out.clone_from(services);
    }

    /// Makes the kernel hold `want`, as far as it lets itself be told.
    pub fn program(&mut self, want: &Table) -> Result<Report, Error> {
        self.ours.extend(want.ids());
        let have = match self.have.take() {
            Some(have) => have,
            None => self.read()?,
        };
        let (done, refused) = self.bring(have, want)?;
        Ok(Report { done, refused, ..Report::default() })
    }

    /// Looks whether somebody changed one of our services behind our back, repairs it, and tries
    /// again what was refused. Costs next to nothing when nothing happened, unless `thorough`.
    pub fn repair(&mut self, want: &Table, thorough: bool) -> Result<Report, Error> {
        let seen = self.kernel.fingerprint();
        let quiet = !thorough && seen.is_some() && seen == self.settled;
        let before = std::mem::take(&mut self.refused);
        let mut left_out = Vec::new();
        let have = match self.have.take() {
            Some(have) if quiet && before.is_empty() => {
                self.have = Some(have);
                return Ok(Report::default());
            }
            Some(have) if quiet => have,
            last => {
                self.ours.extend(want.ids());
                let have = self.read()?;
                left_out = last.map_or(Vec::new(), |last| taken_out(&last, &have, want));
                have
            }
        };
        self.left_out.extend(&left_out);
        let (taken, refused) = self.bring(have, want)?;
        // what was refused before is no repair when the kernel takes it now
        let (done, repaired) = taken.into_iter().partition(|step| before.contains(step));
        let report = Report { done, repaired, refused, left_out };
        if report.done.is_empty() && report.repaired.is_empty() {
            self.settled = seen;
        }
        Ok(report)
    }

    fn read(&mut self) -> Result<Table, Error> {
        let ours = &self.ours;
        Ok(self.kernel.read()?.only(|id| ours.contains(id)))
    }

    /// Takes the steps from what there is to what is wanted; returns those taken and those refused.
    fn bring(&mut self, have: Table, want: &Table) -> Result<(Vec<Step>, Vec<Refused>), Error> {
        let want = &*self.missed(want);
        let steps = plan::diff(&have, want);
        let (mut done, mut refused) = (Vec::new(), Vec::new());
        if !steps.is_empty() {
            self.settled = None;
            for (step, result) in steps.iter().zip(self.kernel.apply(&steps)?) {
                match result {
                    Ok(()) => done.push(step.clone()),
                    Err(why) => refused.push(Refused { step: step.clone(), why }),
                }
            }
        }
        self.remember(have, want, &done, &refused);
        Ok((done, refused))
    }

    /// What is wanted, but for what is loose and was taken out.
    fn missed<'t>(&mut self, want: &'t Table) -> Cow<'t, Table> {
        self.left_out.retain(|(id, at)| want.get(id).is_some_and(|entry| entry.loose.contains(at)));
        let mut missed = Cow::Borrowed(want);
        for (id, at) in &self.left_out {
            // it is wanted, or it would not be loose
            let _ = missed.to_mut().apply(&Step::DeleteDestination(*id, *at));
        }
        missed
    }

    fn remember(&mut self, mut have: Table, want: &Table, done: &[Step], refused: &[Refused]) {
        self.refused = refused.iter().map(|refused| refused.step.clone()).collect();
        if refused.is_empty() {
            self.have = Some(want.clone());
            let kept_out = &self.kept_out;
            self.ours.retain(|id| want.get(id).is_some() || kept_out.contains(id));
        } else if done.iter().all(|step| have.apply(step).is_ok()) {
            self.have = Some(have);
        }
    }
}

/// What was there, is wanted, is loose, and is gone now; not with its whole service, though: who
/// deletes that means something else.
fn taken_out(last: &Table, have: &Table, want: &Table) -> Vec<(ServiceId, SocketAddr)> {
    let mut gone = Vec::new();
    for entry in want.entries().filter(|entry| !entry.loose.is_empty()) {
        let id = entry.service.id;
        let (Some(last), Some(have)) = (last.get(&id), have.get(&id)) else { continue };
        let is_gone = |at: &&SocketAddr| {
            last.destinations.contains_key(at) && !have.destinations.contains_key(at)
        };
        gone.extend(entry.loose.iter().filter(is_gone).map(|at| (id, *at)));
    }
    gone
}

#[cfg(test)]
mod tests;
