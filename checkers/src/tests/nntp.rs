use super::dialogue::plays;
use super::*;
use crate::{Nntp, Security};

fn nntp(security: Security) -> Check {
    Check::Nntp(Nntp { security })
}

fn starttls() -> Security {
    Security::StartTls(secured::anyone())
}

#[tokio::test]
async fn who_lets_post_and_who_does_not() {
    for at in loopbacks() {
        for greeting in ["200 welcome", "201 read only", "200", "200-no list of lines"] {
            let server = plays(at, &format!("S: {greeting}\nC: QUIT")).await;
            up(&ask(&nntp(Security::Plain), server.address).await, "greeted");
            server.finished().await;
        }
    }
}

#[tokio::test]
async fn refusals_are_told_in_the_servers_words() {
    for (script, why) in [
        ("S: 400 closed for today", r#"greeted with: "400 closed for today""#),
        ("S: 502 not you", r#"greeted with: "502 not you""#),
        ("S: 2", r#"no proper reply: "2""#),
    ] {
        let server = plays("127.0.0.1", script).await;
        down(&ask(&nntp(Security::Plain), server.address).await, why);
        server.finished().await;
    }
    down(&ask(&nntp(Security::Plain), nobody()).await, "connection refused");
}

#[tokio::test]
async fn tls_from_the_start_and_after_starttls() {
    for (security, script) in [
        (Security::Tls(secured::anyone()), "TLS\nS: 200 a\nC: QUIT"),
        (
            starttls(),
            "S: 200 a
             C: CAPABILITIES
             S: 101 list
             S: VERSION 2
             S: STARTTLS
             S: .
             C: STARTTLS
             S: 382 go on
             TLS
             C: CAPABILITIES
             S: 101 list
             S: .
             C: QUIT",
        ),
        (
            starttls(),
            "S: 200 a
             C: CAPABILITIES
             S: 500 what?
             C: STARTTLS
             S: 382 go on
             TLS
             C: CAPABILITIES
             S: 500 what?
             C: QUIT",
        ),
    ] {
        let server = plays("127.0.0.1", script).await;
        up(&ask(&nntp(security), server.address).await, "greeted");
        server.finished().await;
    }
}

#[tokio::test]
async fn tls_that_is_not_offered_or_refused() {
    for (script, why) in [
        ("S: 101 a\nS: READER\nS: .", "the server does not offer STARTTLS"),
        ("S: 500 what?\nC: STARTTLS\nS: 500 what?", r#"STARTTLS: "500 what?""#),
        ("S: 101 a\nS: STARTTLS\nS: .\nC: STARTTLS\nS: 580 no", r#"STARTTLS: "580 no""#),
        (
            "S: 500 what?\nC: STARTTLS\nS: 382 go on\nTLS\nC: CAPABILITIES\nS: 400 closed",
            r#"CAPABILITIES: "400 closed""#,
        ),
    ] {
        let script = format!("S: 200 a\nC: CAPABILITIES\n{script}");
        let server = plays("127.0.0.1", &script).await;
        down(&ask(&nntp(starttls()), server.address).await, why);
        server.finished().await;
    }
}
