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
        if word == "--" {
            break;
        }
        options.take(&word.to_string_lossy());
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
    fn take(&mut self, word: &str) {
        let long = word.strip_prefix("--").or_else(|| word.strip_prefix('+'));
        let Some(long) = long else {
            for letter in word.chars().skip(1) {
                self.set(&letter.to_string());
            }
            return;
        };
        match long.split_once('=') {
            Some((name, _)) if find(name).is_some() => {
                self.complaints.push(format!("Option {name} does not take an argument"));
            }
            Some((name, _)) if !name.is_empty() => self.set(name),
            _ => self.set(long),
        }
    }

    fn set(&mut self, name: &str) {
        match find(name) {
            Some("debug") => self.debug = true,
            Some("help") => self.help = true,
            Some(_) => self.version = true,
            None => self.complaints.push(format!("Unknown option: {name}")),
        }
    }
}

/// The long name of an option: letters are as they are, long names in any case.
fn find(name: &str) -> Option<&'static str> {
    let is = |(long, letters): &&(&str, &str)| {
        let mut one = name.chars();
        let letter = one.next().filter(|_| one.next().is_none());
        letter.is_some_and(|letter| letters.contains(letter)) || long.eq_ignore_ascii_case(name)
    };
    OPTIONS.iter().find(is).map(|(long, _)| *long)
}

fn is_option(word: &OsStr) -> bool {
    matches!(word.as_encoded_bytes(), [b'-' | b'+', _, ..])
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
mod tests {
    use super::*;

    fn read(line: &str) -> Line {
        super::read(line.split_whitespace().map(OsString::from).collect())
    }

    #[track_caller]
    fn order(line: &str, config: &str, name: &str, action: Action, debug: bool) {
        let Line::Order(order) = read(line) else { panic!("{line}: {:?}", read(line)) };
        let Order { config: given, name: named, .. } = &order;
        assert_eq!((given.to_str(), named.to_str()), (Some(config), Some(name)), "{line}");
        assert_eq!((order.action, order.debug, order.detached), (action, debug, false), "{line}");
    }

    #[track_caller]
    fn wrong(line: &str, complaints: &[&str]) {
        let complaints = complaints.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(read(line), Line::Wrong(complaints), "{line}");
    }

    #[test]
    fn one_word_is_the_action_two_are_configuration_and_action() {
        use Action::*;
        order("start", "ldirectord.cf", "ldirectord", Start, false);
        order("ldirectord.cf start", "ldirectord.cf", "ldirectord.cf", Start, false);
        order("/etc/ha.d/www.cf stop", "/etc/ha.d/www.cf", "www.cf", Stop, false);
        order("x restart", "x", "x", Restart, false);
        order("x try-restart", "x", "x", TryRestart, false);
        order("x reload", "x", "x", Reload, false);
        order("x force-reload", "x", "x", Reload, false);
        order("x status", "x", "x", Status, false);
        order("stop status", "stop", "stop", Status, false);
        order("x status -d more", "x", "x", Status, false);
        wrong("", &[]);
        wrong("-d", &[]);
        wrong("x", &[]);
        wrong("START", &[]);
        wrong("start -d", &[]);
        order("- start", "-", "-", Start, false);
    }

    #[test]
    fn options_stand_before_the_words() {
        use Action::*;
        for line in ["-d x start", "--debug x start", "--DEBUG x start", "-dd x start"] {
            order(line, "x", "x", Start, true);
        }
        for line in ["--d x start", "+d x start", "+debug x start", "-d -- x start"] {
            order(line, "x", "x", Start, true);
        }
        order("-- -x start", "-x", "-x", Start, false);
        order("-- start", "ldirectord.cf", "ldirectord", Start, false);
        order("-- -d start more", "-d", "-d", Start, false);
        for line in ["-h", "-?", "--help", "--h", "-dh", "-hv", "-vh x", "-h start"] {
            assert_eq!(read(line), Line::Help, "{line}");
        }
        for line in ["-v", "--version", "-dv", "-v start", "-v nothing of use"] {
            assert_eq!(read(line), Line::Version, "{line}");
        }
    }

    #[test]
    fn what_there_is_not_is_named() {
        wrong("-x start", &["Unknown option: x"]);
        wrong("-D start", &["Unknown option: D"]);
        wrong("-x -dz start", &["Unknown option: x", "Unknown option: z"]);
        wrong(
            "-debug start",
            &["e", "b", "u", "g"]
                .map(|x| format!("Unknown option: {x}"))
                .each_ref()
                .map(String::as_str),
        );
        wrong("--deb start", &["Unknown option: deb"]);
        wrong("--foo --bar=3 x status", &["Unknown option: foo", "Unknown option: bar"]);
        wrong("--debug=1 start", &["Option debug does not take an argument"]);
        wrong("-d=1 start", &["Unknown option: =", "Unknown option: 1"]);
        wrong("---d start", &["Unknown option: -d"]);
        wrong("++debug start", &["Unknown option: +debug"]);
        wrong("--=x start", &["Unknown option: =x"]);
        wrong("--version --foo", &["Unknown option: foo"]);
    }

    #[test]
    fn the_process_in_the_background_is_told_apart() {
        for (line, words) in [
            ("start", "start --detached"),
            ("x.cf restart", "x.cf start --detached"),
            ("/a/x.cf start more", "/a/x.cf start --detached"),
            ("-- -x start", "-- -x start --detached"),
        ] {
            let Line::Order(first) = read(line) else { panic!("{line}") };
            assert_eq!(first.detached().join(OsStr::new(" ")), words, "{line}");
            let Line::Order(second) = super::read(first.detached()) else { panic!("{words}") };
            assert!(second.detached && second.action == Action::Start, "{words}");
            assert_eq!((&second.config, &second.name), (&first.config, &first.name), "{words}");
        }
    }
}
