//! What control does for who asks on its socket, or tells it by a signal.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tracing::{info, warn};

use crate::daemon::cluster::Pair;
use crate::daemon::socket::{Asked, Client, refused, told};
use crate::kernel::Connections;
use crate::kernel::task::Ask;
use crate::model::Role;
use crate::observe::status::{PairStatus, status};

use super::Control;

impl Control {
    /// Gives a client what it asks for.
    pub(super) fn answer(&self, client: Client, asked: Asked) {
        let words = match asked {
            Asked::Status => return self.tell(client),
            Asked::Refused(why) => refused(&why),
            Asked::Role(role) => match self.command(role, "the control socket") {
                Ok(words) => told(&words),
                Err(why) => refused(&why),
            },
        };
        tokio::spawn(async move { client.say(&words).await });
    }

    /// Does what SIGUSR1 or SIGUSR2 asks for: of another cluster manager's who says who is active, and of
    /// vqalive, which drops the addresses, or says how it is.
    pub(super) fn signal(&self, name: &'static str) {
        let protocol = self.pair.as_ref().map(Pair::protocol).unwrap_or_default();
        let obeyed = match (protocol, name) {
            ("external", "SIGUSR1") => self.command(Role::Active, name).map(drop),
            ("external", _) | ("vqalive", "SIGUSR1") => self.command(Role::Standby, name).map(drop),
            ("vqalive", _) => return self.say_state(),
            _ => Err("it is for `cluster = external`, and for vqalive".to_owned()),
        };
        if let Err(why) = obeyed {
            warn!("{name} is ignored: {why}");
        }
    }

    /// Says in the log what this director is, as ucarp does.
    pub(super) fn say_carp(&self) {
        let state = self.pair.as_ref().and_then(Pair::carp);
        state.into_iter().for_each(|state| info!("{state}"));
    }

    /// Makes it a backup for a while, as ucarp does.
    pub(super) fn demote(&self) {
        info!("Caught signal (USR2) considering going down");
        if let Some(pair) = self.pair.as_ref().filter(|pair| pair.role() == Role::Active) {
            pair.told(Role::Standby);
        }
    }

    /// Says in the log how this director is.
    fn say_state(&self) {
        let Some(pair) = self.pair.as_ref().map(|pair| pair.status(|at| self.time_of_day(at)))
        else {
            return;
        };
        let PairStatus { role, since, because, settled, split_brain, peer, .. } = pair;
        let seconds = Timestamp::now().duration_since(since).as_secs().max(0);
        let done = if settled { "" } else { ", not yet done" };
        let split = if split_brain.is_some() { "; SPLIT BRAIN" } else { "" };
        let claim = peer.and_then(|peer| peer.claim).map(|claim| format!("; heard last: {claim}"));
        let claim = claim.unwrap_or_default();
        info!("is {role}{done} for {seconds} s: {because}{split}{claim}");
    }

    /// Tells the cluster to have this role.
    fn command(&self, role: Role, who: &str) -> Result<String, String> {
        let Some(pair) = &self.pair else {
            return Err("the file tells of no cluster: this director is always active".to_owned());
        };
        let already = pair.role() == role;
        info!("told to be {role} by {who}");
        // a standby that is told to be one holds back
        pair.told(role);
        if already {
            return Ok(format!("it is {role} already"));
        }
        Ok(format!("it is to be {role}"))
    }

    fn tell(&self, client: Client) {
        let (mut program, snapshot) = (self.program.clone(), self.director.snapshot());
        program.kernel_trouble = self.kernel_trouble();
        program.pair = self.pair.as_ref().map(|pair| PairStatus {
            unfit: self.fitness.why(),
            unfit_since: self.fitness.since.map(|at| self.time_of_day(at)),
            ..pair.status(|at| self.time_of_day(at))
        });
        let (now, asks) = (self.now(), self.asks.clone());
        tokio::spawn(async move {
            let connections = connections(asks).await;
            client.tell(&status(&program, &snapshot, connections.as_ref(), now)).await;
        });
    }
}

async fn connections(asks: mpsc::Sender<Ask>) -> Option<Connections> {
    let (ask, answer) = oneshot::channel();
    let asked = async {
        asks.send(ask).await.ok()?;
        answer.await.ok()?.ok()
    };
    timeout(Duration::from_secs(2), asked).await.ok().flatten()
}
