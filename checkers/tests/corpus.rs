//! What fuzzing (`make fuzz`) found worth keeping, said again by servers on loopback: nothing in it may
//! break a check.

#![allow(clippy::unwrap_used, reason = "a test may end where it fails")]

#[path = "../../fuzz/src/asked.rs"]
#[allow(dead_code, missing_docs, unreachable_pub, reason = "it is the targets'")]
mod asked;

use std::path::PathBuf;
use std::time::Duration;

use checkers::{Check, Target, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

#[tokio::test]
async fn nothing_that_was_found_breaks_a_check() {
    let mut asked = JoinSet::new();
    for (target, check) in TARGETS {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let input = std::fs::read(&path).unwrap();
            let (check, said) = check(&input);
            asked.spawn(async move {
                let message = said_to(check, said).await;
                assert!(
                    !message.contains("the check itself failed"),
                    "{}: {message}",
                    path.display()
                );
            });
        }
    }
    assert!(asked.len() > TARGETS.len(), "there is no corpus");
    while let Some(result) = asked.join_next().await {
        result.unwrap();
    }
}

/// What a check says of a server that says this on every connection, and closes.
async fn said_to(check: Check, said: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = Target { address: listener.local_addr().unwrap() };
    let server = async {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            // who has gone already is told nothing
            let _ = stream.write_all(&said).await;
            let _ = stream.shutdown().await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    };
    tokio::select! {
        outcome = check.run(target, PATIENCE) => outcome.message,
        () = server => String::new(),
    }
}

/// The targets over TCP, and what they make of a file: which check, and what its server says. HTTP's
/// are not among them, for they name hosts that would be looked up.
const TARGETS: [(&str, Read); 7] = [
    ("lines", |input| chosen(input, asked::lines)),
    ("redis", |input| chosen(input, asked::redis)),
    ("ldap", |input| chosen(input, asked::ldap)),
    ("mysql", |input| chosen(input, asked::mysql)),
    ("pgsql", |input| chosen(input, asked::pgsql)),
    ("oracle", |input| (asked::oracle(), input.to_vec())),
    ("sip", |input| (asked::sip(Transport::Tcp), input.to_vec())),
];

type Read = fn(&[u8]) -> (Check, Vec<u8>);

fn chosen(input: &[u8], check: fn(u8) -> Check) -> (Check, Vec<u8>) {
    let (choice, said) = input.split_first().unwrap_or((&0, &[]));
    (check(*choice), said.to_vec())
}

const PATIENCE: Duration = Duration::from_secs(5);
