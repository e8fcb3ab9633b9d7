//! One line: `TCP 0A010064 C350 0A01000A 0050 0A02000B 0050 ESTABLISHED     899`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str;

use super::state::{self, IP};
use super::{Connection, Engine};

/// What it says; `None` where it is not understood.
pub(super) fn parse(line: &[u8]) -> Option<Connection> {
    let mut rest = line;
    let protocol = state::protocol(word(&mut rest)?)?;
    let client = place(&mut rest)?;
    let target = place(&mut rest)?;
    let real = place(&mut rest)?;
    if client.is_ipv4() != target.is_ipv4() || client.is_ipv4() != real.is_ipv4() {
        return None;
    }
    let name = word(&mut rest)?;
    let expires = word(&mut rest)?.parse().ok()?;
    let engine = match rest.iter().all(|byte| *byte == b' ') {
        true => None,
        false => Some(engine(rest)?),
    };
    // a connection has its client's port, a template never
    let is_template = client.port() == 0
        && (name == ASSURED || name == NONE || protocol == IP || engine.is_some());
    let state = match is_template {
        true => u16::from(name == ASSURED),
        false => state::number(protocol, name)?,
    };
    Some(Connection { protocol, client, target, real, is_template, state, expires, engine })
}

/// The next word.
fn word<'l>(rest: &mut &'l [u8]) -> Option<&'l str> {
    let start = rest.iter().position(|byte| *byte != b' ')?;
    let line = rest.get(start..)?;
    let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
    let (word, after) = line.split_at_checked(end)?;
    *rest = after;
    str::from_utf8(word).ok()
}

fn place(rest: &mut &[u8]) -> Option<SocketAddr> {
    let address = address(word(rest)?)?;
    let port = word(rest)?;
    let port = (port.len() == 4).then(|| hex(port)).flatten()?;
    Some(SocketAddr::new(address, u16::try_from(port).ok()?))
}

/// `0A010064`, or IPv6 with all its digits.
fn address(word: &str) -> Option<IpAddr> {
    if !word.contains(':') {
        let number = (word.len() == 8).then(|| hex(word)).flatten()?;
        return Some(Ipv4Addr::from(number).into());
    }
    word.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

/// Not as Rust has it: a sign is none.
fn hex(digits: &str) -> Option<u32> {
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// ` sip 4711@client`: a name, and whatever the engine shows.
fn engine(rest: &[u8]) -> Option<Engine> {
    let rest = rest.strip_prefix(b" ")?;
    let end = rest.iter().position(|byte| *byte == b' ')?;
    let (name, data) = (rest.get(..end)?, rest.get(end + 1..)?);
    let fits = (1..=NAME).contains(&name.len()) && (1..=DATA).contains(&data.len());
    fits.then(|| Engine { name: name.to_owned(), data: data.to_owned() })
}

const ASSURED: &str = "ASSURED";
const NONE: &str = "NONE";
/// The kernel's IP_VS_PENAME_MAXLEN.
const NAME: usize = 16;
/// The kernel's IP_VS_PEDATA_MAXLEN.
const DATA: usize = 255;
