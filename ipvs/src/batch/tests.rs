#![cfg(target_endian = "little")]
//! The kernel's part is played by acknowledgements as a 6.1 kernel sends them.

use std::net::SocketAddr;

use proptest::prelude::*;

use super::*;
use crate::{Destination, Forwarding, Protocol, Service, ServiceId};

fn deletes(count: u16) -> Vec<Command> {
    (1..=count).map(|port| Command::DeleteService(id(port))).collect()
}

fn id(port: u16) -> ServiceId {
    let address = SocketAddr::from(([192, 0, 2, 1], port));
    ServiceId::Address { protocol: Protocol::Tcp, address }
}

fn batch(commands: &[Command], first: u32) -> Batch<'_> {
    Batch::fill(commands, 28, first, &mut Vec::new())
}

/// An NLMSG_ERROR with the sequence number and errno.
fn answer(sequence: u32, errno: i32) -> Vec<u8> {
    let mut bytes = EXISTS.to_vec();
    bytes[8..12].copy_from_slice(&sequence.to_le_bytes());
    bytes[16..20].copy_from_slice(&(-errno).to_le_bytes());
    bytes
}

fn errnos(batch: Batch<'_>) -> Vec<i32> {
    batch
        .results()
        .into_iter()
        .map(|result| result.err().map_or(0, |refusal| refusal.errno))
        .collect()
}

#[test]
fn every_error_is_its_own_commands() {
    let commands = deletes(9);
    let mut batch = batch(&commands, 1000);
    for (index, errno) in [(1, 17), (2, 2), (3, 0)] {
        batch.take(&answer(1000 + index, errno)).unwrap();
    }
    assert_eq!(batch.waiting(), 9);
    let together = [(4, 34), (5, 22), (6, 22), (8, 3)];
    let together: Vec<u8> =
        together.iter().flat_map(|(index, errno)| answer(1000 + index, *errno)).collect();
    batch.take(&together).unwrap();
    assert_eq!(batch.waiting(), 0);
    assert_eq!(errnos(batch), [0, 17, 2, 0, 34, 22, 22, 0, 3]);
}

#[test]
fn only_the_last_command_asks_for_an_acknowledgement() {
    let mut out = Vec::new();
    Batch::fill(&deletes(3), 28, 0, &mut out);
    let length = out.len() / 3;
    let asks: Vec<u8> = out.chunks(length).map(|message| message[6]).collect();
    assert_eq!(asks, [1, 1, 1 | 4]);
}

#[test]
fn a_real_refusal_is_put_into_words() {
    let commands = [Command::AddService(Service::new(id(80), "rr".parse().unwrap()))];
    let mut batch = batch(&commands, 4);
    batch.take(EXISTS).unwrap();
    let refusal = batch.results().remove(0).unwrap_err();
    assert_eq!(refusal.to_string(), "the service exists already (EEXIST)");
    assert_eq!(refusal.text, None);
}

#[test]
fn the_kernels_own_text_comes_along() {
    let commands = deletes(1);
    for echo in [0, 20] {
        let mut batch = batch(&commands, 0);
        batch.take(&with_text(echo)).unwrap();
        let refusal = batch.results().remove(0).unwrap_err();
        assert_eq!(refusal.to_string(), "refused (ERANGE: Attribute failed policy validation)");
    }
}

/// An answer with NLMSGERR_ATTR_OFFS and NLMSGERR_ATTR_MSG after the request's header (cap-ack)
/// and, without cap-ack, `echo` bytes of its payload.
fn with_text(echo: u32) -> Vec<u8> {
    let mut bytes = answer(0, 34);
    let capped = if echo == 0 { 1 } else { 0 };
    bytes[7] = 2 | capped;
    bytes[20..24].copy_from_slice(&(16 + echo).to_le_bytes());
    bytes.resize(bytes.len() + echo as usize, 0xff);
    bytes.extend_from_slice(&[8, 0, 2, 0, 20, 0, 0, 0]);
    bytes.extend_from_slice(&[39, 0, 1, 0]);
    bytes.extend_from_slice(b"Attribute failed policy validation\0");
    bytes.push(0);
    let length = bytes.len() as u32;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    bytes
}

#[test]
fn what_is_anothers_is_left_aside() {
    let commands = deletes(2);
    let mut batch = batch(&commands, 10);
    for (sequence, errno) in [(9, 1), (12, 1), (10, 3)] {
        batch.take(&answer(sequence, errno)).unwrap();
    }
    assert_eq!(batch.waiting(), 2);
    batch.take(&answer(11, 0)).unwrap();
    assert_eq!(errnos(batch), [3, 0]);
}

#[test]
fn sequence_numbers_wrap() {
    let commands = deletes(3);
    let mut batch = batch(&commands, u32::MAX);
    for (sequence, errno) in [(u32::MAX, 3), (0, 17), (1, 0)] {
        batch.take(&answer(sequence, errno)).unwrap();
    }
    assert_eq!(errnos(batch), [3, 17, 0]);
}

#[test]
fn an_overrun_says_how_many_answers_are_missing() {
    let commands = deletes(3);
    let mut batch = batch(&commands, 0);
    batch.take(&answer(1, 0)).unwrap();
    let mut overrun = answer(0, 0);
    overrun[4] = 4;
    assert!(matches!(batch.take(&overrun), Err(Error::Lost { missing: 3 })));
}

#[test]
fn a_batch_is_128_commands_and_below_64_kib() {
    let service = ServiceId::Address {
        protocol: Protocol::Sctp,
        address: "[2001:db8::1]:65535".parse().unwrap(),
    };
    let destination = Destination {
        address: "[2001:db8::2]:65535".parse().unwrap(),
        forwarding: Forwarding::Direct,
        weight: 1,
        upper_threshold: 2,
        lower_threshold: 1,
    };
    let commands = vec![Command::AddDestination(service, destination); 300];
    let mut out = Vec::new();
    assert_eq!(Batch::fill(&commands, 28, 0, &mut out).len(), 128);
    assert!(out.len() < 64 * 1024, "{} bytes", out.len());
    assert_eq!(Batch::fill(&commands[256..], 28, 0, &mut out).len(), 44);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let commands = deletes(4);
        let mut batch = batch(&commands, 0);
        let _ = batch.take(&bytes);
        prop_assert!(batch.waiting() <= 4);
    }

    #[test]
    fn no_damage_panics(at in 0..80_usize, with in any::<u8>(), cut in 0..80_usize) {
        let commands = deletes(1);
        let mut damaged = with_text(0);
        damaged[at] = with;
        let _ = batch(&commands, 0).take(&damaged);
        let _ = batch(&commands, 0).take(&damaged[..cut]);
    }
}

/// What a 6.1 kernel with cap-ack and ext-ack answers to a second NEW_SERVICE of sequence 4.
#[rustfmt::skip]
static EXISTS: &[u8] = &[
    0x24, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x01, 0x04, 0x00, 0x00, 0x00, 0xde, 0x02, 0x00, 0x00, // header
    0xef, 0xff, 0xff, 0xff, // -EEXIST
    0x5c, 0x00, 0x00, 0x00, 0x1c, 0x00, 0x05, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, // the request's
];
