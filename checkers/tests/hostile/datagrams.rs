//! What a server over UDP can do to a check.

use std::net::SocketAddr;
use std::sync::Arc;

use checkers::{Check, Dns, Expect, Radius, SendExpect, Sip, Transport};
use tokio::net::UdpSocket;

use crate::messages;
use crate::run::Pair;
use crate::server::Server;

/// Every service over UDP with every behaviour.
pub(crate) fn pairs() -> Vec<Pair> {
    let mut pairs = Vec::new();
    for service in services() {
        for behaviour in ALL.into_iter().filter(|behaviour| behaviour.meets(&service)) {
            pairs.push(Pair {
                service: service.name,
                way: "udp",
                behaviour: behaviour.name(),
                check: service.check.clone(),
                times: if behaviour == Replay { 2 } else { 1 },
                kib: KIB,
                server: behaviour.server(service.clone()),
            });
        }
    }
    pairs
}

#[derive(Clone)]
struct Service {
    name: &'static str,
    check: Check,
    /// The right answer to a question.
    right: fn(&[u8]) -> Vec<u8>,
    /// Makes it one to another question, where answers say which theirs is.
    other: Option<fn(&mut Vec<u8>)>,
}

fn services() -> Vec<Service> {
    let dns = {
        let receive = Some("127".parse().unwrap());
        Check::Dns(Dns { transport: Transport::Udp, name: "www.example".to_owned(), receive })
    };
    let radius = {
        let (login, secret) = ("u".to_owned(), messages::SECRET.into());
        Check::Radius(Radius { login, passwd: "p".into(), secret })
    };
    let sip = Check::Sip(Sip { transport: Transport::Udp, login: "u@example.com".to_owned() });
    let send_expect = {
        let (send, expect) = (b"are you?".to_vec(), Expect::Start(b"I am".to_vec()));
        Check::SendExpect(SendExpect { transport: Transport::Udp, send, expect })
    };
    vec![
        Service {
            name: "dns",
            check: dns,
            right: messages::dns,
            other: Some(|answer| answer[1] ^= 0xff),
        },
        Service {
            name: "radius",
            check: radius,
            right: messages::radius,
            other: Some(|answer| answer[1] ^= 0xff),
        },
        Service {
            name: "sip",
            check: sip,
            right: messages::sip,
            other: Some(|answer| {
                let text = String::from_utf8_lossy(answer).replace("Call-ID: ", "Call-ID: 0");
                *answer = text.into_bytes();
            }),
        },
        Service {
            name: "send_expect",
            check: send_expect,
            right: |_| b"I am well".to_vec(),
            other: None,
        },
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behaviour {
    Honest,
    Silence,
    Nobody,
    WrongId,
    WrongSource,
    Truncated,
    Replay,
    Empty,
    Nuls,
    NoUtf8,
    Garbage,
    Large,
    EndlessGarbage,
    EndlessWrongIds,
    Ssh,
    CutOff,
    Bomb,
}
use Behaviour::*;

impl Behaviour {
    fn name(self) -> &'static str {
        match self {
            Honest => "honest",
            Silence => "silence",
            Nobody => "nobody there",
            WrongId => "wrong id",
            WrongSource => "wrong source",
            Truncated => "truncated",
            Replay => "replay of an old answer",
            Empty => "empty",
            Nuls => "NUL bytes",
            NoUtf8 => "invalid UTF-8",
            Garbage => "garbage",
            Large => "60,000 bytes",
            EndlessGarbage => "endless garbage",
            EndlessWrongIds => "endless wrong ids",
            Ssh => "an SSH server",
            CutOff => "cut off, and no TCP",
            Bomb => "compressed bomb",
        }
    }

    fn meets(self, service: &Service) -> bool {
        match self {
            // who has no ids cannot tell an old answer from a new one
            WrongId | EndlessWrongIds | Replay => service.other.is_some(),
            CutOff | Bomb => service.name == "dns",
            _ => true,
        }
    }

    fn server(self, service: Service) -> Server {
        if self == Nobody {
            return Server::Nobody;
        }
        Server::Datagrams(Arc::new(move |socket| Box::pin(self.play(service.clone(), socket))))
    }

    async fn play(self, service: Service, socket: UdpSocket) {
        let mut old = None;
        let mut question = [0; 4096];
        // that nobody listens any more to an answer is told at the next question
        loop {
            let Ok((length, from)) = socket.recv_from(&mut question).await else { continue };
            let question = &question[..length];
            let mut answer = (service.right)(question);
            match self {
                Nobody | Silence => continue,
                Honest => {}
                WrongId | EndlessWrongIds => service.other.unwrap()(&mut answer),
                WrongSource => {
                    let other = UdpSocket::bind(("127.0.0.1", 0)).await.unwrap();
                    other.send_to(&answer, from).await.unwrap();
                    continue;
                }
                Truncated => answer.truncate(answer.len() / 2),
                Replay => answer = old.get_or_insert(answer).clone(),
                Empty => answer.clear(),
                Nuls => answer = vec![0; 64],
                NoUtf8 => answer = b"2\xc3\x28 \xff\xfe\xf0\x90\r\n\xed\xa0\x80\r\n".to_vec(),
                Garbage | EndlessGarbage => answer = crate::connection::garbage(),
                Large => answer = vec![b'x'; 60_000],
                Ssh => answer = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n".to_vec(),
                CutOff => answer[2] |= 2,
                Bomb => answer = messages::dns_bomb(question),
            }
            if matches!(self, EndlessGarbage | EndlessWrongIds) {
                flood(&socket, from, &answer).await;
            } else {
                let _ = socket.send_to(&answer, from).await;
            }
        }
    }
}

/// As many as get through, until nobody listens.
async fn flood(socket: &UdpSocket, to: SocketAddr, datagram: &[u8]) {
    while socket.send_to(datagram, to).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

/// In the order of the matrix.
const ALL: [Behaviour; 17] = [
    Honest,
    Silence,
    Nobody,
    WrongId,
    WrongSource,
    Truncated,
    Replay,
    Empty,
    Nuls,
    NoUtf8,
    Garbage,
    Large,
    EndlessGarbage,
    EndlessWrongIds,
    Ssh,
    CutOff,
    Bomb,
];
/// KiB that a server may make a check allocate.
const KIB: u64 = 64;
