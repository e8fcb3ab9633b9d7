//! Every check against small servers on loopback, each in the file of its name. What they all must do
//! is in `tests/hostile`.

mod all;
mod connect;
mod datagrams;
mod dialogue;
mod dns;
mod external;
mod ftp;
mod grpc;
pub(crate) mod http;
mod http2;
mod https;
mod imap;
mod ldap;
mod lines;
mod load;
mod memcached;
mod mysql;
mod nntp;
mod oracle;
mod perl;
mod pgsql;
mod ping;
mod pop;
mod radius;
mod redis;
mod secured;
mod send_expect;
mod send_program;
mod simpletcp;
mod sip;
mod smtp;
mod tls;
mod tls_files;

use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{Check, Outcome, Pattern, Target, Verdict};

/// A server that treats each connection by `serve`, and ends with the test's runtime.
async fn server<F>(at: &str, serve: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind((at, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// A server that reads a request and gives `answer`, then closes.
pub(crate) async fn answers(answer: &[u8]) -> SocketAddr {
    let answer = answer.to_vec();
    server("127.0.0.1", move |mut stream| {
        let answer = answer.clone();
        async move {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(&answer).await;
        }
    })
    .await
}

/// A port of loopback where nobody listens, and that nobody gets as long as the tests run.
fn nobody() -> SocketAddr {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    std::mem::forget(socket);
    address
}

/// The loopback addresses of this machine.
fn loopbacks() -> Vec<&'static str> {
    let here = |at: &&str| {
        let there = std::net::TcpListener::bind((*at, 0)).is_ok();
        there || skipped(&format!("no {at} on this machine"))
    };
    ["127.0.0.1", "::1"].into_iter().filter(here).collect()
}

/// Says past the test harness that something was not tested; in CI that is an error.
pub(crate) fn skipped(why: &str) -> bool {
    use std::io::Write;
    assert!(std::env::var_os("CI").is_none(), "{why}");
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
    false
}

fn pattern(text: &str) -> Option<Pattern> {
    Some(text.parse().unwrap())
}

/// Asks with time enough for any honest server.
async fn ask(check: &Check, address: SocketAddr) -> Outcome {
    ask_within(PATIENCE, check, address).await
}

/// Asks with a deadline; that it is kept is in the outcome's words, and in that there is one.
async fn ask_within(deadline: Duration, check: &Check, address: SocketAddr) -> Outcome {
    let asking = check.run(Target { address }, deadline);
    tokio::time::timeout(deadline + PATIENCE, asking).await.expect("the check does not end")
}

#[track_caller]
fn up(outcome: &Outcome, message: &str) {
    assert_eq!((outcome.verdict, &*outcome.message), (Verdict::Up, message));
}

#[track_caller]
fn down(outcome: &Outcome, message: &str) {
    assert_eq!((outcome.verdict, &*outcome.message), (Verdict::Down, message));
}

/// More than an honest server needs on the slowest machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// A deadline that strikes, after the other side has got where it should.
const DEADLINE: Duration = Duration::from_secs(3);
