//! ICMP echo (RFC 792, RFC 4443), on a datagram socket where `net.ipv4.ping_group_range` allows it,
//! else on a raw one (CAP_NET_RAW).

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket as StdUdpSocket};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::asking::{Answer, Asking, Failure};
use crate::words;

/// Does the server answer an echo request?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    /// Echo requests sent, spread over the deadline, before it is given up; at least 1.
    pub attempts: u32,
}

impl Ping {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let echo = Echo::open(asking.address.ip().to_canonical())?;
        let attempts = self.attempts.clamp(1, u16::MAX.into()) as u16;
        let left = asking.deadline.saturating_duration_since(Instant::now());
        let pause = (left / u32::from(attempts)).max(SHORTEST_PAUSE);
        let mut next = Instant::now();
        for sequence in 1..attempts {
            asking.progress.enter(format!("{sequence} of {attempts} echo requests sent"));
            next += pause;
            match timeout_at(next, echo.exchange(sequence)).await {
                Ok(Ok(())) => return Ok("echo reply".to_owned()),
                // it may be better at the next attempt
                Ok(Err(_)) | Err(_) => sleep_until(next).await,
            }
        }
        asking.progress.enter(format!("{attempts} of {attempts} echo requests sent"));
        match echo.exchange(attempts).await {
            Ok(()) => Ok("echo reply".to_owned()),
            Err(error) => Err(words::io(&error).into()),
        }
    }
}

/// One dialogue with one server.
struct Echo {
    /// Not UDP: tokio has no other socket that sends and receives datagrams and tells their source.
    socket: UdpSocket,
    server: IpAddr,
    /// On a raw socket the kernel neither sets nor looks at the identifier.
    raw: bool,
    identifier: u16,
    /// Unpredictable, so that nobody else's echo is taken for an answer.
    payload: [u8; PAYLOAD],
}

impl Echo {
    fn open(server: IpAddr) -> Result<Self, Failure> {
        let (domain, protocol) = match server {
            IpAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
            IpAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
        };
        let (socket, raw) = match Socket::new(domain, Type::DGRAM, Some(protocol)) {
            Ok(socket) => (socket, false),
            Err(_) => {
                let raw = Socket::new(domain, Type::RAW, Some(protocol)).map_err(not_allowed)?;
                (raw, true)
            }
        };
        socket.set_nonblocking(true)?;
        socket.connect(&SockAddr::from(SocketAddr::new(server, 0)))?;
        let socket = UdpSocket::from_std(StdUdpSocket::from(socket))?;
        let random = RandomState::new();
        let mut payload = [0; PAYLOAD];
        for (n, piece) in payload.chunks_exact_mut(8).enumerate() {
            piece.copy_from_slice(&random.hash_one(n).to_be_bytes());
        }
        let identifier = u16::from_be_bytes([payload[0], payload[1]]);
        Ok(Echo { socket, server, raw, identifier, payload })
    }

    /// Sends one request and waits for the answer to it or to one before.
    async fn exchange(&self, sequence: u16) -> io::Result<()> {
        self.socket.send(&self.request(sequence)).await?;
        let mut packet = [0; 1024];
        loop {
            let (length, source) = self.socket.recv_from(&mut packet).await?;
            if source.ip() == self.server && self.is_answer(&packet[..length], sequence) {
                return Ok(());
            }
        }
    }

    fn request(&self, sequence: u16) -> Vec<u8> {
        let kind = if self.server.is_ipv4() { ECHO_V4 } else { ECHO_V6 };
        let [i0, i1] = self.identifier.to_be_bytes();
        let [s0, s1] = sequence.to_be_bytes();
        let mut packet = vec![kind, 0, 0, 0, i0, i1, s0, s1];
        packet.extend(self.payload);
        // the kernel computes it for ICMPv6, and for datagram sockets
        if self.raw && self.server.is_ipv4() {
            let sum = checksum(&packet).to_be_bytes();
            packet[2..4].copy_from_slice(&sum);
        }
        packet
    }

    fn is_answer(&self, packet: &[u8], sent: u16) -> bool {
        let (kind, packet) = match self.server {
            IpAddr::V4(_) if self.raw => (ECHO_REPLY_V4, without_header(packet)),
            IpAddr::V4(_) => (ECHO_REPLY_V4, packet),
            IpAddr::V6(_) => (ECHO_REPLY_V6, packet),
        };
        let [k, 0, _, _, i0, i1, s0, s1, payload @ ..] = packet else { return false };
        let identifier = u16::from_be_bytes([*i0, *i1]);
        *k == kind
            && (!self.raw || identifier == self.identifier)
            && (1..=sent).contains(&u16::from_be_bytes([*s0, *s1]))
            && payload == self.payload
    }
}

/// What an IPv4 packet carries, after its header.
fn without_header(packet: &[u8]) -> &[u8] {
    let length = packet.first().map_or(0, |first| usize::from(first & 0xf) * 4);
    packet.get(length..).unwrap_or_default()
}

/// The internet checksum (RFC 1071) of an even number of bytes, whose own field is zero.
fn checksum(packet: &[u8]) -> u16 {
    let words = packet.chunks_exact(2).map(|w| u32::from(u16::from_be_bytes([w[0], w[1]])));
    let sum: u32 = words.sum();
    let sum = (sum & 0xffff) + (sum >> 16);
    !((sum & 0xffff) + (sum >> 16)) as u16
}

fn not_allowed(error: io::Error) -> Failure {
    let needs = "it needs CAP_NET_RAW, or a group in net.ipv4.ping_group_range";
    format!("cannot open an ICMP socket: {}; {needs}", words::io(&error)).into()
}

const ECHO_V4: u8 = 8;
const ECHO_REPLY_V4: u8 = 0;
const ECHO_V6: u8 = 128;
const ECHO_REPLY_V6: u8 = 129;
/// As many bytes as ldirectord sends.
const PAYLOAD: usize = 64;
/// However many attempts: no flood.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[tokio::test]
    async fn only_the_answer_to_what_was_sent() {
        let Ok(echo) = Echo::open([127, 0, 0, 1].into()) else {
            crate::tests::skipped("no ICMP socket is allowed here");
            return;
        };
        let header: &[u8] = if echo.raw { &[0x45; 20] } else { &[] };
        let answer = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut packet = echo.request(2);
            packet[0] = ECHO_REPLY_V4;
            change(&mut packet);
            echo.is_answer(&[header, &packet].concat(), 2)
        };
        assert!(answer(&|_| {}));
        assert!(!answer(&|p| p[0] = ECHO_V4), "a request");
        assert!(!answer(&|p| p[1] = 1), "a code");
        assert!(!answer(&|p| p[7] = 3), "a sequence not sent yet");
        assert!(!answer(&|p| p[40] ^= 1), "another payload");
        assert!(!answer(&|p| p.truncate(30)), "cut off");
        assert!(!echo.raw || !answer(&|p| p[4] ^= 1), "another's identifier");
    }

    #[test]
    fn the_checksum_of_the_rfc() {
        assert_eq!(checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), 0x220d);
    }

    proptest! {
        #[test]
        fn no_packet_panics(packet in proptest::collection::vec(any::<u8>(), 0..200)) {
            without_header(&packet);
        }
    }
}
