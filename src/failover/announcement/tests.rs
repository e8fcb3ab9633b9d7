use super::*;

const MAC: Mac = [0xb2, 0x67, 0xa8, 0x08, 0xa6, 0x38];

/// The bytes of a text of hexadecimal digits.
fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[test]
fn the_reply_is_that_of_send_arp() {
    let vip = Ipv4Addr::new(10, 9, 0, 101);
    let captured = "ffffffffffff b267a808a638 0806 0001 0800 06 04 0002
                    b267a808a638 0a090065 b267a808a638 0a090065
                    000000000000 000000000000 000000000000";
    assert_eq!(arp_reply(vip, MAC, BROADCAST), bytes(captured));
    let to = [2, 0, 0, 0, 0, 9];
    let frame = arp_reply(vip, MAC, to);
    assert_eq!((&frame[..6], &frame[6..]), (&to[..], &bytes(captured)[6..]));
}

#[test]
fn the_request_asks_for_its_own_address() {
    let frame = "ffffffffffff b267a808a638 0806 0001 0800 06 04 0001
                 b267a808a638 0a090065 000000000000 0a090065
                 000000000000 000000000000 000000000000";
    assert_eq!(arp_request(Ipv4Addr::new(10, 9, 0, 101), MAC), bytes(frame));
}

#[test]
fn the_advertisement_overrides_what_neighbours_know() {
    let vip = "fd01::10".parse().unwrap();
    let frame = "333300000001 b267a808a638 86dd
                 60000000 0020 3a ff
                 fd010000000000000000000000000010 ff020000000000000000000000000001
                 88 00 0000 20000000 fd010000000000000000000000000010 02 01 b267a808a638";
    let mut sent = neighbour_advertisement(vip, MAC, false);
    let checksum = sent[56..58].to_vec();
    sent[56..58].fill(0);
    assert_eq!(sent, bytes(frame));
    // fd01+0010 +ff02+0001 +0020+003a +8800+2000 +fd01+0010 +0201 +b267+a808+a638 = 0x5a427,
    // folded 0xa42c, and its complement
    assert_eq!(checksum, [0x5b, 0xd3]);
}

#[test]
fn a_router_says_that_it_is_one() {
    let sent = neighbour_advertisement("fd01::10".parse().unwrap(), MAC, true);
    assert_eq!(sent[58..62], [0xa0, 0, 0, 0]);
    assert_eq!(sent[56..58], [0xdb, 0xd2], "0x8000 more in the sum, which carries");
}
