//! Whether anything in the director's care counts against its being active: see
//! [`crate::model::Fitness`].

use crate::health::Standing;
use crate::model::{Cluster, Phase};

use super::Director;
use super::ward::Ward;

/// What is asked of the reals, and what is known of them.
#[derive(Debug, Default)]
pub(super) struct Fitness {
    needs_live_real: bool,
    /// Not one of them is alive.
    forsaken: bool,
}

impl Fitness {
    /// That of a director whose reals have not been looked at.
    pub(super) fn of(cluster: Option<&Cluster>) -> Self {
        let mut fitness = Fitness::default();
        fitness.follow(cluster);
        fitness
    }

    /// Follows another configuration; what is known stays known.
    pub(super) fn follow(&mut self, cluster: Option<&Cluster>) {
        self.needs_live_real = cluster.is_some_and(|cluster| cluster.fitness.needs_live_real);
    }
}

impl Director {
    /// Looks at the reals: what counts against the director from now on, or nothing, if that is news.
    pub(super) fn unfit(&mut self) -> Option<Option<&'static str>> {
        let forsaken = self.is_forsaken();
        let news = std::mem::replace(&mut self.fitness.forsaken, forsaken) != forsaken;
        news.then(|| forsaken.then_some(FORSAKEN))
    }

    /// Whether it has reals, and not one of them is alive. An unknown one is not dead: until all have
    /// been judged, what was true before is.
    fn is_forsaken(&self) -> bool {
        if !self.fitness.needs_live_real || !self.checks() {
            return false;
        }
        if self.phase == Phase::Stopping {
            return self.fitness.forsaken;
        }
        let mut unknown = self.wards.values().flat_map(Ward::unknown);
        let mut open = || !self.unchecked.is_empty() || unknown.next().is_some();
        let standings = || self.wards.values().flat_map(Ward::judged);
        match standings().any(|standing| standing == Standing::Up) {
            true => false,
            false if open() => self.fitness.forsaken,
            false => standings().next().is_some(),
        }
    }
}

const FORSAKEN: &str = "no real server is alive";
