//! The Internet checksum (RFC 1071), of IP, ICMPv6, CARP and VRRP.

use std::net::IpAddr;

/// The ones' complement sum of parts that stand one behind another; each but the last of an even
/// length. Over parts that hold their own checksum it is 0.
pub(super) fn checksum(parts: &[&[u8]]) -> u16 {
    let words = parts.iter().flat_map(|part| part.chunks(2));
    let word = |pair: &[u8]| match pair {
        [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
        [high] => u32::from(*high) << 8,
        _ => 0,
    };
    let mut sum: u64 = words.map(|pair| u64::from(word(pair))).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(u16::MAX)
}

/// What a checksum is over as well where the protocol says so: who sends what to whom. Of IPv4 as TCP
/// has it (RFC 793), of IPv6 as RFC 8200, 8.1 has it. Both addresses are to be of one family.
pub(super) fn pseudo_header(from: IpAddr, to: IpAddr, protocol: u8, length: u16) -> Vec<u8> {
    let mut header = Vec::with_capacity(40);
    for address in [from, to] {
        match address {
            IpAddr::V4(v4) => header.extend(v4.octets()),
            IpAddr::V6(v6) => header.extend(v6.octets()),
        }
    }
    match from {
        IpAddr::V4(_) => header.extend([0, protocol]),
        IpAddr::V6(_) => header.extend([0, 0]),
    }
    header.extend(length.to_be_bytes());
    if from.is_ipv6() {
        header.extend([0, 0, 0, protocol]);
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_over_itself_is_nothing() {
        let header = [0x45, 0xc0, 0, 0x2c, 0, 1, 0, 0, 0xff, 0x70, 0, 0];
        let addresses = [192, 0, 2, 1, 224, 0, 0, 18];
        assert_eq!(checksum(&[&header, &addresses]), 0x188d);
        let whole = [0x45, 0xc0, 0, 0x2c, 0, 1, 0, 0, 0xff, 0x70, 0x18, 0x8d];
        assert_eq!(checksum(&[&whole, &addresses]), 0);
        assert_eq!(checksum(&[]), 0xffff);
        assert_eq!(checksum(&[&[1, 2, 3]]), !0x0402);
    }

    #[test]
    fn who_sends_what_to_whom() {
        let [from, to] = ["192.0.2.1", "224.0.0.18"].map(|text| text.parse().unwrap());
        let header = pseudo_header(from, to, 112, 16);
        assert_eq!(header, [192, 0, 2, 1, 224, 0, 0, 18, 0, 112, 0, 16]);
        let [from, to] = ["fe80::a", "ff02::12"].map(|text| text.parse().unwrap());
        let header = pseudo_header(from, to, 112, 16);
        assert_eq!((header.len(), &header[32..]), (40, &[0, 0, 0, 16, 0, 0, 0, 112][..]));
    }
}
