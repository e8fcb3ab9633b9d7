//! What differs from protocol to protocol: the machines of one site, and the bounds of its rules.

use std::net::{IpAddr, Ipv4Addr};

use super::random::Random;
use crate::failover::machine::Machine;
use crate::failover::rules::Rules;

/// Directors that are to agree; one seed makes one of it.
pub(super) trait Site {
    /// How many there are.
    fn directors(&self) -> usize;

    /// One of them as its process starts at a moment of everybody's clock, when its own is 0.
    fn machine(&self, number: usize, now: u64, random: &mut Random) -> Box<dyn Machine>;

    /// What one of them is told where its file is read again.
    fn rules(&self, number: usize, random: &mut Random) -> Rules;

    /// What its rules promise on a network that is well.
    fn bounds(&self) -> Bounds;

    /// Whoever has no cable gives the addresses up; where nobody does, those of such a one count not.
    fn watches_cables(&self) -> bool {
        true
    }

    /// The command that takes the addresses may fail, and say so.
    fn scripts_fail(&self) -> bool {
        false
    }

    /// Its own address.
    fn address(&self, number: usize) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, 1 + u8::try_from(number).unwrap()).into()
    }

    /// Who is to be active in the end, of those that can, if the rules say so whoever was active
    /// before. Whether something counts against it stands beside each.
    fn best(&self, _able: &[(usize, bool)]) -> Option<usize> {
        None
    }
}

/// In microseconds. To all but `pace` is added what the network and the changeover take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// From one packet to the next of who sends most often.
    pub(super) pace: u64,
    /// From two that are active to the packet that ends it.
    pub(super) double: u64,
    /// From the last packet of one that dies to the takeover, and so from a start to the first one.
    pub(super) dead: u64,
    /// As long again nobody may become active who was told to stand back, or could not serve, or was
    /// unfit.
    pub(super) back: u64,
    /// As long a better one may wait before it takes the place of one that is alive.
    pub(super) patience: u64,
    /// From a goodbye to the takeover.
    pub(super) goodbye: u64,
    /// How often one may be told the time, and how many packets it may send, within `pace`.
    pub(super) busy: u64,
}
