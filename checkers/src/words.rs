//! Words that are fit for a log, a mail and a terminal, whatever a server sent.

use std::io;
use std::time::Duration;

/// `text` as one line of at most 200 bytes: white space runs to one blank, and whatever could steer
/// a terminal or turn the reading order becomes `?`.
pub(crate) fn one_line(text: &str) -> String {
    within(LONGEST, text)
}

/// The start of what a server or a program said, in quotes, for use inside a longer message.
pub(crate) fn quoted(said: &[u8]) -> String {
    let first = said.split(|b| *b == b'\n').find(|line| !line.trim_ascii().is_empty());
    let first = first.unwrap_or_default();
    let start = String::from_utf8_lossy(&first[..first.len().min(LONGEST)]);
    format!("\"{}\"", within(QUOTED, &start))
}

/// The start of a text of which every byte counts, in quotes: `"OK\n"`.
pub(crate) fn exactly(said: &[u8]) -> String {
    let start = &said[..said.len().min(LONGEST)];
    format!("\"{}\"", within(QUOTED, &start.escape_ascii().to_string()))
}

/// An error in the kernel's own words: `connection refused`.
pub(crate) fn io(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(a), Some(b)) if a.is_uppercase() && b.is_lowercase() => {
            a.to_lowercase().chain([b]).chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

/// A time as people say it: `5 s`, `2.5 s`, `200 ms`.
pub(crate) fn duration(time: Duration) -> String {
    match (time.as_secs(), time.subsec_millis()) {
        (0, millis) => format!("{millis} ms"),
        (seconds, 0) => format!("{seconds} s"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// `text` as one harmless line of at most `longest` bytes.
fn within(longest: usize, text: &str) -> String {
    let mut line = String::new();
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = !line.is_empty();
            continue;
        }
        let c = if c.is_control() || steers(c) { '?' } else { c };
        if line.len() + usize::from(gap) + c.len_utf8() > longest {
            return cut(longest, line);
        }
        if std::mem::take(&mut gap) {
            line.push(' ');
        }
        line.push(c);
    }
    line
}

/// Cut off where the mark of it still fits.
fn cut(longest: usize, mut line: String) -> String {
    let end = (0..=longest - ELLIPSIS.len()).rev().find(|at| line.is_char_boundary(*at));
    line.truncate(end.unwrap_or(0));
    line + ELLIPSIS
}

/// Characters that are not control characters and yet change how the rest is shown.
fn steers(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Bytes in a message, as [`crate::Outcome::message`] promises.
const LONGEST: usize = 200;
/// Bytes of a reply that are worth quoting.
const QUOTED: usize = 80;
const ELLIPSIS: &str = "…";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_kernels_words() {
        assert_eq!(io(&io::Error::from_raw_os_error(111)), "connection refused");
        assert_eq!(io(&io::Error::other("EOF in header")), "EOF in header");
    }

    #[test]
    fn times() {
        let said = [0, 200, 5000, 2500].map(|ms| duration(Duration::from_millis(ms)));
        assert_eq!(said, ["0 ms", "200 ms", "5 s", "2.5 s"]);
    }

    #[test]
    fn what_a_terminal_would_obey_is_disarmed() {
        assert_eq!(one_line("a\r\n\tb \u{1b}[2J\u{202e}c\0"), "a b ?[2J?c?");
        assert_eq!(quoted(b"\r\n\xff\xfe hi\nmore"), "\"\u{fffd}\u{fffd} hi\"");
        assert_eq!(exactly(b"OK\r\n\xff\"\0"), r#""OK\r\n\xff\"\x00""#);
    }

    proptest! {
        #[test]
        fn always_one_line_of_200_bytes(text in any::<String>(), times in 0_usize..300) {
            let line = one_line(&text.repeat(times));
            prop_assert!(line.len() <= 200);
            prop_assert!(!line.chars().any(|c| c.is_control() || steers(c)));
            prop_assert_eq!(one_line(&line), line);
        }

        #[test]
        fn any_bytes_can_be_quoted(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            prop_assert!(quoted(&bytes).len() <= QUOTED + 2);
            prop_assert!(exactly(&bytes).len() <= QUOTED + 2);
        }
    }
}
