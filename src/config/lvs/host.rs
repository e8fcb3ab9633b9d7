//! Hosts and netmasks, as inet_aton(3) reads them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::integer::integer;
use super::section::Mask;
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Fault, Resolver};
use crate::model::Family;

/// The address of a host by number or name; what is odd about it is noted.
///
/// # Errors
/// What is wrong with it.
pub(super) fn host(
    word: Piece<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Result<IpAddr, Diagnostic> {
    let text = word.text();
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return Ok(address.into());
    }
    if let Some(address) = aton(text) {
        if text.parse() != Ok(address) {
            let message = format!("this is read as {address}");
            notes.push(Diagnostic::warning(word.span(), message));
        }
        return Ok(address.into());
    }
    let wrong =
        |message: &str| Diagnostic::error(word.span(), message).fault(Fault::InvalidArgument);
    if text.is_empty() {
        return Err(wrong("an address or a host name is expected"));
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        let hint = "an IPv4 address has four numbers from 0 to 255";
        return Err(wrong("not an address").hint(hint));
    }
    if text.contains(':') {
        return Err(wrong("not an address").hint("a port has a key of its own"));
    }
    let found = resolver.host(text, Family::V4).or_else(|| resolver.host(text, Family::V6));
    found.ok_or_else(|| wrong("no address is known for this host"))
}

/// A netmask with dots, or the length of a prefix.
///
/// # Errors
/// What is wrong with it.
pub(super) fn mask(word: Piece<'_>) -> Result<Mask, Diagnostic> {
    let text = word.text();
    let prefix = text.parse().ok().filter(|n| (1..=128).contains(n));
    if let Some(prefix) = prefix {
        return Ok(Mask::Prefix(prefix));
    }
    aton(text).map(Mask::Dotted).ok_or_else(|| {
        Diagnostic::error(word.span(), "not a netmask")
            .fault(Fault::BadMask)
            .hint("write it as in 255.255.255.0")
    })
}

/// One to four numbers as C writes them; the last one fills what the others leave.
fn aton(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u32> = text
        .split('.')
        .map(|part| {
            let digits = part.starts_with(|c: char| c.is_ascii_digit());
            digits.then(|| integer(part)).flatten()?.try_into().ok()
        })
        .collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|byte| *byte > 255) {
        return None;
    }
    let bits = 8 * (4 - first.len() as u32);
    if u64::from(*last) >> bits != 0 {
        return None;
    }
    let head = first.iter().enumerate().map(|(n, byte)| byte << (24 - 8 * n)).sum::<u32>();
    Some(Ipv4Addr::from(head | last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_by_inet_aton() {
        for (text, expected) in [
            ("10.1", Some([10, 0, 0, 1])),
            ("10.1.2", Some([10, 1, 0, 2])),
            ("10.1.258", Some([10, 1, 1, 2])),
            ("0x0a.010.0.1", Some([10, 8, 0, 1])),
            ("4294967295", Some([255, 255, 255, 255])),
            ("24", Some([0, 0, 0, 24])),
            ("1.2.3.256", None),
            ("1.2.3.4.5", None),
            ("256.1", None),
            ("1..2", None),
            ("1.+2", None),
            ("", None),
            ("08.1", None),
        ] {
            assert_eq!(aton(text), expected.map(Ipv4Addr::from), "{text}");
        }
    }
}
