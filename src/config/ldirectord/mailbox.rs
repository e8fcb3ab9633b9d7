//! Addresses of mail, as far as a look at them tells whether mail can leave.
//!
//! Nothing is refused: ldirectord takes any text, and hands it to the mail program.

use super::directives::Directive;
use super::values::in_quotes;
use crate::config::Diagnostic;
use crate::config::piece::{Piece, is_blank};

/// Warns of the addresses in a value that no mail can be sent to, or from.
pub(super) fn look(directive: &Directive, value: Piece<'_>, notes: &mut Vec<Diagnostic>) {
    match directive.name {
        "emailalertfrom" if !is_sender(value.text()) => {
            let message = "this is no address that mail can be sent from";
            let hint = if value.starts_with('"') {
                "write it without the quotes"
            } else {
                "a sender is user@host or Name <user@host>"
            };
            notes.push(Diagnostic::warning(value.span(), message).hint(hint));
        }
        "emailalert" => recipients(value, notes),
        _ => {}
    }
}

/// The sender's value without the comment behind it. A `#` may stand in a name: it begins a
/// comment only where what precedes it is an address and the whole is none.
pub(super) fn sender(value: Piece<'_>) -> Piece<'_> {
    let comment = value.text().match_indices('#').map(|(at, _)| value.split_at(at).0);
    let before = comment.into_iter().find(|before| before.text().ends_with(is_blank));
    match before.map(Piece::trim_end) {
        Some(before) if is_sender(before.text()) && !is_sender(value.text()) => before,
        _ => value,
    }
}

fn recipients(value: Piece<'_>, notes: &mut Vec<Diagnostic>) {
    let all = in_quotes(value).map_or(value, |(inside, _)| inside);
    let mut nobody = true;
    let mut rest = Some(all);
    while let Some(piece) = rest {
        let (one, next) = piece.split_once(",").map_or((piece, None), |(a, b)| (a, Some(b)));
        let one = one.trim();
        nobody &= one.is_empty();
        if !one.is_empty() && !is_part(one.text()) && !is_sender(one.text()) {
            let message = "this is no address that mail can be sent to";
            let hint = match one.text().contains('#') {
                true => "a comment has a blank before its `#`",
                false => "recipients are user or user@host, with commas between",
            };
            notes.push(Diagnostic::warning(one.span(), message).hint(hint));
        }
        rest = next;
    }
    if nobody {
        notes.push(Diagnostic::warning(value.span(), "nobody is named: no mail is sent"));
    }
}

/// Whether this is `user@host` or `Name <user@host>`.
fn is_sender(text: &str) -> bool {
    let (name, address) = match text.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.strip_suffix('>').unwrap_or_default()),
        None => ("", text),
    };
    let quoted = name.len() > 1 && name.starts_with('"') && name.ends_with('"');
    (quoted || !name.contains(SPECIALS))
        && address
            .rsplit_once('@')
            .is_some_and(|(user, host)| is_part(user) && is_part(host) && !host.contains('#'))
}

/// Whether this can stand on one side of the `@`.
fn is_part(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || SPECIALS.contains(&c);
    !text.contains(odd) && text.split('.').all(|label| !label.is_empty())
}

/// What has a meaning of its own in an address (RFC 5322, section 3.2.3), but for the dot.
const SPECIALS: &[char] = &['(', ')', '<', '>', '[', ']', ':', ';', '@', '\\', ',', '"'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_a_name_or_without() {
        for text in
            ["a@b", "a.b+c@d.example", "The LVS <a@b>", "No # 1 <a@b>", "\"A: b\" <a@b>", "<a@b>"]
        {
            assert!(is_sender(text), "{text}");
        }
        for text in [
            "",
            "a",
            "a@",
            "@b",
            "a b@c",
            "a@b # me",
            "a@b#me",
            "<a@b",
            "A <a@b> x",
            "a@b.",
            "A: b <a@b>",
            "\"a@b\"",
        ] {
            assert!(!is_sender(text), "{text}");
        }
    }

    #[test]
    fn only_an_address_has_a_comment_behind_it() {
        let sender = |line| sender(Piece::lines(line).next().unwrap()).text();
        assert_eq!(sender("a@b   # me"), "a@b");
        assert_eq!(sender("LVS <a@b> # me # you"), "LVS <a@b>");
        assert_eq!(sender("No # 1 <a@b>"), "No # 1 <a@b>");
        assert_eq!(sender("me # a@b"), "me # a@b");
        assert_eq!(sender("a@b#me"), "a@b#me");
    }
}
