//! The segment between the directors: what becomes of what one of them sends.

use std::net::IpAddr;
use std::rc::Rc;

use crate::failover::action::To;
use crate::failover::machine::Packet;
use crate::failover::path::Path;

/// A packet on its way.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) from: IpAddr,
    pub(super) to: IpAddr,
    pub(super) hops: u8,
    pub(super) path: Path,
    pub(super) bytes: Rc<[u8]>,
}

impl Parcel {
    pub(super) fn packet(&self) -> Packet<'_> {
        let Parcel { from, to, hops, path, bytes } = self;
        Packet { from: *from, to: *to, hops: *hops, path: *path, bytes }
    }
}

/// What a machine sends, as the others see it; `None` for a frame that is not of IP.
pub(super) fn parcel(to: To, bytes: &[u8], own: IpAddr, peer: IpAddr) -> Option<Parcel> {
    let parcel = |to, hops, path, bytes| Parcel { from: own, to, hops, path, bytes };
    match to {
        To::Path(path) => Some(parcel(peer, 0, path, bytes.into())),
        To::Host(to) => Some(parcel(to, 255, Path::Public, bytes.into())),
        To::Wire => framed(bytes),
    }
}

/// IPv4 over Ethernet, protocol 112.
fn framed(frame: &[u8]) -> Option<Parcel> {
    let (ethernet, ip) = frame.split_at_checked(14)?;
    if ethernet[12..] != [8, 0] {
        return None;
    }
    let header = usize::from(ip.first()? & 15) * 4;
    let length = usize::from(u16::from_be_bytes([ip[2], ip[3]]));
    assert!(ip.len() >= length && ip[9] == 112, "a frame like no other: {frame:?}");
    let address = |at: usize| IpAddr::from(<[u8; 4]>::try_from(&ip[at..at + 4]).unwrap());
    let (from, to, hops) = (address(12), address(16), ip[8]);
    Some(Parcel { from, to, hops, path: Path::Public, bytes: ip[header..length].into() })
}
