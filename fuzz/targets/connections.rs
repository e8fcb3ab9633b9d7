#![no_main]

use ipvs::sync::{Messages, Way, count};
use ipvs::{Connections, Forwarding};

// whatever a kernel shows of connections: what is read can be told, in messages that are no longer than
// they may be
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut messages = Messages::new(7, 1472);
    let mut all = Connections::new(input);
    let (mut read, mut told) = (0, 0);
    let mut full = Vec::new();
    for connection in all.by_ref() {
        let connection = connection.expect("bytes are always there");
        let way = Way { forwarding: Forwarding::Masq, mark: 0, timeout: 0 };
        full.extend(messages.add(&connection, &way));
        read += 1;
    }
    full.extend(messages.finish());
    for message in full {
        assert!(message.len() <= 1472);
        told += count(&message);
    }
    assert_eq!(read, told);
    let lines = input.split(|byte| *byte == b'\n').count();
    assert!(read as u64 + all.odd() <= lines as u64);
});
