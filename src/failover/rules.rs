//! What a machine has to know, whichever it is: the file's words with what this machine is itself.

use super::{carp, external, pulse, vqalive, vrrp};

/// Those of one of the machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rules {
    /// pulse's, and that of failover services.
    Pulse(pulse::Rules),
    /// CARP's.
    Carp(carp::Rules),
    /// VRRP's.
    Vrrp(vrrp::Rules),
    /// vqalive's.
    Vqalive(vqalive::Rules),
    /// That of another cluster manager.
    External(external::Rules),
}
