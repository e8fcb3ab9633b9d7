//! The bytes, beside those that a running UCARP sent or believed.

use std::net::IpAddr;

use super::*;
use crate::failover::announcement::arp_claim;
use crate::failover::carp::key::Key;

/// `-v 42 -p love -a 10.1.1.252 -s 10.1.1.1`, which UCARP 1.5.2 believed.
const V1: &str = "01005e00001200005e00002a0800\
                  4510003812344000ff707dfd0a010101e0000012\
                  212a000700010ca60123456789abcdef055c5da8911cf2a311659afb98e4e262b116747e";
/// `-v 42 -p love -a 10.99.0.252 -s 10.99.0.1`, which UCARP 1.5.2 sent.
const V3: &str = "01005e00001200005e00002a0800\
                  451000381b9e4000ff7075310a630001e0000012\
                  212a00070001c242fc5f71643cf4178db58c6b53e3be1aab4f529ec42130e89eb6f88c1c";

#[test]
fn a_frame_is_that_of_ucarp() {
    let key = key(b"love", 42, &["10.1.1.252"]);
    let advert = Advert {
        vhid: 42,
        advbase: 1,
        advskew: 0,
        demote: 0,
        counter: 0x0123_4567_89ab_cdef,
        digest: key.digest(0x0123_4567_89ab_cdef),
    };
    let envelope = envelope("10.1.1.1", 0x1234);
    assert_eq!(hex(&advert.frame(&envelope)), V1);
    // to everybody's card, and to the group all the same
    let everybody = advert.frame(&Envelope { multicast: false, ..envelope });
    assert_eq!(hex(&everybody), V1.replacen("01005e000012", "ffffffffffff", 1));
}

#[test]
fn the_longest_password_and_the_last_counter() {
    let key = key(b"1234567890123456789", 1, &["192.0.2.10"]);
    let advert = |counter| Advert {
        vhid: 1,
        advbase: 5,
        advskew: 100,
        demote: 0,
        counter,
        digest: key.digest(counter),
    };
    let frame = advert(u64::MAX).frame(&envelope("192.0.2.1", 1));
    let carp = "210164070005c666ffffffffffffffffc0a0b91836e19b75973526bb545acd6f367f5241";
    let ip = "4510003800014000ff70d930c0000201e0000012";
    assert_eq!(hex(&frame[14..]), format!("{ip}{carp}"));
    let next = advert(u64::MAX.wrapping_add(1)).bytes();
    assert_eq!(hex(&next[6..8]), "c16e");
    assert_eq!(hex(&next[16..]), "d0ef815754de9e860976c79a006a19d4d44eb439");
}

#[test]
fn a_frame_that_ucarp_sent_is_read_and_made_again() {
    let frame = unhex(V3);
    let advert = Advert::read(frame[34..].first_chunk().unwrap());
    assert_eq!((advert.vhid, advert.advbase, advert.advskew, advert.demote), (42, 1, 0, 0));
    assert_eq!(advert.counter, 0xfc5f_7164_3cf4_178d);
    assert!(key(b"love", 42, &["10.99.0.252"]).has_signed(&advert));
    assert_eq!(advert.frame(&envelope("10.99.0.1", 0x1b9e)), frame);
    for wrong in [
        key(b"hate", 42, &["10.99.0.252"]),
        key(b"love", 43, &["10.99.0.252"]),
        key(b"love", 42, &["10.99.0.251"]),
        key(b"love", 42, &["10.99.0.252", "10.99.0.251"]),
    ] {
        assert!(!wrong.has_signed(&advert));
    }
}

#[test]
fn the_neighbours_are_told_as_ucarp_tells_them() {
    let frame = arp_claim("10.1.1.252".parse().unwrap(), [2, 0, 0x5e, 0x10, 0x20, 0x30]);
    let expected = "ffffffffffff02005e1020300806\
                    000108000604000102005e1020300a0101fc02005e1020300a0101fc";
    assert_eq!(hex(&frame), expected);
}

#[test]
fn several_addresses_are_signed_as_bsd_does() {
    for order in
        [["10.1.1.252", "10.1.1.20", "2001:db8::252"], ["2001:db8::252", "10.1.1.20", "10.1.1.252"]]
    {
        let digest = key(b"love", 42, &order).digest(1);
        assert_eq!(hex(&digest), "9ae9837b4526a8f17d16bd97f9bef4e8d44b2749");
    }
}

#[test]
fn a_group_has_a_card() {
    let group = "239.255.1.2".parse().unwrap();
    assert_eq!(mac_of(group), [1, 0, 0x5e, 0x7f, 1, 2]);
}

fn key(secret: &[u8], vhid: u8, signed: &[&str]) -> Key {
    let signed: Vec<IpAddr> = signed.iter().map(|address| address.parse().unwrap()).collect();
    Key::new(secret, vhid, &signed)
}

fn envelope(from: &str, id: u16) -> Envelope {
    let group = "224.0.0.18".parse().unwrap();
    Envelope { from: from.parse().unwrap(), group, multicast: true, id }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
