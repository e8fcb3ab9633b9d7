//! What a director looks at to know whether another one had better be active.

use std::net::IpAddr;

/// What counts against a director. One that is less fit says so in its protocol's own way, and goes on
/// where nobody is fitter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fitness {
    /// It has services, and not one real of any of them is alive.
    pub needs_live_real: bool,
    /// None of these answers a ping; empty for nobody who is asked.
    pub canaries: Vec<Canary>,
    /// How much of its priority it loses then: 1 to 253. Only VRRP has priorities.
    pub decrement: u8,
}

/// Who is asked whether this director can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canary {
    /// The machine's default gateway.
    Gateway,
    /// This address.
    Host(IpAddr),
}
