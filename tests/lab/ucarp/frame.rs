//! What a UCARP sends, byte by byte, made here from its description and nothing else.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The frame of an advert of vhid 42 for 10.1.0.10 with the password `love`, by 10.1.0.n: all is made
/// anew but the two numbers that are by chance, and what the advert says.
pub(super) fn made_like(seen: &[u8], multicast: bool) -> Vec<u8> {
    let (id, from, counter) = (&seen[18..20], &seen[26..30], &seen[42..50]);
    let (advskew, advbase) = (seen[36], seen[39]);
    let mut carp = vec![0x21, 42, advskew, 7, 0, advbase, 0, 0];
    carp.extend(counter);
    let hmac = Hmac::<Sha1>::new_from_slice(b"love").expect("a key of any length");
    let message = [&[2, 1, 42, 10, 1, 0, 10][..], counter].concat();
    carp.extend(hmac.chain_update(message).finalize().into_bytes());
    let sum = checksum(&carp);
    carp[6..8].copy_from_slice(&sum);
    let mut ip = vec![0x45, 0x10, 0, 56];
    ip.extend(id);
    ip.extend([0x40, 0, 255, 112, 0, 0]);
    ip.extend(from);
    ip.extend([224, 0, 0, 18]);
    let sum = checksum(&ip);
    ip[10..12].copy_from_slice(&sum);
    let to = if multicast { [1, 0, 0x5e, 0, 0, 0x12] } else { [0xff; 6] };
    [&to[..], &[0, 0, 0x5e, 0, 0, 42, 8, 0], &ip, &carp].concat()
}

/// The gratuitous ARP for 10.1.0.10 of a card.
pub(super) fn claim(mac: &[u8]) -> Vec<u8> {
    let head = [0, 1, 8, 0, 6, 4, 0, 1];
    let vip = [10, 1, 0, 10];
    [&[0xff; 6][..], mac, &[8, 6], &head, mac, &vip, mac, &vip].concat()
}

/// Whether a frame is an advert of CARP: of protocol 112 and 36 bytes.
pub(super) fn is_advert(frame: &[u8]) -> bool {
    frame.len() == 70 && frame[12..14] == [8, 0] && frame[23] == 112
}

fn checksum(bytes: &[u8]) -> [u8; 2] {
    let words = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]));
    let sum: u32 = words.sum();
    let sum = (sum & 0xffff) + (sum >> 16);
    (!((sum & 0xffff) + (sum >> 16)) as u16).to_be_bytes()
}
