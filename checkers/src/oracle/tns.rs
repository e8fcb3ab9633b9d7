//! Oracle's TNS packets, as far as a listener's answer to CONNECT: Oracle has not published them;
//! the layout is that of Oracle's own open drivers, and of the dissectors that were written before.
//! Eight bytes of header (length, checksum, type, flags, checksum), big-endian.

use std::net::SocketAddr;

use crate::words;

/// What a listener answers to CONNECT.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The connection stands, in this version of the protocol.
    Accepted(u16),
    /// It does not, and why.
    Refused(String),
    /// Another address would answer.
    Redirected,
    /// The question must be put again.
    Again,
    /// Something else.
    Other(u8),
}

/// The header of a packet: its type, and the length of what follows.
pub(super) fn header(bytes: &[u8]) -> Option<(u8, usize)> {
    let [a, b, c, d, kind, ..] = *bytes.first_chunk::<HEADER>()?;
    let length = match u16::from_be_bytes([a, b]) {
        // since version 315 the length takes the checksum's place too
        0 => u32::from_be_bytes([a, b, c, d]).try_into().ok()?,
        length => usize::from(length),
    };
    Some((kind, length.checked_sub(HEADER)?))
}

/// Whether a packet of this type can answer CONNECT.
pub(super) fn answers(kind: u8) -> bool {
    matches!(kind, ACCEPT | REFUSE | REDIRECT | RESEND)
}

/// What a packet of this type says.
pub(super) fn answer(kind: u8, content: &[u8]) -> Answer {
    match kind {
        ACCEPT => match content.first_chunk() {
            Some(version) => Answer::Accepted(u16::from_be_bytes(*version)),
            None => Answer::Other(ACCEPT),
        },
        // two bytes of reasons, two of length, the text
        REFUSE => Answer::Refused(refusal(content.get(4..).unwrap_or_default())),
        REDIRECT => Answer::Redirected,
        RESEND => Answer::Again,
        other => Answer::Other(other),
    }
}

/// The bytes of a session data unit that an ACCEPT of version 315 or later names.
#[cfg(feature = "oracle")]
pub(super) fn unit(content: &[u8]) -> Option<u32> {
    content.get(24..)?.first_chunk().map(|unit| u32::from_be_bytes(*unit))
}

/// The packets that ask for a connection to the database of this SID, or to the listener's default.
pub(super) fn connect(sid: &str, to: SocketAddr) -> Vec<u8> {
    let (host, port) = (to.ip(), to.port());
    let sid = if sid.is_empty() { String::new() } else { format!("(SID={sid})") };
    let wanted = format!(
        "(DESCRIPTION=(CONNECT_DATA={sid}(CID=(PROGRAM=lvs-director)(HOST=director)(USER=director)))\
         (ADDRESS=(PROTOCOL=TCP)(HOST={host})(PORT={port})))"
    );
    let length = wanted.len().min(usize::from(u16::MAX)) as u16;
    let mut content: Vec<u8> = [VERSION, OLDEST, DO_NOT_CARE, UNIT, UNIT, CHARACTERISTICS, 0, 1]
        .into_iter()
        .chain([length, OFFSET])
        .flat_map(u16::to_be_bytes)
        .collect();
    content.extend([0; 4]);
    content.extend([NO_ENCRYPTION; 2]);
    content.extend([0; 24]);
    content.extend([u32::from(UNIT), u32::from(UNIT), 0, 0].into_iter().flat_map(u32::to_be_bytes));
    if wanted.len() <= LONGEST_WITHIN {
        content.extend(wanted.as_bytes());
        return packet(CONNECT, &content);
    }
    let rest = [&[0, 0], wanted.as_bytes()].concat();
    [packet(CONNECT, &content), packet(DATA, &rest)].concat()
}

/// The packet that ends a connection which was accepted in this version.
pub(super) fn farewell(version: u16) -> Vec<u8> {
    let mut packet = packet(DATA, &END_OF_FILE.to_be_bytes());
    if version >= LONG_LENGTHS {
        let length = packet.len() as u32;
        packet.splice(..4, length.to_be_bytes());
    }
    packet
}

fn packet(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() + HEADER).min(usize::from(u16::MAX)) as u16;
    let [a, b] = length.to_be_bytes();
    [&[a, b, 0, 0, kind, 0, 0, 0], content].concat()
}

/// A refusal in words, by its number: `(DESCRIPTION=(TMP=)(VSNNUM=0)(ERR=12505)(ERROR_STACK=...))`.
fn refusal(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text).to_uppercase();
    let number = |name| {
        let digits = text.split_once(name)?.1.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse::<u32>().ok().filter(|number| *number != 0)
    };
    let Some(number) = number("(ERR=").or_else(|| number("(CODE=")) else {
        return format!("refused by the listener: {}", words::quoted(text.as_bytes()));
    };
    match REFUSALS.iter().find(|(known, _)| *known == number) {
        Some((_, meaning)) => format!("refused by the listener: ORA-{number:05}, {meaning}"),
        None => format!("refused by the listener: ORA-{number:05}"),
    }
}

/// What listeners refuse for.
const REFUSALS: &[(u32, &str)] = &[
    (1189, "it may be asked only from its own machine"),
    (12502, "it got no connect data"),
    (12504, "it must be told a database"),
    (12505, "it does not know the SID"),
    (12508, "it cannot resolve the command"),
    (12514, "it does not know the service"),
    (12516, "it found no instance that takes this kind of connection"),
    (12518, "it could not hand the connection over"),
    (12519, "no instance has room for another connection"),
    (12520, "it found no instance that takes this kind of connection"),
    (12523, "it found no instance that would take the connection"),
    (12526, "all instances are in restricted mode"),
    (12527, "all instances are in restricted mode or block new connections"),
    (12528, "all instances block new connections: starting or stopping"),
    (12529, "its rules forbid the connection"),
    (12537, "the connection was closed"),
    (12547, "it lost the database's process"),
];
/// Bytes of a header.
pub(super) const HEADER: usize = 8;
/// Packets.
const CONNECT: u8 = 1;
const ACCEPT: u8 = 2;
const REFUSE: u8 = 4;
const REDIRECT: u8 = 5;
const DATA: u8 = 6;
const RESEND: u8 = 11;
/// The version that Oracle's drivers ask for today, and the oldest that they name.
const VERSION: u16 = 319;
const OLDEST: u16 = 300;
/// From this version on, after ACCEPT, lengths take four bytes.
const LONG_LENGTHS: u16 = 315;
const DO_NOT_CARE: u16 = 1;
/// Bytes of a session's data unit, of which none is ever sent.
const UNIT: u16 = 8192;
const CHARACTERISTICS: u16 = 0x4f98;
/// Bytes before what is wanted.
const OFFSET: u16 = 74;
/// Native encryption off, as it is without Oracle's libraries.
const NO_ENCRYPTION: u8 = 0x84;
/// Bytes of what is wanted that fit into CONNECT itself.
const LONGEST_WITHIN: usize = 230;
const END_OF_FILE: u16 = 0x0040;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_connect_names_its_own_lengths() {
        for (sid, packets) in [("ORCL".to_owned(), 1), ("X".repeat(200), 2)] {
            let bytes = connect(&sid, ([10, 0, 0, 1], 1521).into());
            let (kind, length) = header(&bytes).unwrap();
            assert_eq!(kind, CONNECT);
            let (first, rest) = bytes.split_at(HEADER + length);
            assert_eq!(usize::from(!rest.is_empty()) + 1, packets);
            let wanted = if rest.is_empty() { &first[74..] } else { &rest[10..] };
            assert_eq!(u16::from_be_bytes([bytes[24], bytes[25]]) as usize, wanted.len());
            assert!(String::from_utf8_lossy(wanted).contains(&format!("(SID={sid})")));
        }
    }

    #[test]
    fn a_farewell_in_both_versions() {
        assert_eq!(farewell(314), [0, 10, 0, 0, 6, 0, 0, 0, 0, 0x40]);
        assert_eq!(farewell(315), [0, 0, 0, 10, 6, 0, 0, 0, 0, 0x40]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Some((kind, _)) = header(&bytes) {
                let _ = answer(kind, &bytes[HEADER..]);
            }
            let _ = refusal(&bytes);
        }
    }
}
