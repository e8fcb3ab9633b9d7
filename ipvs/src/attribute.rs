//! Netlink attributes: written to the end of a buffer, read from bytes that nobody vouches for.
//!
//! Numbers are in the host's byte order where the kernel's header does not say `__be`;
//! attributes go out in the order in which the kernel itself sends them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netlink_packet_core::{NLA_ALIGNTO, NLA_F_NESTED, NLA_HEADER_SIZE, NlasIterator};

use crate::Family;

/// Writes an attribute. A value above 64 KiB would not fit the length field; ours are below 100 bytes.
pub(crate) fn put(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let start = out.len();
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(&kind.to_ne_bytes());
    out.extend_from_slice(value);
    close(out, start);
}

pub(crate) fn put_u32(out: &mut Vec<u8>, kind: u16, value: u32) {
    put(out, kind, &value.to_ne_bytes());
}

pub(crate) fn put_u16(out: &mut Vec<u8>, kind: u16, value: u16) {
    put(out, kind, &value.to_ne_bytes());
}

/// Writes a port as `__be16`.
pub(crate) fn put_port(out: &mut Vec<u8>, kind: u16, port: u16) {
    put(out, kind, &port.to_be_bytes());
}

/// Writes an address as `union nf_inet_addr`: 16 bytes for both families.
pub(crate) fn put_address(out: &mut Vec<u8>, kind: u16, address: IpAddr) {
    let mut union = [0; 16];
    match address {
        IpAddr::V4(address) => union[..4].copy_from_slice(&address.octets()),
        IpAddr::V6(address) => union = address.octets(),
    }
    put(out, kind, &union);
}

/// Writes a text and its final NUL.
pub(crate) fn put_text(out: &mut Vec<u8>, kind: u16, text: &str) {
    let start = out.len();
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(&kind.to_ne_bytes());
    out.extend_from_slice(text.as_bytes());
    out.push(0);
    close(out, start);
}

/// Writes an attribute that holds what `inside` writes.
pub(crate) fn nest(out: &mut Vec<u8>, kind: u16, inside: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(&(kind | NLA_F_NESTED).to_ne_bytes());
    inside(out);
    close(out, start);
}

fn close(out: &mut Vec<u8>, start: usize) {
    let length = u16::try_from(out.len() - start).unwrap_or(u16::MAX);
    if let Some(field) = out.get_mut(start..start + 2) {
        field.copy_from_slice(&length.to_ne_bytes());
    }
    out.resize(out.len().next_multiple_of(NLA_ALIGNTO), 0);
}

/// The attributes in `bytes`, each with its kind, up to the first that is broken.
pub(crate) fn attributes(bytes: &[u8]) -> impl Iterator<Item = (u16, Value<'_>)> {
    NlasIterator::new(bytes).map_while(|found| {
        let found = found.ok()?;
        let (kind, end) = (found.kind(), usize::from(found.length()));
        Some((kind, Value(found.into_inner().get(NLA_HEADER_SIZE..end)?)))
    })
}

/// An attribute's value. Each reading is `None` where the length does not suit it.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a>(pub(crate) &'a [u8]);

impl<'a> Value<'a> {
    pub(crate) fn u8(self) -> Option<u8> {
        self.0.first().copied().filter(|_| self.0.len() == 1)
    }

    pub(crate) fn u16(self) -> Option<u16> {
        self.0.try_into().ok().map(u16::from_ne_bytes)
    }

    pub(crate) fn u32(self) -> Option<u32> {
        self.0.try_into().ok().map(u32::from_ne_bytes)
    }

    /// A counter, which is of 32 bits on old kernels.
    pub(crate) fn counter(self) -> Option<u64> {
        let wide = self.0.try_into().ok().map(u64::from_ne_bytes);
        wide.or_else(|| self.u32().map(u64::from))
    }

    /// A `__be16`.
    pub(crate) fn port(self) -> Option<u16> {
        self.0.try_into().ok().map(u16::from_be_bytes)
    }

    /// An address of the family; the kernel hands out 16 bytes for both.
    pub(crate) fn address(self, family: Family) -> Option<IpAddr> {
        match family {
            Family::V4 => self.0.first_chunk::<4>().map(|&four| Ipv4Addr::from(four).into()),
            Family::V6 => self.0.first_chunk::<16>().map(|&all| Ipv6Addr::from(all).into()),
        }
    }

    /// A text up to its first NUL or its end.
    pub(crate) fn text(self) -> Option<&'a str> {
        let end = self.0.iter().position(|&byte| byte == 0).unwrap_or(self.0.len());
        std::str::from_utf8(self.0.get(..end)?).ok()
    }
}

/// AF_INET or AF_INET6.
pub(crate) fn family_number(family: Family) -> u16 {
    match family {
        Family::V4 => AF_INET,
        Family::V6 => AF_INET6,
    }
}

/// The reverse of [`family_number`].
pub(crate) fn family(number: u16) -> Option<Family> {
    match number {
        AF_INET => Some(Family::V4),
        AF_INET6 => Some(Family::V6),
        _ => None,
    }
}

const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;
