//! LDAP's messages (RFC 4511, 4): requests in bytes, and what a server's bytes say.

use super::ber::{self, BOOLEAN, ENUMERATED, Elements, INTEGER, SEQUENCE, STRING, element};
use crate::words;

/// What a server said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message<'a> {
    /// The number of the request that it answers; 0 for what was not asked.
    pub(super) id: u32,
    /// Which answer it is.
    pub(super) operation: u8,
    content: &'a [u8],
}

impl<'a> Message<'a> {
    /// What is in a message, its outermost tag and length taken off.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut parts = Elements(bytes);
        let id = parts.number(INTEGER)?;
        let (operation, content) = parts.any()?;
        Some(Message { id, operation, content })
    }

    /// The result, where it is one: its code, and the server's words.
    pub(super) fn result(&self) -> Option<(u32, &'a [u8])> {
        let mut parts = Elements(self.content);
        let code = parts.number(ENUMERATED)?;
        let _matched = parts.next(STRING)?;
        Some((code, parts.next(STRING)?))
    }

    /// The entry's name, where it is one.
    pub(super) fn name(&self) -> Option<&'a [u8]> {
        Elements(self.content).next(STRING)
    }
}

/// A bind by name and password, or anonymous if both are empty.
pub(super) fn bind(id: u8, login: &str, passwd: &str) -> Vec<u8> {
    let version = element(INTEGER, &[&[3]]);
    let name = element(STRING, &[login.as_bytes()]);
    request(id, BIND, &[&version, &name, &element(SIMPLE, &[passwd.as_bytes()])])
}

/// A search for the entry of this name itself, without its attributes. An alias is followed, as
/// ldirectord does.
pub(super) fn search(id: u8, base: &str) -> Vec<u8> {
    let number = |tag, number| element(tag, &[&[number]]);
    let parts = [
        element(STRING, &[base.as_bytes()]),
        number(ENUMERATED, BASE_OBJECT),
        number(ENUMERATED, FIND_BASE),
        number(INTEGER, 0),
        number(INTEGER, 0),
        number(BOOLEAN, TRUE),
        element(PRESENT, &[b"objectClass"]),
        element(SEQUENCE, &[&element(STRING, &[b"1.1"])]),
    ];
    request(id, SEARCH, &parts.each_ref().map(Vec::as_slice))
}

/// StartTLS (RFC 4511, 4.14).
pub(super) fn start_tls(id: u8) -> Vec<u8> {
    request(id, EXTENDED, &[&element(REQUEST_NAME, &[b"1.3.6.1.4.1.1466.20037"])])
}

/// The farewell.
pub(super) fn unbind(id: u8) -> Vec<u8> {
    request(id, UNBIND, &[])
}

/// A result in words: `invalid credentials (49): "..."`.
pub(super) fn result_words(code: u32, said: &[u8]) -> String {
    let name = RESULTS.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
    let name = name.unwrap_or("result");
    match said {
        [] => format!("{name} ({code})"),
        said => format!("{name} ({code}): {}", words::quoted(said)),
    }
}

fn request(id: u8, operation: u8, parts: &[&[u8]]) -> Vec<u8> {
    ber::element(SEQUENCE, &[&element(INTEGER, &[&[id]]), &element(operation, parts)])
}

/// The results that a bind, a search or StartTLS has (RFC 4511, appendix A).
const RESULTS: &[(u32, &str)] = &[
    (1, "operations error"),
    (2, "protocol error"),
    (3, "time limit exceeded"),
    (4, "size limit exceeded"),
    (7, "authentication method not supported"),
    (8, "stronger authentication required"),
    (10, "referral to another server"),
    (11, "administrative limit exceeded"),
    (12, "critical extension not available"),
    (13, "confidentiality required"),
    (32, "no such object"),
    (33, "alias problem"),
    (34, "invalid name"),
    (36, "alias cannot be followed"),
    (48, "inappropriate authentication"),
    (49, "invalid credentials"),
    (50, "insufficient access rights"),
    (51, "busy"),
    (52, "unavailable"),
    (53, "unwilling to perform"),
    (80, "internal error"),
];
/// Answers, and the requests they are to.
pub(super) const BIND_RESPONSE: u8 = 0x61;
pub(super) const ENTRY: u8 = 0x64;
pub(super) const SEARCH_DONE: u8 = 0x65;
pub(super) const REFERENCE: u8 = 0x73;
pub(super) const EXTENDED_RESPONSE: u8 = 0x78;
pub(super) const INTERMEDIATE: u8 = 0x79;
const BIND: u8 = 0x60;
const UNBIND: u8 = 0x42;
const SEARCH: u8 = 0x63;
const EXTENDED: u8 = 0x77;
/// Parts of requests.
const SIMPLE: u8 = 0x80;
const PRESENT: u8 = 0x87;
const REQUEST_NAME: u8 = 0x80;
const BASE_OBJECT: u8 = 0;
const FIND_BASE: u8 = 2;
const TRUE: u8 = 0xff;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn requests_are_as_the_rfc_has_them() {
        assert_eq!(bind(1, "", ""), b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00");
        assert_eq!(unbind(3), b"\x30\x05\x02\x01\x03\x42\x00");
        let search = search(2, "dc=x");
        assert_eq!(search.len(), usize::from(search[1]) + 2);
        assert!(search.ends_with(b"\x01\x01\xff\x87\x0bobjectClass\x30\x05\x04\x031.1"));
    }

    #[test]
    fn results_in_words() {
        assert_eq!(result_words(49, b""), "invalid credentials (49)");
        assert_eq!(result_words(118, b"why\nnot"), "result (118): \"why\"");
    }

    proptest! {
        #[test]
        fn any_bytes_are_looked_at(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(message) = Message::parse(&bytes) {
                let _ = (message.result(), message.name());
            }
        }
    }
}
