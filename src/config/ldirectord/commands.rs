//! The commands of the file: what is run by the program itself, and by an external check.

use super::lookup::Lookup;
use super::section::{Given, Section};
use super::values::Value;
use crate::config::piece::is_blank;
use crate::config::{Diagnostic, Resolver, command};
use crate::model::Command;

/// The command under this name; one that can be none is noted, and one that cannot be run now: it
/// may be there when it is.
pub(super) fn command(
    lookup: Lookup<'_, '_>,
    name: &'static str,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Command> {
    let given = lookup.given(name)?;
    let read = command::command(name, lookup.text(name)?, given.span.clone(), resolver, notes);
    read.map_err(|wrong| notes.push(wrong)).ok()
}

/// The configurations of `execute`, each once; what can be none is noted.
pub(super) fn execute(globals: &Section<'_>, notes: &mut Vec<Diagnostic>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for Given { value, span } in &globals.executes {
        let Value::Text(text) = value else { continue };
        let words: Vec<_> = text.split(is_blank).filter(|word| !word.is_empty()).collect();
        if words.is_empty() || text.contains('\0') {
            let message = "`execute` takes the name of a configuration";
            notes.push(Diagnostic::error(span.clone(), message));
            continue;
        }
        let name = words.join(" ");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The words of a command that no shell sees: blanks part them, and quotes hold together as in a
/// shell. `None` if a quote is not closed.
pub(super) fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            blank if is_blank(blank) => words.extend(word.take()),
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        closing if closing == letter => break,
                        '\\' if letter == '"' => match letters.next()? {
                            escaped @ ('"' | '\\' | '$' | '`') => word.push(escaped),
                            other => word.extend(['\\', other]),
                        },
                        inside => word.push(inside),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(letters.next()?),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_hold_words_together() {
        for (text, expected) in [
            ("a  b\tc ", &["a", "b", "c"][..]),
            ("a 'b c' \"d e\"f", &["a", "b c", "d ef"]),
            ("a '' \"\"", &["a", "", ""]),
            (r#"a\ b "\"c\" \d" '\e'"#, &["a b", r#""c" \d"#, r"\e"]),
            ("a $b | c", &["a", "$b", "|", "c"]),
            ("", &[]),
        ] {
            assert_eq!(words(text).unwrap(), expected, "{text}");
        }
        assert_eq!([words("a 'b"), words("a \"b"), words("a \\")], [None, None, None]);
    }
}
