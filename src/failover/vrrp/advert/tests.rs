use super::*;
use VrrpVersion::{V2, V3};

/// Adverts as they go over the wire, in both directions: from, to, the bytes, what they say.
#[test]
fn the_bytes_of_adverts() {
    for (from, to, bytes, (version, vrid, priority, interval), addresses, authentication) in WIRE {
        let [from, to]: [IpAddr; 2] = [from, to].map(|text| text.parse().unwrap());
        let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        let named = named(&addresses, from);
        let mut data = [0; 8];
        data[..authentication.len()].copy_from_slice(authentication.as_bytes());
        let authentication = (u8::from(!authentication.is_empty()), data);
        let interval = Duration::from_millis(interval);
        let advert = Advert { version, vrid, priority, interval, named: &named, authentication };
        assert_eq!(hex(&advert.write(from, to)), bytes);
        assert_eq!(Advert::read(&unhex(bytes), version, from, to), Ok(advert));
    }
}

type Wire = (
    &'static str,
    &'static str,
    &'static str,
    (VrrpVersion, u8, u8, u64),
    &'static [&'static str],
    &'static str,
);

const WIRE: [Wire; 10] = [
    (
        "192.0.2.1",
        "224.0.0.18",
        "2133960201015634c000020ac000020b7365637265743132",
        (V2, 51, 150, 1_000),
        &["192.0.2.10", "192.0.2.11"],
        "secret12",
    ),
    (
        "192.0.2.1",
        "224.0.0.18",
        "213364010001b8bfc000020a0000000000000000",
        (V2, 51, 100, 1_000),
        &["192.0.2.10"],
        "",
    ),
    (
        "192.0.2.1",
        "224.0.0.18",
        "2133000100011cc0c000020a0000000000000000",
        (V2, 51, 0, 1_000),
        &["192.0.2.10"],
        "",
    ),
    (
        "192.0.2.1",
        "224.0.0.18",
        "31339602006411bbc000020ac000020b",
        (V3, 51, 150, 1_000),
        &["192.0.2.10", "192.0.2.11"],
        "",
    ),
    (
        "192.0.2.1",
        "192.0.2.2",
        "3133960200642fcbc000020ac000020b",
        (V3, 51, 150, 1_000),
        &["192.0.2.10", "192.0.2.11"],
        "",
    ),
    (
        "fe80::a",
        "ff02::12",
        "3133960200640d92fe80000000000000000000000001005120010db8000000000000000000000010",
        (V3, 51, 150, 1_000),
        &["2001:db8::10", "fe80::1:51"],
        "",
    ),
    // keepalived 2.2.7's, as they were captured
    (
        "10.99.1.1",
        "224.0.0.18",
        "213396020101c09d0a6308010a6308023131313100000000",
        (V2, 51, 150, 1_000),
        &["10.99.8.1", "10.99.8.2"],
        "1111",
    ),
    (
        "10.99.1.1",
        "224.0.0.18",
        "31339602003227d80a6308010a630802",
        (V3, 51, 150, 500),
        &["10.99.8.1", "10.99.8.2"],
        "",
    ),
    (
        "10.99.1.1",
        "10.99.1.2",
        "3133960100640ebe0a630801",
        (V3, 51, 150, 1_000),
        &["10.99.8.1"],
        "",
    ),
    (
        "fe80::7043:7fff:fe2b:c71b",
        "ff02::12",
        "3133960200645862fe80000000000000000000000008000120010db8000000000000000000000008",
        (V3, 51, 150, 1_000),
        &["fe80::8:1", "2001:db8::8"],
        "",
    ),
];

#[test]
fn version_3_over_ipv4_without_a_pseudo_header_is_read_as_well() {
    let [from, to] = ["192.0.2.1", "224.0.0.18"].map(|text| text.parse().unwrap());
    let bytes = unhex("313396020064b44fc000020ac000020b");
    assert_eq!(Advert::read(&bytes, V3, from, to).unwrap().priority, 150);
    // of IPv6 there is one only
    let [from, to] = ["fe80::a", "ff02::12"].map(|text| text.parse().unwrap());
    let advert = Advert {
        version: V3,
        vrid: 51,
        priority: 150,
        interval: Duration::from_secs(1),
        named: &[],
        authentication: (0, [0; 8]),
    };
    let mut bytes = advert.write(from, to);
    bytes[CHECKSUM..].fill(0);
    let plain = checksum(&[&bytes]);
    bytes[CHECKSUM..].copy_from_slice(&plain.to_be_bytes());
    assert_eq!(Advert::read(&bytes, V3, from, to), Err(Malformed::Checksum));
}

#[test]
fn what_is_no_advert() {
    let [from, to] = ["192.0.2.1", "224.0.0.18"].map(|text| text.parse().unwrap());
    let whole = unhex("2133960201015634c000020ac000020b7365637265743132");
    assert!(Advert::read(&whole, V2, from, to).is_ok());
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            assert!(Advert::read(&bytes, V2, from, to).is_err(), "byte {at}, bit {bit}");
        }
        let short = Advert::read(&whole[..at], V2, from, to);
        assert!(matches!(short, Err(Malformed::Length(is, _)) if is == at), "{short:?}");
    }
    let long = [&whole[..], &[0]].concat();
    assert_eq!(Advert::read(&long, V2, from, to), Err(Malformed::Length(25, 24)));
    assert_eq!(Advert::read(&whole, V3, from, to), Err(Malformed::Version(2)));
    let other = [&[0x22], &whole[1..]].concat();
    assert_eq!(Advert::read(&other, V2, from, to), Err(Malformed::Type(2)));
}

#[test]
fn the_reserved_bits_are_ignored_and_long_intervals_cut() {
    let [from, to] = ["192.0.2.1", "224.0.0.18"].map(|text| text.parse().unwrap());
    let advert = |version, seconds| Advert {
        version,
        vrid: 1,
        priority: 1,
        interval: Duration::from_secs(seconds),
        named: &[],
        authentication: (0, [0; 8]),
    };
    let mut bytes = advert(V3, 1).write(from, to);
    bytes[4] |= 0xf0;
    bytes[CHECKSUM..].fill(0);
    let sum = checksum(&[&bytes]);
    bytes[CHECKSUM..].copy_from_slice(&sum.to_be_bytes());
    let read = Advert::read(&bytes, V3, from, to).unwrap();
    assert_eq!(read.interval, Duration::from_secs(1));
    let bytes = advert(V3, 1_000).write(from, to);
    let read = Advert::read(&bytes, V3, from, to).unwrap();
    assert_eq!(read.interval, Duration::from_millis(40_950));
    let bytes = advert(V2, 1_000).write(from, to);
    let read = Advert::read(&bytes, V2, from, to).unwrap();
    assert_eq!(read.interval, Duration::from_secs(255));
}

#[test]
fn no_more_addresses_are_named_than_can_be_counted() {
    let many: Vec<IpAddr> = (0..300_u32).map(|n| Ipv4Addr::from(0x0a00_0000 + n).into()).collect();
    let from = "192.0.2.1".parse().unwrap();
    let bytes = named(&many, from);
    assert_eq!(bytes.len(), 255 * 4);
    assert!(named(&many, "fe80::a".parse().unwrap()).is_empty());
    assert!(agree(&bytes, &bytes, from));
    let reverse: Vec<_> = many[..255].iter().rev().copied().collect();
    assert!(agree(&bytes, &named(&reverse, from), from));
    assert!(!agree(&bytes, &named(&many[1..], from), from));
    assert!(!agree(&bytes, &bytes[4..], from));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}
