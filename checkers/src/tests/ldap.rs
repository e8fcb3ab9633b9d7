//! Against dialogues played from bytes (RFC 4511).

use tokio::io::{AsyncRead, AsyncWrite};

use super::secured::{acceptor, anyone};
use super::*;
use crate::{Ldap, Security};

fn ldap(receive: Option<Pattern>) -> Ldap {
    let [login, base] = ["cn=nanny", "dc=example,dc=org"].map(str::to_owned);
    Ldap { security: Security::Plain, login, passwd: "secret".into(), base, receive }
}

/// A server that gives one answer for each request, and reads on.
async fn plays(at: &'static str, answers: Vec<Vec<u8>>) -> SocketAddr {
    server(at, move |stream| play(stream, answers.clone())).await
}

async fn play(mut stream: impl AsyncRead + AsyncWrite + Unpin, answers: Vec<Vec<u8>>) {
    for answer in answers {
        let mut header = [0; 2];
        if stream.read_exact(&mut header).await.is_err() {
            return;
        }
        let _ = stream.read_exact(&mut vec![0; header[1].into()]).await;
        let _ = stream.write_all(&answer).await;
    }
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

/// A message to the request `id`.
fn message(id: u8, operation: u8, content: &[u8]) -> Vec<u8> {
    let inner = content.len() as u8;
    [&[0x30, inner + 5, 2, 1, id, operation, inner], content].concat()
}

fn result(id: u8, operation: u8, code: u8, said: &str) -> Vec<u8> {
    let content = [&[0x0a, 1, code, 4, 0, 4, said.len() as u8], said.as_bytes()].concat();
    message(id, operation, &content)
}

fn entry(name: &str) -> Vec<u8> {
    let content = [&[4, name.len() as u8], name.as_bytes(), &[0x30, 0]].concat();
    message(3, 0x64, &content)
}

fn bound() -> Vec<u8> {
    result(2, 0x61, 0, "")
}

fn done() -> Vec<u8> {
    result(3, 0x65, 0, "")
}

async fn asked(receive: Option<Pattern>, answers: Vec<Vec<u8>>) -> Outcome {
    ask(&Check::Ldap(ldap(receive)), plays("127.0.0.1", answers).await).await
}

#[tokio::test]
async fn an_entry_is_up() {
    for at in loopbacks() {
        let answers = vec![bound(), [entry("dc=example,dc=org"), done()].concat()];
        let outcome = ask(&Check::Ldap(ldap(pattern("^dc=ex"))), plays(at, answers).await).await;
        up(&outcome, "found \"dc=example,dc=org\"");
    }
    up(&asked(None, vec![bound(), [entry(""), done()].concat()]).await, "found the root");
}

#[tokio::test]
async fn an_entry_of_another_name_is_down() {
    let answers = vec![bound(), [entry("dc=example,dc=org"), done()].concat()];
    let expected = "found \"dc=example,dc=org\", which does not match \"^cn=\"";
    down(&asked(pattern("^cn="), answers).await, expected);
}

#[tokio::test]
async fn none_and_two_are_down() {
    down(&asked(None, vec![bound(), done()]).await, "search: no entry");
    let two = [entry("dc=a"), entry("dc=b"), done()].concat();
    down(&asked(None, vec![bound(), two]).await, "search: 2 entries for one name");
}

#[tokio::test]
async fn results_are_told_in_words() {
    let refused = result(2, 0x61, 49, "");
    down(&asked(None, vec![refused]).await, "bind: invalid credentials (49)");
    let refused = result(2, 0x61, 53, "unauthenticated bind disallowed");
    let expected = "bind: unwilling to perform (53): \"unauthenticated bind disallowed\"";
    down(&asked(None, vec![refused]).await, expected);
    let nothing = result(3, 0x65, 32, "");
    down(&asked(None, vec![bound(), nothing]).await, "search: no such object (32)");
    let leaves = result(0, 0x78, 52, "shutting down");
    let expected = "the server says farewell: unavailable (52): \"shutting down\"";
    down(&asked(None, vec![leaves]).await, expected);
}

#[tokio::test]
async fn odd_but_legal() {
    // references and lengths in the long form
    let entry = b"\x30\x84\0\0\0\x0f\x02\x01\x03\x64\x84\0\0\0\x06\x04\x04dc=a";
    let reference = message(3, 0x73, b"\x04\x09ldap://b/");
    let all = [&reference, entry.as_slice(), &done()].concat();
    up(&asked(None, vec![bound(), all]).await, "found \"dc=a\"");
}

#[tokio::test]
async fn what_is_not_ldap() {
    let http = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    down(&asked(None, vec![http]).await, "the answer is not LDAP");
    let long = b"\x30\x84\xff\xff\xff\xff".to_vec();
    down(&asked(None, vec![long]).await, "an answer of 4294967295 bytes");
    let endless = b"\x30\x80\x02\x01\x02".to_vec();
    down(&asked(None, vec![endless]).await, "the answer is not LDAP");
    let other = result(7, 0x61, 0, "");
    down(&asked(None, vec![other]).await, "an answer to request 7, which was not made");
    down(&asked(None, vec![result(2, 0x65, 0, "")]).await, "bind: not the answer to it");
    let address = answers(b"").await;
    let expected = "closed by the server (connected, waiting for the answer to the bind)";
    down(&ask(&Check::Ldap(ldap(None)), address).await, expected);
}

#[tokio::test]
async fn entries_without_end() {
    let endless = entry("dc=example,dc=org").repeat(3000);
    let expected = "an answer of more than 65536 bytes";
    down(&asked(None, vec![bound(), endless]).await, expected);
}

#[tokio::test]
async fn tags_within_tags_are_only_bytes() {
    // each one opens the next: whoever follows them down needs 30,000 frames of stack
    let nested = [0x30, 0x82, 0xff, 0xff].repeat(15_000);
    let size = (nested.len() as u16 + 3).to_be_bytes();
    let message = [&[0x30, 0x82], &size[..], &[2, 1, 2], &nested].concat();
    down(&asked(None, vec![message]).await, "the answer is not LDAP");
}

#[tokio::test]
async fn who_has_no_password_is_nobody() {
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let address = server("127.0.0.1", move |mut stream| {
        let told = told.clone();
        async move {
            let mut request = [0; 200];
            let read = stream.read(&mut request).await.unwrap();
            let _ = told.send(request[..read].to_vec());
        }
    });
    let check = Ldap { passwd: "".into(), ..ldap(None) };
    ask(&Check::Ldap(check), address.await).await;
    let bind = b"\x30\x0c\x02\x01\x02\x60\x07\x02\x01\x03\x04\x00\x80\x00";
    assert_eq!(heard.recv().await.unwrap(), bind);
}

#[tokio::test]
async fn the_password_is_not_shown() {
    let address = plays("127.0.0.1", vec![bound(), done()]).await;
    let probe = Check::Ldap(ldap(None)).probe(Target { address }, PATIENCE).await;
    let said: Vec<u8> = probe.transcript.turns().flat_map(|(_, bytes)| bytes).collect();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("cn=nanny") && said.contains("********"), "{said}");
    assert!(!said.contains("secret"), "{said}");
}

#[tokio::test]
async fn start_tls_refused_and_preceded() {
    let check = Ldap { security: Security::StartTls(anyone()), ..ldap(None) };
    let check = Check::Ldap(check);
    let refused = result(1, 0x78, 2, "unsupported extended operation");
    let address = plays("127.0.0.1", vec![refused]).await;
    let expected = "StartTLS: protocol error (2): \"unsupported extended operation\"";
    down(&ask(&check, address).await, expected);
    let hasty = [result(1, 0x78, 0, ""), bound()].concat();
    let address = plays("127.0.0.1", vec![hasty]).await;
    down(&ask(&check, address).await, "the server speaks on where TLS should begin");
}

#[tokio::test]
async fn start_tls_and_tls_at_once() {
    let dialogue = || vec![bound(), [entry("dc=a"), done()].concat()];
    let after = server("127.0.0.1", move |mut stream| async move {
        let _ = stream.read(&mut [0; 100]).await;
        let _ = stream.write_all(&result(1, 0x78, 0, "")).await;
        play(acceptor().accept(stream).await.unwrap(), dialogue()).await;
    });
    let check = Ldap { security: Security::StartTls(anyone()), ..ldap(None) };
    up(&ask(&Check::Ldap(check), after.await).await, "found \"dc=a\"");
    let first = server("127.0.0.1", move |stream| async move {
        play(acceptor().accept(stream).await.unwrap(), dialogue()).await;
    });
    let check = Ldap { security: Security::Tls(anyone()), ..ldap(None) };
    up(&ask(&Check::Ldap(check), first.await).await, "found \"dc=a\"");
}
