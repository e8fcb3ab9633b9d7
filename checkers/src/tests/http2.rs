use super::http::{http, login};
use super::*;
use crate::{Http, Probe, Version};

/// A server of HTTP/2 that answers with what it was asked, after a redirect from `/`.
async fn mirror(at: &str) -> SocketAddr {
    server(at, serve).await
}

pub(super) async fn serve<S>(stream: S)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        let (head, _) = request.into_parts();
        let asked = format!("{} {}\n{:?}", head.method, head.uri, head.headers);
        let response = hyper::Response::builder();
        let response = match head.uri.path() {
            "/" => response.status(302).header("location", "/there"),
            "/large" => response.header("x", "y".repeat(100_000)),
            _ => response.status(200),
        };
        let Ok(mut rest) = respond.send_response(response.body(()).unwrap(), false) else { return };
        let body = if head.uri.path() == "/endless" { "well".repeat(1 << 20) } else { asked };
        let _ = rest.send_data(body.into(), true);
    }
}

fn two() -> Http {
    Http { version: Version::Two, ..http() }
}

#[tokio::test]
async fn version_two_by_prior_knowledge() {
    for at in loopbacks() {
        let address = mirror(at).await;
        let expected = format!("^GET http://{address}/there\n(?s:.)*\"x-check\": \"yes\"");
        let receive = pattern(&expected.replace('[', r"\[").replace(']', r"\]"));
        let headers = vec![("X-Check".to_owned(), "yes".to_owned())];
        let check = Check::Http(Http { receive, headers, ..two() });
        up(&ask(&check, address).await, "200 OK");
    }
    let address = mirror("127.0.0.1").await;
    let check = Http { host: Some("under_score".to_owned()), path: "/a?b".to_owned(), ..two() };
    let receive = pattern(r"^GET http://under_score/a\?b\n");
    up(&ask(&Check::Http(Http { receive, ..check.clone() }), address).await, "200 OK");
    let headers = vec![("host".to_owned(), "other.example".to_owned())];
    let receive = pattern(r"^GET http://other.example/a\?b\n");
    up(&ask(&Check::Http(Http { receive, headers, ..check }), address).await, "200 OK");
    let check = Http { host: Some("no host".to_owned()), ..two() };
    down(&ask(&Check::Http(check), address).await, "the virtual host is no host name");
}

#[tokio::test]
async fn version_two_is_bounded() {
    let address = mirror("127.0.0.1").await;
    let path = |path: &str| Http { path: path.to_owned(), ..two() };
    up(&ask(&Check::Http(path("/endless")), address).await, "200 OK");
    let check = Check::Http(Http { receive: pattern("sick"), ..path("/endless") });
    down(
        &ask(&check, address).await,
        "200 OK, but the body does not match \"sick\" in its first MiB",
    );
    let outcome = ask(&Check::Http(path("/large")), address).await;
    let begins = outcome.message.starts_with("no proper HTTP/2 answer: ");
    assert!(outcome.verdict == Verdict::Down && begins, "{}", outcome.message);
}

#[tokio::test]
async fn version_two_is_told_in_words() {
    let target = Target { address: mirror("127.0.0.1").await };
    let path = "/there".to_owned();
    let check = Check::Http(Http { path, login: login(), ..two() });
    let Probe { outcome, transcript } = check.probe(target, PATIENCE).await;
    up(&outcome, "200 OK");
    let said: Vec<_> =
        transcript.turns().map(|(_, said)| String::from_utf8(said).unwrap()).collect();
    let [asked, answered] = said.as_slice() else { panic!("{said:?}") };
    let first = format!("GET http://{}/there HTTP/2\r\n", target.address.ip());
    assert!(asked.starts_with(&first), "{asked}");
    assert!(asked.contains("\r\nauthorization: Basic ********\r\n"), "{asked}");
    assert!(answered.starts_with("HTTP/2 200\r\n\r\nGET http://"), "{answered}");
    assert!(outcome.times.first_byte >= outcome.times.connect);
}

#[tokio::test]
async fn who_does_not_speak_version_two() {
    let one = answers(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
    let outcome = ask(&Check::Http(two()), one).await;
    let begins = outcome.message.starts_with("no proper HTTP/2 answer: ");
    assert!(outcome.verdict == Verdict::Down && begins, "{}", outcome.message);
    let expected = "closed by the server (connected, waiting for the answer)";
    down(&ask(&Check::Http(two()), answers(b"").await).await, expected);
    let outcome = ask(&Check::Http(http()), mirror("127.0.0.1").await).await;
    assert_eq!(outcome.verdict, Verdict::Down, "{}", outcome.message);
}

/// Frames of HTTP/2 from a server that means no good, again and again.
async fn floods(beginning: &[u8], frame: &[u8]) -> SocketAddr {
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let (beginning, frames) = ([&settings, beginning].concat(), frame.repeat(1000));
    server("127.0.0.1", move |mut stream| {
        let (beginning, frames) = (beginning.clone(), frames.clone());
        async move {
            let (mut reads, mut writes) = stream.split();
            let _ = writes.write_all(&beginning).await;
            let flood = async { while writes.write_all(&frames).await.is_ok() {} };
            let drain = async { while reads.read(&mut [0; 4096]).await.is_ok_and(|n| n > 0) {} };
            tokio::select! { () = flood => {}, () = drain => {} }
        }
    })
    .await
}

#[tokio::test]
async fn floods_end_with_the_check() {
    let late = "no answer within 3 s (connected, waiting for the answer)";
    let ping: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    let settings: &[u8] = &[0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0xff, 0xff];
    let priority: &[u8] = &[0, 0, 5, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    // a status, in a block that never ends
    let headers: &[u8] = &[0, 0, 1, 1, 0, 0, 0, 0, 1, 0x88];
    let continuation: &[u8] = &[0, 0, 3, 9, 0, 0, 0, 0, 1, 0, 1, b'a'];
    let informational: &[u8] = &[0, 0, 5, 1, 4, 0, 0, 0, 1, 8, 3, b'1', b'0', b'3'];
    // each of its bytes stands for a whole header
    let bomb = [&[0, 1, 0x2c, 1, 4, 0, 0, 0, 1, 8, 3, b'1', b'0', b'3'][..], &[0x8f; 295]].concat();
    let empty: &[u8] = &[0, 0, 0, 0, 0, 0, 0, 0, 1];
    let answered: &[u8] = &[0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88];
    let mut asked = tokio::task::JoinSet::new();
    for (name, beginning, frame, expected) in [
        ("ping", &[][..], ping, late),
        ("settings", &[], settings, late),
        ("priority", &[], priority, late),
        ("continuation", headers, continuation, "no proper HTTP/2 answer: "),
        ("informational", &[], informational, "no "),
        ("bomb", &[], &bomb, "no "),
        ("empty", answered, empty, "no "),
    ] {
        let address = floods(beginning, frame).await;
        asked.spawn(async move {
            let outcome = ask_within(DEADLINE, &Check::Http(two()), address).await;
            let message = &outcome.message;
            assert!(outcome.verdict == Verdict::Down, "{name}: {message}");
            assert!(message.starts_with(expected), "{name}: {message}");
            println!("{name}: {message} {:?}", outcome.took);
        });
    }
    asked.join_all().await;
}
