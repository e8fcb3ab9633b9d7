//! What is said of lines that are none.

use super::keys::{self, KEYS, Key, Place, Shape};
use crate::config::near_miss::near_miss;
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Fault};

/// A word that begins no block.
pub(super) fn no_block(word: Piece<'_>) -> Diagnostic {
    let wrong = Diagnostic::error(word.span(), "no block begins with this word");
    let meant = near_miss(word.text(), ["virtual", "failover", "server", "cluster"]);
    hinted(wrong.fault(Fault::UnknownCommand), meant)
}

/// A word that is no key of this part of the file.
pub(super) fn no_key(name: Piece<'_>, place: Place) -> Diagnostic {
    if let Some(key) = KEYS.iter().find(|key| key.name == name.text()) {
        return misplaced(key, name, place);
    }
    if let Some((_, hint)) = INSTEAD.iter().find(|(directive, _)| *directive == name.text()) {
        let message = format!("`{}` is a directive of ldirectord.cf", name.text());
        let wrong = Diagnostic::error(name.span(), message).fault(Fault::UnknownCommand);
        return wrong.hint(*hint);
    }
    let here = KEYS.iter().filter(|key| key.places.contains(&place)).map(|key| key.name);
    let borrowed = keys::borrowed(place).map(|directive| directive.name);
    let anywhere = KEYS.iter().map(|key| key.name);
    let meant = near_miss(name.text(), here.chain(borrowed));
    let shown: String = name.text().chars().take(40).collect();
    let wrong = Diagnostic::error(name.span(), format!("unknown key `{shown}`"));
    hinted(wrong.fault(Fault::UnknownCommand), meant.or_else(|| near_miss(name.text(), anywhere)))
}

fn misplaced(key: &Key, name: Piece<'_>, place: Place) -> Diagnostic {
    let message = match place {
        Place::Global => format!("`{}` cannot stand outside of all blocks", key.name),
        _ => format!("`{}` cannot stand in a `{place}` block", key.name),
    };
    let places: Vec<_> = key.places.iter().map(|place| format!("`{place}`")).collect();
    let hint = match key.places {
        [Place::Global] => "it stands outside of all blocks".to_owned(),
        _ => format!("it stands in {}", places.join(" or ")),
    };
    Diagnostic::error(name.span(), message).fault(Fault::UnknownCommand).hint(hint)
}

/// A key with no `=` behind it.
pub(super) fn no_equals(name: Piece<'_>, rest: Piece<'_>) -> Diagnostic {
    let message = format!("`=` is missing behind `{}`", name.text());
    let value: String = rest.trim().text().chars().take(40).collect();
    let value = if value.is_empty() { "value" } else { &value };
    Diagnostic::error(name.span(), message)
        .fault(Fault::EqualExpected)
        .hint(format!("write {} = {value}", name.text()))
}

/// A value of more words than its key takes, or fewer.
pub(super) fn not_fitting(key: &Key, value: Piece<'_>) -> Diagnostic {
    let wrong = |message: String, fault| Diagnostic::error(value.span(), message).fault(fault);
    let name = key.name;
    match key.shape {
        Shape::List => wrong(format!("`{name}` takes a list"), Fault::ListExpected)
            .hint("write [ word word ], with blanks inside of the brackets"),
        Shape::Address => {
            wrong(format!("`{name}` takes an address and a device"), Fault::UnexpectedArguments)
                .hint(format!("write {name} = 192.0.2.1 eth0:1"))
        }
        Shape::Text if !value.text().contains('"') => {
            let text: String = value.text().chars().take(60).collect();
            wrong(format!("`{name}` takes one word"), Fault::UnexpectedArguments)
                .hint(format!("write {name} = \"{text}\""))
        }
        _ => wrong(format!("`{name}` takes one word"), Fault::UnexpectedArguments),
    }
}

/// A quote that is not closed.
pub(super) fn no_quote(quote: Piece<'_>) -> Diagnostic {
    let message = "the closing quote is missing";
    Diagnostic::error(quote.span(), message)
        .fault(Fault::Quotation)
        .hint("a quoted text ends with the quote that it begins with")
}

/// A block whose brace does not come.
pub(super) fn no_brace(header: Piece<'_>) -> Diagnostic {
    let shown: String = header.text().chars().take(60).collect();
    Diagnostic::error(header.span(), "the brace is missing that begins a block")
        .fault(Fault::MissingArguments)
        .hint(format!("write {shown} {{"))
}

/// A block that begins where another has not ended.
pub(super) fn not_closed(word: Piece<'_>, what: &str) -> Diagnostic {
    let message = format!("the {what} before this `{}` is not closed", word.text());
    Diagnostic::error(word.span(), message)
        .fault(Fault::UnknownCommand)
        .hint("a line with a `}` is missing")
}

fn hinted(wrong: Diagnostic, meant: Option<&str>) -> Diagnostic {
    match meant {
        Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
        None => wrong,
    }
}

/// What stands here for directives of ldirectord's that are no keys.
const INSTEAD: &[(&str, &str)] = &[
    ("real", "a real server has a block of its own: server name {"),
    ("real6", "a real server has a block of its own: server name {"),
    ("virtual6", "a virtual block may have an IPv6 address"),
    ("netmask", "write pmask"),
    ("recoverycount", "write reentry, in seconds"),
    ("slowstart", "write slow_start"),
    ("loadmonitor", "write load_monitor"),
    ("tcptimeout", "write tcp_timeout"),
    ("tcpfintimeout", "write tcpfin_timeout"),
    ("udptimeout", "write udp_timeout"),
];
