//! DNS messages (RFC 1035, 4): a question, written, and the answers to it, read. By hand, for what reads
//! all of a message can be made to run through its names for seconds.

use std::net::{IpAddr, Ipv4Addr};

/// A question for a name's addresses, or for an address's names.
pub(super) struct Question {
    pub(super) bytes: Vec<u8>,
    /// What is asked for, in words.
    pub(super) what: &'static str,
}

/// What came back for a question.
pub(super) struct Response {
    /// Whether it did not fit, and holds nothing more.
    pub(super) cut_off: bool,
    /// The response code; 0 means well.
    pub(super) code: u8,
    /// The IPv4 addresses and the names in it, in their order, as text.
    pub(super) found: Vec<String>,
}

/// Why a message is no answer.
#[derive(Debug, PartialEq)]
pub(super) enum Stray {
    /// It is about something else.
    Other,
    /// It is no DNS message.
    Malformed,
}

impl Question {
    /// A question about a name, or an address, under this number; or what is wrong with the name.
    pub(super) fn new(id: [u8; 2], name: &str) -> Result<Self, &'static str> {
        let address = name.parse().ok();
        let (kind, what) = if address.is_some() { (PTR, "name") } else { (A, "address") };
        let name = address.map_or_else(|| name.to_owned(), reverse);
        let mut bytes = [&id[..], &[RECURSION_DESIRED, 0, 0, 1, 0, 0, 0, 0, 0, 0]].concat();
        for label in name.strip_suffix('.').unwrap_or(&name).split('.') {
            let length = u8::try_from(label.len()).ok().filter(|length| *length <= LONGEST_LABEL);
            match length.ok_or("a part is longer than 63 bytes")? {
                0 => return Err("a part is empty"),
                length => bytes.push(length),
            }
            bytes.extend(label.as_bytes());
        }
        bytes.push(0);
        if bytes.len() - HEADER > LONGEST_NAME {
            return Err("it is longer than 255 bytes");
        }
        bytes.extend([0, kind, 0, INTERNET]);
        Ok(Question { bytes, what })
    }

    /// Reads a message as an answer to this question. Some servers do not repeat a question that
    /// they refuse.
    pub(super) fn answer(&self, message: &[u8]) -> Result<Response, Stray> {
        let header: &[u8; HEADER] = message.first_chunk().ok_or(Stray::Malformed)?;
        let [id @ .., _, _, _, _, _, _, _, _, _, _] = header;
        let [_, _, flags, code, _, questions, answers @ .., _, _, _, _] = header;
        if !self.bytes.starts_with(id) || flags & (RESPONSE | OPERATION) != RESPONSE {
            return Err(Stray::Other);
        }
        let mut response =
            Response { cut_off: flags & CUT_OFF != 0, code: code & CODE, found: Vec::new() };
        if response.cut_off {
            // it may end within a record
            return Ok(response);
        }
        let mut at = HEADER;
        if *questions > 0 || response.code == 0 {
            let asked = self.bytes.get(HEADER..).unwrap_or_default();
            let repeated = message.get(HEADER..self.bytes.len()).unwrap_or_default();
            if *questions != 1 || !repeated.eq_ignore_ascii_case(asked) {
                return Err(Stray::Other);
            }
            at = self.bytes.len();
        }
        for _ in 0..u16::from_be_bytes([answers[0], answers[1]]) {
            let (found, next) = record(message, at).ok_or(Stray::Malformed)?;
            response.found.extend(found);
            at = next;
        }
        Ok(response)
    }
}

/// The name under which an address's names are.
fn reverse(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let octets = address.octets().into_iter().rev();
            let nibbles = octets.map(|octet| format!("{:x}.{:x}.", octet & 15, octet >> 4));
            nibbles.collect::<String>() + "ip6.arpa"
        }
    }
}

/// The address or the name that the record at `at` holds, if it holds one, and where the next is.
fn record(message: &[u8], at: usize) -> Option<(Option<String>, usize)> {
    let at = after_name(message, at)?;
    let (fixed, _): (&[u8; 10], _) = message.get(at..)?.split_first_chunk()?;
    let [_, kind, _, class, _, _, _, _, length @ ..] = *fixed;
    let start = at + fixed.len();
    let end = start + usize::from(u16::from_be_bytes(length));
    let data = message.get(start..end)?;
    let found = match (fixed[0], kind, fixed[2], class) {
        (0, A, 0, INTERNET) => Some(Ipv4Addr::from(<[u8; 4]>::try_from(data).ok()?).to_string()),
        (0, PTR, 0, INTERNET) => Some(name(message, start)?),
        _ => None,
    };
    Some((found, end))
}

/// Where the name at `at` ends.
fn after_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            length @ 1..=LONGEST_LABEL => at += 1 + usize::from(length),
            POINTER.. => return Some(at + 2),
            _ => return None,
        }
    }
}

/// The name at `at`, without its last dot; it may go on elsewhere (RFC 1035, 4.1.4).
fn name(message: &[u8], mut at: usize) -> Option<String> {
    let mut name = String::new();
    let mut length = 0;
    // a name has no more parts, and no server needs more leaps than parts
    for _ in 0..LONGEST_NAME {
        if length > LONGEST_NAME {
            return None;
        }
        match *message.get(at)? {
            0 => {
                name.pop();
                return Some(name);
            }
            bytes @ 1..=LONGEST_LABEL => {
                let end = at + 1 + usize::from(bytes);
                write(message.get(at + 1..end)?, &mut name);
                length += end - at;
                at = end;
            }
            high @ POINTER.. => {
                let low = *message.get(at + 1)?;
                at = usize::from(u16::from_be_bytes([high & !POINTER, low]));
            }
            _ => return None,
        }
    }
    None
}

/// Writes a part of a name and a dot, as in zone files (RFC 1035, 5.1).
fn write(label: &[u8], name: &mut String) {
    for byte in label {
        match byte {
            b'.' | b'\\' => name.extend(['\\', char::from(*byte)]),
            b'!'..=b'~' => name.push(char::from(*byte)),
            _ => name.push_str(&format!("\\{byte:03}")),
        }
    }
    name.push('.');
}

/// Bytes before the question.
const HEADER: usize = 12;
/// Bytes of a name.
const LONGEST_NAME: usize = 255;
/// Bytes of a part of a name.
const LONGEST_LABEL: u8 = 63;
/// What stands in a name where it goes on elsewhere.
const POINTER: u8 = 0xc0;

// a header's third byte
const RESPONSE: u8 = 0x80;
const OPERATION: u8 = 0x78;
const CUT_OFF: u8 = 0x02;
const RECURSION_DESIRED: u8 = 0x01;
/// The response code in a header's fourth byte.
const CODE: u8 = 0x0f;

const A: u8 = 1;
const PTR: u8 = 12;
const INTERNET: u8 = 1;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_asked_for() {
        let ask = |name: &str| Question::new([0; 2], name).err();
        assert_eq!(ask("a..b"), Some("a part is empty"));
        assert_eq!(ask(""), Some("a part is empty"));
        assert_eq!(ask(&"x".repeat(63)), None);
        assert_eq!(ask(&"x".repeat(64)), Some("a part is longer than 63 bytes"));
        assert_eq!(ask(&"x".repeat(300)), Some("a part is longer than 63 bytes"));
        assert_eq!(ask(&"x.".repeat(127)), None);
        assert_eq!(ask(&"x.".repeat(128)), Some("it is longer than 255 bytes"));
    }

    #[test]
    fn a_name_that_leads_into_a_maze() {
        // each pointer leads to the one before it, the first to itself or to an end
        for (first, end) in [([POINTER, 0], None), ([0, 0], Some(String::new()))] {
            let mut message = first.to_vec();
            for at in 0..200_u8 {
                message.extend([POINTER, at.saturating_mul(2)]);
            }
            assert_eq!(name(&message, 20), end);
        }
        let long: Vec<u8> = [1, b'x'].repeat(127);
        assert_eq!(name(&[&long, &[0][..]].concat(), 0), Some(["x"; 127].join(".")));
        assert_eq!(name(&[&long, &long, &[0][..]].concat(), 0), None);
        assert_eq!(name(b"\x05a.\\ \xff\0", 0), Some(r"a\.\\\032\255".to_owned()));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), as_ours: bool) {
            let question = Question::new([1, 2], "a.example").unwrap();
            let mut message = question.bytes.clone();
            message[2] |= RESPONSE;
            message[7] = 2;
            message.extend(&bytes);
            let answer = question.answer(if as_ours { &message } else { &bytes });
            if let (true, Err(stray)) = (as_ours, answer) {
                prop_assert_eq!(stray, Stray::Malformed);
            }
        }
    }
}
