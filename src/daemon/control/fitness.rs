//! What counts against this director's being active: what the director sees of its reals, and what the
//! canaries show of its network. The cluster is told of both as one.

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::daemon::canaries;
use crate::model::{Canary, Cluster};

use super::Control;

/// What is known of it.
pub(super) struct Fitness {
    asked: watch::Sender<Vec<Canary>>,
    reals: Option<&'static str>,
    canaries: Option<String>,
    /// Since when anything counts.
    pub(super) since: Option<Instant>,
}

impl Fitness {
    /// Nothing is known of it; what the canaries show is to be heard from the channel.
    pub(super) fn of(cluster: Option<&Cluster>) -> (Self, mpsc::Receiver<Option<String>>) {
        let (asked, seen) = watch::channel(canaries(cluster));
        let (tell, told) = mpsc::channel(1);
        tokio::spawn(canaries::watch(seen, tell));
        (Fitness { asked, reals: None, canaries: None, since: None }, told)
    }

    /// Asks those of another configuration.
    pub(super) fn follow(&self, cluster: Option<&Cluster>) {
        let canaries = canaries(cluster);
        self.asked.send_if_modified(|asked| {
            let news = *asked != canaries;
            *asked = canaries;
            news
        });
    }

    /// All that counts.
    pub(super) fn why(&self) -> Option<String> {
        let whys: Vec<&str> =
            [self.reals, self.canaries.as_deref()].into_iter().flatten().collect();
        (!whys.is_empty()).then(|| whys.join("; "))
    }
}

impl Control {
    /// What the reals show from now on.
    pub(super) fn see(&mut self, reals: Option<&'static str>) {
        self.fitness.reals = reals;
        self.tell_fitness();
    }

    /// What the canaries show from now on.
    pub(super) fn hear(&mut self, canaries: Option<String>) {
        self.fitness.canaries = canaries;
        self.tell_fitness();
    }

    fn tell_fitness(&mut self) {
        let why = self.fitness.why();
        match &why {
            Some(why) => {
                warn!("this director had better not be the active one: {why}");
                self.fitness.since.get_or_insert_with(Instant::now);
            }
            None => {
                info!("nothing counts against this director any more");
                self.fitness.since = None;
            }
        }
        if let Some(pair) = &self.pair {
            pair.unfit(why);
        }
    }
}

fn canaries(cluster: Option<&Cluster>) -> Vec<Canary> {
    cluster.map(|cluster| cluster.fitness.canaries.clone()).unwrap_or_default()
}
