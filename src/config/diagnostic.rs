//! What is wrong with a file, where, and what would be right.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{Fault, secret};

/// One thing to say about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the file can be used in spite of it.
    pub severity: Severity,
    /// Where, in bytes into the text.
    pub span: Range<usize>,
    /// What is the matter: a lower-case fragment.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// What piranha says of such an error, if it would.
    pub fault: Option<Fault>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file is used, perhaps not as it was meant.
    Warning,
}

impl Diagnostic {
    pub(super) fn error(span: Range<usize>, message: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            span,
            message: message.into(),
            hint: None,
            fault: None,
        }
    }

    pub(super) fn warning(span: Range<usize>, message: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Warning,
            span,
            message: message.into(),
            hint: None,
            fault: None,
        }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Diagnostic { hint: Some(hint.into()), ..self }
    }

    pub(super) fn fault(self, fault: Fault) -> Self {
        Diagnostic { fault: Some(fault), ..self }
    }

    /// Line and column, both counted from 1, columns in characters.
    pub fn position(&self, text: &str) -> (usize, usize) {
        let before = &text.as_bytes()[..self.span.start.min(text.len())];
        let end = line_end(text) as u8;
        let line_start = before.iter().rposition(|b| *b == end).map_or(0, |at| at + 1);
        let line = 1 + before.iter().filter(|b| **b == end).count();
        let column = text.get(line_start..before.len()).map_or(0, |head| head.chars().count());
        (line, column + 1)
    }

    /// `file:line:column: error: message`, the line, a caret under it, and the hint. A secret in
    /// the line is masked.
    /// `text` is what was read; `color` asks for the terminal's colours.
    pub fn render(&self, file_name: &str, text: &str, color: bool) -> String {
        let (number, column) = self.position(text);
        let (level, word) = match self.severity {
            Severity::Error => (Level::ERROR, "error"),
            Severity::Warning => (Level::WARNING, "warning"),
        };
        let (line, span) = self.line(text);
        let title = level.with_name(format!("{file_name}:{number}:{column}: {word}"));
        let mark = AnnotationKind::Primary.span(span);
        let source = Snippet::source(line).line_start(number).annotation(mark);
        let mut group = title.primary_title(self.message.as_str()).element(source);
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }

    /// The line that the span begins in, or the part of a long one, and the span within it.
    fn line(&self, text: &str) -> (String, Range<usize>) {
        let (head, tail) = text.split_at(edge(text, self.span.start));
        let head = head.rsplit(line_end(text)).next().unwrap_or_default();
        let tail = tail.split(line_end(text)).next().unwrap_or_default();
        let end = head.len() + self.span.len().min(tail.len());
        let (line, span) = masked(format!("{head}{tail}"), head.len()..end);
        let from = edge(&line, span.start.saturating_sub(AROUND));
        let to = edge(&line, span.start + AROUND);
        let end = edge(&line, span.end.min(to));
        let part = line.get(from..to).unwrap_or_default().to_owned();
        (part, span.start - from..end.max(span.start) - from)
    }
}

/// What ends a line: old Macs had carriage returns alone.
fn line_end(text: &str) -> char {
    if text.contains('\r') && !text.contains('\n') { '\r' } else { '\n' }
}

/// The line without its secret, and what the span is then.
fn masked(line: String, span: Range<usize>) -> (String, Range<usize>) {
    let Some(begin) = secret::begins(&line).filter(|begin| *begin < line.len()) else {
        return (line, span);
    };
    let line = format!("{}{MASK}", &line[..begin]);
    let end = if span.end > begin { line.len() } else { span.end };
    (line, span.start.min(begin)..end)
}

/// The offset itself, or the next smaller one between two letters.
fn edge(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// Bytes of a line that are shown on each side of the place.
const AROUND: usize = 300;
/// Stands for a secret of any length.
const MASK: &str = "********";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_points_at_the_place() {
        let text = "a=1\n  größe=2\n";
        let at = text.find("größe").unwrap();
        let wrong = Diagnostic::error(at..at + "größe".len(), "unknown").hint("a size?");
        assert_eq!(
            wrong.render("dir/x.cf", text, false),
            "dir/x.cf:2:3: error: unknown\n  |\n2 |   größe=2\n  |   ^^^^^\n  |\n  = hint: a size?"
        );
        assert!(wrong.render("x.cf", text, true).contains("x.cf:2:3: error"));
    }

    #[test]
    fn a_secret_is_masked() {
        let text = "\tpasswd=Hush # é\n";
        let at = text.find("Hush").unwrap();
        for (span, carets) in
            [(at..at + 4, "********"), (at + 7..at + 8, "********"), (1..at - 1, "^^^^^^")]
        {
            let said = Diagnostic::error(span, "wrong").render("x", text, false);
            assert!(said.contains("passwd=********\n") && !said.contains("Hush"), "{said}");
            let carets = carets.replace('*', "^");
            assert!(said.ends_with(&format!(" {carets}")), "{said}");
        }
    }

    #[test]
    fn any_place_in_any_text_can_be_shown() {
        let text = format!("é{}\n\u{0}é", "ü".repeat(1000));
        for start in 0..=text.len() + 2 {
            for length in [0, 1, 700, usize::MAX - start] {
                let wrong = Diagnostic::warning(start..start + length, "odd");
                let said = wrong.render("x", &text, false);
                assert!(said.starts_with("x:") && said.len() < 3000, "{start} {length}: {said}");
            }
        }
    }
}
