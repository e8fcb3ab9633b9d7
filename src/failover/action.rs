//! What a machine wants done, in the order given.

use std::net::IpAddr;
use std::time::Duration;

use super::line::Line;
use super::path::Path;
use super::pulse::fos::Step;
use crate::model::Role;

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send these bytes, at once.
    Send(To, Vec<u8>),
    /// Take or give up the addresses and the table, then say [`super::machine::Input::Settled`].
    Become(Role),
    /// Raise what is not there, tell the neighbours where the addresses are.
    Announce,
    /// A line for the log; some are for the mail as well.
    Say(Line),
    /// Run a command of a failover service, and say when it has ended; none runs at the time. One that
    /// starts a service is run when the addresses are up.
    Run(Step),
    /// Look at the peer's failover services from now on, or no more.
    Monitor(bool),
    /// Failover services have the numbers of the last rules from now on.
    Adopt,
    /// Ping this address, or the default gateway, three times at most, and say whether it answers.
    Ping(Option<IpAddr>),
    /// Why the next [`Action::Become`] is, in a word: what its commands find in their environment.
    Reason(&'static str),
    /// Ask the services of the virtual addresses, each connection within this time, and say
    /// [`super::machine::Input::Probed`] in any case. Only the answer to the last asking counts.
    Probe(Duration),
    /// Ask with ARP who else has the virtual addresses, and say [`super::machine::Input::Owned`] in any
    /// case. Only the answer to the last asking counts.
    Seek {
        /// As one who is about to take them: by RFC 5227's probe, not by a question with an own address.
        claims: bool,
        /// How long answers are waited for.
        within: Duration,
    },
}

/// Where something is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// The peer, by this cable, as UDP.
    Path(Path),
    /// This host or group, as IP protocol 112.
    Host(IpAddr),
    /// The interface: the bytes are a whole Ethernet frame.
    Wire,
}
