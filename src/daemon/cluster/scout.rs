//! What vqalive's machine wants to know: whether the services of the virtual addresses answer, and who
//! has these addresses.
//!
//! In: what the machine orders. Out: what was found, as inputs of it; each order is answered in any case,
//! unless a newer one of its kind takes its place. Nothing here decides.

mod ears;
mod reach;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use checkers::{Check, Expect, SendExpect, Target, Transport, Verdict};
use tokio::sync::mpsc;
use tokio::task::{JoinSet, spawn_blocking};
use tracing::{debug, info, warn};

use crate::failover::machine::Input;
use crate::kernel::links;
use crate::model::protocol::{FailoverProtocol, Vqalive};

use super::setup::Setup;
use ears::{Ears, Errand};

/// Whoever looks.
pub(super) struct Scout {
    tell: mpsc::UnboundedSender<Input<'static>>,
    asked: Option<Vqalive>,
    probing: JoinSet<()>,
    silent: Silent,
    /// Who listens to ARP, once there is anything to listen for.
    ears: Option<mpsc::UnboundedSender<Errand>>,
    dry_run: bool,
}

impl Scout {
    /// One that looks for nothing yet; what it finds is told to `tell`.
    pub(super) fn new(dry_run: bool, tell: mpsc::UnboundedSender<Input<'static>>) -> Self {
        Scout {
            tell,
            asked: None,
            probing: JoinSet::new(),
            silent: Silent::default(),
            ears: None,
            dry_run,
        }
    }

    /// Looks for what this setup says from now on, if it is one of vqalive. To be called within the
    /// runtime that looks.
    pub(super) fn follow(&mut self, setup: &Setup) {
        let FailoverProtocol::Vqalive(vqalive) = &setup.cluster.protocol else { return };
        if !self.dry_run {
            let tell = self.tell.clone();
            let ears = self.ears.get_or_insert_with(|| Ears::start(tell));
            // they listen for as long as they are told
            let _ = ears
                .send(Errand::Follow(Box::new(setup.cluster.clone()), vqalive.addresses.clone()));
        }
        self.asked = Some(vqalive.clone());
    }

    /// Connects to every port of every address, each within this time.
    pub(super) fn probe(&mut self, limit: Duration) {
        self.probing.abort_all();
        let (tell, silent) = (self.tell.clone(), self.silent.clone());
        let (addresses, ports, check) = match &self.asked {
            Some(asked) => (asked.addresses.clone(), asked.ports.clone(), check(asked)),
            None => (Vec::new(), Vec::new(), Check::Connect),
        };
        self.probing.spawn(async move {
            let (held, answers) =
                tokio::join!(held(&addresses), answers(&addresses, &ports, &check, limit, &silent));
            // nobody listens any more when the director has ended
            let _ = tell.send(Input::Probed { held, answers });
        });
    }

    /// Asks with ARP who else has the addresses.
    pub(super) fn seek(&self, claims: bool, within: Duration) {
        let asked = self.ears.as_ref().map(|ears| ears.send(Errand::Seek { claims, within }));
        if !matches!(asked, Some(Ok(()))) {
            let _ = self.tell.send(Input::Owned(None));
        }
    }

    /// Tells the neighbours of those of the addresses that are here.
    pub(super) fn announce(&self) {
        if let Some(ears) = &self.ears {
            let _ = ears.send(Errand::Announce);
        }
    }
}

/// Why what did not answer last did not: said when it is another reason than before.
#[derive(Clone, Default)]
struct Silent(Arc<Mutex<BTreeMap<SocketAddr, String>>>);

impl Silent {
    fn is_news(&self, address: SocketAddr, why: Option<&String>) -> bool {
        let mut silent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match why {
            Some(why) => silent.insert(address, why.clone()),
            None => silent.remove(&address),
        };
        before.as_ref() != why
    }
}

/// What is asked of a service.
fn check(asked: &Vqalive) -> Check {
    let Some(banner) = asked.banner.clone() else { return Check::Connect };
    let (transport, send, expect) = (Transport::Tcp, Vec::new(), Expect::Match(banner));
    Check::SendExpect(SendExpect { transport, send, expect })
}

/// Those of the addresses that this machine has itself.
async fn held(addresses: &[IpAddr]) -> Vec<IpAddr> {
    match spawn_blocking(links::own).await {
        Ok(Ok(own)) => addresses.iter().copied().filter(|address| own.contains(address)).collect(),
        Ok(Err(why)) => {
            warn!("the addresses of this machine cannot be read: {why}");
            Vec::new()
        }
        Err(_) => Vec::new(),
    }
}

/// Asks all at once: there is a bound of their number in every file.
async fn answers(
    addresses: &[IpAddr],
    ports: &[u16],
    check: &Check,
    limit: Duration,
    silent: &Silent,
) -> Vec<Vec<bool>> {
    let mut asked = JoinSet::new();
    for (i, address) in addresses.iter().enumerate() {
        for (j, port) in ports.iter().enumerate() {
            let (address, check) = (SocketAddr::new(*address, *port), check.clone());
            asked.spawn(async move {
                let outcome = check.run(Target { address }, limit).await;
                debug!("{address}: {:?}: {}", outcome.verdict, outcome.message);
                let is_up = outcome.verdict == Verdict::Up;
                (i, j, address, if is_up { Ok(()) } else { Err(outcome.message) })
            });
        }
    }
    let mut answers = vec![vec![false; ports.len()]; addresses.len()];
    while let Some(done) = asked.join_next().await {
        let Ok((i, j, address, answered)) = done else { continue };
        let is_up = answered.is_ok();
        if silent.is_news(address, answered.as_ref().err())
            && let Err(why) = &answered
        {
            info!("{address}: {why}");
        }
        if let Some(answer) = answers.get_mut(i).and_then(|ports| ports.get_mut(j)) {
            *answer = is_up;
        }
    }
    answers
}

#[cfg(test)]
mod tests;
