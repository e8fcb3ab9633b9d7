//! A command that the file names: `fallbackcommand` and `callback`.

use std::fmt;

/// A program with its arguments, or a line for the shell; never empty, and without a NUL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command(Form);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Line(String),
    Exact(Vec<String>),
}

impl Command {
    /// A command, if the text can be one.
    pub fn new(text: &str) -> Option<Command> {
        let text = text.trim_matches([' ', '\t']);
        (!text.is_empty() && !text.contains('\0')).then(|| Command(Form::Line(text.to_owned())))
    }

    /// A program and its arguments as they are, which no shell ever sees; if they can be that.
    pub fn exact(words: Vec<String>) -> Option<Command> {
        let has_program = words.first().is_some_and(|program| !program.is_empty());
        let is_clean = words.iter().all(|word| !word.contains('\0'));
        (has_program && is_clean).then_some(Command(Form::Exact(words)))
    }

    /// Whether its words are given one by one: it is run where the director is, and speaks for itself.
    pub fn is_exact(&self) -> bool {
        matches!(self.0, Form::Exact(_))
    }

    /// Whether its words mean themselves only to a shell.
    pub fn needs_shell(&self) -> bool {
        let Form::Line(line) = &self.0 else { return false };
        let first = line.split([' ', '\t']).next().unwrap_or_default();
        line.contains(OF_THE_SHELL) || first.contains('=') || matches!(first, "exec" | ".")
    }

    /// The program and all its arguments, these last.
    pub fn argv(&self, arguments: &[String]) -> Vec<String> {
        if self.needs_shell() {
            return self.by_shell(arguments);
        }
        let own: Vec<String> = match &self.0 {
            Form::Line(line) => {
                line.split([' ', '\t']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
            }
            Form::Exact(words) => words.clone(),
        };
        own.into_iter().chain(arguments.iter().cloned()).collect()
    }

    /// The same, run by the shell: a file that is neither a binary nor begins with `#!` is a script
    /// to it.
    pub fn by_shell(&self, arguments: &[String]) -> Vec<String> {
        let shell = ["/bin/sh", "-c", &format!("{self} \"$@\""), "sh"].map(str::to_owned);
        shell.into_iter().chain(arguments.iter().cloned()).collect()
    }
}

/// As the file has it.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Line(line) => f.write_str(line),
            Form::Exact(words) => f.write_str(&words.join(" ")),
        }
    }
}

/// What Perl's `system` takes for the shell's, and so ldirectord.
const OF_THE_SHELL: &[char] = &[
    '$', '&', '*', '(', ')', '{', '}', '[', ']', '\'', '"', ';', '\\', '|', '?', '<', '>', '~',
    '`', '\n',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_is_asked_where_it_must_be() {
        let argv = |text: &str| Command::new(text).unwrap().argv(&["start".to_owned()]);
        assert_eq!(argv("/bin/page  -v\t7 "), ["/bin/page", "-v", "7", "start"]);
        assert_eq!(argv("/bin/page # 7"), ["/bin/page", "#", "7", "start"]);
        for text in [
            "page \"a b\"",
            "page $HOME",
            "page | mail root",
            "true; page",
            "A=b page",
            "exec page",
        ] {
            let line = format!("{text} \"$@\"");
            assert_eq!(argv(text), ["/bin/sh", "-c", &line, "sh", "start"], "{text}");
        }
    }

    #[test]
    fn exact_words_are_nobodys_to_split() {
        let words = ["/up", "eth0", "", "a b;$c"].map(str::to_owned).to_vec();
        let command = Command::exact(words.clone()).unwrap();
        assert!(command.is_exact() && !command.needs_shell());
        assert_eq!(command.argv(&[]), words);
        assert_eq!(command.to_string(), "/up eth0  a b;$c");
        for words in [vec![], vec![String::new()], vec!["/up".to_owned(), "\0".to_owned()]] {
            assert_eq!(Command::exact(words), None);
        }
    }

    #[test]
    fn nothing_is_no_command() {
        assert_eq!(["", " \t", "a\0b"].map(Command::new), [None, None, None]);
    }
}
