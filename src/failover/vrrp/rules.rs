//! What the machine of VRRP has to know, and the timers that follow from it.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::trailer::Signer;
use crate::model::Time;
use crate::model::protocol::{self, VrrpAuthentication, VrrpVersion};

/// What it has to know.
#[derive(Clone, PartialEq, Eq)]
pub struct Rules {
    /// What the file says.
    pub vrrp: protocol::Vrrp,
    /// Whose word its adverts are.
    pub source: IpAddr,
    /// The bytes of the secret, if there is one.
    pub key: Option<Vec<u8>>,
    /// How much less its priority is while anything counts against it; 255 never is less.
    pub decrement: u8,
    /// Where time comes into what is signed: the seconds since 1970 at which it was started.
    pub born: u64,
}

/// Nobody reads the key in a log.
impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Rules");
        shown.field("vrrp", &self.vrrp).field("source", &self.source).finish_non_exhaustive()
    }
}

impl Rules {
    /// It has the addresses of its own: it is master whenever it is there.
    pub(super) fn is_owner(&self) -> bool {
        self.vrrp.priority.get() == OWNER
    }

    /// Its priority, if anything counts against it or not.
    pub(super) fn priority(&self, is_fit: bool) -> u8 {
        let priority = self.vrrp.priority.get();
        if is_fit || priority == OWNER {
            return priority;
        }
        priority.saturating_sub(self.decrement).max(1)
    }

    /// From one of its adverts to the next.
    pub(super) fn interval(&self) -> Duration {
        self.vrrp.interval.max(SHORTEST)
    }

    /// How long a master that advertises so often is silent before this one takes its place.
    pub(super) fn dead(&self, interval: Duration, priority: u8) -> Time {
        3 * interval + self.skew(interval, priority)
    }

    /// How long after the goodbye of a master that advertised so often.
    pub(super) fn skew(&self, interval: Duration, priority: u8) -> Time {
        let of = match self.vrrp.version {
            VrrpVersion::V2 => Duration::from_secs(1),
            VrrpVersion::V3 => interval,
        };
        of * (256 - u32::from(priority)) / 256
    }

    /// What version 2 says of its authentication: the kind, and the password's first bytes.
    pub(super) fn authentication(&self) -> (u8, [u8; 8]) {
        let mut data = [0; 8];
        if !matches!(self.vrrp.authentication, VrrpAuthentication::Password(_)) {
            return (0, data);
        }
        for (byte, key) in data.iter_mut().zip(self.key.iter().flatten()) {
            *byte = *key;
        }
        (1, data)
    }

    /// Who signs as this address, if anybody does.
    pub(super) fn signer(&self, from: IpAddr) -> Signer<'_> {
        Signer {
            key: self.key.as_deref().unwrap_or_default(),
            version: self.vrrp.version,
            vrid: self.vrrp.vrid.get(),
            from,
        }
    }

    /// Its adverts are signed.
    pub(super) fn signs(&self) -> bool {
        matches!(self.vrrp.authentication, VrrpAuthentication::Hmac(_))
    }
}

const OWNER: u8 = 255;
/// A model that is wrong does not turn for ever.
const SHORTEST: Duration = Duration::from_millis(10);
