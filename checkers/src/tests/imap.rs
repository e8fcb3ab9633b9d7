use super::dialogue::plays;
use super::*;
use crate::{Imap, Security};

fn imap(security: Security, login: &str, passwd: &str) -> Check {
    Check::Imap(Imap { security, login: login.to_owned(), passwd: passwd.into() })
}

fn starttls() -> Security {
    Security::StartTls(secured::anyone())
}

const ABLE: &str = "S: * OK ready
    C: a1 CAPABILITY
    S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
    S: a1 OK done
    ";

#[tokio::test]
async fn without_a_login_the_greeting_will_do() {
    for at in loopbacks() {
        for greeting in ["* OK ready", "* PREAUTH as you are", "* ok [ALERT] hm"] {
            let server = plays(at, &format!("S: {greeting}\nC: a1 LOGOUT")).await;
            up(&ask(&imap(Security::Plain, "", ""), server.address).await, "greeted");
            server.finished().await;
        }
    }
    for greeting in ["* BYE full", "* OKAY", "a1 OK", "220 mail.example"] {
        let server = plays("127.0.0.1", &format!("S: {greeting}")).await;
        let outcome = ask(&imap(Security::Plain, "", ""), server.address).await;
        down(&outcome, &format!("greeted with: \"{greeting}\""));
    }
    down(&ask(&imap(Security::Plain, "", ""), nobody()).await, "connection refused");
}

#[tokio::test]
async fn every_password_that_can_be_sent_is() {
    for (passwd, sent) in [
        ("geheim", "C: a2 LOGIN \"me\" \"geheim\""),
        ("", "C: a2 LOGIN \"me\" \"\""),
        (r#"a "b\c"#, r#"C: a2 LOGIN "me" "a \"b\\c""#),
        ("schön", "C: a2 LOGIN \"me\" {6}\nS: + go on\nC: schön"),
        ("a\r\nb", "C: a2 LOGIN \"me\" {4}\nS: * 1 EXISTS\nS: +\nC: a\nC: b"),
    ] {
        let script = format!("{ABLE}{sent}\nS: * CAPABILITY IMAP4rev1\nS: a2 OK\nC: a3 LOGOUT");
        let server = plays("127.0.0.1", &script).await;
        up(&ask(&imap(Security::Plain, "me", passwd), server.address).await, "logged in");
        server.finished().await;
    }
    let names = "C: a2 LOGIN {2}\nS: + go on\nC: \u{e4} {2}\nS: + go on\nC: \u{f6}";
    let server = plays("127.0.0.1", &format!("{ABLE}{names}\nS: a2 OK\nC: a3 LOGOUT")).await;
    up(&ask(&imap(Security::Plain, "\u{e4}", "\u{f6}"), server.address).await, "logged in");
    server.finished().await;
    for (login, passwd, what) in [("a\0", "b", "login"), ("a", "b\0", "passwd")] {
        let outcome = ask(&imap(Security::Plain, login, passwd), nobody()).await;
        down(&outcome, &format!("{what} holds a NUL, which cannot be sent"));
    }
}

#[tokio::test]
async fn refusals_are_told_in_the_servers_words() {
    for (passwd, script, why) in [
        ("x", "C: a2 LOGIN \"me\" \"x\"\nS: a2 NO wrong", r#"LOGIN: "NO wrong""#),
        ("x", "C: a2 LOGIN \"me\" \"x\"\nS: * BYE enough", r#"LOGIN: "* BYE enough""#),
        ("x", "C: a2 LOGIN \"me\" \"x\"\nS: + more", r#"LOGIN: "+ more""#),
        ("ö", "C: a2 LOGIN \"me\" {2}\nS: a2 OK early", r#"LOGIN: "OK early""#),
        ("ö", "C: a2 LOGIN \"me\" {2}\nS: a2 BAD no literals", r#"LOGIN: "BAD no literals""#),
    ] {
        let server = plays("127.0.0.1", &format!("{ABLE}{script}")).await;
        down(&ask(&imap(Security::Plain, "me", passwd), server.address).await, why);
        server.finished().await;
    }
}

#[tokio::test]
async fn a_password_is_not_sent_where_that_is_forbidden() {
    let script = "S: * OK\nC: a1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 logindisabled\nS: a1 OK";
    let server = plays("127.0.0.1", script).await;
    let outcome = ask(&imap(Security::Plain, "me", "x"), server.address).await;
    down(&outcome, "nobody may log in without TLS, says the server (LOGINDISABLED)");
    server.finished().await;
}

#[tokio::test]
async fn whom_the_server_knows_need_not_log_in() {
    let server = plays("127.0.0.1", "S: * PREAUTH\nC: a1 LOGOUT").await;
    up(&ask(&imap(Security::Plain, "me", "x"), server.address).await, "logged in");
    server.finished().await;
}

#[tokio::test]
async fn tls_from_the_start_and_after_starttls() {
    let able = "C: a1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\nS: a1 OK";
    let before = format!("S: * OK\n{able}\nC: a2 STARTTLS\nS: a2 OK\nTLS");
    for (security, before, tag) in
        [(Security::Tls(secured::anyone()), "TLS\nS: * OK", 1), (starttls(), &*before, 3)]
    {
        let [login, logout] = [tag + 1, tag + 2];
        let script = format!(
            "{before}
             C: a{tag} CAPABILITY
             S: * CAPABILITY IMAP4rev1
             S: a{tag} OK
             C: a{login} LOGIN \"me\" \"x\"
             S: a{login} OK
             C: a{logout} LOGOUT"
        );
        let server = plays("127.0.0.1", &script).await;
        up(&ask(&imap(security, "me", "x"), server.address).await, "logged in");
        server.finished().await;
    }
    for (script, why) in [
        ("* CAPABILITY IMAP4rev1\nS: a1 OK", "the server does not offer STARTTLS"),
        ("a1 BAD what?", r#"CAPABILITY: "BAD what?""#),
        (
            "* CAPABILITY STARTTLS\nS: a1 OK\nC: a2 STARTTLS\nS: a2 NO not now",
            r#"STARTTLS: "NO not now""#,
        ),
    ] {
        let server = plays("127.0.0.1", &format!("S: * OK\nC: a1 CAPABILITY\nS: {script}")).await;
        down(&ask(&imap(starttls(), "me", "x"), server.address).await, why);
        server.finished().await;
    }
}

#[tokio::test]
async fn no_form_of_the_password_is_shown() {
    let script =
        format!("{ABLE}C: a2 LOGIN \"me\" \"ge\\\"heim\"\nS: a2 NO \"ge\\\"heim\" is wrong");
    let server = plays("127.0.0.1", &script).await;
    let check = imap(Security::Plain, "me", "ge\"heim");
    let probe = check.probe(Target { address: server.address }, PATIENCE).await;
    let said: Vec<u8> = probe.transcript.turns().flat_map(|(_, bytes)| bytes).collect();
    let said = String::from_utf8_lossy(&said);
    assert!(said.ends_with("a2 LOGIN \"me\" ********\r\na2 NO ******** is wrong\r\n"), "{said}");
}
