//! The command line, by the original's rules.
//!
//! Options come first: letters may stand together, long names are whole, `--` ends them, and so
//! does the first other word. One word behind them is the action, two are the configuration and
//! the action; what follows is ignored.

use std::ffi::{OsStr, OsString};

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// To explain the program.
    Help,
    /// To say which version this is.
    Version,
    /// An action.
    Order(Order),
    /// Nothing that there is; the complaints come before the usage.
    Wrong(Vec<String>),
}

/// An action on a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// The configuration as it was given; `ldirectord.cf` if it was not.
    pub(super) config: OsString,
    /// What the pid file and the lines of the log are named for.
    pub(super) name: OsString,
    /// What is to be done.
    pub(super) action: Action,
    /// Stay in the foreground, and say everything.
    pub(super) debug: bool,
    /// This is the process in the background that a start has made.
    pub(super) detached: bool,
    /// The words behind the options.
    pub(super) words: Vec<OsString>,
}

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Run a director, if none does.
    Start,
    /// End it.
    Stop,
    /// End it if one runs, and run another.
    Restart,
    /// The same, if one runs.
    TryRestart,
    /// Have it read the configuration again.
    Reload,
    /// Say whether one runs.
    Status,
}

/// Reads the words behind the program's name.
pub(super) fn read(words: Vec<OsString>) -> Line {
    let mut words = words.into_iter().peekable();
    let mut options = Options::default();
    while let Some(word) = words.next_if(|word| is_option(word)) {
        if !options.take(&word.to_string_lossy()) {
            break;
        }
    }
    let words: Vec<_> = words.collect();
    match (&options, order(&words, options.debug)) {
        (Options { complaints, .. }, _) if !complaints.is_empty() => {
            Line::Wrong(options.complaints)
        }
        (Options { help: true, .. }, _) => Line::Help,
        (Options { version: true, .. }, _) => Line::Version,
        (_, Some(order)) => Line::Order(order),
        (_, None) => Line::Wrong(Vec::new()),
    }
}

impl Order {
    /// The action as it was given.
    pub(super) fn action_word(&self) -> String {
        let word = if self.words.len() > 1 { self.words.get(1) } else { self.words.first() };
        word.map(|word| word.display().to_string()).unwrap_or_default()
    }

    /// The words of the process in the background. Its command line has program, configuration and
    /// `start` as they were given, for there are programs that look for them.
    pub(super) fn detached(&self) -> Vec<OsString> {
        let mut words = Vec::new();
        if self.config.as_encoded_bytes().first().is_some_and(|first| b"-+".contains(first)) {
            words.push("--".into());
        }
        if self.words.len() > 1 {
            words.push(self.config.clone());
        }
        words.extend(["start".into(), DETACHED.into()]);
        words
    }
}

/// The options so far.
#[derive(Default)]
struct Options {
    debug: bool,
    help: bool,
    version: bool,
    complaints: Vec<String>,
}

impl Options {
    /// Reads a word; whether options go on behind it.
    fn take(&mut self, word: &str) -> bool {
        let mut word = word.to_owned();
        while word != "--" {
            match self.first(&word) {
                Some(rest) => word = rest,
                None => return true,
            }
        }
        false
    }

    /// Reads a long name, or a letter; a letter leaves the rest as a word of its own, in which two
    /// marks begin a long name.
    fn first(&mut self, word: &str) -> Option<String> {
        let (mark, text) = word.split_at(if word.starts_with("--") { 2 } else { 1 });
        let name = text.split_once('=').filter(|_| mark == "--").map_or(text, |(name, _)| name);
        match long(name).filter(|_| mark != "-") {
            Some(option) if name == text => return self.set(option),
            Some(_) => return self.complain(format!("Option {name} does not take an argument")),
            None if mark == "--" => {
                let name = if name.is_empty() { text } else { name };
                return self.complain(format!("Unknown option: {name}"));
            }
            None => {}
        }
        let mut letters = text.chars();
        let Some(first) = letters.next() else {
            return self.complain(format!("Missing option after {mark}"));
        };
        if mark == "+" {
            return self.complain(format!("Unknown option: {first}"));
        }
        match OPTIONS.iter().find(|(_, known)| known.contains(first)) {
            Some((option, _)) => self.set(option),
            None => self.complain(format!("Unknown option: {first}")),
        };
        let rest = letters.as_str();
        (!rest.is_empty()).then(|| format!("{mark}{rest}"))
    }

    fn set(&mut self, option: &str) -> Option<String> {
        match option {
            "debug" => self.debug = true,
            "help" => self.help = true,
            _ => self.version = true,
        }
        None
    }

    fn complain(&mut self, complaint: String) -> Option<String> {
        self.complaints.push(complaint);
        None
    }
}

/// The option of a long name, in any case; a letter is one.
fn long(name: &str) -> Option<&'static str> {
    let is = |(long, letters): &&(&str, &str)| {
        let letter = |letter: char| name.eq_ignore_ascii_case(letter.encode_utf8(&mut [0; 4]));
        long.eq_ignore_ascii_case(name) || letters.chars().any(letter)
    };
    OPTIONS.iter().find(is).map(|(long, _)| *long)
}

fn is_option(word: &OsStr) -> bool {
    matches!(word.as_encoded_bytes(), [b'-', _, ..] | [b'+', ..])
}

fn order(words: &[OsString], debug: bool) -> Option<Order> {
    let (detached, words) = match words {
        [words @ .., last] if last == DETACHED => (true, words),
        _ => (false, words),
    };
    let (config, name, action) = match words {
        [] => return None,
        [action] => (OsStr::new("ldirectord.cf"), OsStr::new("ldirectord"), action),
        [config, action, ..] => (config.as_os_str(), name(config), action),
    };
    let (_, action) = ACTIONS.iter().find(|(word, _)| *word == action)?;
    Some(Order {
        config: config.to_owned(),
        name: name.to_owned(),
        action: *action,
        debug,
        detached,
        words: words.to_vec(),
    })
}

/// What is behind the last slash.
fn name(config: &OsStr) -> &OsStr {
    std::path::Path::new(config).file_name().unwrap_or(OsStr::new("ldirectord"))
}

/// The actions, by their words.
pub const ACTIONS: &[(&str, Action)] = &[
    ("start", Action::Start),
    ("stop", Action::Stop),
    ("restart", Action::Restart),
    ("try-restart", Action::TryRestart),
    ("reload", Action::Reload),
    ("force-reload", Action::Reload),
    ("status", Action::Status),
];

/// The options: long names, and letters.
pub const OPTIONS: &[(&str, &str)] = &[("debug", "d"), ("help", "h?"), ("version", "v")];

/// Marks the process in the background. The original ignores what stands behind an action, so no
/// caller needs it, and unlike a variable it is not inherited by what the process runs.
const DETACHED: &str = "--detached";

#[cfg(test)]
mod tests;
