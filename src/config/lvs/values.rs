//! What follows the `=`, by the shape that the table gives it.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::host::{host, mask};
use super::integer::integer;
use super::keys::{Effect, Era, Key, Place, Shape, THEIRS};
use super::section::Value;
use super::words::Word;
use crate::config::ldirectord::lent;
use crate::config::near_miss::near_miss;
use crate::config::{Diagnostic, Fault, Resolver};

/// How many words a value may have.
pub(super) fn fits(shape: Shape, words: &[Word<'_>]) -> bool {
    match shape {
        Shape::Address => (1..=2).contains(&words.len()),
        Shape::List => words.len() > 1,
        _ => words.len() == 1,
    }
}

/// Reads a value; `None` if it is none, which is noted.
pub(super) fn read<'a>(
    key: &Key,
    place: Place,
    words: &[Word<'a>],
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Value<'a>> {
    let first = words.first()?;
    let read = match key.shape {
        Shape::Block => return None,
        Shape::Integer { min, max, .. } => number(key, first, min..=max, notes).map(Value::Integer),
        Shape::Boolean => boolean(key, first).map(Value::Boolean),
        Shape::Port => port(key, place, first, resolver).map(Value::Port),
        Shape::Host => host_of(key, first, resolver, notes).map(Value::Host),
        Shape::Hosts => Ok(Value::Hosts(first.inside)),
        Shape::Address => {
            let device = words.get(1).map(|word| word.inside);
            let read = host(first.inside, resolver, notes);
            read.map(|address| Value::Address(address, device))
        }
        Shape::Mask => mask(first.inside).map(Value::Mask),
        Shape::Word(words) => word(key, first, words, notes).map(Value::Word),
        Shape::Text => Ok(Value::Text(first.inside)),
        Shape::List => list(words),
    };
    match read {
        Ok(value) => Some(value),
        // a mask that nobody could read never mattered
        Err(wrong) if key.name == "pmask" => {
            let warning = Diagnostic::warning(wrong.span, "not a netmask: it is not used");
            notes.push(warning.hint("write it as in 255.255.255.0"));
            None
        }
        Err(wrong) => {
            notes.push(wrong);
            None
        }
    }
}

type Read<T> = Result<T, Diagnostic>;

/// A number within these bounds. Piranha takes any, so one of its keys is no reason to refuse the
/// file: it is read as the nearest that there is. But another mark would be another service.
fn number(
    key: &Key,
    word: &Word<'_>,
    bounds: RangeInclusive<i64>,
    notes: &mut Vec<Diagnostic>,
) -> Read<i64> {
    let text = word.inside.text();
    let Some(number) = integer(text) else {
        let wrong = wrong(key, word, "a number", Fault::IntegerExpected);
        let octal = text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
        return Err(match octal {
            true => wrong.hint("a number that begins with 0 is octal: leave the 0 out"),
            false => wrong,
        });
    };
    if bounds.contains(&number) || key.effect != Effect::Now {
        return Ok(number);
    }
    let (min, max) = (*bounds.start(), *bounds.end());
    let expected = format!("a number from {min} to {max}");
    if matches!(key.era, Era::Piranha(_)) && key.name != "fwmark" {
        let read = match key.name {
            // nanny gives no server less, and lets one in with the first success
            "weight" | "reentry" if number < min => 1,
            _ => number.clamp(min, max),
        };
        let message = format!("`{}` takes {expected}: this is read as {read}", key.name);
        notes.push(Diagnostic::warning(word.whole.span(), message));
        return Ok(read);
    }
    Err(wrong(key, word, &expected, Fault::InvalidArgument))
}

fn boolean(key: &Key, word: &Word<'_>) -> Read<bool> {
    let text = word.inside.text();
    match integer(text) {
        Some(0) => Ok(false),
        Some(1) => Ok(true),
        Some(_) => Err(wrong(key, word, "0 or 1", Fault::BooleanExpected)),
        None => {
            let meant = match text.to_ascii_lowercase().as_str() {
                "y" | "yes" | "on" | "true" => "1",
                "n" | "no" | "off" | "false" => "0",
                _ => "0 or 1",
            };
            let wrong = wrong(key, word, "0 or 1", Fault::IntegerExpected);
            Err(wrong.hint(format!("write {} = {meant}", key.name)))
        }
    }
}

fn port(key: &Key, place: Place, word: &Word<'_>, resolver: &dyn Resolver) -> Read<u16> {
    let text = word.inside.text();
    let least = u16::from(key.name == "heartbeat_port");
    match integer(text).map(u16::try_from) {
        Some(Ok(port)) if port >= least => Ok(port),
        Some(_) => {
            let expected = format!("a number from {least} to 65535");
            Err(wrong(key, word, &expected, Fault::InvalidArgument))
        }
        None => {
            let fault = match place {
                Place::Server => Fault::IntegerExpected,
                _ => Fault::InvalidArgument,
            };
            lent::port(word.inside, resolver).map_err(|wrong| wrong.fault(fault))
        }
    }
}

fn host_of(
    key: &Key,
    word: &Word<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Read<IpAddr> {
    let address = host(word.inside, resolver, notes)?;
    let wrong =
        |message: String| Diagnostic::error(word.inside.span(), message).fault(Fault::InvalidHost);
    let unspecified = !matches!(key.name, "backup" | "sorry_server") && address.is_unspecified();
    if unspecified {
        return Err(wrong(format!("`{}` takes an address of a director", key.name)));
    }
    if key.name != "sorry_server" && address.is_ipv6() {
        let wrong = wrong(format!("`{}` takes an IPv4 address", key.name));
        return Err(wrong.hint("heartbeats go by IPv4"));
    }
    Ok(address)
}

fn word(
    key: &Key,
    given: &Word<'_>,
    words: &'static [&'static str],
    notes: &mut Vec<Diagnostic>,
) -> Read<&'static str> {
    let text = given.inside.text();
    let known = words.iter().position(|word| *word == text);
    let Some((at, known)) = known.and_then(|at| Some((at, *words.get(at)?))) else {
        let expected = format!("one of {}", words.join(", "));
        let wrong = wrong(key, given, &expected, Fault::InvalidArgument);
        return Err(match near_miss(text, words.iter().copied()) {
            Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
            None => wrong,
        });
    };
    if key.name == "scheduler" && at >= THEIRS {
        let message = format!("piranha has no scheduler {known}, and refuses the file");
        notes.push(Diagnostic::warning(given.inside.span(), message));
    }
    Ok(known)
}

fn list<'a>(words: &[Word<'a>]) -> Read<Value<'a>> {
    let is = |word: Option<&Word<'_>>, bracket| {
        word.is_some_and(|word| !word.quoted && word.inside.text() == bracket)
    };
    if is(words.first(), "[") && is(words.last(), "]") {
        return Ok(Value::List);
    }
    let span = words.first().map_or(0..0, |word| word.whole.span());
    Err(Diagnostic::error(span, "a list is expected")
        .fault(Fault::ListExpected)
        .hint("write [ word word ], with blanks inside of the brackets"))
}

fn wrong(key: &Key, word: &Word<'_>, expected: &str, fault: Fault) -> Diagnostic {
    let message = format!("`{}` takes {expected}", key.name);
    Diagnostic::error(word.whole.span(), message).fault(fault)
}
