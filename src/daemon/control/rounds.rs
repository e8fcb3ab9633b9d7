//! What became of the tables that the kernel was handed: what was done, repaired, and refused.

use tracing::{debug, error, info, warn};

use crate::director::Event;
use crate::kernel::Report;
use crate::kernel::task::Round;
use crate::observe::voice::Voice;
use crate::plan::{Step, words};

use super::Control;

impl Control {
    /// What became of a table in the kernel's hands.
    pub(super) fn round(&mut self, round: Round) {
        self.taken(&round);
        let mut refused = None;
        let trouble = match &round.result {
            Ok(report) => {
                self.done(&report.done);
                self.repaired(&report.repaired);
                self.removed(report);
                let more = report.refused.len().saturating_sub(1);
                let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
                refused = report.refused.first().map(|r| (&r.step, format!("{}{more}", r.why)));
                refused.as_ref().map(|(step, why)| format!("{}: {why}", words::step(step)))
            }
            Err(why) => Some(why.to_string()),
        };
        if trouble != self.program.kernel_trouble {
            match (&trouble, refused) {
                (None, _) => info!("the kernel holds what it should again"),
                // as of an ipvsadm that failed: monitoring looks for it
                (_, Some((step, why))) if self.options.log.voice == Voice::Ldirectord => {
                    let (step, because) = (words::step(step), "it is tried again");
                    error!(because, "system(/sbin/ipvsadm {step}) failed: {why}");
                }
                (Some(why), _) => error!("the kernel refuses, to be tried again: {why}"),
            }
            self.program.kernel_trouble = trouble;
        }
    }

    /// All that the kernel refuses, of the table and of what it is ordered beside it.
    pub(super) fn kernel_trouble(&self) -> Option<String> {
        let troubles = [self.program.kernel_trouble.as_deref(), self.refused_orders.as_deref()];
        let troubles: Vec<&str> = troubles.into_iter().flatten().collect();
        (!troubles.is_empty()).then(|| troubles.join("; "))
    }

    fn done(&self, steps: &[Step]) {
        for step in steps {
            let line = words::step(step);
            match self.options.dry_run {
                true => info!("would run: ipvsadm {line}"),
                false => debug!("ipvsadm {line}"),
            }
        }
    }

    fn repaired(&self, steps: &[Step]) {
        for (index, step) in steps.iter().enumerate() {
            let line = words::step(step);
            match index < REPAIRS_TOLD {
                true => warn!("somebody else changed the table, repaired: ipvsadm {line}"),
                false => debug!("ipvsadm {line}"),
            }
        }
        if let Some(more @ 1..) = steps.len().checked_sub(REPAIRS_TOLD) {
            warn!("somebody else changed the table, repaired by {more} more steps");
        }
    }

    /// Quiesced reals that somebody took out: those that are left out, and those that are back.
    fn removed(&mut self, report: &Report) {
        for (service, real) in &report.left_out {
            info!(
                "somebody took out the quiesced {real} ({service}): it is left out until it is well"
            );
        }
        let back = report.repaired.iter().filter_map(|step| match step {
            Step::AddDestination(id, destination) => Some((*id, destination.address)),
            _ => None,
        });
        for event in [Event::LeftOut(report.left_out.clone()), Event::Readded(back.collect())] {
            let effects = self.director.handle(event, self.now());
            self.carry(effects);
        }
    }
}

/// Repairs that are told one by one; of more, their number is.
const REPAIRS_TOLD: usize = 8;
