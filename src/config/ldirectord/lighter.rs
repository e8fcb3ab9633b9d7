//! What a virtual's reals are asked between two negotiations (`checktype=number`).

use std::net::SocketAddr;
use std::time::Duration;

use checkers::{Check, Target};

use super::check::reachable;
use super::lookup::Lookup;
use crate::model::{Combined, ServiceId};

/// The lighter checks of one virtual.
#[derive(Clone)]
pub(super) struct Lighter {
    times: u32,
    pub(super) check: Check,
    timeout: Duration,
}

impl Lighter {
    /// Those that `checktype` asks for; none with 0, which leaves every check a negotiation.
    pub(super) fn new(lookup: Lookup<'_, '_>, id: ServiceId) -> Option<Self> {
        let times = lookup.number("checktype").filter(|times| *times > 0)?;
        Some(Lighter { times, check: reachable(lookup, id), timeout: lookup.check_timeout() })
    }

    /// The lighter checks of whoever has this address and port.
    pub(super) fn of(self, address: SocketAddr) -> Combined {
        let Lighter { times, check, timeout } = self;
        Combined { times, check, target: Target { address }, timeout }
    }
}
