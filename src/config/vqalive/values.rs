//! What follows a parameter's name, by the shape that the table gives it.

use std::net::IpAddr;
use std::time::Duration;

use checkers::Pattern;

use super::is_of_a_host;
use super::parameters::{OFF, Parameter, Shape};
use crate::config::near_miss::near_miss;
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Resolver};
use crate::model::{Command, Protocol};

/// A value as it was read.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Script(Command),
    Address(IpAddr),
    Port(u16),
    Time(Duration),
    Count(u32),
    Word(&'static str),
    Pattern(Pattern),
    /// It is said that there is none.
    Nothing,
}

impl Value {
    pub(super) fn address(&self) -> Option<IpAddr> {
        if let Value::Address(address) = self { Some(*address) } else { None }
    }

    /// Whether another one of several is the same.
    pub(super) fn is(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Address(a), Value::Address(b)) => a == b,
            (Value::Port(a), Value::Port(b)) => a == b,
            _ => false,
        }
    }
}

/// Reads a value; `None` if it is none, which is noted.
pub(super) fn read(
    parameter: &Parameter,
    piece: Piece<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let name = parameter.name;
    let read = match parameter.shape {
        Shape::Script => script(name, piece, resolver, notes).map(Value::Script),
        Shape::Address if !parameter.several && piece.text() == "none" => Ok(Value::Nothing),
        Shape::Address => address(name, piece).map(Value::Address),
        Shape::Port => port(name, piece, resolver).map(Value::Port),
        Shape::Seconds { min, max } => seconds(name, piece, min, max).map(Value::Time),
        Shape::Count { min, max } => count(name, piece, min, max).map(Value::Count),
        Shape::Word(words) => word(name, piece, words).map(Value::Word),
        Shape::Pattern if piece.text() == OFF => Ok(Value::Nothing),
        Shape::Pattern => unquoted(name, piece).map(Value::Pattern),
    };
    read.map_err(|wrong| notes.push(wrong)).ok()
}

type Read<T> = Result<T, Diagnostic>;

fn script(
    name: &str,
    piece: Piece<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Read<Command> {
    let command = Command::new(piece.text()).filter(|_| piece.starts_with('/'));
    let wrong = || {
        let wrong = Diagnostic::error(piece.span(), format!("`{name}` takes an absolute path"));
        if piece.starts_with('"') { wrong.hint(UNQUOTED) } else { wrong }
    };
    let command = command.ok_or_else(wrong)?;
    let program = piece.take_while(|c| c != ' ' && c != '\t').0;
    if let Err(why) = resolver.script(program.text()) {
        let message = format!("`{name}` cannot be run: {why}");
        notes.push(Diagnostic::warning(piece.span(), message));
    }
    Ok(command)
}

fn address(name: &str, piece: Piece<'_>) -> Read<IpAddr> {
    let wrong = Diagnostic::error(piece.span(), format!("`{name}` takes an address"));
    match piece.text().parse::<IpAddr>() {
        Ok(address) if is_of_a_host(address) => Ok(address),
        Ok(_) => Err(wrong.hint("this one is no machine's")),
        Err(_) if piece.text().contains('/') => Err(wrong.hint("write it without a prefix")),
        Err(_) => Err(wrong.hint("write its number: a name may come to mean another machine")),
    }
}

fn port(name: &str, piece: Piece<'_>, resolver: &dyn Resolver) -> Read<u16> {
    let lower = piece.text().to_ascii_lowercase();
    let text = lower.strip_suffix("/tcp").unwrap_or(&lower);
    let wrong = |message: String| Diagnostic::error(piece.span(), message);
    if text.ends_with("/udp") {
        return Err(wrong(format!("`{name}` takes a TCP port")));
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        let port = text.parse().ok().filter(|port| *port > 0);
        return port.ok_or_else(|| wrong(format!("`{name}` takes a number from 1 to 65535")));
    }
    resolver.port(text, Some(Protocol::Tcp)).ok_or_else(|| {
        wrong("no service of this name is known".to_owned()).hint("write the port as a number")
    })
}

fn seconds(name: &str, piece: Piece<'_>, min: Duration, max: Duration) -> Read<Duration> {
    let text = piece.text();
    let number = text.strip_suffix(['s', 'S']).unwrap_or(text).trim_end();
    let is_plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let time = number.parse::<f64>().ok().filter(|_| is_plain);
    let time = time.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.filter(|time| (min..=max).contains(time)).ok_or_else(|| {
        let (min, max) = (min.as_secs_f64(), max.as_secs_f64());
        Diagnostic::error(piece.span(), format!("`{name}` takes seconds, from {min} to {max}"))
    })
}

fn count(name: &str, piece: Piece<'_>, min: u32, max: u32) -> Read<u32> {
    let count = piece.text().parse().ok().filter(|count| (min..=max).contains(count));
    count.ok_or_else(|| {
        Diagnostic::error(piece.span(), format!("`{name}` takes a number from {min} to {max}"))
    })
}

fn word(name: &str, piece: Piece<'_>, words: &'static [&'static str]) -> Read<&'static str> {
    let text = piece.text();
    let known = words.iter().copied().find(|word| word.eq_ignore_ascii_case(text));
    known.ok_or_else(|| {
        let message = format!("`{name}` takes one of {}", words.join(", "));
        let wrong = Diagnostic::error(piece.span(), message);
        let meant = INSTEAD.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(text));
        let meant = meant.map(|(_, ours)| *ours).filter(|ours| words.contains(ours));
        match meant.or_else(|| near_miss(text, words.iter().copied())) {
            Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
            None => wrong,
        }
    })
}

/// Quotes would be looked for in what the service says, and a living one taken for dead.
fn unquoted(name: &str, piece: Piece<'_>) -> Read<Pattern> {
    if piece.starts_with('"') && piece.text().ends_with('"') {
        let message = format!("`{name}` takes a regular expression");
        return Err(Diagnostic::error(piece.span(), message).hint(UNQUOTED));
    }
    pattern(name, piece)
}

pub(in crate::config) fn pattern(name: &str, piece: Piece<'_>) -> Read<Pattern> {
    piece.text().parse().map_err(|why: checkers::PatternError| {
        Diagnostic::error(piece.span(), format!("`{name}` takes a regular expression: {why}"))
    })
}

const UNQUOTED: &str = "no quotes stand around a value";
/// What people say for a word.
const INSTEAD: &[(&str, &str)] =
    &[("yes", "on"), ("warn", "on"), ("true", "on"), ("no", OFF), ("none", OFF), ("false", OFF)];
