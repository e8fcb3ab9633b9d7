//! The bytes of an advert: RFC 3768 (with the authentication data of RFC 2338) and RFC 9568.
//!
//! Version 3 over IPv4 sums with a pseudo header, as keepalived, Wireshark and most others do; what
//! comes without one, as RFC 9568 has it, is taken as well.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use crate::failover::checksum::{checksum, pseudo_header};
use crate::model::protocol::VrrpVersion;

/// What an advert says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Advert<'a> {
    pub(super) version: VrrpVersion,
    pub(super) vrid: u8,
    /// 0 is a goodbye.
    pub(super) priority: u8,
    /// Version 2 has whole seconds, version 3 hundredths; rounded down, at most what fits.
    pub(super) interval: Duration,
    /// The addresses that it names, one behind another.
    pub(super) named: &'a [u8],
    /// Of version 2 only: the kind, and the data that follow the addresses.
    pub(super) authentication: (u8, [u8; 8]),
}

/// Why bytes are no advert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// So many bytes, and so many are expected.
    Length(usize, usize),
    Version(u8),
    Type(u8),
    Checksum,
}

impl<'a> Advert<'a> {
    /// The bytes, as they go from one address to the other.
    pub(super) fn write(&self, from: IpAddr, to: IpAddr) -> Vec<u8> {
        let count = self.named.len() / size(from);
        let mut bytes = Vec::with_capacity(HEADER + self.named.len() + DATA + MORE);
        bytes.extend([number(self.version) << 4 | ADVERT, self.vrid, self.priority]);
        bytes.push(u8::try_from(count).unwrap_or(u8::MAX));
        match self.version {
            VrrpVersion::V2 => {
                let seconds = u8::try_from(self.interval.as_secs()).unwrap_or(u8::MAX);
                bytes.extend([self.authentication.0, seconds]);
            }
            VrrpVersion::V3 => {
                let hundredths = (self.interval.as_millis() / 10).min(LONGEST);
                bytes.extend(u16::try_from(hundredths).unwrap_or(u16::MAX).to_be_bytes());
            }
        }
        bytes.extend([0; 2]);
        bytes.extend(self.named);
        if self.version == VrrpVersion::V2 {
            bytes.extend(self.authentication.1);
        }
        let sum = match self.version {
            VrrpVersion::V2 => checksum(&[&bytes]),
            VrrpVersion::V3 => checksum(&[&pseudo(from, to, bytes.len()), &bytes]),
        };
        bytes[CHECKSUM..HEADER].copy_from_slice(&sum.to_be_bytes());
        bytes
    }

    /// Reads one of this version that ends with the bytes, which went from one address to the other.
    pub(super) fn read(
        bytes: &'a [u8],
        version: VrrpVersion,
        from: IpAddr,
        to: IpAddr,
    ) -> Result<Advert<'a>, Malformed> {
        let Some((&head, rest)) = bytes.split_first_chunk::<HEADER>() else {
            return Err(Malformed::Length(bytes.len(), HEADER));
        };
        let [kind, vrid, priority, _, high, low, ..] = head;
        if kind >> 4 != number(version) {
            return Err(Malformed::Version(kind >> 4));
        }
        if kind & 0xf != ADVERT {
            return Err(Malformed::Type(kind & 0xf));
        }
        let expected = length(bytes, version, from);
        if bytes.len() != expected {
            return Err(Malformed::Length(bytes.len(), expected));
        }
        let plain = version == VrrpVersion::V2 || from.is_ipv4();
        let holds = plain && checksum(&[bytes]) == 0
            || version == VrrpVersion::V3
                && checksum(&[&pseudo(from, to, bytes.len()), bytes]) == 0;
        if !holds {
            return Err(Malformed::Checksum);
        }
        let (named, authentication, interval) = match (version, rest.split_last_chunk()) {
            (VrrpVersion::V2, Some((named, data))) => {
                (named, (high, *data), Duration::from_secs(low.into()))
            }
            _ => {
                let hundredths = u16::from_be_bytes([high & 0xf, low]);
                (rest, (0, [0; DATA]), Duration::from_millis(10 * u64::from(hundredths)))
            }
        };
        Ok(Advert { version, vrid, priority, interval, named, authentication })
    }
}

/// How long an advert is that begins like this, by its own word.
pub(super) fn length(bytes: &[u8], version: VrrpVersion, from: IpAddr) -> usize {
    let count = bytes.get(3).copied().unwrap_or_default();
    let data = if version == VrrpVersion::V2 { DATA } else { 0 };
    HEADER + usize::from(count) * size(from) + data
}

/// Addresses as adverts over the family of `from` name them: those of its family, link-local ones
/// first as RFC 9568, 5.2.9 has it, 255 at most.
pub(super) fn named(addresses: &[IpAddr], from: IpAddr) -> Vec<u8> {
    let family = addresses.iter().filter(|address| address.is_ipv4() == from.is_ipv4());
    let mut family: Vec<_> = family.copied().collect();
    family.sort_by_key(|address| !is_link_local(*address));
    family.truncate(u8::MAX.into());
    let mut bytes = Vec::with_capacity(family.len() * size(from));
    for address in family {
        match address {
            IpAddr::V4(v4) => bytes.extend(v4.octets()),
            IpAddr::V6(v6) => bytes.extend(v6.octets()),
        }
    }
    bytes
}

/// Whether both name the same addresses, in whatever order.
pub(super) fn agree(ours: &[u8], theirs: &[u8], from: IpAddr) -> bool {
    fn sorted(bytes: &[u8], size: usize) -> Vec<&[u8]> {
        let mut addresses: Vec<_> = bytes.chunks(size).collect();
        addresses.sort_unstable();
        addresses
    }
    let size = size(from);
    ours == theirs || ours.len() == theirs.len() && sorted(ours, size) == sorted(theirs, size)
}

/// All directors of the link that speak VRRP over the family of `from`.
pub(super) fn group(from: IpAddr) -> IpAddr {
    match from {
        IpAddr::V4(_) => GROUP_V4.into(),
        IpAddr::V6(_) => GROUP_V6.into(),
    }
}

/// What a version is called in an advert.
pub(super) fn number(version: VrrpVersion) -> u8 {
    match version {
        VrrpVersion::V2 => 2,
        VrrpVersion::V3 => 3,
    }
}

fn is_link_local(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local())
}

fn size(of: IpAddr) -> usize {
    if of.is_ipv4() { 4 } else { 16 }
}

/// Of what came from one family to the other, which no network brings, there is no sum that holds.
fn pseudo(from: IpAddr, to: IpAddr, length: usize) -> Vec<u8> {
    pseudo_header(from, to, PROTOCOL, u16::try_from(length).unwrap_or(u16::MAX))
}

const GROUP_V4: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x12);
const PROTOCOL: u8 = 112;
const ADVERT: u8 = 1;
const HEADER: usize = 8;
const CHECKSUM: usize = 6;
/// Authentication data.
const DATA: usize = 8;
/// What may follow: see [`super::trailer`].
const MORE: usize = 28;
/// Hundredths of a second that fit in twelve bits.
const LONGEST: u128 = 0xfff;

#[cfg(test)]
mod tests;
