//! A piece of a file: its text, and where it stands.

use std::ops::Range;

/// Part of a text that still knows its place in the whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Piece<'a> {
    /// What is said by a word that stands alone.
    pub(super) const YES: Piece<'static> = Piece { text: "yes", start: 0 };

    /// The lines of a text, without their ends and without a byte-order mark.
    pub(super) fn lines(text: &'a str) -> impl Iterator<Item = Piece<'a>> {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut start = text.len() - body.len();
        body.split('\n').map(move |line| {
            let piece = Piece { text: line, start };
            start += line.len() + 1;
            piece
        })
    }

    /// The same line, ended by carriage returns as well, as on old Macs.
    pub(super) fn at_returns(self) -> impl Iterator<Item = Piece<'a>> {
        let mut start = self.start;
        self.text.split('\r').map(move |line| {
            let piece = Piece { text: line, start };
            start += line.len() + 1;
            piece
        })
    }

    pub(super) fn text(self) -> &'a str {
        self.text
    }

    /// Bytes into the whole.
    pub(super) fn span(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    pub(super) fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn starts_with(self, c: char) -> bool {
        self.text.starts_with(c)
    }

    /// Both parts around a byte offset; all and nothing if there is no letter's edge.
    pub(super) fn split_at(self, at: usize) -> (Piece<'a>, Piece<'a>) {
        let (head, tail) = self.text.split_at_checked(at).unwrap_or((self.text, ""));
        (
            Piece { text: head, start: self.start },
            Piece { text: tail, start: self.start + head.len() },
        )
    }

    /// The longest beginning whose letters all pass, and the rest.
    pub(super) fn take_while(self, pass: impl Fn(char) -> bool) -> (Piece<'a>, Piece<'a>) {
        self.split_at(self.text.find(|c| !pass(c)).unwrap_or(self.text.len()))
    }

    /// What follows `prefix`.
    pub(super) fn strip_prefix(self, prefix: &str) -> Option<Piece<'a>> {
        self.text.starts_with(prefix).then(|| self.split_at(prefix.len()).1)
    }

    /// What stands before and after the first `separator`.
    pub(super) fn split_once(self, separator: &str) -> Option<(Piece<'a>, Piece<'a>)> {
        let (head, tail) = self.split_at(self.text.find(separator)?);
        Some((head, tail.strip_prefix(separator)?))
    }

    pub(super) fn trim_start(self) -> Piece<'a> {
        self.take_while(is_blank).1
    }

    pub(super) fn trim_end(self) -> Piece<'a> {
        self.split_at(self.text.trim_end_matches(is_blank).len()).0
    }

    pub(super) fn trim(self) -> Piece<'a> {
        self.trim_start().trim_end()
    }
}

/// Blanks within a line, the carriage return of a DOS file among them.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\x0b' | '\x0c')
}
