//! What a director has to know of itself and its virtual host.

use std::fmt;
use std::net::Ipv4Addr;
use std::time::Duration;

use crate::failover::announcement::Mac;
use crate::model::protocol;

/// The file's words with what this machine is itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Rules {
    /// What the file says.
    pub carp: protocol::Carp,
    /// Whose word its adverts are.
    pub source: Ipv4Addr,
    /// The MAC of the interface that they go by.
    pub mac: Mac,
    /// The bytes of the secret, as they are.
    pub key: Vec<u8>,
    /// A number by chance, another one at every start.
    pub chance: u64,
}

impl Rules {
    /// The skew that it advertises.
    pub(super) fn skew(&self, is_unfit: bool) -> u8 {
        if is_unfit { self.carp.advskew.max(UNFIT) } else { self.carp.advskew }
    }

    /// From one advert to the next; never nothing.
    pub(super) fn interval(&self, is_unfit: bool) -> Duration {
        interval(self.carp.advbase, self.skew(is_unfit)).max(skewed(1))
    }

    /// Silence after which a master is dead. Without a base that of the skew, as OpenBSD has it:
    /// UCARP would bear the loss of no advert then.
    pub(super) fn dead_time(&self, is_unfit: bool) -> Duration {
        let skew = skewed(self.skew(is_unfit));
        let ratio = self.carp.dead_ratio.max(1);
        match self.carp.advbase {
            0 => skew.max(skewed(1)).saturating_mul(ratio),
            base => Duration::from_secs(base.into()).saturating_mul(ratio).saturating_add(skew),
        }
    }
}

/// Nobody reads the key in a log.
impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rules { carp, source, mac, .. } = self;
        f.debug_tuple("Rules").field(carp).field(source).field(mac).finish()
    }
}

/// From one advert to the next, by what it says.
pub(super) fn interval(advbase: u8, advskew: u8) -> Duration {
    Duration::from_secs(advbase.into()) + skewed(advskew)
}

/// So many 256ths of a second, in whole microseconds as UCARP counts.
fn skewed(advskew: u8) -> Duration {
    Duration::from_micros(u64::from(advskew) * 1_000_000 / 256)
}

/// What a director that is less fit advertises at least, as UCARP does that cannot send.
const UNFIT: u8 = 240;
