use proptest::prelude::*;

use super::*;
use crate::{Expect, SendExpect, Transport};

fn check(transport: Transport, send: &str, expect: Expect) -> Check {
    Check::SendExpect(SendExpect { transport, send: send.into(), expect })
}

fn tcp(send: &str, expect: Expect) -> Check {
    check(Transport::Tcp, send, expect)
}

fn start(text: &str) -> Expect {
    Expect::Start(text.into())
}

fn matches(text: &str) -> Expect {
    Expect::Match(text.parse().unwrap())
}

/// A server that says these pieces, each when the one before has been read, and waits.
async fn in_pieces(pieces: &'static [&'static [u8]]) -> SocketAddr {
    server("127.0.0.1", move |mut stream| async move {
        let _ = stream.set_nodelay(true);
        for piece in pieces {
            let _ = stream.write_all(piece).await;
            // the runtime's one thread looks at its sockets every 61 turns: the piece is read alone
            for _ in 0..1000 {
                tokio::task::yield_now().await;
            }
        }
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await
}

#[tokio::test]
async fn what_is_sent_is_answered() {
    for at in loopbacks() {
        let echo = server(at, |mut stream| async move {
            let mut text = [0; 14];
            let _ = stream.read_exact(&mut text).await;
            let _ = stream.write_all(&text).await;
            let _ = stream.read(&mut text).await;
        });
        let echo = echo.await;
        let send = "GET / HTTP\r\n\r\n";
        let expected = "the answer begins with \"GET /\"";
        up(&ask(&tcp(send, start("GET /")), echo).await, expected);
        up(
            &ask(&tcp(send, matches("^GET .*HTTP")), echo).await,
            "the answer matches \"^GET .*HTTP\"",
        );
        up(&ask(&tcp(send, Expect::Anything), echo).await, "answered");
        up(&ask(&tcp("", Expect::Nothing), echo).await, "connected");
        let expected = r#"answered "GET /\x20HTTP", where "HTTP" is expected"#;
        let expected = expected.replace(r"\x20", " ").replace("HTTP\",", "HTTP\\r\\n\\r\\n\",");
        down(&ask(&tcp(send, start("HTTP")), echo).await, &expected);
    }
    down(&ask(&tcp("", Expect::Nothing), nobody()).await, "connection refused");
}

#[tokio::test]
async fn an_answer_may_come_in_pieces() {
    let address = in_pieces(&[b"22", b"0 mail", b" ready\r\n"]).await;
    up(&ask(&tcp("", start("220 mail")), address).await, "the answer begins with \"220 mail\"");
    up(&ask(&tcp("", matches("ready")), address).await, "the answer matches \"ready\"");
    // as soon as it cannot become what is expected
    let address = in_pieces(&[b"5"]).await;
    let expected = "answered \"5\", where \"220 mail server\" is expected";
    down(&ask(&tcp("", start("220 mail server")), address).await, expected);
    let address = in_pieces(&[b"220"]).await;
    let expected = "no answer within 3 s (an answer has begun, not yet what is expected)";
    down(&ask_within(DEADLINE, &tcp("", start("220 mail")), address).await, expected);
}

#[tokio::test]
async fn an_answer_that_ends_too_soon() {
    let address = answers(b"22").await;
    let expected = "answered \"22\", where \"220\" is expected";
    down(&ask(&tcp("x", start("220")), address).await, expected);
    let expected = "answered \"22\", which does not match \"220\"";
    down(&ask(&tcp("x", matches("220")), address).await, expected);
    let address = answers(b"").await;
    for expect in [Expect::Anything, start("x"), start(""), matches("")] {
        down(&ask(&tcp("x", expect), address).await, "closed without an answer");
    }
}

#[tokio::test]
async fn a_pattern_sees_254_bytes_up_to_a_nul() {
    let text = ["x".repeat(251), "yes".to_owned(), "no".to_owned(), "x".repeat(1000)].concat();
    let address = answers(text.as_bytes()).await;
    up(&ask(&tcp("x", matches("yes$")), address).await, "the answer matches \"yes$\"");
    assert_eq!(ask(&tcp("x", matches("no")), address).await.verdict, Verdict::Down);
    let long = text.replace("no", "yes");
    assert_eq!(ask(&tcp("x", start(&long)), address).await.verdict, Verdict::Up);
    let address = answers(b"yes\0no").await;
    up(&ask(&tcp("x", matches("^yes$")), address).await, "the answer matches \"^yes$\"");
    let expected = r#"answered "yes\x00no", which does not match "no""#;
    down(&ask(&tcp("x", matches("no")), address).await, expected);
    up(&ask(&tcp("x", start("yes\0no")), address).await, r#"the answer begins with "yes\x00no""#);
}

#[tokio::test]
async fn over_udp_an_answer_is_always_awaited() {
    let udp = |send, expect| check(Transport::Udp, send, expect);
    for at in loopbacks() {
        let echo = datagrams::server(at, |datagram| [datagram]).await;
        for expect in [Expect::Nothing, Expect::Anything] {
            up(&ask(&udp("x", expect), echo).await, "answered");
        }
        up(&ask(&udp("", Expect::Nothing), echo).await, "answered");
        down(&ask(&udp("", Expect::Anything), echo).await, "answered \"\"");
        up(&ask(&udp("xyz", start("xy")), echo).await, "the answer begins with \"xy\"");
        up(&ask(&udp("xyz", matches("z$")), echo).await, "the answer matches \"z$\"");
        let expected = "answered \"xyz\", where \"xyz!\" is expected";
        down(&ask(&udp("xyz", start("xyz!")), echo).await, expected);
        let expected = "answered \"xyz\", which does not match \"^y\"";
        down(&ask(&udp("xyz", matches("^y")), echo).await, expected);
        let silent = datagrams::server(at, |_| None).await;
        let expected = "no answer within 3 s (asked, waiting for an answer)";
        down(&ask_within(DEADLINE, &udp("", Expect::Nothing), silent).await, expected);
    }
}

#[test]
fn backslashes_are_translated() {
    for (text, translated) in [
        (r"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"),
        (r#"\t\'\"\\"#, "\t'\"\\"),
        (r"\\n", r"\n"),
        (r"\.\x41\0\101\", r"\.\x41\0\101\"),
        ("\\", "\\"),
        (r"\ü\n", "\\ü\n"),
        ("", ""),
    ] {
        assert_eq!(SendExpect::translated(text), translated.as_bytes(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_doubled_comes_back(text in any::<String>()) {
        let doubled = text.replace('\\', r"\\");
        prop_assert_eq!(SendExpect::translated(&doubled), text.as_bytes());
    }
}
