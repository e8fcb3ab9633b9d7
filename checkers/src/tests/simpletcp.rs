use super::*;
use crate::{SimpleTcp, Transport};

fn simpletcp(send: &str, receive: Option<Pattern>) -> Check {
    Check::SimpleTcp(SimpleTcp { transport: Transport::Tcp, send: send.to_owned(), receive })
}

#[tokio::test]
async fn what_is_sent_is_answered_after_its_end() {
    for at in loopbacks() {
        let echo = server(at, |mut stream| async move {
            let mut text = Vec::new();
            let _ = stream.read_to_end(&mut text).await;
            let _ = stream.write_all(&text).await;
        });
        let outcome = ask(&simpletcp("one\ntwo\n", pattern(r"^two\n$")), echo.await).await;
        up(&outcome, r#"answered what matches "^two\n$""#);
    }
}

#[tokio::test]
async fn a_pattern_is_looked_for_in_each_line_alone() {
    let address = answers(b"220 mail ready\r\n250 fine\r\n").await;
    up(&ask(&simpletcp("x", pattern("^250")), address).await, "answered what matches \"^250\"");
    let expected = r#"answered "220 mail ready", but no line matches "ready.*fine""#;
    down(
        &ask(&simpletcp("x", pattern("(?s)ready.*fine")), address).await,
        &expected.replace("\"ready.", "\"(?s)ready."),
    );
}

#[tokio::test]
async fn without_a_pattern_any_byte_will_do() {
    let address = answers(b"\0").await;
    up(&ask(&simpletcp("several\nlines\n", None), address).await, "answered");
    down(&ask(&simpletcp("x", None), answers(b"").await).await, "closed without an answer");
}

#[tokio::test]
async fn an_answer_that_was_given_before_the_question_counts() {
    let banner = server("127.0.0.1", |mut stream| async move {
        let _ = stream.write_all(b"ready\n").await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    up(
        &ask(&simpletcp("", pattern("ready")), banner.await).await,
        "answered what matches \"ready\"",
    );
}

#[tokio::test]
async fn a_service_over_udp_is_asked_over_udp() {
    let over_udp = |receive| {
        let send = "are you?\n".to_owned();
        Check::SimpleTcp(SimpleTcp { transport: Transport::Udp, send, receive })
    };
    for at in loopbacks() {
        let echo = datagrams::server(at, |said| [b"who asks?\n".to_vec(), said]).await;
        up(&ask(&over_udp(pattern("^are")), echo).await, "answered what matches \"^are\"");
        up(&ask(&over_udp(None), echo).await, "answered");
        let waits = "no answer within 3 s (an answer has begun, no line of it matches yet)";
        down(&ask_within(DEADLINE, &over_udp(pattern("^yes")), echo).await, waits);
        down(&ask(&over_udp(None), datagrams::deaf(at)).await, "connection refused");
    }
}

#[tokio::test]
async fn no_more_than_64_kib_are_read() {
    let address = answers(&[[b'x'; 70_000].as_slice(), b"\nready\n"].concat()).await;
    let outcome = ask(&simpletcp("x", pattern("ready")), address).await;
    assert_eq!(outcome.verdict, Verdict::Down);
    assert!(outcome.message.contains("xxx…\", but no line matches"), "{}", outcome.message);
}
