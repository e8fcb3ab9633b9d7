//! Every check that reads from a server, against every server that means no good: it ends inside
//! its deadline, down, and says what was wrong.

use socket2::SockRef;

use super::*;
use crate::{Http, Method, Mysql, SimpleTcp};

/// The checks, each with how its dialogue would begin well.
fn checks() -> Vec<(&'static str, Check, &'static [u8])> {
    let http = |tls| {
        let (host, path) = (Some("www.example".to_owned()), "/".to_owned());
        Check::Http(Http { tls, method: Method::Get, host, path, receive: pattern("well") })
    };
    let simpletcp = SimpleTcp { send: "are you?\n".to_owned(), receive: pattern("well") };
    let [login, passwd, database, query] = ["u", "p", "d", "select 1"].map(str::to_owned);
    let mysql = Mysql { login, passwd, database, query };
    vec![
        ("http", http(false), b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbut"),
        ("https", http(true), b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03"),
        ("simpletcp", Check::SimpleTcp(simpletcp), b"I am\nbut"),
        ("mysql", Check::Mysql(mysql), b"\x4a\x00\x00\x00\x0a10.6.0"),
    ]
}

/// Asks all checks at once, each of a server made for it; `expected` must be in what each says.
async fn all<F>(
    deadline: Duration,
    serve: impl Fn(TcpStream, &'static [u8]) -> F + Copy + Send + 'static,
    expected: [&'static str; 4],
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut asked = tokio::task::JoinSet::new();
    for ((name, check, beginning), expected) in checks().into_iter().zip(expected) {
        let address = server("127.0.0.1", move |mut stream| async move {
            // what comes before the question is no answer to it
            if name.starts_with("http") {
                let _ = stream.read(&mut [0; 4096]).await;
            }
            serve(stream, beginning).await;
        })
        .await;
        asked.spawn(async move {
            let Outcome { verdict, message, .. } = ask_within(deadline, &check, address).await;
            assert_eq!(verdict, Verdict::Down, "{name}: {message}");
            assert!(message.contains(expected), "{name}: {message}\n expected: {expected}");
        });
    }
    asked.join_all().await;
}

#[tokio::test]
async fn nobody_listens() {
    for (name, check, _) in checks() {
        let outcome = ask(&check, nobody()).await;
        let said = outcome.message.split(" (").next();
        assert_eq!((outcome.verdict, said), (Verdict::Down, Some("connection refused")), "{name}");
    }
}

#[tokio::test]
async fn accepts_and_says_nothing() {
    let expected = [
        "no answer within 3 s (connected, waiting for the answer)",
        "no answer within 3 s (connecting or shaking hands for TLS)",
        "no answer within 3 s (connected, waiting for an answer)",
        "no answer within 3 s (connected, waiting for the greeting)",
    ];
    all(DEADLINE, |stream, _| silence(stream), expected).await;
}

#[tokio::test]
async fn begins_well_and_falls_silent() {
    let serve = |mut stream: TcpStream, beginning| async move {
        let _ = stream.write_all(beginning).await;
        silence(stream).await;
    };
    let expected = [
        "no answer within 3 s (200 OK, reading the body)",
        "no answer within 3 s",
        "no answer within 3 s (an answer has begun",
        "no answer within 3 s (connected, waiting for the greeting)",
    ];
    all(DEADLINE, serve, expected).await;
}

#[tokio::test]
async fn one_byte_at_a_time() {
    let serve = |mut stream: TcpStream, beginning: &'static [u8]| async move {
        let _ = stream.set_nodelay(true);
        for byte in beginning.iter().chain([b'x'].iter().cycle()) {
            if stream.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    all(DEADLINE, serve, ["no answer within 3 s"; 4]).await;
}

#[tokio::test]
async fn begins_well_and_never_ends() {
    let serve = |mut stream: TcpStream, beginning| async move {
        let _ = stream.write_all(beginning).await;
        while stream.write_all(&[b'x'; 16 * 1024]).await.is_ok() {}
    };
    let expected = [
        "200 OK, but the body does not match \"well\"",
        "TLS",
        "answered \"I am\", but no line matches \"well\"",
        "not MySQL",
    ];
    all(PATIENCE, serve, expected).await;
}

#[tokio::test]
async fn begins_well_and_resets() {
    let serve = |mut stream: TcpStream, beginning| async move {
        let _ = stream.write_all(beginning).await;
        let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    };
    all(PATIENCE, serve, ["connection reset by peer"; 4]).await;
}

#[tokio::test]
async fn begins_well_and_closes() {
    let serve = |mut stream: TcpStream, beginning| async move {
        let _ = stream.write_all(beginning).await;
        let _ = stream.shutdown().await;
        silence(stream).await;
    };
    let expected = ["", "", "no line matches", "closed in the middle of a packet"];
    all(PATIENCE, serve, expected).await;
}

#[tokio::test]
async fn garbage() {
    let serve = |mut stream: TcpStream, _| async move {
        let mut garbage = [0_u8; 8192];
        let mut state = 0x9e37_79b9_u32;
        for byte in &mut garbage {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = state.to_le_bytes()[3] | 0x80;
        }
        let _ = stream.write_all(&garbage).await;
        let _ = stream.shutdown().await;
        silence(stream).await;
    };
    let expected = ["no proper HTTP answer", "TLS", "no line matches", "not MySQL"];
    all(PATIENCE, serve, expected).await;
}

#[tokio::test]
async fn an_aborted_check_closes_its_connection() {
    for (name, check, beginning) in checks() {
        let (closed, mut closing) = tokio::sync::mpsc::channel(2);
        let address = server("127.0.0.1", move |mut stream| {
            let closed = closed.clone();
            async move {
                let _ = stream.write_all(beginning).await;
                let _ = closed.send(()).await;
                let _ = stream.read_to_end(&mut Vec::new()).await;
                let _ = closed.send(()).await;
            }
        });
        let target = Target { address: address.await };
        let nanny = tokio::spawn(async move { check.run(target, 3 * PATIENCE).await });
        closing.recv().await.unwrap();
        nanny.abort();
        let closed = tokio::time::timeout(PATIENCE, closing.recv()).await;
        assert!(closed.is_ok(), "{name}: the connection is still open");
    }
}

/// Holds the connection open as long as the test runs.
async fn silence(stream: TcpStream) {
    std::future::pending::<()>().await;
    drop(stream);
}
