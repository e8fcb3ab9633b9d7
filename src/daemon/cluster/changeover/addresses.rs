//! What a changeover asks of the owner of the addresses, and what that says.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::time::{Instant, timeout_at};
use tracing::{debug, error, info, warn};

use crate::daemon::cluster::name;
use crate::kernel::addresses::Report;
use crate::model::VirtualAddress;
use crate::model::protocol::FailoverProtocol;

use super::Changeover;

impl Changeover {
    /// Asks for the addresses to be held, or not.
    pub(super) fn hold(&self, up: bool) {
        let ours = Arc::new(self.setup.cluster.addresses.clone());
        if self.dry_run {
            let verb = if up { "raise" } else { "lower" };
            ours.iter().for_each(|address| info!("would {verb} {}", name(address)));
        }
        self.joints.held.send_modify(|held| {
            held.number += 1;
            held.ours = ours;
            held.up = up;
        });
    }

    /// Asks for the neighbours to be told again.
    pub(super) fn announce(&self) {
        self.joints.held.send_modify(|held| {
            held.number += 1;
            held.announcements += 1;
        });
    }

    /// Waits until the latest asking has been carried out.
    pub(super) async fn addresses_settled(&mut self) {
        if self.dry_run {
            return;
        }
        let number = self.joints.held.borrow().number;
        let deadline = Instant::now() + self.for_addresses;
        loop {
            match timeout_at(deadline, self.joints.reports.recv()).await {
                Ok(Some(report)) => {
                    let latest = report.number;
                    self.told(report);
                    if latest >= number {
                        return;
                    }
                }
                Ok(None) => return,
                Err(_) => {
                    let side = if self.joints.held.borrow().up { "up" } else { "down" };
                    let limit = self.for_addresses;
                    return error!("the addresses are not {side} after {limit:?}");
                }
            }
        }
    }

    /// Logs and shows what became of them.
    pub(super) fn told(&mut self, report: Report) {
        let is_repair = std::mem::replace(&mut self.reported, report.number) == report.number;
        let (again, raised): (Vec<_>, Vec<_>) = report.raised.iter().partition(|address| {
            is_repair && !self.joints.holding.borrow().is_refused(&name(address))
        });
        for name in again.into_iter().map(name) {
            warn!("raised {name} again: somebody has taken it off, or its interface was down");
        }
        log("raised", &raised);
        match self.has_begun {
            true => log("lowered", &report.lowered.iter().collect::<Vec<_>>()),
            false => report.lowered.iter().for_each(|address| {
                warn!("lowered {}, {}", name(address), self.left_behind());
            }),
        }
        self.joints.holding.send_modify(|holding| {
            let now: BTreeSet<String> =
                report.refused.iter().map(|(at, why)| format!("{}: {why}", name(at))).collect();
            for refused in now.difference(&holding.refused) {
                let up = self.joints.held.borrow().up;
                let verb = if up { "raised" } else { "lowered" };
                let again = match self.joints.orders.borrow().last {
                    true => "and it stays so, for this director ends",
                    false => "to be tried again",
                };
                error!("cannot be {verb}, {again}: {refused}");
            }
            holding.refused = now;
            let held = self.joints.held.borrow();
            let refused = |address: &&VirtualAddress| {
                report.refused.iter().any(|(refused, _)| refused == *address)
            };
            let ours = held.ours.iter().filter(|address| held.up && !refused(address));
            holding.addresses = ours.map(name).collect();
        });
        if report.announced && !self.joints.orders.borrow().silent {
            let service = if self.setup.cluster.failovers.is_empty() { "lvs" } else { "fos" };
            match self.setup.cluster.protocol {
                // in piranha's words
                FailoverProtocol::Pulse(_) => info!("gratuitous {service} arps finished"),
                _ => debug!("gratuitous {service} arps finished"),
            }
        }
    }

    /// What it means that an address was there when this director started.
    fn left_behind(&self) -> String {
        let until = match self.setup.cluster.protocol {
            FailoverProtocol::External => "a director is told to be active",
            _ => "a director becomes active",
        };
        format!(
            "which was left from before the start: was this director active, and has it died? The \
             address is on nobody until {until}"
        )
    }
}

/// Logs each, or all in one line where they are many: nobody reads hundreds of lines, and writing them takes
/// the time in which clients wait.
fn log(done: &str, addresses: &[&VirtualAddress]) {
    match addresses {
        [first, .., last] if addresses.len() > MANY => {
            addresses.iter().for_each(|address| debug!("{done} {}", name(address)));
            let (count, first, last) = (addresses.len(), name(first), name(last));
            info!("{done} {count} addresses, the first {first}, the last {last}");
        }
        few => few.iter().for_each(|address| info!("{done} {}", name(address))),
    }
}

/// More have no line of their own.
const MANY: usize = 16;
