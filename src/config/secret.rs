//! What of a line must not be shown: more people read the log and the status than the file.
//!
//! In comes a line, out goes where its secret begins. Misspelt directives have one as well: it is the
//! lines that something is wrong with that are shown. What two directors share is in no line, but in
//! a file of its own.

use super::ldirectord::DIRECTIVES;
use super::near_miss::near_miss;
use super::piece::{Piece, is_blank};
use super::{Diagnostic, Resolver, Unfit, cluster};
use crate::model::Secret;

/// The secret in the file of this name; what `who` cannot start without is warned of.
pub(super) fn stored(
    path: Piece<'_>,
    who: &str,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Secret {
    let said = match resolver.key(path.text()) {
        Ok(()) => None,
        Err(Unfit::Unreadable(why)) => Some((
            format!("{who} will not start: {why}"),
            "write the same line into it on both directors",
        )),
        Err(Unfit::Open) => Some((
            format!("others can read or change the secret of the directors: {}", path.text()),
            "chmod 600 makes it root's alone",
        )),
    };
    notes.extend(said.map(|(message, hint)| Diagnostic::warning(path.span(), message).hint(hint)));
    Secret::Stored(path.text().into())
}

/// Whether this directive's value is a secret.
pub(super) fn is_of(directive: &str) -> bool {
    SECRET.contains(&directive)
}

/// Where a line's secret begins, in bytes; `None` if it has none.
pub(super) fn begins(line: &str) -> Option<usize> {
    let start = line.find(is_letter)?;
    let length = line[start..].find(|c| !is_letter(c)).unwrap_or(line.len() - start);
    let (name, rest) = line[start..].split_at(length);
    let known = DIRECTIVES.iter().any(|directive| directive.name == name)
        || cluster::DIRECTIVES.iter().any(|directive| directive.name == name);
    if is_of(name) || !known && near_miss(name, SECRET.iter().chain(MISTAKEN).copied()).is_some() {
        return Some(line.len() - value(rest).len());
    }
    // one that stands behind another directive, on the same line
    let behind = |name: &&str| {
        line.match_indices(*name).find_map(|(at, _)| {
            let rest = line[at + name.len()..].trim_start_matches(is_blank);
            rest.starts_with('=').then(|| line.len() - value(rest).len())
        })
    };
    SECRET.iter().filter_map(behind).min()
}

/// What follows a directive's name, without blanks and `=`.
fn value(rest: &str) -> &str {
    let rest = rest.trim_start_matches(is_blank);
    rest.strip_prefix('=').unwrap_or(rest).trim_start_matches(is_blank)
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

const SECRET: &[&str] = &["passwd", "secret", "httpheader"];
/// What people write for them from other programs' files.
const MISTAKEN: &[&str] =
    &["password", "passphrase", "pwd", "header", "auth_pass", "auth_key", "key", "heartbeat_key"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_a_line_is_found_however_it_is_written() {
        for line in [
            "passwd=\"Hush\"",
            "\tpasswd = Hush",
            "passwrd=Hush\r",
            "PASSWD=Hush",
            "password: Hush",
            "passwd Hush",
            "passwd\"Hush\"",
            "\u{feff}secret=Hush",
            "\u{a0}secrett=Hush",
            "http_header=\"Authorization: Hush\"",
            "pwd=Hush",
            "login=\"me\" passwd = \"Hush\"",
            "login=\"passwd\" passwd=Hush",
        ] {
            let shown = &line[..begins(line).unwrap_or(line.len())];
            assert!(!shown.contains("Hush"), "{shown}");
        }
    }

    #[test]
    fn other_lines_have_none() {
        for directive in DIRECTIVES {
            assert!(begins(&format!("{}=x", directive.name)).is_some() == is_of(directive.name));
        }
        for line in ["", " = ", "reciv=x", "quiescant=no", "login=\"secret\"", "é passwd"] {
            assert_eq!(begins(line), None, "{line}");
        }
        assert!(SECRET.iter().all(|name| DIRECTIVES.iter().any(|d| d.name == *name)));
    }
}
