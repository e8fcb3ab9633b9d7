#![cfg(target_endian = "little")]
use super::*;

#[test]
fn the_kernels_own_timeouts_both_ways() {
    let first = Timeouts { tcp: 900, tcp_fin: 120, udp: 300 };
    assert_eq!(Timeouts::decode(FIRST), first);
    let mut out = Vec::new();
    first.encode(&mut out);
    assert_eq!(out, FIRST);
}

/// What a 6.1 kernel starts with.
#[rustfmt::skip]
static FIRST: &[u8] = &[
    0x08, 0x00, 0x04, 0x00, 0x84, 0x03, 0x00, 0x00, // TIMEOUT_TCP
    0x08, 0x00, 0x05, 0x00, 0x78, 0x00, 0x00, 0x00, // TIMEOUT_TCP_FIN
    0x08, 0x00, 0x06, 0x00, 0x2c, 0x01, 0x00, 0x00, // TIMEOUT_UDP
];
