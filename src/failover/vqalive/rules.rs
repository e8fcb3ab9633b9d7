//! What a machine of vqalive has to know.

use std::time::Duration;

use super::words;
use crate::model::protocol;

/// The same on both machines, but for chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What the file says.
    pub vqalive: protocol::Vqalive,
    /// A number below 1,000, by chance: how far the first takeover is put off, in thousandths of the
    /// interval.
    pub chance: u16,
}

impl Rules {
    /// How long it does not take over at first.
    pub(super) fn start_delay(&self) -> Duration {
        let interval = self.vqalive.interval;
        let chance = interval.saturating_mul(u32::from(self.chance.min(1000))) / 1000;
        self.vqalive.start_delay.unwrap_or_else(|| interval.saturating_add(chance))
    }

    /// How long it takes at least until a dead service is taken over.
    pub(super) fn detection(&self) -> Duration {
        self.vqalive.interval.saturating_mul(self.vqalive.fails)
    }

    /// Claims of others are given way to for so long in a row, if nothing comes of them.
    pub(super) fn patience(&self) -> Duration {
        self.vqalive.promote_timeout.saturating_add(self.detection())
    }

    /// The first line of the log.
    pub(super) fn opening(&self) -> String {
        let vqalive = &self.vqalive;
        let addresses: Vec<_> = vqalive.addresses.iter().map(ToString::to_string).collect();
        let ports: Vec<_> = vqalive.ports.iter().map(ToString::to_string).collect();
        format!(
            "vqalive: checks {} on {} every {}, takes over after {} failed rounds",
            ports.join(", "),
            addresses.join(", "),
            words::time(vqalive.interval),
            vqalive.fails,
        )
    }
}
