//! Several questions to one server: all must pass.

use super::*;
use crate::{Part, SimpleTcp, Transport};

fn all(parts: Vec<(Check, SocketAddr)>) -> Check {
    let part = |(check, address)| Part { check, target: Target { address } };
    Check::All(parts.into_iter().map(part).collect())
}

fn simpletcp(receive: &str) -> Check {
    Check::SimpleTcp(SimpleTcp {
        transport: Transport::Tcp,
        send: "are you?\n".to_owned(),
        receive: pattern(receive),
    })
}

#[tokio::test]
async fn all_pass() {
    let well = answers(b"I am\n").await;
    let check = all(vec![(Check::Connect, well), (simpletcp("am"), well)]);
    up(&ask(&check, nobody()).await, "connect: connected; simpletcp: answered what matches \"am\"");
}

#[tokio::test]
async fn the_first_that_fails_is_told() {
    let well = answers(b"I am\n").await;
    let check =
        all(vec![(simpletcp("am"), well), (Check::Connect, nobody()), (simpletcp("x"), well)]);
    down(&ask(&check, well).await, "connect: connection refused");
}

#[tokio::test]
async fn of_two_alike_the_port_is_told() {
    let (well, other) = (answers(b"I am\n").await, answers(b"I am not\n").await);
    let check = all(vec![(simpletcp("am\n"), well), (simpletcp("am\n"), other)]);
    let Outcome { verdict, message, .. } = ask(&check, well).await;
    assert_eq!(verdict, Verdict::Down);
    assert!(message.starts_with(&format!("simpletcp:{}: answered", other.port())), "{message}");
}

#[tokio::test]
async fn they_have_one_deadline() {
    let well = answers(b"I am\n").await;
    let silent = server("127.0.0.1", |stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    });
    let check = all(vec![(Check::Connect, well), (simpletcp("am"), silent.await)]);
    let expected = "simpletcp: no answer within 3 s (connected, waiting for an answer)";
    down(&ask_within(DEADLINE, &check, well).await, expected);
}
