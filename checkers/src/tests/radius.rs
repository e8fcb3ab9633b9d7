use md5::{Digest, Md5};

use super::*;
use crate::{Radius, Side};

fn radius(passwd: &str, secret: &str) -> Check {
    let (login, passwd, secret) = ("nemo".to_owned(), passwd.into(), secret.into());
    Check::Radius(Radius { login, passwd, secret })
}

fn md5(parts: &[&[u8]]) -> [u8; 16] {
    Md5::digest(parts.concat()).into()
}

/// HMAC-MD5 (RFC 2104) by hand, for a key of at most 64 bytes.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 16] {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    md5(&[&pad(0x5c), &md5(&[&pad(0x36), message])])
}

/// A response of this code with these attributes, signed for `request`; with `zeros`, which stand
/// for a Message-Authenticator, that too.
fn response(request: &[u8], code: u8, attributes: &[u8], secret: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + attributes.len()).unwrap().to_be_bytes();
    let mut response = [&[code, request[1]], &length, &request[4..20], attributes].concat();
    if attributes.starts_with(&ZEROS) {
        let signature = hmac(secret, &response);
        response[22..38].copy_from_slice(&signature);
    }
    let authenticator = md5(&[&response, secret]);
    response[4..20].copy_from_slice(&authenticator);
    response
}

/// The values of a message's attributes of one kind.
fn values(message: &[u8], kind: u8) -> Vec<&[u8]> {
    let (mut values, mut rest) = (Vec::new(), &message[20..]);
    while let [found, length, ..] = rest {
        let (attribute, after) = rest.split_at(usize::from(*length));
        if *found == kind {
            values.push(&attribute[2..]);
        }
        rest = after;
    }
    values
}

/// What a server finds: who logs in from where, if the request is signed and its password right.
fn judge(request: &[u8], password: &str) -> Result<Vec<u8>, String> {
    assert_eq!(request[0], 1);
    assert_eq!(request[2..4], u16::try_from(request.len()).unwrap().to_be_bytes());
    assert_eq!(values(request, 1), [b"nemo"]);
    assert_eq!(request[20..22], [80, 18], "the signature is not the first");
    let unsigned = [&request[..22], &[0; 16], &request[38..]].concat();
    if hmac(SECRET, &unsigned)[..] != request[22..38] {
        return Err("signed by another secret".to_owned());
    }
    let hidden = values(request, 2)[0];
    let mut clear = Vec::new();
    for (n, block) in hidden.chunks(16).enumerate() {
        let before = if n == 0 { &request[4..20] } else { &hidden[16 * (n - 1)..16 * n] };
        clear.extend(block.iter().zip(md5(&[SECRET, before])).map(|(byte, mask)| byte ^ mask));
    }
    let end = clear.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    if &clear[..end] != password.as_bytes() {
        return Err("wrong password".to_owned());
    }
    Ok([values(request, 4), values(request, 95)].concat().concat())
}

/// A server that accepts this password only.
fn accepts(password: &str) -> impl FnMut(Vec<u8>) -> Option<Vec<u8>> + Send + use<> {
    let password = password.to_owned();
    move |request| match judge(&request, &password) {
        Ok(_) => Some(response(&request, ACCEPT, &ZEROS, SECRET)),
        Err(why) if why == "wrong password" => {
            Some(response(&request, REJECT, b"\x12\x09no such", SECRET))
        }
        Err(_) => None,
    }
}

#[tokio::test]
async fn a_user_is_accepted() {
    let long = "a password of more than one block of sixteen bytes".to_owned();
    for password in ["arctangent", "", "exactly sixteen.", &long, &"x".repeat(128)] {
        for at in loopbacks() {
            let address = datagrams::server(at, accepts(password)).await;
            up(&ask(&radius(password, "xyzzy5461"), address).await, "accepted");
        }
    }
}

#[tokio::test]
async fn where_we_are_is_told() {
    for at in loopbacks() {
        let from = at.parse::<std::net::IpAddr>().unwrap();
        let address = datagrams::server(at, move |request| {
            let told = judge(&request, "arctangent").unwrap();
            let right = match from {
                std::net::IpAddr::V4(from) => told == from.octets(),
                std::net::IpAddr::V6(from) => told == from.octets(),
            };
            [response(&request, if right { ACCEPT } else { REJECT }, &[], SECRET)]
        });
        up(&ask(&radius("arctangent", "xyzzy5461"), address.await).await, "accepted");
    }
}

#[tokio::test]
async fn a_user_is_rejected_in_the_servers_words() {
    let address = datagrams::server("127.0.0.1", accepts("another")).await;
    down(&ask(&radius("arctangent", "xyzzy5461"), address).await, "rejected: \"no such\"");
    for (code, attributes, words) in [
        (REJECT, &b""[..], "rejected"),
        (CHALLENGE, b"\x18\x04ab", "neither accepted nor rejected, but asked for more"),
        (
            CHALLENGE,
            b"\x12\x07code?",
            "neither accepted nor rejected, but asked for more: \"code?\"",
        ),
    ] {
        let server = datagrams::server("127.0.0.1", move |request| {
            [response(&request, code, attributes, SECRET)]
        });
        down(&ask(&radius("arctangent", "xyzzy5461"), server.await).await, words);
    }
}

#[tokio::test]
async fn a_wrong_secret_is_told_from_silence() {
    let check = radius("arctangent", "another");
    let address = datagrams::server("127.0.0.1", accepts("arctangent")).await;
    let expected = "no answer within 3 s (asked, waiting for an answer; none is given to a client \
                    that is unknown or has another secret)";
    down(&ask_within(DEADLINE, &check, address).await, expected);
    let careless = |request: Vec<u8>| [response(&request, ACCEPT, &[], SECRET)];
    let address = datagrams::server("127.0.0.1", careless).await;
    let expected = "no answer within 3 s (answers came, but none with the right secret)";
    down(&ask_within(DEADLINE, &check, address).await, expected);
    down(&ask(&check, datagrams::deaf("127.0.0.1")).await, "connection refused");
}

#[tokio::test]
async fn what_anybody_could_have_sent_is_passed_over() {
    // an answer that another request of ours has got
    let mut replayed = None;
    let address = datagrams::server("127.0.0.1", move |request| {
        let right = response(&request, ACCEPT, &[], SECRET);
        let mut other_id = request.clone();
        other_id[1] ^= 1;
        let mut signed = response(&request, ACCEPT, &ZEROS, SECRET);
        signed[25] ^= 1;
        let authenticator = md5(&[&signed[..4], &request[4..20], &signed[20..], SECRET]);
        signed[4..20].copy_from_slice(&authenticator);
        let mut old: Vec<u8> = replayed.replace(right.clone()).unwrap_or_default();
        if let Some(id) = old.get_mut(1) {
            *id = request[1];
        }
        vec![
            response(&other_id, ACCEPT, &[], SECRET),
            signed,
            old,
            right[..right.len() - 1].to_vec(),
            [&right, &b"\x12"[..]].concat()[..20].iter().map(|byte| byte ^ 1).collect(),
            response(&request, 5, &[], SECRET),
            vec![],
            // what follows the message in its datagram is nothing
            [&response(&request, REJECT, b"\x12\x06last", SECRET), &b"more"[..]].concat(),
        ]
    });
    let address = address.await;
    for _ in 0..2 {
        down(&ask(&radius("arctangent", "xyzzy5461"), address).await, "rejected: \"last\"");
    }
}

#[tokio::test]
async fn what_radius_cannot_carry_is_said() {
    let expected = "`passwd` is longer than RADIUS allows: 128 bytes";
    down(&ask(&radius(&"x".repeat(129), "s"), datagrams::deaf("127.0.0.1")).await, expected);
    let (login, passwd, secret) = ("x".repeat(254), "".into(), "s".into());
    let check = Check::Radius(Radius { login, passwd, secret });
    let expected = "`login` is longer than RADIUS allows: 253 bytes";
    down(&ask(&check, datagrams::deaf("127.0.0.1")).await, expected);
}

#[tokio::test]
async fn the_password_is_not_in_the_transcript() {
    let shouts = |request: Vec<u8>| [response(&request, REJECT, b"\x12\x0carctangent", SECRET)];
    let address = datagrams::server("127.0.0.1", shouts).await;
    let target = Target { address };
    let probe = radius("arctangent", "xyzzy5461").probe(target, PATIENCE).await;
    let said: Vec<_> = probe.transcript.turns().collect();
    assert_eq!(said.len(), 2);
    let (side, answer) = &said[1];
    assert_eq!((*side, &answer[20..]), (Side::Server, &b"\x12\x0c********"[..]));
    assert!(!said.iter().any(|(_, bytes)| bytes.windows(10).any(|w| w == b"arctangent")));
}

const SECRET: &[u8] = b"xyzzy5461";
const ACCEPT: u8 = 2;
const REJECT: u8 = 3;
const CHALLENGE: u8 = 11;
/// A Message-Authenticator that is yet to be made.
const ZEROS: [u8; 18] = [80, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
