//! What control does for who asks on its socket, or tells it by a signal.

use std::time::Duration;

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

    /// Does what a signal asks for, where another cluster manager says who is active.
    pub(super) fn signal(&self, role: Role) {
        let name = match role {
            Role::Active => "SIGUSR1",
            Role::Standby => "SIGUSR2",
        };
        let obeyed = match self.pair.as_ref().is_some_and(Pair::is_external) {
            true => self.command(role, name).map(drop),
            false => Err("it is for `cluster = external`".to_owned()),
        };
        if let Err(why) = obeyed {
            warn!("{name} is ignored: {why}");
        }
    }

    /// Says in the log what this director is, as ucarp does.
    pub(super) fn say_state(&self) {
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

    /// Tells the cluster to have this role.
    fn command(&self, role: Role, who: &str) -> Result<String, String> {
        let Some(pair) = &self.pair else {
            return Err("the file tells of no cluster: this director is always active".to_owned());
        };
        if pair.role() == role {
            return Ok(format!("it is {role} already"));
        }
        info!("told to be {role} by {who}");
        pair.told(role);
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
