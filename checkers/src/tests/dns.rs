use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;

use super::*;
use crate::{Dns, Transport};

fn dns(transport: Transport, name: &str, receive: &str) -> Check {
    Check::Dns(Dns { transport, name: name.to_owned(), receive: pattern(receive) })
}

fn udp(name: &str, receive: &str) -> Check {
    dns(Transport::Udp, name, receive)
}

/// A response to `query`, by its flags and its records of type and data, all about the name asked for.
fn response(query: &[u8], flags: [u8; 2], records: &[(u8, &[u8])]) -> Vec<u8> {
    let count = u8::try_from(records.len()).unwrap();
    let mut response = [&query[..2], &flags, &[0, 1, 0, count, 0, 0, 0, 0], &query[12..]].concat();
    for (kind, data) in records {
        let length = u16::try_from(data.len()).unwrap();
        response.extend([0xc0, 0x0c, 0, *kind, 0, 1, 0, 0, 0, 60]);
        response.extend(length.to_be_bytes());
        response.extend(*data);
    }
    response
}

/// Before the message, its length.
fn framed(message: &[u8]) -> Vec<u8> {
    [&u16::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

/// A server over TCP that answers each query by bytes of any kind, then closes.
async fn over_tcp(
    at: &str,
    answer: impl Fn(&[u8]) -> Vec<u8> + Clone + Send + Sync + 'static,
) -> SocketAddr {
    server(at, move |stream| give(stream, answer.clone())).await
}

async fn give(mut stream: TcpStream, answer: impl Fn(&[u8]) -> Vec<u8>) {
    let Ok(length) = stream.read_u16().await else { return };
    let mut query = vec![0; usize::from(length)];
    stream.read_exact(&mut query).await.unwrap();
    let _ = stream.write_all(&answer(&query)).await;
}

#[tokio::test]
async fn a_names_addresses_over_udp_and_tcp() {
    const TWO: [(u8, &[u8]); 2] = [(A, &[192, 0, 2, 1]), (A, &[192, 0, 2, 2])];
    for at in loopbacks() {
        let matches = r#"answered what matches "^192\.0\.2\.2$""#;
        let address = datagrams::server(at, |q| [response(&q, WELL, &TWO)]).await;
        up(&ask(&udp("www.example.org", r"^192\.0\.2\.2$"), address).await, matches);
        let address = over_tcp(at, |q| framed(&response(q, WELL, &TWO))).await;
        let check = dns(Transport::Tcp, "www.example.org.", r"^192\.0\.2\.2$");
        up(&ask(&check, address).await, matches);
        let check = dns(Transport::Tcp, "www.example.org", "^10");
        let expected = r#"answered "192.0.2.1, 192.0.2.2", but nothing in it matches "^10""#;
        down(&ask(&check, address).await, expected);
    }
}

#[tokio::test]
async fn what_is_asked() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let address = datagrams::server("127.0.0.1", move |query| {
        asked.lock().unwrap().push(query.clone());
        [response(&query, WELL, &[(PTR, b"\x04host\x07example\0"), (A, &[192, 0, 2, 1])])]
    });
    let address = address.await;
    for name in ["short", "192.0.2.1", "2001:db8::1"] {
        up(&ask(&udp(name, "^host.example$"), address).await, NAMED);
    }
    let seen = seen.lock().unwrap();
    let question = |name: &str, kind| {
        let labels = name.split_terminator('.');
        let mut question: Vec<u8> = labels
            .flat_map(|label| [&[u8::try_from(label.len()).unwrap()], label.as_bytes()].concat())
            .collect();
        question.extend([0, 0, kind, 0, 1]);
        [&[1, 0, 0, 1, 0, 0, 0, 0, 0, 0], question.as_slice()].concat()
    };
    let nibbles = "1.".to_owned() + &"0.".repeat(23) + "8.b.d.0.1.0.0.2.ip6.arpa";
    assert_eq!(seen[0][2..], question("short", A));
    assert_eq!(seen[1][2..], question("1.2.0.192.in-addr.arpa", PTR));
    assert_eq!(seen[2][2..], question(&nibbles, PTR));
    let ids: std::collections::HashSet<_> = seen.iter().map(|query| &query[..2]).collect();
    assert!(ids.len() > 1, "the id does not change: {ids:?}");
}

#[tokio::test]
async fn a_refusal_is_told_from_silence() {
    for (code, words) in [
        (1, "answered FORMERR: it does not understand the question"),
        (2, "answered SERVFAIL: it could not find out"),
        (3, "answered NXDOMAIN: there is no such name"),
        (4, "answered NOTIMP: it does not answer such questions"),
        (5, "answered REFUSED: it does not answer us"),
        (9, "answered NOTAUTH: it is not in charge of the name"),
        (15, "answered response code 15"),
    ] {
        let server = datagrams::server("127.0.0.1", move |q| [response(&q, [0x81, code], &[])]);
        down(&ask(&udp("www.example", "."), server.await).await, words);
    }
    // header only, as some refuse
    let bare = |q: Vec<u8>| [[&q[..2], &[0x81, 5, 0, 0, 0, 0, 0, 0, 0, 0]].concat()];
    let address = datagrams::server("127.0.0.1", bare).await;
    let refused = "answered REFUSED: it does not answer us";
    down(&ask(&udp("www.example", "."), address).await, refused);
    let silent = datagrams::server("127.0.0.1", |_| None).await;
    let expected = "no answer within 3 s (asked, waiting for an answer)";
    down(&ask_within(DEADLINE, &udp("www.example", "."), silent).await, expected);
    let deaf = datagrams::deaf("127.0.0.1");
    down(&ask(&udp("www.example", "."), deaf).await, "connection refused");
}

#[tokio::test]
async fn an_empty_answer() {
    let alias: &[(u8, &[u8])] = &[(CNAME, b"\x05alias\0"), (AAAA, &[0; 16])];
    let address = datagrams::server("127.0.0.1", |q| [response(&q, WELL, alias)]).await;
    let expected = "answered that there is such a name, but no address for it";
    down(&ask(&udp("www.example", "."), address).await, expected);
    let expected = "answered that there is such a name, but no name for it";
    down(&ask(&udp("192.0.2.1", "."), address).await, expected);
}

#[tokio::test]
async fn without_a_pattern_no_answer_is_right() {
    let check = Dns { transport: Transport::Udp, name: "www.example".to_owned(), receive: None };
    let expected = "no `receive` is configured: as in ldirectord, no answer is right without it";
    down(&ask(&Check::Dns(check), datagrams::deaf("127.0.0.1")).await, expected);
    let expected = "cannot ask for \"no name..at all\": a part is empty";
    down(&ask(&udp("no name..at all", "."), datagrams::deaf("127.0.0.1")).await, expected);
}

#[tokio::test]
async fn what_does_not_fit_is_fetched_over_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let Ok(socket) = UdpSocket::bind(address).await else {
        skipped("another test has this port over UDP");
        return;
    };
    tokio::spawn(async move {
        let mut query = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut query).await {
            // cut off within a record
            let mut cut = response(&query[..length], [0x83, 0], &[(A, &[192, 0, 2, 1])]);
            cut.truncate(cut.len() - 3);
            let _ = socket.send_to(&cut, from).await;
        }
    });
    let check = udp("www.example", "^192.0.2.9$");
    let serving = async {
        let (stream, _) = listener.accept().await.unwrap();
        let whole = |q: &[u8]| framed(&response(q, WELL, &[(A, &[192, 0, 2, 9])]));
        give(stream, whole).await;
    };
    let (outcome, ()) = tokio::join!(ask(&check, address), serving);
    up(&outcome, "answered what matches \"^192.0.2.9$\"");
    drop(listener);
    let outcome = ask(&check, address).await;
    let expected = "connection refused (the answer over UDP was cut off, asking over TCP)";
    down(&outcome, expected);
}

#[tokio::test]
async fn answers_to_something_else_are_passed_over() {
    let strays = |q: &[u8]| {
        let right = response(q, WELL, &[(A, &[10, 6, 6, 6])]);
        let mut id = right.clone();
        id[1] ^= 1;
        let mut name = right.clone();
        name[13] ^= 1;
        let question = q.to_vec();
        vec![id, name, question, right[..right.len() - 1].to_vec(), b"?".to_vec(), vec![]]
    };
    let address = datagrams::server("127.0.0.1", move |q| {
        let mut answers = strays(&q);
        answers.push(response(&q, WELL, &[(A, &[192, 0, 2, 1])]));
        answers
    });
    let check = udp("www.example", "^192.0.2.1$");
    up(&ask(&check, address.await).await, "answered what matches \"^192.0.2.1$\"");
    let address = datagrams::server("127.0.0.1", move |q| strays(&q)[..3].to_vec()).await;
    let expected = "no answer within 3 s (asked, got answers to something else only)";
    down(&ask_within(DEADLINE, &check, address).await, expected);
    let address = datagrams::server("127.0.0.1", move |q| strays(&q)[3..].to_vec()).await;
    let expected = "no answer within 3 s (asked, got only what is no DNS message)";
    down(&ask_within(DEADLINE, &check, address).await, expected);
}

#[tokio::test]
async fn over_tcp_a_bad_answer_is_the_end() {
    let check = dns(Transport::Tcp, "www.example", ".");
    let at = "127.0.0.1";
    let address = over_tcp(at, |_| b"\0\x0fHTTP/1.0 400 no".to_vec()).await;
    down(&ask(&check, address).await, "answered what was not asked");
    let address = over_tcp(at, |_| framed(b"short")).await;
    down(&ask(&check, address).await, "answered by what is no DNS message");
    let address = over_tcp(at, |q| framed(&response(q, [0x83, 0], &[]))).await;
    down(&ask(&check, address).await, "the answer is cut off, even over TCP");
    let half = |q: &[u8]| framed(&response(q, WELL, &[(A, &[192, 0, 2, 1])])[..40]);
    down(&ask(&check, over_tcp(at, half).await).await, "answered by what is no DNS message");
    let address = over_tcp(at, |q| framed(&response(&[b"\0\0", &q[2..]].concat(), WELL, &[])));
    down(&ask(&check, address.await).await, "answered what was not asked");
    let address = over_tcp(at, |_| vec![]).await;
    let expected = "closed by the server (connected, waiting for an answer)";
    down(&ask(&check, address).await, expected);
    let address = over_tcp(at, |_| b"\xff\xff\0".to_vec()).await;
    let expected = "closed by the server (connected, an answer has begun)";
    down(&ask(&check, address).await, expected);
    down(&ask(&check, nobody()).await, "connection refused");
}

/// A response to a question with recursion, and all is well.
const WELL: [u8; 2] = [0x81, 0x80];
const A: u8 = 1;
const CNAME: u8 = 5;
const PTR: u8 = 12;
const AAAA: u8 = 28;
const NAMED: &str = "answered what matches \"^host.example$\"";
