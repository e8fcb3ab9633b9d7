//! Answers that depend on the question.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};

/// Says that the name has the address 127.0.0.1.
pub(crate) fn dns(question: &[u8]) -> Vec<u8> {
    dns_answer(question, 1)
}

/// Says so thousands of times, for a name of 250 bytes: each record takes 16 of the message.
pub(crate) fn dns_bomb(question: &[u8]) -> Vec<u8> {
    let mut answer = dns_answer(question, 0);
    // the first record, whose name all others point at
    let name = u16::try_from(answer.len()).unwrap() | 0xc000;
    for length in [63, 63, 63, 50] {
        answer.push(length);
        answer.extend(std::iter::repeat_n(b'x', length.into()));
    }
    answer.push(0);
    answer.extend(ADDRESS);
    let records = (usize::from(u16::MAX) - answer.len()) / (2 + ADDRESS.len());
    for _ in 0..records {
        answer.extend(name.to_be_bytes());
        answer.extend(ADDRESS);
    }
    answer[6..8].copy_from_slice(&u16::try_from(records + 1).unwrap().to_be_bytes());
    answer
}

fn dns_answer(question: &[u8], records: u16) -> Vec<u8> {
    let mut answer = question.to_vec();
    answer[2..4].copy_from_slice(&[0x81, 0x80]);
    answer[6..8].copy_from_slice(&records.to_be_bytes());
    for _ in 0..records {
        // the question's name
        answer.extend([0xc0, 12]);
        answer.extend(ADDRESS);
    }
    answer
}

/// Accepts the user (RFC 2865, 4.2), signed with `SECRET`.
pub(crate) fn radius(request: &[u8]) -> Vec<u8> {
    let head = [2, request[1], 0, 38];
    let asked = &request[4..20];
    let unsigned = [80, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let mut signature = Hmac::<Md5>::new_from_slice(SECRET.as_bytes()).unwrap();
    signature.update(&[&head[..], asked, &unsigned].concat());
    let signed = [&unsigned[..2], &signature.finalize().into_bytes()].concat();
    let authenticator = Md5::digest([&head[..], asked, &signed, SECRET.as_bytes()].concat());
    [&head[..], &authenticator, &signed].concat()
}

/// 200 OK, with what of the request belongs into it (RFC 3261, 8.2.6).
pub(crate) fn sip(request: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(request.to_vec()).unwrap();
    let kept = text.lines().filter(|line| {
        ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].iter().any(|name| line.starts_with(name))
    });
    let kept: Vec<&str> = kept.collect();
    format!("SIP/2.0 200 OK\r\n{}\r\nContent-Length: 0\r\n\r\n", kept.join("\r\n")).into_bytes()
}

/// Whether HEADERS are there, behind the 24 bytes that begin HTTP/2 (RFC 9113, 4.1).
pub(crate) fn has_http2_headers(heard: &[u8]) -> bool {
    let mut rest = heard.get(24..).unwrap_or_default();
    while let [a, b, c, kind, ..] = *rest {
        if kind == 1 {
            return true;
        }
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        rest = rest.get(9 + length..).unwrap_or_default();
    }
    false
}

/// What RADIUS's two sides share.
pub(crate) const SECRET: &str = "shared";
/// A record behind its name: A, IN, for a second, 127.0.0.1.
const ADDRESS: [u8; 14] = [0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1];
