//! Why a packet is not believed, in ucarp's words.

use std::net::{IpAddr, Ipv4Addr};

use super::advert::{Advert, HOPS, LENGTH, VERSION};
use super::key::Key;
use super::rules::Rules;
use crate::failover::checksum::checksum;
use crate::failover::line::Line;
use crate::failover::machine::Packet;

/// What is wrong with one, in the order in which it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It has this director's own address.
    Own(Ipv4Addr),
    /// It is no advert, by its length in bytes.
    Short(usize),
    /// A router may have passed it on.
    Hops(u8),
    /// It is of another version.
    Version(u8),
    /// It is of another virtual host.
    Vhid(u8),
    /// It went somewhere else.
    Group(IpAddr),
    /// It has changed on the way.
    Checksum,
    /// It is signed with something else: the first bytes of what it should have, and has.
    Digest([u8; 4], [u8; 4]),
    /// It is no advert, but one of VRRP with this number, from there.
    Vrrp(u8, Ipv4Addr),
}

impl Refusal {
    /// The advert in a packet of somebody else, and who that is.
    pub(super) fn open(
        packet: &Packet<'_>,
        rules: &Rules,
        key: &Key,
    ) -> Result<(Advert, Ipv4Addr), Refusal> {
        let IpAddr::V4(from) = packet.from else { return Err(Refusal::Group(packet.to)) };
        if from == rules.source {
            return Err(Refusal::Own(from));
        }
        if is_vrrp(packet.bytes, rules.carp.vhid.get()) {
            return Err(Refusal::Vrrp(rules.carp.vhid.get(), from));
        }
        let Some(bytes) = packet.bytes.first_chunk::<LENGTH>() else {
            return Err(Refusal::Short(packet.bytes.len()));
        };
        let advert = Advert::read(bytes);
        let version = bytes[0] >> 4;
        if packet.hops != HOPS {
            return Err(Refusal::Hops(packet.hops));
        }
        if version != VERSION {
            return Err(Refusal::Version(version));
        }
        if advert.vhid != rules.carp.vhid.get() {
            return Err(Refusal::Vhid(advert.vhid));
        }
        if packet.to != IpAddr::V4(rules.carp.group) {
            return Err(Refusal::Group(packet.to));
        }
        if checksum(&[bytes]) != 0 {
            return Err(Refusal::Checksum);
        }
        if !key.has_signed(&advert) {
            let first = |digest: [u8; 20]| [digest[0], digest[1], digest[2], digest[3]];
            return Err(Refusal::Digest(first(key.digest(advert.counter)), first(advert.digest)));
        }
        Ok((advert, from))
    }

    /// In a word or two.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Refusal::Own(_) => "own address",
            Refusal::Short(_) => "too short",
            Refusal::Hops(_) => "bad TTL",
            Refusal::Version(_) => "bad version",
            Refusal::Vhid(_) => "other vhid",
            Refusal::Group(_) => "other group",
            Refusal::Checksum => "bad checksum",
            Refusal::Digest(..) => "bad digest",
            Refusal::Vrrp(..) => "VRRP with this id",
        }
    }

    /// Whether it looks like one that should have been believed.
    pub(super) fn is_doubtful(self) -> bool {
        matches!(self, Refusal::Checksum | Refusal::Digest(..))
    }

    /// For the log.
    pub(super) fn line(self) -> Line {
        match self {
            Refusal::Own(from) => {
                let text = "a loop of the network, or another host that has it";
                Line::logged(format!("advert of this director's own address {from}: {text}"))
                    .warning()
            }
            Refusal::Short(length) => Line::logged(format!(
                "Bogus size: caplen=[{}], ip_len=[20] ch_len=[{LENGTH}]",
                length.saturating_add(34)
            ))
            .debug(),
            Refusal::Hops(hops) => Line::logged(format!("Bad TTL: [{hops}]")).warning(),
            Refusal::Version(version) => {
                Line::logged(format!("Bad version: [{version}]")).warning()
            }
            Refusal::Vhid(vhid) => Line::logged(format!("Ignoring vhid: [{vhid}]")).debug(),
            Refusal::Group(to) => {
                Line::logged(format!("Ignoring different multicast ip: [{to}]")).debug()
            }
            Refusal::Checksum => Line::logged("Bad IP checksum").warning(),
            Refusal::Digest(computed, received) => {
                let hex = |[a, b, c, d]: [u8; 4]| format!("{a:02x}{b:02x}{c:02x}{d:02x}...");
                let (computed, received) = (hex(computed), hex(received));
                Line::logged(format!(
                    "Bad digest - md2=[{computed}] md=[{received}] - Check vhid, password and \
                     virtual IP address"
                ))
                .warning()
            }
            Refusal::Vrrp(id, from) => Line::logged(format!(
                "that is VRRP with the id {id} from {from}, and no CARP: another id is needed for one"
            ))
            .error(),
        }
    }
}

/// Whether it is an advert of VRRP with this number: both protocols have the number 112, and the same
/// first bytes.
fn is_vrrp(bytes: &[u8], id: u8) -> bool {
    match bytes {
        [0x21, number, _, count, ..] => {
            *number == id && bytes.len() == 16 + 4 * usize::from(*count)
        }
        [0x31, number, ..] => *number == id && bytes.len() >= 8,
        _ => false,
    }
}
