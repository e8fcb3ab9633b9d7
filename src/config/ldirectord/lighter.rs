//! What a virtual's reals are asked between two negotiations (`checktype=number`).

use std::net::SocketAddr;
use std::time::Duration;

use checkers::{Check, Target};

use super::lookup::Lookup;
use crate::model::{Combined, Protocol, ServiceId};

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
        let check = match id {
            // nothing is connected to, and as in ldirectord the turn just passes: an echo would be one
            // more thing that a server which is well need not answer
            ServiceId::Address { protocol: Protocol::Udp, .. } => Check::On,
            _ => Check::Connect,
        };
        Some(Lighter { times, check, timeout: lookup.check_timeout() })
    }

    /// The lighter checks of whoever has this address and port.
    pub(super) fn of(self, address: SocketAddr) -> Combined {
        let Lighter { times, check, timeout } = self;
        Combined { times, check, target: Target { address }, timeout }
    }
}
