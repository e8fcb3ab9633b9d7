//! The names in a configuration file, and what they stand for.

use std::net::IpAddr;

use crate::model::{Family, Protocol};

/// Knows hosts and ports by name. Numbers never get here.
pub trait Resolver {
    /// The first address of a host in this family; `None` if there is none.
    fn host(&self, name: &str, family: Family) -> Option<IpAddr>;

    /// The port of a service by its name, under any protocol if none is given.
    fn port(&self, service: &str, protocol: Option<Protocol>) -> Option<u16>;
}

/// Knows no names: a file of numbers means the same on every machine.
pub struct Numbers;

impl Resolver for Numbers {
    fn host(&self, _: &str, _: Family) -> Option<IpAddr> {
        None
    }

    fn port(&self, _: &str, _: Option<Protocol>) -> Option<u16> {
        None
    }
}
