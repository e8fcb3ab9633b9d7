//! An advert: 36 bytes behind the header of IP, in the whole frame that UCARP 1.5 sends.

use std::net::Ipv4Addr;

use crate::failover::announcement::{BROADCAST, Mac};
use crate::failover::checksum::checksum;

/// What a master says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Advert {
    pub(super) vhid: u8,
    pub(super) advbase: u8,
    pub(super) advskew: u8,
    /// OpenBSD's demotion counter; UCARP has 0 there, and does not look.
    pub(super) demote: u8,
    pub(super) counter: u64,
    pub(super) digest: [u8; DIGEST],
}

/// Whether these bytes are an advert by their first ones, and their number.
pub(in crate::failover) fn is_advert(bytes: &[u8]) -> bool {
    bytes.len() == LENGTH && matches!(bytes, [0x21, _, _, WORDS, ..])
}

/// Who sends it where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Envelope {
    pub(super) from: Ipv4Addr,
    pub(super) group: Ipv4Addr,
    /// The frame goes to the group's card, and not to everybody's.
    pub(super) multicast: bool,
    /// The number that IP gives a packet, by chance.
    pub(super) id: u16,
}

impl Advert {
    /// What it says, whatever its version, type and checksum are.
    pub(super) fn read(bytes: &[u8; LENGTH]) -> Advert {
        let [_, vhid, advskew, _, demote, advbase, _, _, rest @ ..] = *bytes;
        let [a, b, c, d, e, f, g, h, digest @ ..] = rest;
        let counter = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        Advert { vhid, advbase, advskew, demote, counter, digest }
    }

    /// Whether it is the last one of a master that goes, as BSD's kernels say it.
    pub(super) fn is_bow_out(&self) -> bool {
        (self.advbase, self.advskew) == BOW_OUT
    }

    /// The whole frame, 70 bytes.
    pub(super) fn frame(&self, envelope: &Envelope) -> Vec<u8> {
        let mut frame = Vec::with_capacity(70);
        frame.extend(if envelope.multicast { mac_of(envelope.group) } else { BROADCAST });
        frame.extend([0, 0, 0x5e, 0, 0, self.vhid]);
        frame.extend([8, 0]);
        frame.extend(envelope.header());
        frame.extend(self.bytes());
        frame
    }

    /// What stands behind the header of IP.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend([VERSION << 4 | ADVERTISEMENT, self.vhid, self.advskew, WORDS]);
        bytes.extend([self.demote, self.advbase, 0, 0]);
        bytes.extend(self.counter.to_be_bytes());
        bytes.extend(self.digest);
        with_checksum(bytes, 6)
    }
}

impl Envelope {
    /// The header of IP, 20 bytes.
    fn header(&self) -> Vec<u8> {
        let mut header = vec![0x45, LOW_DELAY, 0, (20 + LENGTH) as u8];
        header.extend(self.id.to_be_bytes());
        header.extend([DO_NOT_FRAGMENT, 0, HOPS, PROTOCOL, 0, 0]);
        header.extend(self.from.octets());
        header.extend(self.group.octets());
        with_checksum(header, 10)
    }
}

/// The card of an IPv4 group (RFC 1112, 6.4).
fn mac_of(group: Ipv4Addr) -> Mac {
    let [_, b, c, d] = group.octets();
    [1, 0, 0x5e, b & 0x7f, c, d]
}

/// The bytes with their checksum at this place, where 0 is.
fn with_checksum(mut bytes: Vec<u8>, at: usize) -> Vec<u8> {
    let sum = checksum(&[&bytes]);
    bytes.iter_mut().skip(at).zip(sum.to_be_bytes()).for_each(|(byte, sum)| *byte = sum);
    bytes
}

/// Of an advert, in bytes.
pub(super) const LENGTH: usize = 36;
/// Of its HMAC-SHA1, in bytes.
pub(super) const DIGEST: usize = 20;
/// The version of CARP that all speak.
pub(super) const VERSION: u8 = 2;
/// The one type that there is.
pub(super) const ADVERTISEMENT: u8 = 1;
/// The time to live of a packet that no router has passed on.
pub(super) const HOPS: u8 = 255;
/// `advbase` and `advskew` of a master that goes.
pub(super) const BOW_OUT: (u8, u8) = (255, 255);
/// Of the counter and the digest, in 32 bits.
const WORDS: u8 = 7;
const LOW_DELAY: u8 = 0x10;
const DO_NOT_FRAGMENT: u8 = 0x40;
/// Of CARP, and of VRRP.
const PROTOCOL: u8 = 112;

#[cfg(test)]
mod tests;
