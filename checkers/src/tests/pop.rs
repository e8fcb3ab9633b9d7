use super::dialogue::plays;
use super::*;
use crate::{Pop, Security};

fn pop(security: Security, login: &str, passwd: &str) -> Check {
    Check::Pop(Pop { security, login: login.to_owned(), passwd: passwd.into() })
}

fn plain(login: &str) -> Check {
    pop(Security::Plain, login, if login.is_empty() { "" } else { "tanstaaf" })
}

fn stls() -> Security {
    Security::StartTls(secured::anyone())
}

#[tokio::test]
async fn without_a_login_the_greeting_will_do() {
    for at in loopbacks() {
        let server = plays(at, "S: +OK ready\nC: QUIT").await;
        up(&ask(&plain(""), server.address).await, "greeted");
        server.finished().await;
    }
    down(&ask(&plain(""), nobody()).await, "connection refused");
    let server = plays("127.0.0.1", "S: -ERR too many").await;
    down(&ask(&plain(""), server.address).await, r#"greeted with: "-ERR too many""#);
}

#[tokio::test]
async fn a_silent_server_is_down_at_the_deadline() {
    let silent = server("127.0.0.1", |mut stream| async move {
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let outcome = ask_within(DEADLINE, &plain("me"), silent.await).await;
    down(&outcome, "no answer within 3 s (connected, waiting for the greeting)");
}

#[tokio::test]
async fn name_and_password() {
    let hello = "S: +OK ready\nC: CAPA\nS: -ERR what?\nC: USER me";
    for (script, why) in [
        ("S: +OK\nC: PASS tanstaaf\nS: +OK welcome\nC: QUIT", ""),
        ("S: -ERR no such user", r#"USER: "-ERR no such user""#),
        ("S: +OK\nC: PASS tanstaaf\nS: -ERR [AUTH] wrong", r#"PASS: "-ERR [AUTH] wrong""#),
        ("S: what", r#"USER: "what""#),
    ] {
        let server = plays("127.0.0.1", &format!("{hello}\n{script}")).await;
        let outcome = ask(&plain("me"), server.address).await;
        if why.is_empty() {
            up(&outcome, "logged in")
        } else {
            down(&outcome, why)
        }
        server.finished().await;
    }
}

/// The examples of RFC 1939 and RFC 2195.
#[tokio::test]
async fn a_login_that_does_not_show_the_password() {
    let apop = "S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
                C: CAPA
                S: +OK
                S: USER
                S: .
                C: APOP mrose c4c9334bac560ecc979e58001b3e22fb";
    for rest in [
        "S: +OK welcome\nC: QUIT",
        "S: -ERR hashed\nC: USER mrose\nS: +OK\nC: PASS tanstaaf\nS: +OK\nC: QUIT",
    ] {
        let server = plays("127.0.0.1", &format!("{apop}\n{rest}")).await;
        up(&ask(&plain("mrose"), server.address).await, "logged in");
        server.finished().await;
    }
    let cram = "S: +OK
                C: CAPA
                S: +OK
                S: SASL PLAIN cram-md5
                S: .
                C: AUTH CRAM-MD5
                S: + PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
                C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw";
    for (rest, why) in [
        ("S: +OK\nC: QUIT", ""),
        (
            "S: -ERR wrong\nC: USER tim\nS: -ERR not in the clear",
            r#"USER: "-ERR not in the clear""#,
        ),
    ] {
        let server = plays("127.0.0.1", &format!("{cram}\n{rest}")).await;
        let check = pop(Security::Plain, "tim", "tanstaaftanstaaf");
        let outcome = ask(&check, server.address).await;
        if why.is_empty() {
            up(&outcome, "logged in")
        } else {
            down(&outcome, why)
        }
        server.finished().await;
    }
}

#[tokio::test]
async fn challenges_that_are_none() {
    for (challenge, why) in [
        ("+ !!!", r#"AUTH CRAM-MD5: no proper challenge: "+ !!!""#),
        ("+OK", r#"AUTH CRAM-MD5: no proper challenge: "+OK""#),
    ] {
        let script = format!(
            "S: +OK <\nC: CAPA\nS: +OK\nS: SASL CRAM-MD5\nS: .\nC: AUTH CRAM-MD5\nS: {challenge}"
        );
        let server = plays("127.0.0.1", &script).await;
        down(&ask(&plain("me"), server.address).await, why);
        server.finished().await;
    }
}

#[tokio::test]
async fn tls_from_the_start_and_after_stls() {
    let rest = "C: CAPA\nS: -ERR\nC: USER me\nS: +OK\nC: PASS x y\nS: +OK\nC: QUIT";
    for (security, before) in [
        (Security::Tls(secured::anyone()), "TLS\nS: +OK"),
        (stls(), "S: +OK\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS: +OK\nTLS"),
        (stls(), "S: +OK\nC: CAPA\nS: -ERR\nC: STLS\nS: +OK\nTLS"),
    ] {
        let server = plays("127.0.0.1", &format!("{before}\n{rest}")).await;
        up(&ask(&pop(security, "me", "x y"), server.address).await, "logged in");
        server.finished().await;
    }
    for (script, why) in [
        ("S: +OK\nS: UIDL\nS: .", "the server does not offer STLS"),
        ("S: -ERR\nC: STLS\nS: -ERR what?", r#"STLS: "-ERR what?""#),
    ] {
        let server = plays("127.0.0.1", &format!("S: +OK\nC: CAPA\n{script}")).await;
        down(&ask(&pop(stls(), "me", "x"), server.address).await, why);
        server.finished().await;
    }
}

#[tokio::test]
async fn no_second_command_in_a_name_or_a_password() {
    for (login, passwd, what) in [("a\nDELE 1", "b", "login"), ("a", "b\0", "passwd")] {
        let outcome = ask(&pop(Security::Plain, login, passwd), nobody()).await;
        down(&outcome, &format!("{what} holds a line break or a NUL, which cannot be sent"));
    }
}

#[tokio::test]
async fn no_form_of_the_password_is_shown() {
    let script = "S: +OK <1@x>\nC: CAPA\nS: -ERR\nC: APOP me 660e50f74fb1e18ea6dae339d14f71eb\nS: -ERR hm\nC: USER me\nS: -ERR no";
    let server = plays("127.0.0.1", script).await;
    let probe = plain("me").probe(Target { address: server.address }, PATIENCE).await;
    let said: Vec<u8> = probe.transcript.turns().flat_map(|(_, bytes)| bytes).collect();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("APOP me ********\r\n"), "{said}");
    server.finished().await;
}
