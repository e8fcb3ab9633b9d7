//! What a 6.1 kernel multicasts of connections beside what it shows of them; then any others.

use proptest::prelude::*;

use super::*;
use crate::Connections;

fn connection(line: &str) -> Connection {
    Connections::new(line.as_bytes()).next().unwrap().unwrap()
}

fn way(forwarding: Forwarding) -> Way {
    Way { forwarding, mark: 0, timeout: 0 }
}

/// What is told of a connection alone.
fn entry(line: &str, way: Way) -> Vec<u8> {
    let mut messages = Messages::new(7, 1472);
    assert_eq!(messages.add(&connection(line), &way), None);
    let message = messages.finish().unwrap();
    let length = u8::try_from(message.len()).unwrap();
    assert_eq!(message[..8], [0, 7, 0, length, 1, 1, 0, 0]);
    message[8..].to_vec()
}

#[test]
fn connections_are_the_kernels_bytes() {
    let masq = "TCP 0A090001 C3A0 0A090101 0050 0A090002 0050 ESTABLISHED     900";
    assert_eq!(entry(masq, way(Forwarding::Masq)), MASQUERADED);
    let udp = "UDP 0A090001 C385 0A090101 0035 0A090002 0035 UDP             300";
    assert_eq!(entry(udp, way(Forwarding::Masq)), UDP);
    let six = "TCP fd09:0000:0000:0000:0000:0000:0000:0001 C3A3 \
               fd09:0000:0000:0000:0000:0000:0001:0001 0050 \
               fd09:0000:0000:0000:0000:0000:0000:0002 0050 ESTABLISHED     900";
    let mut told = entry(six, way(Forwarding::Direct));
    // the kernel takes this flag off when it sees an answer
    told[7] &= !0x80;
    assert_eq!(told, IPV6);
}

#[test]
fn templates_are_the_kernels_bytes() {
    let line = "TCP 0A090000 0000 0A090101 0051 0A090002 0051 ASSURED         12";
    assert_eq!(entry(line, Way { timeout: 360, ..way(Forwarding::Direct) }), PERSISTENT);
    let line = "IP  0A090000 0000 00000005 0000 0A090002 0000 ASSURED         12";
    let way = Way { forwarding: Forwarding::Direct, mark: 5, timeout: 360 };
    assert_eq!(entry(line, way), MARK);
}

#[test]
fn what_has_no_time_left_does_not_get_the_whole_of_it_again() {
    let line = "TCP 0A090001 C3A0 0A090101 0050 0A090002 0050 CLOSE           0";
    assert_eq!(entry(line, way(Forwarding::Masq))[20..24], [0, 0, 0, 1]);
}

#[test]
fn an_engine_s_word_stands_behind_and_the_next_one_on_a_multiple_of_4() {
    let call = "UDP 0A010064 0000 0A010014 13C4 0A02000C 13C4 ASSURED         47 sip 4711@c";
    let told = entry(call, way(Forwarding::Masq));
    assert_eq!(told[..4], [0, 17, 0, 36 + 2 + 6 + 2 + 3]);
    assert_eq!(told[36..], *b"\x02\x064711@c\x03\x03sip");
    let mut messages = Messages::new(0, 1472);
    for _ in 0..2 {
        assert_eq!(messages.add(&connection(call), &way(Forwarding::Masq)), None);
    }
    let message = messages.finish().unwrap();
    assert_eq!(message.len(), 8 + 52 + 49);
    assert_eq!(message[8 + 52..], told);
    assert_eq!(messages.finish(), None);
}

#[test]
fn a_full_message_is_as_long_as_the_kernels_longest() {
    let line = "TCP 0A090001 C3A0 0A090101 0050 0A090002 0050 ESTABLISHED     900";
    let connection = connection(line);
    for (longest, each) in [(1472, 40), (9000, 249), (65_507, 255)] {
        let mut messages = Messages::new(7, longest);
        let mut full = Vec::new();
        (0..each * 2 + 1)
            .for_each(|_| full.extend(messages.add(&connection, &way(Forwarding::Masq))));
        assert_eq!(full.len(), 2);
        assert!(full.iter().all(|message| count(message) == each && message.len() <= longest));
        assert_eq!(count(&messages.finish().unwrap()), 1);
    }
}

proptest! {
    #[test]
    fn no_message_is_longer_than_it_may_be(
        engines in prop::collection::vec((1..=16_usize, 1..=255_usize), 1..60),
        six in any::<bool>(),
        longest in 0..2000_usize,
    ) {
        let place = if six { "[fd09::1]:0" } else { "10.9.0.1:0" }.parse().unwrap();
        let mut messages = Messages::new(7, longest);
        let mut told = Vec::new();
        for (name, data) in &engines {
            let engine = Some(Engine { name: vec![b'n'; *name], data: vec![b'd'; *data] });
            let connection = Connection {
                protocol: 17, client: place, target: place, real: place, is_template: true,
                state: 1, expires: 9, engine,
            };
            told.extend(messages.add(&connection, &way(Forwarding::Masq)));
        }
        told.extend(messages.finish());
        prop_assert_eq!(told.iter().map(|message| count(message)).sum::<usize>(), engines.len());
        for message in told {
            prop_assert!(message.len() <= longest.max(600));
            prop_assert_eq!(usize::from(u16::from_be_bytes([message[2], message[3]])), message.len());
        }
    }
}

// type and protocol, size, flags, state, ports, mark, time-out, addresses
#[rustfmt::skip]
static MASQUERADED: &[u8] = &[
    0x00, 0x06, 0x00, 0x24, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0xc3, 0xa0, 0x00, 0x50, 0x00, 0x50,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x84,
    0x0a, 0x09, 0x00, 0x01, 0x0a, 0x09, 0x01, 0x01, 0x0a, 0x09, 0x00, 0x02,
];

#[rustfmt::skip]
static UDP: &[u8] = &[
    0x00, 0x11, 0x00, 0x24, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0xc3, 0x85, 0x00, 0x35, 0x00, 0x35,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x2c,
    0x0a, 0x09, 0x00, 0x01, 0x0a, 0x09, 0x01, 0x01, 0x0a, 0x09, 0x00, 0x02,
];

#[rustfmt::skip]
static IPV6: &[u8] = &[
    0x01, 0x06, 0x00, 0x48, 0x00, 0x00, 0x00, 0x03, 0x00, 0x01, 0xc3, 0xa3, 0x00, 0x50, 0x00, 0x50,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x84,
    0xfd, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0, 0x01,
    0xfd, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0, 0x01,
    0xfd, 0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0, 0x02,
];

/// Of a persistent service with a mask of 24 bits and 360 seconds.
#[rustfmt::skip]
static PERSISTENT: &[u8] = &[
    0x00, 0x06, 0x00, 0x24, 0x00, 0x00, 0x11, 0x83, 0x00, 0x01, 0x00, 0x00, 0x00, 0x51, 0x00, 0x51,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x68,
    0x0a, 0x09, 0x00, 0x00, 0x0a, 0x09, 0x01, 0x01, 0x0a, 0x09, 0x00, 0x02,
];

/// The same of the firewall mark 5.
#[rustfmt::skip]
static MARK: &[u8] = &[
    0x00, 0x00, 0x00, 0x24, 0x00, 0x00, 0x11, 0x83, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x01, 0x68,
    0x0a, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x0a, 0x09, 0x00, 0x02,
];
