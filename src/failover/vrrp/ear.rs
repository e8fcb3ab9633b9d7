//! What has to be right with an advert before anything of it is believed.

use super::Rules;
use super::advert::{self, Advert, Malformed};
use super::refusal::Refusal;
use super::stamps::Stamps;
use super::trailer;
use crate::failover::carp;
use crate::failover::machine::Packet;
use crate::model::Time;
use crate::model::protocol::VrrpVersion;

/// What a packet says.
pub(super) fn listen<'a>(
    packet: &Packet<'a>,
    rules: &Rules,
    stamps: &mut Stamps,
    now: Time,
) -> Result<Advert<'a>, Refusal> {
    match packet.bytes {
        [_, vrid, ..] if *vrid != rules.vrrp.vrid.get() => return Err(Refusal::Vrid(*vrid)),
        bytes if carp::is_advert(bytes) => return Err(Refusal::Carp(rules.vrrp.vrid.get())),
        [_, _, ..] => {}
        short => return Err(Refusal::Length(short.len(), SHORTEST)),
    }
    come_from(packet, rules)?;
    let (version, from) = (rules.vrrp.version, packet.from);
    let length = advert::length(packet.bytes, version, from);
    let (bytes, behind) = packet.bytes.split_at_checked(length).unwrap_or((packet.bytes, &[]));
    let read = Advert::read(bytes, version, from, packet.to);
    let advert = read.map_err(|why| malformed(why, rules))?;
    let stamp = signature(bytes, behind, packet, rules)?;
    authentication(&advert, rules)?;
    interval(&advert, rules)?;
    if stamp.is_some_and(|stamp| !stamps.is_new(from, stamp, now)) {
        return Err(Refusal::Replayed);
    }
    Ok(advert)
}

/// Who may say anything, and how it has to come. Hops are not counted in unicast, as by keepalived.
fn come_from(packet: &Packet<'_>, rules: &Rules) -> Result<(), Refusal> {
    let unicast = !packet.to.is_multicast();
    if packet.from == rules.source {
        return Err(Refusal::Own);
    }
    if unicast == rules.vrrp.peers.is_empty() {
        return Err(Refusal::Cast { unicast });
    }
    let family = packet.from.is_ipv4() == rules.source.is_ipv4();
    if !family || unicast && !rules.vrrp.peers.contains(&packet.from) {
        return Err(Refusal::Stranger);
    }
    if !unicast && packet.hops != HOPS {
        return Err(Refusal::Hops(packet.hops));
    }
    Ok(())
}

/// The stamp of the signature behind an advert, which is there and right if there is a key.
fn signature(
    bytes: &[u8],
    behind: &[u8],
    packet: &Packet<'_>,
    rules: &Rules,
) -> Result<Option<u64>, Refusal> {
    let length = |more| Refusal::Length(packet.bytes.len(), bytes.len() + more);
    match (rules.signs(), behind.first_chunk(), behind.len()) {
        (false, _, 0) => Ok(None),
        (false, Some(_), trailer::LENGTH) => Err(Refusal::Signed),
        (false, ..) => Err(length(0)),
        (true, Some(trailer), trailer::LENGTH) => {
            let stamp = rules.signer(packet.from).verify(bytes, trailer);
            stamp.map(Some).ok_or(Refusal::Forged)
        }
        (true, _, 0) => Err(Refusal::Unsigned),
        (true, ..) => Err(length(trailer::LENGTH)),
    }
}

fn authentication(advert: &Advert<'_>, rules: &Rules) -> Result<(), Refusal> {
    let (kind, data) = rules.authentication();
    if advert.authentication.0 != kind {
        return Err(Refusal::Authentication(advert.authentication.0, kind));
    }
    if kind != 0 && advert.authentication.1 != data {
        return Err(Refusal::Password);
    }
    Ok(())
}

/// Version 2 has to be told the same everywhere; version 3 learns it.
fn interval(advert: &Advert<'_>, rules: &Rules) -> Result<(), Refusal> {
    let (is, expected) = (advert.interval, rules.vrrp.interval);
    let wrong = match advert.version {
        VrrpVersion::V2 => is.as_secs() != expected.as_secs(),
        VrrpVersion::V3 => is.is_zero(),
    };
    if wrong { Err(Refusal::Interval(is.as_secs(), expected.as_secs())) } else { Ok(()) }
}

fn malformed(why: Malformed, rules: &Rules) -> Refusal {
    let version = advert::number(rules.vrrp.version);
    match why {
        Malformed::Length(is, expected) => Refusal::Length(is, expected),
        Malformed::Version(is) => Refusal::Version(is, version),
        Malformed::Type(is) => Refusal::Type(is),
        Malformed::Checksum => Refusal::Checksum(version),
    }
}

/// Whoever sends less is not on this link.
const HOPS: u8 = 255;
/// Of all adverts, in bytes.
const SHORTEST: usize = 8;
