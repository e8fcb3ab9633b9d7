//! What a machine has to know, whichever it is: the file's words with what this machine is itself.

use super::machine::Machine;
use super::{carp, external, pulse, vqalive, vrrp};
use crate::model::Time;

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

impl Rules {
    /// The machine that they are of, a standby that has done nothing yet.
    pub fn machine(self, now: Time) -> Box<dyn Machine> {
        match self {
            Rules::Pulse(rules) => Box::new(pulse::Pulse::new(rules, now)),
            Rules::Carp(rules) => Box::new(carp::Carp::new(rules, now)),
            Rules::Vrrp(rules) => Box::new(vrrp::Vrrp::new(rules, now)),
            Rules::Vqalive(rules) => Box::new(vqalive::Vqalive::new(rules, now)),
            Rules::External(rules) => Box::new(external::External::new(rules)),
        }
    }
}
