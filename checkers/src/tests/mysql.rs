//! Against a dialogue played from bytes; a real server speaks in the laboratory.

use super::secured::{acceptor, anyone};
use super::*;
use crate::{Mysql, Security};

fn mysql() -> Check {
    let [login, passwd, database, query] =
        ["nanny", "secret", "shop", "select 1"].map(str::to_owned);
    Check::Mysql(Mysql { security: Security::Plain, login, passwd: passwd.into(), database, query })
}

/// A server that sends the greeting, then the answers, each after a packet of the client's; the
/// client's packets come back by the channel.
async fn plays(
    answers: Vec<Vec<u8>>,
) -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<Vec<u8>>) {
    greets_and_plays(greeting(), answers).await
}

async fn greets_and_plays(
    greeting: Vec<u8>,
    answers: Vec<Vec<u8>>,
) -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<Vec<u8>>) {
    let (told, heard) = tokio::sync::mpsc::unbounded_channel();
    let address = server("127.0.0.1", move |mut stream| {
        let (greeting, answers, told) = (greeting.clone(), answers.clone(), told.clone());
        async move {
            let _ = stream.write_all(&packet(0, &greeting)).await;
            for answer in answers {
                let mut header = [0; 4];
                if stream.read_exact(&mut header).await.is_err() {
                    return;
                }
                let mut asked = vec![0; u16::from_le_bytes([header[0], header[1]]).into()];
                let _ = stream.read_exact(&mut asked).await;
                let _ = told.send(asked);
                let _ = stream.write_all(&answer).await;
            }
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    });
    (address.await, heard)
}

fn packet(sequence: u8, payload: &[u8]) -> Vec<u8> {
    let [low, high] = (payload.len() as u16).to_le_bytes();
    [&[low, high, 0, sequence], payload].concat()
}

/// MariaDB's, asking for mysql_native_password with a nonce of 20 times `n`.
fn greeting() -> Vec<u8> {
    greeting_for("mysql_native_password")
}

fn greeting_for(plugin: &str) -> Vec<u8> {
    let capabilities = [0xff, 0xf7, 8, 2, 0, 0xff, 0x81, 21];
    [
        b"\x0a5.5.5-10.11.14-MariaDB\0\x07\0\0\0nnnnnnnn\0".as_slice(),
        &capabilities,
        &[0; 10],
        b"nnnnnnnnnnnn\0",
        plugin.as_bytes(),
        b"\0",
    ]
    .concat()
}

const OK: [u8; 7] = [0, 0, 0, 2, 0, 0, 0];
const EOF: [u8; 5] = [0xfe, 0, 0, 2, 0];

fn denied() -> Vec<u8> {
    packet(2, b"\xff\x15\x04#28000Access denied for user 'nanny'@'10.0.0.1'")
}

/// A result of one column and these rows.
fn result(rows: &[&[u8]]) -> Vec<u8> {
    let column = b"\x03def\0\0\0\x011\0\x0c\x3f\0\x01\0\0\0\x03\x81\0\0\0\0";
    let parts = [b"\x01".as_slice(), column, &EOF]
        .into_iter()
        .chain(rows.iter().copied())
        .chain([EOF.as_slice()]);
    parts.enumerate().flat_map(|(n, part)| packet(n as u8 + 1, part)).collect()
}

#[tokio::test]
async fn a_row_is_up() {
    let (address, mut heard) = plays(vec![packet(2, &OK), result(&[b"\x011"]), vec![]]).await;
    up(&ask(&mysql(), address).await, "logged in, the query returned a row");
    let login = heard.recv().await.unwrap();
    let text = String::from_utf8_lossy(&login);
    assert!(text.contains("nanny\0") && text.contains("shop\0") && !text.contains("secret"));
    assert_eq!(heard.recv().await.unwrap(), b"\x03select 1");
    assert_eq!(heard.recv().await.unwrap(), b"\x01", "it says farewell");
}

#[tokio::test]
async fn no_row_is_down() {
    let (address, _heard) = plays(vec![packet(2, &OK), result(&[]), vec![]]).await;
    down(&ask(&mysql(), address).await, "the query returned no row");
    let (address, _heard) = plays(vec![packet(2, &OK), packet(1, &OK), vec![]]).await;
    down(&ask(&mysql(), address).await, "the query returned no row");
    let changed = packet(1, b"\0\x01\0\x02\0\0\0");
    let (address, _heard) = plays(vec![packet(2, &OK), changed, vec![]]).await;
    up(&ask(&mysql(), address).await, "logged in, the query changed a row");
}

#[tokio::test]
async fn the_servers_words_are_passed_on() {
    let (address, _heard) = plays(vec![denied()]).await;
    let expected = "error 1045: Access denied for user 'nanny'@'10.0.0.1'";
    down(&ask(&mysql(), address).await, expected);
    let syntax = packet(1, b"\xff\x28\x04#42000You have an error in your SQL syntax");
    let (address, _heard) = plays(vec![packet(2, &OK), syntax, vec![]]).await;
    down(&ask(&mysql(), address).await, "error 1064: You have an error in your SQL syntax");
    let blocked = server("127.0.0.1", |mut stream| async move {
        let refusal = packet(0, b"\xff\x69\x04Host '10.0.0.1' is blocked");
        let _ = stream.write_all(&refusal).await;
    });
    let blocked = blocked.await;
    down(&ask(&mysql(), blocked).await, "error 1129: Host '10.0.0.1' is blocked");
}

#[tokio::test]
async fn the_password_is_not_given_in_clear() {
    let switch = packet(2, b"\xfemysql_clear_password\0");
    let (address, _heard) = plays(vec![switch]).await;
    let expected = "the server wants a login by mysql_clear_password, which is not supported";
    down(&ask(&mysql(), address).await, expected);
}

#[tokio::test]
async fn another_method_and_a_fast_login() {
    let switch = packet(2, b"\xfecaching_sha2_password\0mmmmmmmmmmmmmmmmmmmm\0");
    let fast = [packet(4, &[1, 3]), packet(5, &OK)].concat();
    let (address, mut heard) = plays(vec![switch, fast, result(&[b"\x011"]), vec![]]).await;
    up(&ask(&mysql(), address).await, "logged in, the query returned a row");
    heard.recv().await.unwrap();
    assert_eq!(heard.recv().await.unwrap().len(), 32, "a SHA-256 proof");
}

#[tokio::test]
async fn a_method_that_we_have_not_counts_only_if_it_is_the_users() {
    let greeting = greeting_for("sha256_password");
    let switch = packet(2, b"\xfecaching_sha2_password\0mmmmmmmmmmmmmmmmmmmm\0");
    let answers = vec![switch, packet(4, &OK), result(&[b"\x011"]), vec![]];
    let (address, mut heard) = greets_and_plays(greeting.clone(), answers).await;
    up(&ask(&mysql(), address).await, "logged in, the query returned a row");
    let login = heard.recv().await.unwrap();
    assert!(String::from_utf8_lossy(&login).contains("mysql_native_password"), "{login:?}");
    let switch = packet(2, b"\xfesha256_password\0mmmmmmmmmmmmmmmmmmmm\0");
    let (address, _heard) = greets_and_plays(greeting, vec![switch]).await;
    let expected = "the server wants a login by sha256_password, which is not supported";
    down(&ask(&mysql(), address).await, expected);
}

/// Asks a server that wants the password sealed with `key`; the packets it heard follow.
async fn sealed(key: &str) -> (Outcome, Vec<Vec<u8>>) {
    let switch = packet(2, b"\xfecaching_sha2_password\0mmmmmmmmmmmmmmmmmmmm\0");
    let key = packet(6, &[b"\x01", key.as_bytes()].concat());
    let (address, mut heard) = plays(vec![switch, packet(4, &[1, 4]), key, denied()]).await;
    let outcome = ask(&mysql(), address).await;
    let mut packets = Vec::new();
    while let Ok(packet) = heard.try_recv() {
        packets.push(packet);
    }
    (outcome, packets)
}

#[tokio::test]
async fn a_full_login_seals_the_password() {
    let (outcome, heard) = sealed(KEY).await;
    assert!(outcome.message.starts_with("error 1045"), "{}", outcome.message);
    assert_eq!(heard[2], [2], "asks for the key");
    assert_eq!(heard[3].len(), 256, "as long as the key's modulus");
}

#[tokio::test]
async fn a_key_that_would_keep_us_computing_is_refused() {
    down(&sealed(SLOW_KEY).await.0, "the server's public key is too large");
}

#[tokio::test]
async fn a_key_that_is_none_is_a_failed_check() {
    let none = "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n";
    for key in [none, "", "\u{0}"] {
        down(&sealed(key).await.0, "the server's public key cannot be read");
    }
}

#[tokio::test]
async fn a_result_of_untold_columns_costs_nothing() {
    for count in [
        &b"\xfc\xff\xff"[..],
        &b"\xfe\0\0\0\0\0\x01\0\0"[..],
        b"\xfd\xff\xff\xff",
        b"\xfb/etc/passwd",
    ] {
        let (address, _heard) = plays(vec![packet(2, &OK), packet(1, count), vec![]]).await;
        let outcome = ask(&mysql(), address).await;
        let said = ["not MySQL: a result of 65535 columns", "the query's result is not understood"];
        assert!(said.contains(&&*outcome.message), "{}", outcome.message);
    }
}

#[tokio::test]
async fn a_login_that_never_ends() {
    let (address, _heard) = plays(vec![packet(2, &[1, 3]).repeat(100)]).await;
    down(&ask(&mysql(), address).await, "the login does not come to an end");
}

#[tokio::test]
async fn nothing_is_asked_without_a_login_or_a_query() {
    let [login, passwd, database, query] = ["", "", "", "select 1"].map(str::to_owned);
    let check = Check::Mysql(Mysql {
        security: Security::Plain,
        login,
        passwd: passwd.into(),
        database,
        query,
    });
    down(&ask(&check, nobody()).await, "a login and a query must be configured");
}

fn secured_mysql() -> Check {
    let Check::Mysql(check) = mysql() else { panic!("mysql() makes a mysql check") };
    Check::Mysql(Mysql { security: Security::StartTls(anyone()), ..check })
}

/// A packet's content.
async fn packet_of(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Vec<u8> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).await.unwrap();
    let mut content = vec![0; u16::from_le_bytes([header[0], header[1]]).into()];
    stream.read_exact(&mut content).await.unwrap();
    content
}

#[tokio::test]
async fn under_tls_a_full_login_gives_the_password_as_it_is() {
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let address = server("127.0.0.1", move |mut stream| {
        let told = told.clone();
        async move {
            let mut greeting = greeting();
            // CLIENT_SSL is in the second byte of the capabilities
            let capabilities = greeting.windows(2).position(|two| two == [0xff, 0xf7]).unwrap();
            greeting[capabilities + 1] |= 0x08;
            let _ = stream.write_all(&packet(0, &greeting)).await;
            let _ = told.send(packet_of(&mut stream).await);
            let mut stream = acceptor().accept(stream).await.unwrap();
            let _ = told.send(packet_of(&mut stream).await);
            let switch = b"\xfecaching_sha2_password\0mmmmmmmmmmmmmmmmmmmm\0";
            for answer in [packet(3, switch), packet(5, &[1, 4]), packet(7, &OK)] {
                let _ = stream.write_all(&answer).await;
                let _ = told.send(packet_of(&mut stream).await);
            }
            let _ = stream.write_all(&result(&[b"\x011"])).await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    });
    let probe = secured_mysql().probe(Target { address: address.await }, PATIENCE).await;
    up(&probe.outcome, "logged in, the query returned a row");
    assert!(probe.outcome.times.tls.is_some());
    let request = heard.recv().await.unwrap();
    assert_eq!((request.len(), request[1] & 0x08), (32, 0x08), "an SSLRequest");
    let login = heard.recv().await.unwrap();
    assert_eq!(login[..32], request, "the login begins as it");
    assert_eq!(heard.recv().await.unwrap().len(), 32, "a SHA-256 proof");
    assert_eq!(heard.recv().await.unwrap(), b"secret\0");
    assert_eq!(heard.recv().await.unwrap(), b"\x03select 1");
    let said: Vec<u8> = probe.transcript.turns().flat_map(|(_, bytes)| bytes).collect();
    assert!(!String::from_utf8_lossy(&said).contains("secret"));
}

#[tokio::test]
async fn a_server_without_tls() {
    let (address, _heard) = plays(vec![]).await;
    down(&ask(&secured_mysql(), address).await, "the server does not offer TLS");
}

/// An RSA key of 2048 bits.
const KEY: &str = "\
-----BEGIN PUBLIC KEY-----\n\
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAv0FlFDYecdKZjJdibFvm\n\
AyStEaiQhheaGvh4sK1gPaarnkC3O3zi3Ldq2+R3e1EaE+WrLYkSPFEJwhQHQxva\n\
PRWzHQsjQGUo+oYBccLucBh0XfS+1BhMREFWgwxBuCDzzsHtLD1SBK0wkQaiP/Nt\n\
HBH6IMZyKmO8U3TRTZNyANAudZMSnXxKrZMnrayb4Sf5s/0sJTFjA8qH4sFbgDOJ\n\
lNFOi86Ip3HKmjPAz1jBiKbwf9fA7KKWxUJi+aWfGmodzWcc6UPkz+FIgiWsUrQ+\n\
5UTbd+nqTylu8ATCwWzz5qQ+Uoj2Wg0aCdpVrEyKQGfuXN9elCpdQNH6VyeiXiO2\n\
nQIDAQAB\n\
-----END PUBLIC KEY-----\n";
/// The same with an exponent of 2048 bits.
const SLOW_KEY: &str = "\
-----BEGIN PUBLIC KEY-----\n\
MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAQEAv0FlFDYecdKZjJdibFvm\n\
AyStEaiQhheaGvh4sK1gPaarnkC3O3zi3Ldq2+R3e1EaE+WrLYkSPFEJwhQHQxva\n\
PRWzHQsjQGUo+oYBccLucBh0XfS+1BhMREFWgwxBuCDzzsHtLD1SBK0wkQaiP/Nt\n\
HBH6IMZyKmO8U3TRTZNyANAudZMSnXxKrZMnrayb4Sf5s/0sJTFjA8qH4sFbgDOJ\n\
lNFOi86Ip3HKmjPAz1jBiKbwf9fA7KKWxUJi+aWfGmodzWcc6UPkz+FIgiWsUrQ+\n\
5UTbd+nqTylu8ATCwWzz5qQ+Uoj2Wg0aCdpVrEyKQGfuXN9elCpdQNH6VyeiXiO2\n\
nQKCAQEAv0FlFDYecdKZjJdibFvmAyStEaiQhheaGvh4sK1gPaarnkC3O3zi3Ldq\n\
2+R3e1EaE+WrLYkSPFEJwhQHQxvaPRWzHQsjQGUo+oYBccLucBh0XfS+1BhMREFW\n\
gwxBuCDzzsHtLD1SBK0wkQaiP/NtHBH6IMZyKmO8U3TRTZNyANAudZMSnXxKrZMn\n\
rayb4Sf5s/0sJTFjA8qH4sFbgDOJlNFOi86Ip3HKmjPAz1jBiKbwf9fA7KKWxUJi\n\
+aWfGmodzWcc6UPkz+FIgiWsUrQ+5UTbd+nqTylu8ATCwWzz5qQ+Uoj2Wg0aCdpV\n\
rEyKQGfuXN9elCpdQNH6VyeiXiO2AQ==\n\
-----END PUBLIC KEY-----\n";
