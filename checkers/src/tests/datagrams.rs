use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::net::UdpSocket;

use super::*;
use crate::{Expect, SendExpect, Sip, Transport};

/// A server over UDP: `answers` gives what is sent back for a datagram. It ends with the test's runtime.
pub(super) async fn server<A>(
    at: &str,
    mut answers: impl FnMut(Vec<u8>) -> A + Send + 'static,
) -> SocketAddr
where
    A: IntoIterator<Item = Vec<u8>>,
    A::IntoIter: Send,
{
    let socket = UdpSocket::bind((at, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut datagram = vec![0; 65_535];
        while let Ok((length, from)) = socket.recv_from(&mut datagram).await {
            for answer in answers(datagram[..length].to_vec()).into_iter() {
                let _ = socket.send_to(&answer, from).await;
            }
        }
    });
    address
}

/// A port where nobody listens to us, and that nobody gets as long as the tests run.
pub(super) fn deaf(at: &str) -> SocketAddr {
    let socket = std::net::UdpSocket::bind((at, 0)).unwrap();
    let address = socket.local_addr().unwrap();
    // the kernel refuses what comes from elsewhere
    socket.connect(address).unwrap();
    std::mem::forget(socket);
    address
}

fn echo() -> Check {
    let (transport, send) = (Transport::Udp, b"ping".to_vec());
    Check::SendExpect(SendExpect { transport, send, expect: Expect::Start(b"ping".to_vec()) })
}

#[tokio::test]
async fn a_question_that_gets_lost_is_asked_again() {
    for at in loopbacks() {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let address = server(at, move |question| {
            let mut asked = asked.lock().unwrap();
            asked.push((Instant::now(), question.clone()));
            (asked.len() == 3).then_some(question)
        });
        up(&ask(&echo(), address.await).await, "the answer begins with \"ping\"");
        let seen = seen.lock().unwrap();
        let [first, second, third] = &seen[..] else { panic!("asked {} times", seen.len()) };
        assert!(seen.iter().all(|(_, question)| question == b"ping"));
        // a question may take its way while a slow machine does something else
        let late = Duration::from_millis(900);
        assert!(second.0 - first.0 >= late && third.0 - second.0 >= 2 * late, "{seen:?}");
    }
}

#[tokio::test]
async fn that_nobody_listens_is_told_at_once() {
    for at in loopbacks() {
        down(&ask(&echo(), deaf(at)).await, "connection refused");
    }
}

#[tokio::test]
async fn who_was_not_asked_is_not_heard() {
    let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let asked = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = asked.local_addr().unwrap();
    tokio::spawn(async move {
        let mut datagram = [0; 64];
        while let Ok((length, from)) = asked.recv_from(&mut datagram).await {
            let _ = other.send_to(&datagram[..length], from).await;
        }
    });
    let expected = "no answer within 3 s (asked, waiting for an answer)";
    down(&ask_within(DEADLINE, &echo(), address).await, expected);
}

#[tokio::test]
async fn a_flood_of_something_else_does_not_hold_up_the_deadline() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let flood = tokio::spawn(async move {
        let (_, from) = socket.recv_from(&mut [0; 1024]).await.unwrap();
        loop {
            let _ = socket.send_to(b"SIP/2.0 200 OK\r\n\r\n", from).await;
        }
    });
    let login = "probe@example.org".to_owned();
    let check = Check::Sip(Sip { transport: Transport::Udp, login });
    let outcome = ask_within(DEADLINE, &check, address).await;
    flood.abort();
    down(&outcome, "no answer within 3 s (asked, got answers to something else only)");
    assert!(outcome.took < 2 * DEADLINE, "{:?}", outcome.took);
}
