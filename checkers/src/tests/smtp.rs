use super::dialogue::plays;
use super::*;
use crate::{Security, Smtp};

fn smtp(security: Security) -> Check {
    Check::Smtp(Smtp { security })
}

fn starttls() -> Security {
    Security::StartTls(secured::anyone())
}

#[tokio::test]
async fn a_greeting_of_several_lines_and_a_name_that_is_taken() {
    for at in loopbacks() {
        let server = plays(
            at,
            "S: 220-mail.example ESMTP
             S: 220 no spam
             C: EHLO localhost.localdomain
             S: 250-mail.example
             S: 250-SIZE 1000
             S: 250 STARTTLS
             C: QUIT",
        )
        .await;
        up(&ask(&smtp(Security::Plain), server.address).await, "greeted");
        server.finished().await;
    }
}

#[tokio::test]
async fn who_knows_no_ehlo_is_told_helo() {
    let server = plays(
        "127.0.0.1",
        "S: 220 mail.example
         C: EHLO localhost.localdomain
         S: 500 what?
         C: HELO localhost.localdomain
         S: 250 well then
         C: QUIT",
    )
    .await;
    up(&ask(&smtp(Security::Plain), server.address).await, "greeted");
    server.finished().await;
}

#[tokio::test]
async fn refusals_are_told_in_the_servers_words() {
    for (script, why) in [
        ("S: 554 go away", r#"greeted with: "554 go away""#),
        ("S: 354 go on", r#"greeted with: "354 go on""#),
        ("S: hello", r#"no proper reply: "hello""#),
        ("S: 220 a\nC: EHLO localhost.localdomain\nS: 421 busy", r#"EHLO: "421 busy""#),
        (
            "S: 220 a\nC: EHLO localhost.localdomain\nS: 502 a\nC: HELO localhost.localdomain\nS: 550 b",
            r#"HELO: "550 b""#,
        ),
        (
            "S: 220 a\nC: EHLO localhost.localdomain\nS: 554 go away",
            r#"closed by the server (greeted, EHLO: "554 go away", waiting for the answer to HELO)"#,
        ),
        ("S: 220-a", "closed by the server (connected, waiting for the greeting)"),
    ] {
        let server = plays("127.0.0.1", script).await;
        down(&ask(&smtp(Security::Plain), server.address).await, why);
        server.finished().await;
    }
}

#[tokio::test]
async fn tls_from_the_start_and_after_starttls() {
    for (security, before) in [
        (Security::Tls(secured::anyone()), "TLS\nS: 220 a"),
        (
            starttls(),
            "S: 220 a
             C: EHLO localhost.localdomain
             S: 250-a
             S: 250-starttls
             S: 250 HELP
             C: STARTTLS
             S: 220 go on
             TLS",
        ),
    ] {
        let rest = "C: EHLO localhost.localdomain\nS: 250 a\nC: QUIT";
        let server = plays("127.0.0.1", &format!("{before}\n{rest}")).await;
        up(&ask(&smtp(security), server.address).await, "greeted");
        server.finished().await;
    }
}

#[tokio::test]
async fn tls_that_is_not_offered_refused_or_forestalled() {
    let hello = "S: 220 a\nC: EHLO localhost.localdomain\n";
    for (script, why) in [
        ("S: 250 STARTTLSX", "the server does not offer STARTTLS"),
        ("S: 250 STARTTLS\nC: STARTTLS\nS: 454 not now", r#"STARTTLS: "454 not now""#),
    ] {
        let server = plays("127.0.0.1", &format!("{hello}{script}")).await;
        down(&ask(&smtp(starttls()), server.address).await, why);
        server.finished().await;
    }
    // what was said in the clear would count as said under TLS
    let injected = b"220 a\r\n250 STARTTLS\r\n220 go on\r\n250 injected\r\n";
    let server = server("127.0.0.1", move |mut stream| async move {
        let _ = stream.write_all(injected).await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let outcome = ask(&smtp(starttls()), server.await).await;
    down(&outcome, "the server speaks on where TLS should begin");
}
