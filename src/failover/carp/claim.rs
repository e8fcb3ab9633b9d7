//! How much a master is preferred to another.

use std::fmt;
use std::net::Ipv4Addr;
use std::time::Duration;

use super::advert::Advert;
use super::rules::interval;

/// What one of them advertises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) from: Ipv4Addr,
    /// From one advert to the next.
    pub(super) interval: Duration,
    advbase: u8,
    advskew: u8,
    demote: u8,
}

impl Claim {
    /// That of a host's own.
    pub(super) fn new(advbase: u8, advskew: u8, demote: u8, from: Ipv4Addr) -> Claim {
        Claim { from, interval: interval(advbase, advskew), advbase, advskew, demote }
    }

    /// That of an advert.
    pub(super) fn of(advert: &Advert, from: Ipv4Addr) -> Claim {
        Claim::new(advert.advbase, advert.advskew, advert.demote, from)
    }

    /// Whose it is, and what: for the log.
    pub(super) fn named(&self) -> String {
        format!("{}, {self}", self.from)
    }

    /// Whether it is to be master where both are: who is fitter, then who advertises more often, then
    /// by the address, whose last byte counts most, as UCARP has it on machines with x86's byte order.
    pub(super) fn is_preferred_to(&self, other: &Claim) -> bool {
        let rank =
            |claim: &Claim| (claim.demote, claim.interval, u32::from_le_bytes(claim.from.octets()));
        rank(self) < rank(other)
    }

    /// Whether it advertises more often.
    pub(super) fn is_faster(&self, other: &Claim) -> bool {
        self.interval < other.interval
    }

    /// Whether less counts against it.
    pub(super) fn is_fitter(&self, other: &Claim) -> bool {
        self.demote < other.demote
    }
}

/// As the status has it.
impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Claim { advbase, advskew, demote, .. } = self;
        write!(f, "advbase {advbase} advskew {advskew}")?;
        if *demote > 0 { write!(f, " demote {demote}") } else { Ok(()) }
    }
}
