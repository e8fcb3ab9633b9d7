use proptest::prelude::*;

use super::dialogue::plays;
use super::*;
use crate::{Redis, Security, Side};

fn redis(login: &str, passwd: &str, command: &str, receive: Option<Pattern>) -> Check {
    let [login, command] = [login, command].map(str::to_owned);
    let security = Security::Plain;
    Check::Redis(Redis { security, login, passwd: passwd.into(), command, receive })
}

const PING: &str = "C: *1\nC: $4\nC: PING\n";
const QUIT: &str = "\nC: QUIT";

#[tokio::test]
async fn a_ping_is_answered() {
    for at in loopbacks() {
        let server = plays(at, &format!("{PING}S: +PONG{QUIT}")).await;
        up(&ask(&redis("", "", "", None), server.address).await, "answered");
        server.finished().await;
    }
    let Check::Redis(plain) = redis("", "", "", None) else {
        panic!("redis() makes a redis check")
    };
    let check = Check::Redis(Redis { security: Security::Tls(secured::anyone()), ..plain });
    let server = plays("127.0.0.1", &format!("TLS\n{PING}S: +PONG{QUIT}")).await;
    up(&ask(&check, server.address).await, "answered");
    server.finished().await;
}

#[tokio::test]
async fn errors_are_told_in_the_servers_words() {
    for (reply, why) in [
        ("-NOAUTH Authentication required.", r#"PING: "NOAUTH Authentication required.""#),
        ("-LOADING in memory", r#"PING: "LOADING in memory""#),
        ("-MASTERDOWN no link", r#"PING: "MASTERDOWN no link""#),
        ("+OK", r#"PING: "OK""#),
        ("HTTP/1.1 400 Bad Request", r#"no proper reply: "HTTP/1.1 400 Bad Request""#),
        ("$-2", r#"no proper reply: "$-2""#),
        ("*x", r#"no proper reply: "*x""#),
        ("$4294967296", "an answer of 4294967298 bytes"),
        ("$9223372036854775807", "an answer of 9223372036854775809 bytes"),
        (
            "*9223372036854775807",
            "closed by the server (connected, waiting for the answer to PING)",
        ),
    ] {
        let server = plays("127.0.0.1", &format!("{PING}S: {reply}")).await;
        down(&ask(&redis("", "", "", None), server.address).await, why);
        server.finished().await;
    }
    let longer = answers(b"$4\r\nPONGPONG\r\n").await;
    let why = "no proper reply: a text is longer than it was said to be";
    down(&ask(&redis("", "", "", None), longer).await, why);
}

#[tokio::test]
async fn a_login_with_and_without_a_name() {
    let auth = "C: *2\nC: $4\nC: AUTH\nC: $6\nC: geheim\n";
    let server = plays("127.0.0.1", &format!("{auth}S: +OK\n{PING}S: +PONG{QUIT}")).await;
    up(&ask(&redis("", "geheim", "", None), server.address).await, "answered");
    server.finished().await;
    let auth = "C: *3\nC: $4\nC: AUTH\nC: $2\nC: me\nC: $8\nC: ge\nC: heim\n";
    let server = plays("127.0.0.1", &format!("{auth}S: -WRONGPASS no such pair")).await;
    let target = Target { address: server.address };
    let probe = redis("me", "ge\r\nheim", "", None).probe(target, PATIENCE).await;
    down(&probe.outcome, r#"AUTH: "WRONGPASS no such pair""#);
    let turns: Vec<_> = probe.transcript.turns().collect();
    let said = b"*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$8\r\n********\r\n".to_vec();
    assert_eq!(turns.first(), Some(&(Side::Client, said)));
    server.finished().await;
}

#[tokio::test]
async fn a_password_that_the_server_repeats_is_not_in_the_outcome() {
    let auth = "C: *2\nC: $4\nC: AUTH\nC: $6\nC: geheim\n";
    let repeats = "S: -ERR unknown command 'AUTH', with args beginning with: 'geheim'";
    let server = plays("127.0.0.1", &format!("{auth}{repeats}")).await;
    let why = r#"AUTH: "ERR unknown command 'AUTH', with args beginning with: '********'""#;
    down(&ask(&redis("", "geheim", "", None), server.address).await, why);
    server.finished().await;
}

#[tokio::test]
async fn the_role_must_be_the_masters() {
    let role = "C: *1\nC: $4\nC: ROLE\n";
    let master = "S: *3\nS: $6\nS: master\nS: :3129659\nS: *1\nS: *3\nS: $9\nS: 127.0.0.1\nS: $4\nS: 9001\nS: $-1";
    let whole = pattern("^master\n3129659\n127.0.0.1\n9001\n$");
    let server = plays("127.0.0.1", &format!("{role}{master}{QUIT}")).await;
    up(&ask(&redis("", "", " ROLE ", whole), server.address).await, "answered");
    server.finished().await;
    let server = plays("127.0.0.1", &format!("{role}S: *2\nS: $5\nS: slave\nS: *0")).await;
    let outcome = ask(&redis("", "", "ROLE", pattern("master")), server.address).await;
    down(&outcome, r#"answered "slave", but it does not match "master""#);
}

#[tokio::test]
async fn arrays_within_arrays() {
    for (depth, why) in [
        (15, ""),
        (16, "arrays of a depth of more than 16"),
        (10_000, "arrays of a depth of more than 16"),
    ] {
        let address = answers(format!("{}+x\r\n", "*1\r\n".repeat(depth)).as_bytes()).await;
        let outcome = ask(&redis("", "", "ROLE", None), address).await;
        match depth {
            15 => up(&outcome, "answered"),
            _ => down(&outcome, why),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), text in "([*$+:-][0-9-]{0,4}\r\n){0,12}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for reply in [&*bytes, text.as_bytes()] {
                let outcome = ask(&redis("", "", "ROLE", None), answers(reply).await).await;
                assert!(!outcome.message.contains("the check itself failed"), "{}", outcome.message);
            }
        });
    }
}
