#![cfg(target_endian = "little")]
use super::*;

#[test]
fn version_and_size_are_read() {
    let kernel = Kernel::decode(LINUX_6_1).unwrap();
    assert_eq!(kernel.version.to_string(), "1.2.1");
    assert_eq!(kernel.connection_table, 4096);
    assert_eq!(Kernel::decode(&LINUX_6_1[..8]), None);
}

/// What Linux 6.1 answers.
#[rustfmt::skip]
static LINUX_6_1: &[u8] = &[
    0x08, 0x00, 0x01, 0x00, 0x01, 0x02, 0x01, 0x00, // VERSION
    0x08, 0x00, 0x02, 0x00, 0x00, 0x10, 0x00, 0x00, // CONN_TAB_SIZE
];
