//! The words of a line: parted by blanks, or held together by quotes.
//!
//! There are no escapes, and a quoted word ends where piranha has it end: at the first quote behind
//! the first blank behind the opening one. So `"a"b"` and `"a\"b"` are one word, if the line ends
//! there. What piranha cannot read so is read as people mean it.

use crate::config::piece::{Piece, is_blank};

/// A word, without its quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    /// What it says.
    pub(super) inside: Piece<'a>,
    /// Whether quotes stand around it.
    pub(super) quoted: bool,
    /// The whole of it, quotes and all.
    pub(super) whole: Piece<'a>,
}

/// How quoted words end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// As with piranha.
    Piranha,
    /// At a quote that a blank or the line's end follows; a `#` behind the first word begins a comment.
    Free,
}

/// The words of a line, and the comment behind them.
///
/// # Errors
/// The quote that is not closed.
pub(super) fn words<'a>(
    line: Piece<'a>,
    manner: Manner,
) -> Result<(Vec<Word<'a>>, Option<Piece<'a>>), Piece<'a>> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while let Some(first) = rest.text().chars().next() {
        if manner == Manner::Free && first == '#' && !words.is_empty() {
            return Ok((words, Some(rest)));
        }
        let (word, after) = match first {
            '"' | '\'' => quoted(rest, first, manner).ok_or(rest)?,
            _ => {
                let (whole, after) = rest.take_while(|c| !is_blank(c));
                (Word { inside: whole, quoted: false, whole }, after)
            }
        };
        words.push(word);
        rest = after.trim_start();
    }
    Ok((words, None))
}

/// A word in quotes, and what follows it.
fn quoted(text: Piece<'_>, quote: char, manner: Manner) -> Option<(Word<'_>, Piece<'_>)> {
    let closing = match manner {
        Manner::Piranha => as_piranha(text.text(), quote)?,
        Manner::Free => freely(text.text(), quote)?,
    };
    let (whole, after) = text.split_at(closing + 1);
    let inside = whole.split_at(closing).0.split_at(1).1;
    Some((Word { inside, quoted: true, whole }, after))
}

fn as_piranha(text: &str, quote: char) -> Option<usize> {
    let blank = text.find(is_blank).unwrap_or(text.len());
    let closing = text[blank..].find(quote).map(|at| blank + at);
    let last = text.ends_with(quote).then(|| text.len() - 1);
    closing.or(last).filter(|closing| *closing > 0)
}

fn freely(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        let ends = text[at + c.len_utf8()..].chars().next().is_none_or(is_blank);
        if c == quote && ends && !escaped {
            return Some(at);
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str, manner: Manner) -> Option<Vec<String>> {
        let line = Piece::lines(line).next().unwrap();
        let (words, _) = words(line, manner).ok()?;
        Some(words.iter().map(|word| word.inside.text().to_owned()).collect())
    }

    #[test]
    fn quoted_words_end_as_with_piranha() {
        for (line, expected) in [
            (r#""a\"b""#, Some(&[r#"a\"b"#][..])),
            (r#""a"b""#, Some(&[r#"a"b"#])),
            (r#""a b\"c""#, Some(&[r"a b\", r#"c""#])),
            (r#""a"b"#, None),
            (r#""a" "b""#, Some(&[r#"a" "#, r#"b""#])),
            (r#"""#, None),
            (r#""""#, Some(&[""])),
            (r#"'a "b" c'"#, Some(&[r#"a "b" c"#])),
            (r#""it's""#, Some(&["it's"])),
            ("a  b\tc", Some(&["a", "b", "c"])),
            (r#"a"b c"#, Some(&[r#"a"b"#, "c"])),
        ] {
            let read = read(line, Manner::Piranha);
            let expected: Option<Vec<String>> =
                expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect());
            assert_eq!(read, expected, "{line}");
        }
    }

    #[test]
    fn freely_they_end_as_people_mean_it() {
        for (line, expected) in [
            (r#""HTTP" # it's"#, Some(&["HTTP"][..])),
            (r#""a" "b""#, Some(&["a", "b"])),
            (r#""a b\" c""#, Some(&[r#"a b\" c"#])),
            ("6 #x", Some(&["6"])),
            ("#6", Some(&["#6"])),
            (r#""a b"#, None),
        ] {
            let read = read(line, Manner::Free);
            let expected: Option<Vec<String>> =
                expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect());
            assert_eq!(read, expected, "{line}");
        }
    }
}
