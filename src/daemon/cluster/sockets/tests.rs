use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::time::Duration;

use tokio::time::timeout;

use super::*;

/// A free port of every address of this machine's own network.
fn free_port() -> u16 {
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap().local_addr().unwrap().port()
}

fn at(last: u8, port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, last), port)
}

fn over(cables: &[Cable]) -> Transport {
    Transport::Cables(cables.to_vec())
}

fn cable(path: Path, from: u8, to: u8, port: u16) -> Cable {
    Cable { path, from: at(from, port), to: at(to, port) }
}

async fn heard(sockets: &Sockets) -> (Path, Vec<u8>) {
    let heard = timeout(Duration::from_secs(10), sockets.receive()).await;
    let Datagram { path, bytes, .. } = heard.expect("something is heard");
    (path, bytes)
}

#[tokio::test]
async fn what_is_heard_says_whose_it_is_and_where_it_came() {
    let port = free_port();
    let cables = [cable(Path::Public, 1, 2, port), cable(Path::Private, 3, 4, port)];
    let sockets = Sockets::open(&over(&cables)).unwrap();
    let send = |from: u8, to: u8, text: &str| {
        let sender = UdpSocket::bind(at(from, port)).unwrap();
        sender.send_to(text.as_bytes(), at(to, port)).unwrap();
    };
    let datagram = |path, from: u8, to: u8, text: &str| {
        let [from, to] = [from, to].map(|n| (*at(n, port).ip()).into());
        Datagram { from, to, hops: 0, path, bytes: text.into() }
    };
    assert_eq!(sockets.ready(), None);
    send(5, 1, "a stranger");
    assert_eq!(sockets.receive().await, datagram(Path::Public, 5, 1, "a stranger"));
    send(4, 3, "the peer");
    assert_eq!(sockets.receive().await, datagram(Path::Private, 4, 3, "the peer"));
    send(2, 1, "it is there at once");
    assert_eq!(sockets.ready(), Some(datagram(Path::Public, 2, 1, "it is there at once")));
}

#[tokio::test]
async fn each_word_goes_over_its_cable_from_the_port_that_it_goes_to() {
    let port = free_port();
    let peers = [2, 4].map(|n| UdpSocket::bind(at(n, port)).unwrap());
    let cables = [cable(Path::Public, 1, 2, port), cable(Path::Private, 3, 4, port)];
    let mut sockets = Sockets::open(&over(&cables)).unwrap();
    sockets.send(To::Path(Path::Public), b"over the public one");
    sockets.send(To::Path(Path::Private), b"over the other");
    let mut buffer = [0; 64];
    let mut got = |peer: &UdpSocket| {
        let (length, from) = peer.recv_from(&mut buffer).unwrap();
        (String::from_utf8_lossy(&buffer[..length]).into_owned(), from)
    };
    let [public, private] = &peers;
    assert_eq!(got(public), ("over the public one".to_owned(), at(1, port).into()));
    assert_eq!(got(private), ("over the other".to_owned(), at(3, port).into()));
}

#[tokio::test]
async fn a_socket_that_cannot_be_had_fails_the_start_and_is_waited_for_later() {
    let port = free_port();
    let squatter = UdpSocket::bind(at(1, port)).unwrap();
    let cables = [cable(Path::Public, 1, 2, port)];
    let refused = Sockets::open(&over(&cables)).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
    assert!(refused.to_string().starts_with(&format!("127.0.0.1:{port}: ")), "{refused}");

    let mut sockets = Sockets::default();
    sockets.follow(&over(&cables));
    assert!(sockets.is_incomplete());
    drop(squatter);
    sockets.complete();
    assert!(!sockets.is_incomplete());
    sockets.follow(&over(&cables));
    assert!(!sockets.is_incomplete(), "one that is there is not bound again");
    sockets.follow(&Transport::Nothing);
    UdpSocket::bind(at(1, port)).expect("it is given back");
}

#[tokio::test]
async fn a_peer_that_is_not_there_yet_stops_nothing() {
    let port = free_port();
    let mut sockets = Sockets::open(&over(&[cable(Path::Public, 1, 2, port)])).unwrap();
    for _ in 0..3 {
        sockets.send(To::Path(Path::Public), b"to nobody");
    }
    let peer = UdpSocket::bind(at(2, port)).unwrap();
    sockets.send(To::Path(Path::Public), b"to the peer");
    let mut buffer = [0; 64];
    let length = peer.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"to the peer");
    peer.send_to(b"heard", at(1, port)).unwrap();
    assert_eq!(heard(&sockets).await, (Path::Public, b"heard".to_vec()));
}
