//! Brings a kernel to the wanted table, and keeps it there.

use std::collections::BTreeSet;

use ipvs::ServiceId;

use crate::plan::{self, Step, Table};

use super::{Error, Kernel};

/// What the kernel is known to hold, and the smallest change to what it should.
///
/// Only services that have been wanted at some time are ever touched; all others belong to
/// somebody else.
pub struct Reconciler {
    kernel: Box<dyn Kernel>,
    ours: BTreeSet<ServiceId>,
    /// What the kernel holds of ours, as far as we know; `None` when it must be read first.
    have: Option<Table>,
    /// Steps that the kernel has refused and that are still to be taken.
    refused: Vec<Step>,
    /// The kernel's fingerprint when it was last seen to hold what we know of.
    settled: Option<u64>,
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
        Reconciler { kernel, ours: BTreeSet::new(), have: None, refused: Vec::new(), settled: None }
    }

    /// The kernel, to be asked and not to be changed.
    pub fn kernel(&mut self) -> &mut dyn Kernel {
        self.kernel.as_mut()
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
        let known =
            self.have.take().filter(|_| !thorough && seen.is_some() && seen == self.settled);
        let before = std::mem::take(&mut self.refused);
        let have = match known {
            Some(have) if before.is_empty() => {
                self.have = Some(have);
                return Ok(Report::default());
            }
            Some(have) => have,
            None => {
                self.ours.extend(want.ids());
                self.read()?
            }
        };
        let (taken, refused) = self.bring(have, want)?;
        // what was refused before is no repair when the kernel takes it now
        let (done, repaired) = taken.into_iter().partition(|step| before.contains(step));
        let report = Report { done, repaired, refused };
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

    fn remember(&mut self, mut have: Table, want: &Table, done: &[Step], refused: &[Refused]) {
        self.refused = refused.iter().map(|refused| refused.step.clone()).collect();
        if refused.is_empty() {
            self.have = Some(want.clone());
            self.ours.retain(|id| want.get(id).is_some());
        } else if done.iter().all(|step| have.apply(step).is_ok()) {
            self.have = Some(have);
        }
    }
}

#[cfg(test)]
mod tests;
