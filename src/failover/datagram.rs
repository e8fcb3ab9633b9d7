//! The header of IPv4 (RFC 791), as far as CARP and VRRP look at it.

use std::net::Ipv4Addr;

/// What a raw socket has received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Who sent it.
    pub from: Ipv4Addr,
    /// Whom it was sent to.
    pub to: Ipv4Addr,
    /// Its time to live, as it arrived.
    pub hops: u8,
    /// What follows the header and its options.
    pub bytes: &'a [u8],
}

/// Takes the header off; `None` where there is no whole datagram. What is behind its end is none of it.
pub fn open(received: &[u8]) -> Option<Datagram<'_>> {
    let header: &[u8; SHORTEST] = received.first_chunk()?;
    let [first, _, high, low, .., a, b, c, d, e, f, g, h] = *header;
    let length = usize::from(first & 0x0f) * 4;
    let total = usize::from(u16::from_be_bytes([high, low]));
    if first >> 4 != 4 || length < SHORTEST {
        return None;
    }
    Some(Datagram {
        from: [a, b, c, d].into(),
        to: [e, f, g, h].into(),
        hops: header[8],
        bytes: received.get(length..total)?,
    })
}

/// Of a header without options.
const SHORTEST: usize = 20;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PACKET: [u8; 24] =
        [0x45, 0xc0, 0, 24, 0, 1, 0, 0, 255, 112, 0, 0, 192, 0, 2, 1, 224, 0, 0, 18, 1, 2, 3, 4];

    #[test]
    fn a_datagram_is_what_is_behind_its_header() {
        let datagram = open(&PACKET).unwrap();
        assert_eq!(datagram.from, Ipv4Addr::new(192, 0, 2, 1));
        assert_eq!(datagram.to, Ipv4Addr::new(224, 0, 0, 18));
        assert_eq!((datagram.hops, datagram.bytes), (255, &[1, 2, 3, 4][..]));
        let padded = [&PACKET[..], &[0; 22]].concat();
        assert_eq!(open(&padded), Some(datagram), "the padding of a frame");
        let mut options = PACKET;
        options[0] = 0x46;
        assert!(open(&options).unwrap().bytes.is_empty());
    }

    #[test]
    fn what_is_no_datagram_is_none() {
        assert_eq!(open(&PACKET[..23]), None, "cut");
        for (place, byte) in [(0, 0x65), (0, 0x44), (0, 0x4f), (3, 19), (2, 1)] {
            let mut wrong = PACKET;
            wrong[place] = byte;
            assert_eq!(open(&wrong), None, "byte {place} is {byte:#x}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = open(&bytes);
        }
    }
}
