//! What follows the `=`, by the shape that the table gives it.

use super::directives::{CHECK_TYPES, Directive, Scope, Shape};
use super::mailbox;
use crate::config::Diagnostic;
use crate::config::near_miss::near_miss;
use crate::config::piece::{Piece, is_blank};
use crate::config::secret;

/// A value as its shape has it.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    YesNo(bool),
    Number(u32),
    Text(String),
    Word(&'static str),
    Words(Vec<&'static str>),
    Header(String, String),
    /// Read where it is used: it needs to know more than the line.
    Line(Piece<'a>),
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::YesNo(a), Value::YesNo(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::Word(a), Value::Word(b)) => a == b,
            (Value::Words(a), Value::Words(b)) => a == b,
            (Value::Header(a, b), Value::Header(c, d)) => (a, b) == (c, d),
            (Value::Line(a), Value::Line(b)) => a.text() == b.text(),
            _ => false,
        }
    }
}

/// Reads a value; `None` if it is none, which is noted.
pub(super) fn read<'a>(
    directive: &Directive,
    value: Piece<'a>,
    scope: Scope,
    notes: &mut Vec<Diagnostic>,
) -> Option<Value<'a>> {
    if directive.name == "virtualhost" && value.is_empty() {
        // templates leave it so
        notes.push(Diagnostic::warning(value.span(), "an empty `virtualhost` is none"));
        return None;
    }
    let read = match directive.shape {
        Shape::YesNo => yes_no(directive, value),
        Shape::Number { min, max, .. } => number(directive, value, min, max, notes),
        Shape::Quoted => quoted(directive, value, scope, notes),
        Shape::Text | Shape::LoadMonitor => {
            let text = text(directive, value, scope, notes);
            filled(directive, value, text)
        }
        Shape::Command => {
            let text = command(directive, value, scope, notes);
            filled(directive, value, text)
        }
        Shape::Raw => filled(directive, value, value.text().to_owned()),
        Shape::Word(words) => {
            alone(value, notes, |first| word(directive, first, words)).map(Value::Word)
        }
        Shape::Words(words) => list(directive, value, words),
        Shape::Header => header(directive, value, scope, notes),
        Shape::CheckType => check_type(directive, value, notes),
        Shape::Service | Shape::Real | Shape::Fallback => Ok(Value::Line(value)),
        Shape::FirstWord | Shape::Netmask => {
            filled(directive, value, String::new()).map(|_| Value::Line(value))
        }
        Shape::Removed(_) => return None,
    };
    read.map_err(|diagnostic| notes.push(diagnostic)).ok()
}

type Read<T> = Result<T, Diagnostic>;

fn yes_no<'a>(directive: &Directive, value: Piece<'_>) -> Read<Value<'a>> {
    match value.text() {
        "yes" => Ok(Value::YesNo(true)),
        "no" => Ok(Value::YesNo(false)),
        other => {
            let meant = match other.to_ascii_lowercase().as_str() {
                "y" | "yes" | "on" | "true" | "1" => "yes",
                "n" | "no" | "off" | "false" | "0" => "no",
                _ => "yes or no",
            };
            Err(wrong(directive, value, "yes or no")
                .hint(format!("write {}={meant}", directive.name)))
        }
    }
}

/// The first digits of the value, as ldirectord takes them; what else stands there is warned of.
fn number<'a>(
    directive: &Directive,
    value: Piece<'_>,
    min: u32,
    max: u32,
    notes: &mut Vec<Diagnostic>,
) -> Read<Value<'a>> {
    let (_, rest) = value.take_while(|c| !c.is_ascii_digit());
    let (digits, _) = rest.take_while(|c| c.is_ascii_digit());
    if digits.is_empty() {
        return Err(wrong(directive, value, "a number"));
    }
    let Some(number) = digits.text().parse().ok().filter(|n| (min..=max).contains(n)) else {
        let wrong = wrong(directive, value, &format!("a number from {min} to {max}"));
        return Err(match digits.text().bytes().all(|b| b == b'0') {
            true => wrong.hint(format!("0 is none; by default it is {}", directive.default)),
            false => wrong,
        });
    };
    if digits.text() != value.text() {
        let message = format!("`{}` is read as {number}", directive.name);
        notes.push(Diagnostic::warning(value.span(), message).hint("write the digits alone"));
    }
    Ok(Value::Number(number))
}

fn quoted<'a>(
    directive: &Directive,
    value: Piece<'_>,
    scope: Scope,
    notes: &mut Vec<Diagnostic>,
) -> Read<Value<'a>> {
    match in_quotes(value) {
        Some((inside, _)) if inside.is_empty() => Err(wrong(directive, value, "a text")),
        Some((inside, rest)) => {
            ignored(rest, notes);
            Ok(Value::Text(expanded(inside.text(), scope)))
        }
        None => {
            let wrong = wrong(directive, value, "a text in double quotes");
            Err(wrong.hint(in_plain_quotes(directive, value)))
        }
    }
}

/// A name as HTTP has them (RFC 9110, 5.6.2), a colon, and what can be seen.
fn header<'a>(
    directive: &Directive,
    value: Piece<'_>,
    scope: Scope,
    notes: &mut Vec<Diagnostic>,
) -> Read<Value<'a>> {
    let Value::Text(text) = quoted(directive, value, scope, notes)? else {
        return Err(wrong(directive, value, "a text"));
    };
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    match text.split_once(':').map(|(name, value)| (name, value.trim())) {
        Some((name, value))
            if !name.is_empty()
                && name.chars().all(is_token)
                && value.chars().all(|c| c == ' ' || c.is_ascii_graphic()) =>
        {
            Ok(Value::Header(name.to_owned(), value.to_owned()))
        }
        _ => {
            let wrong = wrong(directive, value, "a header's name, a colon and its value, in ASCII");
            Err(wrong.hint("write httpheader=\"X-Probe: director\""))
        }
    }
}

/// A text with quotes around it or without.
fn text(
    directive: &Directive,
    value: Piece<'_>,
    scope: Scope,
    notes: &mut Vec<Diagnostic>,
) -> String {
    let inside = in_quotes(value);
    if inside.is_none() && value.starts_with('"') {
        let missing = Diagnostic::warning(value.span(), "the closing quote is missing");
        notes.push(missing.hint(in_plain_quotes(directive, value)));
    }
    let (inside, rest) = inside.unwrap_or((value, value.split_at(value.text().len()).1));
    ignored(rest, notes);
    expanded(inside.text(), scope)
}

/// A command with quotes around it or without. In the global part ldirectord leaves quotes to the
/// shell, to which those around a word are not those around all.
fn command(
    directive: &Directive,
    value: Piece<'_>,
    scope: Scope,
    notes: &mut Vec<Diagnostic>,
) -> String {
    let around = |(inside, rest): (Piece<'_>, Piece<'_>)| {
        rest.trim().is_empty() && !inside.text().contains('"')
    };
    match in_quotes(value) {
        Some(quoted) if scope == Scope::Global && !around(quoted) => value.text().to_owned(),
        _ => text(directive, value, scope, notes),
    }
}

/// What stands between the first and the last quote of a value that begins with one, and behind.
pub(super) fn in_quotes(value: Piece<'_>) -> Option<(Piece<'_>, Piece<'_>)> {
    let rest = value.strip_prefix("\"")?;
    let (inside, rest) = rest.split_at(rest.text().rfind('"')?);
    Some((inside, rest.strip_prefix("\"")?))
}

/// How a text should have been quoted that has no quotes, half of them, or others. A secret is not
/// repeated: hints reach the log and the status.
fn in_plain_quotes(directive: &Directive, value: Piece<'_>) -> String {
    let (bare, _) = value.strip_prefix("\"").unwrap_or(value).take_while(|c| c != '"');
    let bare = bare.trim().text().trim_matches(OTHER_QUOTES);
    let bare: String = if bare.is_empty() { "text" } else { bare }.chars().take(40).collect();
    let plain =
        if value.text().starts_with(OTHER_QUOTES) { "use plain double quotes: " } else { "" };
    if secret::is_of(directive.name) {
        return format!("{plain}write {}={}", directive.name, directive.shape);
    }
    format!("{plain}write {}=\"{bare}\"", directive.name)
}

/// Within a virtual ldirectord makes four blanks of each tab, even inside of quotes.
fn expanded(text: &str, scope: Scope) -> String {
    if scope == Scope::Global { text.to_owned() } else { text.replace('\t', "    ") }
}

fn filled<'a>(directive: &Directive, value: Piece<'_>, text: String) -> Read<Value<'a>> {
    if value.is_empty() { Err(wrong(directive, value, "a value")) } else { Ok(Value::Text(text)) }
}

/// The first word, and what follows it.
pub(super) fn first_word(value: Piece<'_>) -> (Piece<'_>, Piece<'_>) {
    value.take_while(|c| !is_blank(c))
}

/// Reads the first word; what follows it is ignored, with a warning.
fn alone<'a, T>(
    value: Piece<'a>,
    notes: &mut Vec<Diagnostic>,
    read: impl FnOnce(Piece<'a>) -> Read<T>,
) -> Read<T> {
    let (first, rest) = first_word(value);
    let read = read(first)?;
    ignored(rest, notes);
    Ok(read)
}

/// Warns of what stands behind a value, where ldirectord looks no further. Its administrators
/// write comments there with `//`, too.
pub(super) fn ignored(rest: Piece<'_>, notes: &mut Vec<Diagnostic>) {
    let rest = rest.trim();
    if !rest.is_empty() && !rest.starts_with('#') && !rest.text().starts_with("//") {
        notes.push(Diagnostic::warning(rest.span(), "this is ignored"));
    }
}

fn word(directive: &Directive, value: Piece<'_>, words: &[&'static str]) -> Read<&'static str> {
    let known = words.iter().find(|word| {
        let upper = word.starts_with(|c: char| c.is_ascii_uppercase());
        value.text() == **word || upper && value.text().eq_ignore_ascii_case(word)
    });
    known.copied().ok_or_else(|| {
        let wrong = wrong(directive, value, &format!("one of {}", words.join(", ")));
        match near_miss(value.text(), words.iter().copied()) {
            Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
            None => wrong,
        }
    })
}

/// Words with commas between; `none` stands alone.
fn list<'a>(directive: &Directive, value: Piece<'_>, words: &[&'static str]) -> Read<Value<'a>> {
    let mut found = Vec::new();
    let mut rest = Some(value);
    while let Some(piece) = rest {
        let (item, next) = piece.split_once(",").map_or((piece, None), |(a, b)| (a, Some(b)));
        let item = item.trim();
        let known = word(directive, item, words).map_err(|wrong| {
            let apart = item.text().split(is_blank).all(|one| words.contains(&one));
            if apart { wrong.hint("put commas between the words") } else { wrong }
        })?;
        if !found.contains(&known) {
            found.push(known);
        }
        rest = next;
    }
    if found.len() > 1 && found.contains(&"none") {
        let hint = format!("write {}=none, or leave `none` out", directive.name);
        return Err(wrong(directive, value, "`none` by itself, or other words").hint(hint));
    }
    Ok(Value::Words(found))
}

/// A number, in any company, means that many connects after each negotiation.
fn check_type<'a>(
    directive: &Directive,
    value: Piece<'_>,
    notes: &mut Vec<Diagnostic>,
) -> Read<Value<'a>> {
    alone(value, notes, |first| {
        let (_, rest) = first.take_while(|c| !c.is_ascii_digit());
        let (digits, _) = rest.take_while(|c| c.is_ascii_digit());
        if digits.is_empty() {
            return word(directive, first, CHECK_TYPES).map(Value::Word).map_err(|wrong| {
                let message = format!("{}, or a number", wrong.message);
                Diagnostic { message, ..wrong }
            });
        }
        let number = digits.text().parse();
        number.map(Value::Number).map_err(|_| wrong(directive, value, "a smaller number"))
    })
}

fn wrong(directive: &Directive, value: Piece<'_>, expected: &str) -> Diagnostic {
    let message = format!("`{}` takes {expected}", directive.name);
    Diagnostic::error(value.span(), message)
}

/// The value without the comment behind it. In a virtual any `#` begins one, in the global part
/// one behind a blank; neither does within quotes, where quotes have a meaning.
pub(super) fn without_comment<'a>(
    directive: &Directive,
    value: Piece<'a>,
    scope: Scope,
) -> Piece<'a> {
    let raw = directive.shape == Shape::Raw;
    if raw && scope == Scope::Global {
        return if directive.name == "emailalertfrom" { mailbox::sender(value) } else { value };
    }
    use Shape::{Command, Header, LoadMonitor, Quoted, Real, Text};
    let quotes = matches!(directive.shape, Quoted | Text | Command | Header | Real | LoadMonitor);
    let text = value.text();
    let mut at = 0;
    while let Some(found) = text[at..].find(['#', '"']) {
        let (here, next) = (at + found, at + found + 1);
        at = next;
        if text[here..].starts_with('"') {
            let close = text[next..].find('"').filter(|_| quotes);
            at = close.map_or(next, |close| next + close + 1);
        } else if scope != Scope::Global || text[..here].chars().next_back().is_none_or(is_blank) {
            return value.split_at(here).0.trim_end();
        }
    }
    value
}

/// Quotes of other places, which are letters like any other here.
const OTHER_QUOTES: &[char] = &['\'', '`', '‘', '’', '‚', '“', '”', '„', '«', '»'];

#[cfg(test)]
mod tests;
