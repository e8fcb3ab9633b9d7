//! How neighbours are told where an address is now: gratuitous ARP (RFC 826, RFC 5227 section 3) and
//! the unsolicited neighbour advertisement (RFC 4861, 7.2.6).
//!
//! Whole Ethernet frames. The ARP reply is that of piranha's send_arp, byte for byte; some switches
//! and hosts learn from requests only, so that there is one, too.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::checksum::{checksum, pseudo_header};

/// An address of a network card.
pub type Mac = [u8; 6];

/// The frame that goes to everybody.
pub const BROADCAST: Mac = [0xff; 6];

/// "This address is at that card", as the answer to a question that nobody asked; 60 bytes.
pub fn arp_reply(address: Ipv4Addr, mac: Mac, to: Mac) -> Vec<u8> {
    arp(2, (mac, address), to, (mac, address))
}

/// The same as a question for the own address, to everybody; 60 bytes.
pub fn arp_request(address: Ipv4Addr, mac: Mac) -> Vec<u8> {
    arp_question(address, mac, address)
}

/// The same with the own card as the one that is asked for, as UCARP sends it; 42 bytes.
pub fn arp_claim(address: Ipv4Addr, mac: Mac) -> Vec<u8> {
    let mut frame = arp(1, (mac, address), BROADCAST, (mac, address));
    frame.truncate(UNPADDED);
    frame
}

/// Who has an address, asked by the card that has the address `from`, of everybody; 60 bytes. From
/// 0.0.0.0 it is RFC 5227's probe, of one who is about to take the address.
pub fn arp_question(address: Ipv4Addr, mac: Mac, from: Ipv4Addr) -> Vec<u8> {
    arp(1, (mac, from), BROADCAST, ([0; 6], address))
}

/// An announcement of IPv6, to all nodes of the link, with the override flag; 86 bytes. `is_router` is to be
/// the truth: who has the address as a gateway gives up one that says it is none.
pub fn neighbour_advertisement(address: Ipv6Addr, mac: Mac, is_router: bool) -> Vec<u8> {
    let mut body = vec![NEIGHBOUR_ADVERTISEMENT, 0, 0, 0];
    body.extend([if is_router { ROUTER | OVERRIDE } else { OVERRIDE }, 0, 0, 0]);
    body.extend(address.octets());
    body.extend([TARGET_LINK_LAYER_ADDRESS, 1]);
    body.extend(mac);
    let length = u16::try_from(body.len()).unwrap_or(u16::MAX);
    let header = pseudo_header(address.into(), ALL_NODES.into(), ICMPV6, length);
    let checksum = checksum(&[&header, &body]);
    for (byte, sum) in body.iter_mut().skip(2).zip(checksum.to_be_bytes()) {
        *byte = sum;
    }
    let mut frame = ethernet(ALL_NODES_MAC, mac, 0x86dd);
    frame.extend([0x60, 0, 0, 0]);
    frame.extend(length.to_be_bytes());
    frame.extend([ICMPV6, HOP_LIMIT]);
    frame.extend(address.octets());
    frame.extend(ALL_NODES.octets());
    frame.extend(body);
    frame
}

fn arp(operation: u16, from: (Mac, Ipv4Addr), to: Mac, target: (Mac, Ipv4Addr)) -> Vec<u8> {
    let mut frame = ethernet(to, from.0, 0x0806);
    // Ethernet, IPv4, and the lengths of their addresses
    frame.extend([0, 1, 8, 0, 6, 4]);
    frame.extend(operation.to_be_bytes());
    for (mac, address) in [from, target] {
        frame.extend(mac);
        frame.extend(address.octets());
    }
    frame.resize(SHORTEST, 0);
    frame
}

fn ethernet(to: Mac, from: Mac, protocol: u16) -> Vec<u8> {
    let mut frame = Vec::with_capacity(LONGEST);
    frame.extend(to);
    frame.extend(from);
    frame.extend(protocol.to_be_bytes());
    frame
}

const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
const ALL_NODES_MAC: Mac = [0x33, 0x33, 0, 0, 0, 1];
const ICMPV6: u8 = 58;
/// Less would have passed a router, and is not believed.
const HOP_LIMIT: u8 = 255;
const NEIGHBOUR_ADVERTISEMENT: u8 = 136;
const TARGET_LINK_LAYER_ADDRESS: u8 = 2;
const ROUTER: u8 = 0x80;
const OVERRIDE: u8 = 0x20;
/// Ethernet's shortest frame without its checksum.
const SHORTEST: usize = 60;
/// Ethernet and ARP, which the card fills up.
const UNPADDED: usize = 42;
const LONGEST: usize = 86;

#[cfg(test)]
mod tests;
