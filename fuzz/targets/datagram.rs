#![no_main]

use std::net::Ipv4Addr;

use lvs_director::failover::arp::{Arp, Says};
use lvs_director::failover::datagram::open;

// what a raw socket and a packet socket hand out: a header and what is behind it, or nothing
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some(datagram) = open(input) {
        assert!(input.len() >= 20 + datagram.bytes.len());
        assert_eq!(datagram.from.octets(), input[12..16]);
    }
    if let Some(arp) = Arp::read(input) {
        // it is said of no address but those that it names
        for address in [Ipv4Addr::BROADCAST, Ipv4Addr::LOCALHOST] {
            let named = [arp.from, arp.target].contains(&address);
            assert!(named || arp.says(address) == Says::Nothing);
        }
    }
});
