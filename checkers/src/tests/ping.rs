use super::*;
use crate::Ping;

const PING: Check = Check::Ping(Ping { attempts: 2 });

/// Whether this process may ping at all.
async fn allowed() -> bool {
    let outcome = ask(&PING, ([127, 0, 0, 1], 0).into()).await;
    !outcome.message.starts_with("cannot open an ICMP socket") || skipped(&outcome.message)
}

#[tokio::test]
async fn loopback_answers() {
    if !allowed().await {
        return;
    }
    for at in loopbacks() {
        let address = SocketAddr::new(at.parse().unwrap(), 80);
        up(&ask(&PING, address).await, "echo reply");
    }
    up(&ask(&PING, "[::ffff:127.0.0.1]:80".parse().unwrap()).await, "echo reply");
}

#[tokio::test]
async fn many_at_once_take_only_their_own_answers() {
    if !allowed().await {
        return;
    }
    let asked: Vec<_> = (1..=50)
        .map(|n| tokio::spawn(async move { ask(&PING, ([127, 0, 0, n], 0).into()).await }))
        .collect();
    for outcome in asked {
        up(&outcome.await.unwrap(), "echo reply");
    }
}

#[tokio::test]
async fn nobody_there() {
    if !allowed().await {
        return;
    }
    // the discard prefix (RFC 6666) or no route at all: no echo comes from there
    let address = "[100::1]:0".parse().unwrap();
    let outcome = ask_within(Duration::from_millis(200), &PING, address).await;
    let said = ["no answer within 200 ms (2 of 2 echo requests sent)", "network is unreachable"];
    assert_eq!(outcome.verdict, Verdict::Down);
    assert!(said.contains(&&*outcome.message), "{}", outcome.message);
}
