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
    /// What the kernel holds as far as we know; `None` when it must be read first.
    have: Option<Table>,
    /// The kernel's fingerprint when it was last seen to hold what was wanted.
    settled: Option<u64>,
}

/// What one round did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Steps that the kernel took.
    pub done: Vec<Step>,
    /// Steps that it refused, to be tried again.
    pub refused: Vec<Refused>,
    /// Whether the steps undo what somebody else did, and not what is newly wanted.
    pub drift: bool,
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
        Reconciler { kernel, ours: BTreeSet::new(), have: None, settled: None }
    }

    /// The kernel, to be asked and not to be changed.
    pub fn kernel(&mut self) -> &mut dyn Kernel {
        self.kernel.as_mut()
    }

    /// Makes the kernel hold `want`, as far as it lets itself be told.
    /// On an error, and after a refusal, the kernel is read anew before the next round.
    pub fn program(&mut self, want: &Table) -> Result<Report, Error> {
        self.ours.extend(want.ids());
        self.settled = None;
        let have = match self.have.take() {
            Some(have) => have,
            None => self.read()?,
        };
        self.bring(have, want)
    }

    /// Looks whether somebody changed one of our services behind our back, and repairs it.
    /// Costs next to nothing when nothing happened, unless `thorough`.
    pub fn repair(&mut self, want: &Table, thorough: bool) -> Result<Report, Error> {
        let seen = self.kernel.fingerprint();
        if !thorough && seen.is_some() && seen == self.settled {
            return Ok(Report::default());
        }
        self.ours.extend(want.ids());
        self.have = None;
        let found = self.read()?;
        let mut report = self.bring(found, want)?;
        report.drift = true;
        let settled = report.done.is_empty() && report.refused.is_empty();
        self.settled = if settled { seen } else { None };
        Ok(report)
    }

    fn read(&mut self) -> Result<Table, Error> {
        let ours = &self.ours;
        Ok(self.kernel.read()?.only(|id| ours.contains(id)))
    }

    fn bring(&mut self, have: Table, want: &Table) -> Result<Report, Error> {
        let steps = plan::diff(&have, want);
        let mut report = Report::default();
        let results = if steps.is_empty() { Vec::new() } else { self.kernel.apply(&steps)? };
        for (step, result) in steps.into_iter().zip(results) {
            match result {
                Ok(()) => report.done.push(step),
                Err(why) => report.refused.push(Refused { step, why }),
            }
        }
        if report.refused.is_empty() {
            self.have = Some(want.clone());
            self.ours.retain(|id| want.get(id).is_some());
        }
        Ok(report)
    }
}

#[cfg(test)]
mod tests;
