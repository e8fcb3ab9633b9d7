//! Against dialogues played from bytes (PostgreSQL's manual, "Frontend/Backend Protocol"); a real
//! server speaks in the laboratory.

use base64::prelude::{BASE64_STANDARD, Engine};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::secured::{acceptor, anyone};
use super::*;
use crate::{Pgsql, Security};

fn pgsql() -> Pgsql {
    let [login, database, query] = ["nanny", "shop", "select 1"].map(str::to_owned);
    Pgsql { security: Some(Security::Plain), login, passwd: "secret".into(), database, query }
}

fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32 + 4).to_be_bytes();
    [&[kind], &length[..], content].concat()
}

/// An authentication message.
fn asks(method: u32, rest: &[u8]) -> Vec<u8> {
    message(b'R', &[&method.to_be_bytes(), rest].concat())
}

/// The end of a login, with all that a server tells on that occasion.
fn welcome() -> Vec<u8> {
    [
        asks(0, b""),
        message(b'v', b"\0\x03\0\0\0\0\0\0"),
        message(b'S', b"server_version\x0015.14\0"),
        message(b'K', b"\0\0\0\x01\0\0\0\x02"),
        message(b'N', b"SNOTICE\0C00000\0Mhello\0\0"),
        message(b'Z', b"I"),
    ]
    .concat()
}

fn columns() -> Vec<u8> {
    message(b'T', b"\0\x01?column?\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0")
}

fn row() -> Vec<u8> {
    [columns(), message(b'D', b"\0\x01\0\0\0\x011"), ended()].concat()
}

fn ended() -> Vec<u8> {
    [message(b'C', b"SELECT 1\0"), message(b'Z', b"I")].concat()
}

fn denied() -> Vec<u8> {
    let fields = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"nanny\"\0\0";
    message(b'E', fields)
}

/// Gives one answer for each message, tells what it heard, and reads on.
async fn play<S>(mut stream: S, answers: Vec<Vec<u8>>, told: UnboundedSender<Vec<u8>>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    for answer in answers {
        let mut asked = [0; 1024];
        let Ok(read @ 1..) = stream.read(&mut asked).await else { return };
        let _ = told.send(asked[..read].to_vec());
        let _ = stream.write_all(&answer).await;
    }
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    let _ = told.send(rest);
}

async fn plays(
    at: &'static str,
    answers: Vec<Vec<u8>>,
) -> (SocketAddr, UnboundedReceiver<Vec<u8>>) {
    let (told, heard) = unbounded_channel();
    (server(at, move |stream| play(stream, answers.clone(), told.clone())).await, heard)
}

async fn asked(answers: Vec<Vec<u8>>) -> Outcome {
    let (address, _heard) = plays("127.0.0.1", answers).await;
    ask(&Check::Pgsql(pgsql()), address).await
}

const UP: &str = "logged in, the query returned a row";

#[tokio::test]
async fn a_row_is_up() {
    for at in loopbacks() {
        let (address, mut heard) = plays(at, vec![welcome(), row()]).await;
        up(&ask(&Check::Pgsql(pgsql()), address).await, UP);
        let start = heard.recv().await.unwrap();
        let expected = b"user\0nanny\0database\0shop\0client_encoding\0UTF8\0\0";
        assert_eq!(start[8..], expected[..]);
        assert_eq!(heard.recv().await.unwrap(), b"Q\0\0\0\x0dselect 1\0");
        assert_eq!(heard.recv().await.unwrap(), b"X\0\0\0\x04", "it says farewell");
    }
}

#[tokio::test]
async fn no_row_is_down() {
    let none = [columns(), ended()].concat();
    down(&asked(vec![welcome(), none]).await, "the query returned no row");
    let empty = [message(b'I', b""), message(b'Z', b"I")].concat();
    down(&asked(vec![welcome(), empty]).await, "the query returned no row");
    let copies = message(b'H', b"\0\0\x01\0\0");
    down(&asked(vec![welcome(), copies]).await, "the query copies: it has no rows");
}

#[tokio::test]
async fn a_row_that_is_changed_counts() {
    let done = |tag: &[u8]| [message(b'C', &[tag, b"\0"].concat()), message(b'Z', b"I")].concat();
    for tag in [b"INSERT 0 1".as_slice(), b"UPDATE 12"] {
        up(&asked(vec![welcome(), done(tag)]).await, "logged in, the query changed a row");
    }
    for tag in [b"INSERT 0 0".as_slice(), b"UPDATE 0", b"SET", b"UPDATE", b"DELETE x", b"\xff 1"] {
        down(&asked(vec![welcome(), done(tag)]).await, "the query returned no row");
    }
}

#[tokio::test]
async fn a_row_of_a_gigabyte_is_a_row() {
    let long = [columns(), b"D\x40\0\0\0\0\x01".to_vec()].concat();
    up(&asked(vec![welcome(), long]).await, UP);
}

#[tokio::test]
async fn the_servers_words_are_passed_on() {
    let expected = "FATAL 28P01: password authentication failed for user \"nanny\"";
    down(&asked(vec![denied()]).await, expected);
    let syntax =
        message(b'E', b"SFEHLER\0VERROR\0C42601\0MSyntaxfehler bei \xc2\xbbselct\xc2\xab\0P1\0\0");
    down(&asked(vec![welcome(), syntax]).await, "ERROR 42601: Syntaxfehler bei »selct«");
    let odd = message(b'E', b"too old\0");
    down(&asked(vec![odd]).await, "an error of the server's: \"too old?\"");
}

#[tokio::test]
async fn the_password_as_it_is_and_by_md5() {
    let (address, mut heard) = plays("127.0.0.1", vec![asks(3, b""), welcome(), row()]).await;
    let probe = Check::Pgsql(pgsql()).probe(Target { address }, PATIENCE).await;
    up(&probe.outcome, UP);
    heard.recv().await.unwrap();
    assert_eq!(heard.recv().await.unwrap(), b"p\0\0\0\x0bsecret\0");
    let said: Vec<u8> = probe.transcript.turns().flat_map(|(_, bytes)| bytes).collect();
    assert!(!String::from_utf8_lossy(&said).contains("secret"));
    let answers = vec![asks(5, b"salt"), welcome(), row()];
    let (address, mut heard) = plays("127.0.0.1", answers).await;
    up(&ask(&Check::Pgsql(pgsql()), address).await, UP);
    heard.recv().await.unwrap();
    let hash = heard.recv().await.unwrap();
    // md5(md5("secretnanny") "salt")
    assert_eq!(hash, b"p\0\0\0\x28md552e3b96bdf60602874ce4b00953c5cdb\0");
}

#[tokio::test]
async fn methods_that_no_password_answers() {
    let expected = "the server wants a login by GSSAPI, which is not supported";
    down(&asked(vec![asks(7, b"")]).await, expected);
    let expected = "the server wants a login by method 99, which is not supported";
    down(&asked(vec![asks(99, b"")]).await, expected);
    let expected = "the server wants a login by \"OAUTHBEARER??\", which is not supported";
    down(&asked(vec![asks(10, b"OAUTHBEARER\0\0")]).await, expected);
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    parts.iter().for_each(|part| hmac.update(part));
    hmac.finalize().into_bytes().into()
}

fn xor(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    std::array::from_fn(|i| a[i] ^ b[i])
}

/// A server's half of SCRAM-SHA-256 (RFC 5802, 3) for this password; asks for so many rounds.
async fn scram(passwd: &'static str, rounds: u32, proves: bool) -> SocketAddr {
    server("127.0.0.1", move |mut stream| async move {
        let mut asked = [0; 1024];
        let _ = stream.read(&mut asked).await;
        let methods = asks(10, b"SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0");
        let _ = stream.write_all(&methods).await;
        let read = stream.read(&mut asked).await.unwrap();
        let first = String::from_utf8_lossy(&asked[23..read]).into_owned();
        let bare = first.strip_prefix("n,,").expect("no channel binding, and none wanted");
        let nonce = bare.strip_prefix("n=,r=").unwrap();
        let challenge = format!("r={nonce}server,s=c2FsdA==,i={rounds}");
        let _ = stream.write_all(&asks(11, challenge.as_bytes())).await;
        let Ok(read @ 1..) = stream.read(&mut asked).await else { return };
        let last = String::from_utf8_lossy(&asked[5..read]).into_owned();
        let (without_proof, proof) = last.split_once(",p=").unwrap();
        let mut round = hmac(passwd.as_bytes(), &[b"salt", &[0, 0, 0, 1]]);
        let mut salted = round;
        for _ in 1..rounds {
            round = hmac(passwd.as_bytes(), &[&round]);
            salted = xor(salted, round);
        }
        let said = format!("{bare},{challenge},{without_proof}");
        let key = hmac(&salted, &[b"Client Key"]);
        let stored: [u8; 32] = Sha256::digest(key).into();
        let expected = xor(key, hmac(&stored, &[said.as_bytes()]));
        if proof != BASE64_STANDARD.encode(expected) {
            let _ = stream.write_all(&denied()).await;
            return;
        }
        let signature = hmac(&hmac(&salted, &[b"Server Key"]), &[said.as_bytes()]);
        let signature = if proves { signature } else { [0; 32] };
        let proof = format!("v={}", BASE64_STANDARD.encode(signature));
        let _ = stream.write_all(&[asks(12, proof.as_bytes()), welcome()].concat()).await;
        play(stream, vec![row()], unbounded_channel().0).await;
    })
    .await
}

#[tokio::test]
async fn scram_proves_both() {
    let check = Check::Pgsql(pgsql());
    up(&ask(&check, scram("secret", 4096, true).await).await, UP);
    let expected = "FATAL 28P01: password authentication failed for user \"nanny\"";
    down(&ask(&check, scram("other", 4096, true).await).await, expected);
    let expected = "the server does not prove that it knows the password as well";
    down(&ask(&check, scram("secret", 1, false).await).await, expected);
}

#[tokio::test]
async fn rounds_that_would_keep_us_computing_are_refused() {
    let check = Check::Pgsql(pgsql());
    let expected = "the server wants more than 100000 rounds of SCRAM";
    down(&ask(&check, scram("secret", u32::MAX, true).await).await, expected);
}

#[tokio::test]
async fn a_server_that_begins_the_login_again_and_again() {
    let again = [asks(3, b""), asks(3, b"")].concat();
    down(&asked(vec![again]).await, "the server's part of the login is not understood");
}

#[tokio::test]
async fn what_is_not_postgresql() {
    let http = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    down(&asked(vec![http]).await, "not PostgreSQL: a message of 1414811695 bytes");
    down(&asked(vec![b"R\0\0\0\x03".to_vec()]).await, "not PostgreSQL: a message of 3 bytes");
    let expected = "closed by the server (connected, logging in)";
    down(&ask(&Check::Pgsql(pgsql()), answers(b"R\0").await).await, expected);
    let notices = message(b'N', b"SNOTICE\0\0").repeat(10_000);
    down(&asked(vec![notices]).await, "an answer of more than 65536 bytes");
}

#[tokio::test]
async fn tls_asked_for() {
    let secured = server("127.0.0.1", |mut stream| async move {
        let mut asked = [0; 8];
        let _ = stream.read_exact(&mut asked).await;
        assert_eq!(asked, *b"\0\0\0\x08\x04\xd2\x16\x2f");
        let _ = stream.write_all(b"S").await;
        let stream = acceptor().accept(stream).await.unwrap();
        play(stream, vec![welcome(), row()], unbounded_channel().0).await;
    });
    let check = Pgsql { security: Some(Security::StartTls(anyone())), ..pgsql() };
    let check = Check::Pgsql(check);
    let outcome = ask(&check, secured.await).await;
    up(&outcome, UP);
    assert!(outcome.times.tls.is_some() && outcome.certificate_until.is_some());
    for (answer, expected) in [
        (b"N".to_vec(), "the server does not offer TLS"),
        (denied(), "the answer to SSLRequest is not understood"),
        ([b"S".to_vec(), welcome()].concat(), "the server speaks on where TLS should begin"),
    ] {
        let (address, _heard) = plays("127.0.0.1", vec![answer]).await;
        down(&ask(&check, address).await, expected);
    }
}

/// As libpq by itself: a server that lets in nobody without TLS is well, and so is one that has none,
/// or none that we could speak.
#[tokio::test]
async fn tls_as_the_server_likes_it() {
    let check = Check::Pgsql(Pgsql { security: None, ..pgsql() });
    let secured = server("127.0.0.1", |mut stream| async move {
        let _ = stream.read_exact(&mut [0; 8]).await;
        let _ = stream.write_all(b"S").await;
        let stream = acceptor().accept(stream).await.unwrap();
        play(stream, vec![welcome(), row()], unbounded_channel().0).await;
    });
    let outcome = ask(&check, secured.await).await;
    up(&outcome, UP);
    assert!(outcome.times.tls.is_some());
    let (address, _heard) = plays("127.0.0.1", vec![b"N".to_vec(), welcome(), row()]).await;
    up(&ask(&check, address).await, UP);
    for answer in [b"Sno TLS".as_slice(), b"E", b""] {
        let broken = server("127.0.0.1", move |mut stream| async move {
            let mut asked = [0; 8];
            let _ = stream.read_exact(&mut asked).await;
            if asked == *b"\0\0\0\x08\x04\xd2\x16\x2f" {
                return drop(stream.write_all(answer).await);
            }
            let _ = stream.write_all(&welcome()).await;
            play(stream, vec![row()], unbounded_channel().0).await;
        });
        up(&ask(&check, broken.await).await, UP);
    }
    down(&ask(&check, nobody()).await, "connection refused");
}

#[tokio::test]
async fn tls_at_once() {
    let secured = server("127.0.0.1", |stream| async move {
        let stream = acceptor().accept(stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"postgresql"[..]));
        play(stream, vec![welcome(), row()], unbounded_channel().0).await;
    });
    let check = Pgsql { security: Some(Security::Tls(anyone())), ..pgsql() };
    up(&ask(&Check::Pgsql(check), secured.await).await, UP);
}

#[tokio::test]
async fn nothing_is_asked_without_a_login_or_a_query() {
    let check = Pgsql { query: String::new(), ..pgsql() };
    down(&ask(&Check::Pgsql(check), nobody()).await, "a login and a query must be configured");
    let check = Pgsql { query: "select\0 1".to_owned(), ..pgsql() };
    let (address, _heard) = plays("127.0.0.1", vec![welcome()]).await;
    let expected = "this cannot be asked: string contains embedded null";
    down(&ask(&Check::Pgsql(check), address).await, expected);
}
