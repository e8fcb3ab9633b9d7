//! What a reply must hold: a regular expression, known to be valid.

use std::fmt;
use std::str::FromStr;

use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// A regular expression over bytes (`.` is any byte, valid UTF-8 or not), case sensitive and unanchored, as ldirectord's `receive`.
/// It runs in linear time; look-around and back-references do not exist in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(Regex);

impl Pattern {
    /// How a pattern begins in which `.` is the end of a line, too.
    pub const OVER_LINES: &str = "(?s)";

    /// A pattern in which `.` is the end of a line, too, as regexec(3) has it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn over_lines(text: &str) -> Result<Self, PatternError> {
        match text.starts_with(Self::OVER_LINES) {
            true => text.parse(),
            false => format!("{}{text}", Self::OVER_LINES).parse(),
        }
    }

    /// Whether the pattern is found anywhere in `text`.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.0.is_match(text)
    }

    /// Whether the pattern is found in the start of a text, whatever may follow: `OK$` is not, in
    /// an `OK` that may yet become `OKAY`.
    pub(crate) fn is_settled(&self, start: &[u8]) -> bool {
        self.0.find(start).is_some_and(|found| found.end() + LOOK_AHEAD <= start.len())
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A text that is no regular expression of ours; says what and where in the pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(String);

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        RegexBuilder::new(text)
            .unicode(false)
            .size_limit(PROGRAM_LIMIT)
            .build()
            .map(Pattern)
            .map_err(|e| PatternError(e.to_string()))
    }
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.as_str().to_owned()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Bytes that a compiled pattern may take: thousands of reals each hold one.
const PROGRAM_LIMIT: usize = 1 << 20;
/// Bytes after a match that can still undo it: `\b` looks at one character, `$` at the end.
const LOOK_AHEAD: usize = 4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn settled_only_when_nothing_can_undo_it() {
        let pattern: Pattern = r"OK\b".parse().unwrap();
        assert!(pattern.is_match(b"OK"));
        assert!(!pattern.is_settled(b"OK"));
        assert!(pattern.is_settled(b"OK, all well"));
        assert!(!"^OK$".parse::<Pattern>().unwrap().is_settled(b"OK"));
    }

    #[test]
    fn over_lines_a_dot_is_their_end_too() {
        let page = b"HTTP/1.0 200 OK\r\n\r\nWelcome";
        let written = "^HTTP.*Welcome";
        assert!(!written.parse::<Pattern>().unwrap().is_match(page));
        let pattern = Pattern::over_lines(written).unwrap();
        assert!(pattern.is_match(page));
        assert_eq!(Pattern::over_lines(pattern.as_str()), Ok(pattern));
    }

    #[test]
    fn what_perl_has_and_we_have_not_is_said() {
        let error = "(?!no)".parse::<Pattern>().unwrap_err().to_string();
        assert!(error.contains("look-around"), "{error}");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>(), bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(pattern) = text.parse::<Pattern>() {
                pattern.is_match(&bytes);
                prop_assert_eq!(pattern.as_str(), &text);
            }
        }

        #[test]
        fn what_is_settled_stays(
            text in r"[ab.^$\\b*+?|]{0,8}",
            start in "[ab\n]{0,12}",
            rest in "[ab\n]{0,12}",
        ) {
            if let Ok(pattern) = text.parse::<Pattern>() && pattern.is_settled(start.as_bytes()) {
                prop_assert!(pattern.is_match((start + &rest).as_bytes()));
            }
        }
    }
}
