//! A command that the file names: `fallbackcommand` and `callback`.

use std::fmt;

/// A program with its arguments, or a line for the shell; never empty, and without a NUL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command(String);

impl Command {
    /// A command, if the text can be one.
    pub fn new(text: &str) -> Option<Command> {
        let text = text.trim_matches([' ', '\t']);
        (!text.is_empty() && !text.contains('\0')).then(|| Command(text.to_owned()))
    }

    /// Whether its words mean themselves only to a shell.
    pub fn needs_shell(&self) -> bool {
        let first = self.0.split([' ', '\t']).next().unwrap_or_default();
        self.0.contains(OF_THE_SHELL) || first.contains('=') || matches!(first, "exec" | ".")
    }

    /// The program and all its arguments, these last.
    pub fn argv(&self, arguments: &[String]) -> Vec<String> {
        if self.needs_shell() {
            return self.by_shell(arguments);
        }
        let own = self.0.split([' ', '\t']).filter(|word| !word.is_empty()).map(str::to_owned);
        own.chain(arguments.iter().cloned()).collect()
    }

    /// The same, run by the shell: a file that is neither a binary nor begins with `#!` is a script
    /// to it.
    pub fn by_shell(&self, arguments: &[String]) -> Vec<String> {
        let shell = ["/bin/sh", "-c", &format!("{} \"$@\"", self.0), "sh"].map(str::to_owned);
        shell.into_iter().chain(arguments.iter().cloned()).collect()
    }
}

/// As the file has it.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
    fn nothing_is_no_command() {
        assert_eq!(["", " \t", "a\0b"].map(Command::new), [None, None, None]);
    }
}
