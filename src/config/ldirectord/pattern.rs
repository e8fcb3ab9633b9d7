//! From ldirectord's regular expressions (Perl's) to ours.
//!
//! They agree on what people write, with exceptions that are translated: `$` and `\Z` also match
//! before a final newline, `\<` and `\>` are plain characters, as are a `{` that counts nothing and
//! a `-` beside a class in brackets. What we have not is an error when the file is read; the manual
//! page lists it.

use std::ops::Range;

use checkers::Pattern;

use crate::config::Diagnostic;

/// The pattern of a `receive`; none if it is empty.
pub(super) fn pattern(text: &str, span: Range<usize>) -> Result<Option<Pattern>, Diagnostic> {
    if text.is_empty() {
        return Ok(None);
    }
    translated(text).parse::<Pattern>().map(Some).map_err(|error| {
        let message = "`receive` is not a regular expression that can be used";
        Diagnostic::error(span, message).hint(why(&error.to_string()))
    })
}

/// A pattern of ours as Perl writes it.
pub(in crate::config) fn as_perl(ours: &str) -> String {
    let end = if multiline(ours) { r"\Z" } else { "$" };
    ours.replace(AT_END, end)
}

/// The last line of an error, behind what the caret in it points at.
pub(super) fn why(error: &str) -> String {
    let lines: Vec<&str> = error.lines().collect();
    let why = lines.last().unwrap_or(&"").trim_start_matches("error: ");
    let pointed = lines.windows(2).find_map(|pair| {
        let [pattern, carets] = pair else { return None };
        let indent = carets.find('^').filter(|indent| carets[..*indent].trim().is_empty())?;
        let length = carets[indent..].chars().take_while(|c| *c == '^').count();
        Some(pattern.chars().skip(indent).take(length.min(40)).collect::<String>())
    });
    match pointed.filter(|pointed| !pointed.is_empty()) {
        Some(pointed) => format!("`{pointed}`: {why}"),
        None => why.to_owned(),
    }
}

fn translated(perl: &str) -> String {
    let mut ours = String::with_capacity(perl.len());
    let by_line = multiline(perl);
    let mut rest = perl;
    while let Some(c) = rest.chars().next() {
        let (head, after) = match c {
            '\\' => escape(rest),
            '[' => class(rest),
            _ => rest.split_at(c.len_utf8()),
        };
        match c {
            '\\' if matches!(head, r"\<" | r"\>") => ours.push_str(&head[1..]),
            '[' => class_translated(head, &mut ours),
            '\\' if head == r"\Z" => ours.push_str(AT_END),
            '$' if !by_line => ours.push_str(AT_END),
            '{' if !counts(rest) => ours.push_str(r"\{"),
            _ => ours.push_str(head),
        }
        rest = after;
    }
    ours
}

/// Splits behind a backslash and what it escapes, as in `\n`, `\x{263a}` and `\p{Greek}`.
fn escape(text: &str) -> (&str, &str) {
    let mut letters = text.char_indices().skip(1);
    let Some((at, escaped)) = letters.next() else { return (text, "") };
    let end = at + escaped.len_utf8();
    let braced = matches!(escaped, 'x' | 'p' | 'P') && text[end..].starts_with('{');
    let close = text[end..].find('}').filter(|_| braced).map_or(0, |close| close + 1);
    text.split_at(end + close)
}

/// Splits behind a class in brackets; one that is not closed reaches to the end.
fn class(text: &str) -> (&str, &str) {
    let open = if text.starts_with("[^") { 2 } else { 1 };
    let mut at = open;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c == ']' && at > open {
            return text.split_at(at + 1);
        }
        at += match c {
            '\\' => escape(rest).0.len(),
            '[' => named_class(rest).unwrap_or(1),
            _ => c.len_utf8(),
        };
    }
    (text, "")
}

/// The length of a `[:alpha:]` within a class.
fn named_class(text: &str) -> Option<usize> {
    let name = text.strip_prefix("[:")?;
    let end = name.find(|c: char| !c.is_ascii_lowercase() && c != '^')?;
    name[end..].starts_with(":]").then_some(end + 4)
}

/// Within our classes `[`, `&` and `~` would begin sets of sets.
fn class_translated(class: &str, ours: &mut String) {
    ours.push('[');
    let mut rest = &class[1..];
    let mut after_set = false;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\\' => escape(rest).0.len(),
            '[' => named_class(rest).unwrap_or(1),
            _ => c.len_utf8(),
        };
        if matches!(c, '&' | '~') || c == '[' && length == 1 {
            ours.push('\\');
        }
        let (head, after) = rest.split_at(length);
        // a range has a letter on both sides
        if c == '-' && (after_set || is_set(after)) {
            ours.push('\\');
        }
        after_set = is_set(rest);
        ours.push_str(if matches!(head, r"\<" | r"\>") { &head[1..] } else { head });
        rest = after;
    }
}

/// Whether what a class goes on with stands for many letters, as `\w` and `[:alpha:]` do.
fn is_set(text: &str) -> bool {
    let escaped = text.strip_prefix('\\').and_then(|escaped| escaped.chars().next());
    escaped.map_or(named_class(text).is_some(), |escaped| "dDpPsSwWhHvV".contains(escaped))
}

/// Whether a text that begins with `{` counts repetitions, as in `{2}`, `{2,}` and `{2,3}`.
fn counts(text: &str) -> bool {
    let Some((inside, _)) = text[1..].split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

/// Whether the flag is set that makes `$` match at every line's end, as it does with us.
fn multiline(perl: &str) -> bool {
    perl.split("(?")
        .skip(1)
        .any(|group| group.chars().take_while(char::is_ascii_lowercase).any(|flag| flag == 'm'))
}

/// The end, or before a newline there.
const AT_END: &str = r"(?:\n?\z)";

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(perl: &str, text: &str) -> bool {
        pattern(perl, 0..0).unwrap().unwrap().is_match(text.as_bytes())
    }

    #[test]
    fn perl_means_the_same_with_us() {
        assert!(matches("OK$", "OK\n"));
        assert!(matches("OK$", "OK"));
        assert!(!matches("OK$", "OK\nmore"));
        assert!(matches("(?m)OK$", "OK\nmore"));
        assert!(matches(r"\<title\>", "<title>"));
        assert!(!matches(r"\<title\>", "title"));
        assert!(matches("^{\"status\": {", "{\"status\": {"));
        assert!(matches("a{2}b", "aab"));
        assert!(!matches("a{2}b", "a{2}b"));
        assert!(matches("[$]5", "$5"));
        assert!(matches("[[]&[&]", "[&&"));
        assert!(matches("[[:digit:]]x", "7x"));
        assert!(matches("[]a]+$", "]a]"));
        assert!(matches(r"\x{41}", "A"));
        assert!(matches(r"^OK\Z", "OK\n") && !matches(r"(?m)^OK\Z", "OK\nmore"));
        assert!(matches(r"^[\w-.]+$", "a-.") && matches(r"^[\w-.]+$", "b"));
        assert!(matches(r"^[.-\w]+$", ".-a") && matches("^[[:alpha:]-.]+$", "a-."));
        assert!(matches("^[a-c-]+$", "b-") && !matches("^[a-c]+$", "-"));
        assert!(matches("Test Page|It works!", "<h1>It works!</h1>"));
    }

    #[test]
    fn what_we_have_not_is_said() {
        for perl in ["(?=a)", r"(a)\1", "(", "[a", "*", "a\\"] {
            let wrong = pattern(perl, 0..0).unwrap_err();
            assert!(wrong.hint.is_some_and(|hint| !hint.is_empty()), "{perl}");
        }
        assert_eq!(pattern("", 0..0), Ok(None));
    }

    #[test]
    fn what_we_have_not_is_named() {
        for (perl, construct) in [
            ("é(?=a)", "(?="),
            ("(?<!a)b", "(?<!"),
            (r"(a)\1", r"\1"),
            (r"\101", r"\1"),
            (r"\Qa.b\E", r"\Q"),
            (r"a\h", r"\h"),
            (r"\R", r"\R"),
            (r"\N", r"\N"),
            (r"\X", r"\X"),
            (r"\e", r"\e"),
            (r"\cA", r"\c"),
            (r"\p{L}", r"\p{L}"),
            ("(?>a)", ">"),
            ("(?#a)", "#"),
        ] {
            let hint = pattern(perl, 0..0).unwrap_err().hint.unwrap();
            assert!(hint.starts_with(&format!("`{construct}`: ")), "{perl}: {hint}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_pattern_panics(perl in r"[a\\\[\]{}$(?:^|<&~,0-9mwZé-]{0,30}") {
            let _ = pattern(&perl, 0..0);
        }
    }
}
