//! What follows the `=`, by the shape that the table gives it.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::directives::{Directive, Shape};
use super::foreign;
use crate::config::device::{self, Device};
use crate::config::ldirectord::lent;
use crate::config::near_miss::near_miss;
use crate::config::piece::{Piece, is_blank};
use crate::config::vqalive::is_of_a_host;
use crate::config::{Diagnostic, Resolver};
use crate::model::{Canary, Family};

/// A value as its shape has it.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Address(Placed),
    Device(Device),
    Node(Ipv4Addr, Option<Ipv4Addr>),
    Host(IpAddr),
    Canary(Canary),
    Port(u16),
    Number(u32),
    Seconds(Duration),
    YesNo(bool),
    Word(&'static str),
    /// Without the quotes around it.
    Text(Piece<'a>),
}

/// An address that is held, and where, as far as its line says.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) address: IpAddr,
    pub(super) prefix: Option<u8>,
    pub(super) device: Option<Device>,
}

type Read<T> = Result<T, Diagnostic>;

/// Reads a value, which is not empty.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read<'a>(
    directive: &Directive,
    value: Piece<'a>,
    resolver: &dyn Resolver,
) -> Read<Value<'a>> {
    match directive.shape {
        Shape::Address => placed(directive, value, resolver).map(Value::Address),
        Shape::Device => device::device(value).map(Value::Device),
        Shape::Node => node(directive, value, resolver),
        Shape::Host => machine(directive, value, resolver).map(Value::Host),
        Shape::Group => host(alone(directive, value)?, resolver).map(Value::Host),
        Shape::Canary if value.text() == "gateway" => Ok(Value::Canary(Canary::Gateway)),
        Shape::Canary => machine(directive, value, resolver).map(Canary::Host).map(Value::Canary),
        Shape::Port => port(directive, value, resolver).map(Value::Port),
        Shape::Number { min, max, .. } => number(directive, value, min, max),
        Shape::Seconds { min, max } => seconds(directive, value, min, max),
        Shape::YesNo => yes_no(directive, value),
        Shape::Word(words) => word(directive, value, words),
        Shape::Path | Shape::Command | Shape::Pattern => text(directive, value),
    }
}

/// Whether a text is read as it is, with no quotes around it.
pub(in crate::config) fn is_plain(text: &str) -> bool {
    let read = Piece::lines(text).next().map(|line| without_comment(line.trim_start()));
    read.is_some_and(|read| read.text() == text) && !text.starts_with('"')
}

/// A value without the comment behind it: that begins with a `#` behind a blank, outside of quotes.
pub(super) fn without_comment(value: Piece<'_>) -> Piece<'_> {
    let (mut quoted, mut blank) = (false, true);
    for (at, c) in value.text().char_indices() {
        match c {
            '#' if blank && !quoted => return value.split_at(at).0.trim_end(),
            '"' => quoted = !quoted,
            _ => {}
        }
        blank = is_blank(c);
    }
    value.trim_end()
}

fn placed(directive: &Directive, value: Piece<'_>, resolver: &dyn Resolver) -> Read<Placed> {
    let (first, rest) = value.take_while(|c| !is_blank(c));
    let device = rest.trim();
    let device = if device.is_empty() { None } else { Some(device::device(device)?) };
    let (name, length) = first.split_once("/").map_or((first, None), |(a, b)| (a, Some(b)));
    let address = machine(directive, name, resolver)?;
    let prefix = length.map(|length| prefix(address, length)).transpose()?;
    Ok(Placed { address, prefix, device })
}

fn prefix(address: IpAddr, length: Piece<'_>) -> Read<u8> {
    let most = if address.is_ipv4() { 32 } else { 128 };
    let prefix = length.text().parse().ok().filter(|prefix| (1..=most).contains(prefix));
    prefix.ok_or_else(|| {
        let message = format!("behind the `/` stands the length of a prefix, 1 to {most}");
        let wrong = Diagnostic::error(length.span(), message);
        match length.text().parse::<Ipv4Addr>() {
            Ok(mask) => {
                wrong.hint(format!("the netmask {mask} is /{}", mask.to_bits().count_ones()))
            }
            Err(_) => wrong,
        }
    })
}

fn node<'a>(directive: &Directive, value: Piece<'_>, resolver: &dyn Resolver) -> Read<Value<'a>> {
    let (public, rest) = value.take_while(|c| !is_blank(c));
    let private = rest.trim();
    let v4 = |piece: Piece<'_>| match host(piece, resolver)? {
        IpAddr::V4(address) if !address.is_unspecified() => Ok(address),
        other => {
            let message = format!("`{}` takes IPv4 addresses of a director", directive.name);
            let wrong = Diagnostic::error(piece.span(), message);
            Err(if other.is_ipv6() { wrong.hint("heartbeats go by IPv4") } else { wrong })
        }
    };
    let public = v4(public)?;
    if private.text().contains(is_blank) {
        let expected = "the address of a director, and one on a second network at most";
        return Err(wrong(directive, private, expected));
    }
    let private = if private.is_empty() { None } else { Some(v4(private)?) };
    Ok(Value::Node(public, private.filter(|private| *private != public)))
}

/// A value that is one word.
fn alone<'a>(directive: &Directive, value: Piece<'a>) -> Read<Piece<'a>> {
    if !value.text().contains(is_blank) {
        return Ok(value);
    }
    let wrong = Diagnostic::error(value.span(), "one address is expected");
    Err(match directive.repeats {
        true => wrong.hint("each address has a line of its own"),
        false => wrong,
    })
}

/// The address of a machine: what is asked at none, as 0.0.0.0, is answered by this one itself.
fn machine(directive: &Directive, word: Piece<'_>, resolver: &dyn Resolver) -> Read<IpAddr> {
    let address = host(alone(directive, word)?, resolver)?;
    if is_of_a_host(address) {
        return Ok(address);
    }
    let message = format!("`{}` takes an address that a machine can have", directive.name);
    Err(Diagnostic::error(word.span(), message))
}

/// An address by number or name, of either family.
fn host(word: Piece<'_>, resolver: &dyn Resolver) -> Read<IpAddr> {
    let text = word.text();
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let wrong = |message: &str| Diagnostic::error(word.span(), message);
    if text.is_empty() {
        return Err(wrong("an address is expected"));
    }
    if text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'/')) {
        let hint = "an IPv4 address has four numbers from 0 to 255, and no prefix here";
        return Err(wrong("not an address").hint(hint));
    }
    if text.contains([':', '/']) {
        return Err(wrong("not an address"));
    }
    let found = resolver.host(text, Family::V4).or_else(|| resolver.host(text, Family::V6));
    found.ok_or_else(|| wrong("no address is known for this host"))
}

fn port(directive: &Directive, value: Piece<'_>, resolver: &dyn Resolver) -> Read<u16> {
    if value.text().contains(is_blank) {
        return Err(wrong(directive, value, "one port"));
    }
    match lent::port(value, resolver)? {
        0 => Err(wrong(directive, value, "a number from 1 to 65535")),
        port => Ok(port),
    }
}

fn number<'a>(directive: &Directive, value: Piece<'_>, min: u32, max: u32) -> Read<Value<'a>> {
    let number = digits(value.text()).filter(|number| (min..=max).contains(number));
    number.map(Value::Number).ok_or_else(|| {
        let expected = match max {
            u32::MAX => format!("a whole number, {min} at least"),
            _ => format!("a whole number from {min} to {max}"),
        };
        wrong(directive, value, &expected)
    })
}

/// Seconds with up to three decimals.
fn seconds<'a>(directive: &Directive, value: Piece<'_>, min: u64, max: u64) -> Read<Value<'a>> {
    let text = value.text();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let thousandths = |decimals: &str| {
        let fits = (1..=3).contains(&decimals.len());
        fits.then(|| digits::<u64>(&format!("{decimals:0<3}"))).flatten()
    };
    let whole = digits::<u64>(whole).and_then(|whole| whole.checked_mul(1000));
    let time = whole.zip(thousandths(decimals)).and_then(|(a, b)| a.checked_add(b));
    let time = time.filter(|time| (min..=max).contains(time));
    time.map(|time| Value::Seconds(Duration::from_millis(time))).ok_or_else(|| {
        let least = Duration::from_millis(min).as_secs_f64();
        let wrong = wrong(directive, value, &format!("seconds, {least} at least"));
        let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || is_blank(c));
        match text.strip_prefix(number) {
            Some(unit) if !unit.is_empty() && digits::<u64>(number).is_some() => {
                wrong.hint("write the number alone, as in 1 or 0.25")
            }
            _ => wrong.hint("up to three decimals stand behind a dot, as in 0.25"),
        }
    })
}

/// The number that digits alone make.
fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn yes_no<'a>(directive: &Directive, value: Piece<'_>) -> Read<Value<'a>> {
    let meant = match value.text().to_ascii_lowercase().as_str() {
        "y" | "yes" | "on" | "true" | "1" => "yes",
        "n" | "no" | "off" | "false" | "0" => "no",
        _ => return Err(wrong(directive, value, "yes or no")),
    };
    if meant == value.text() {
        return Ok(Value::YesNo(meant == "yes"));
    }
    Err(wrong(directive, value, "yes or no").hint(format!("write {} = {meant}", directive.name)))
}

fn word<'a>(directive: &Directive, value: Piece<'_>, words: &[&'static str]) -> Read<Value<'a>> {
    let known = words.iter().find(|word| **word == value.text());
    known.map(|known| Value::Word(known)).ok_or_else(|| {
        let wrong = wrong(directive, value, &format!("one of {}", words.join(", ")));
        let is_number = value.text().bytes().all(|b| b.is_ascii_digit());
        let near = || near_miss(value.text(), words.iter().copied()).filter(|_| !is_number);
        match foreign::value(directive.name, value.text()).or_else(near) {
            Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
            None => wrong,
        }
    })
}

/// A text as it is, or in double quotes: from the first one to the last.
fn text<'a>(directive: &Directive, value: Piece<'a>) -> Read<Value<'a>> {
    let Some(inside) = value.strip_prefix("\"") else { return Ok(Value::Text(value)) };
    let end = inside.text().len().saturating_sub(1);
    match inside.split_at(end) {
        (text, quote) if quote.text() == "\"" && !text.trim().is_empty() => Ok(Value::Text(text)),
        (_, quote) if quote.text() == "\"" => Err(wrong(directive, value, "a text")),
        _ => Err(Diagnostic::error(value.span(), "the closing quote is missing")
            .hint("a text in quotes ends the line, but for a comment")),
    }
}

fn wrong(directive: &Directive, value: Piece<'_>, expected: &str) -> Diagnostic {
    Diagnostic::error(value.span(), format!("`{}` takes {expected}", directive.name))
}
