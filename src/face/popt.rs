//! The command line of piranha's programs, by the rules of popt, which they all read theirs with.
//!
//! `--name=value` or `--name value`, `-n value`, `-nvalue` or `-n=value`; letters may stand together,
//! long names are whole, the last one given counts, options and other words may be mixed, and `--`
//! ends them. No word but options is any program's. `/etc/popt` and `~/.popt` are not read.

use std::ffi::{OsStr, OsString};

/// An option that a program has.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Its letter.
    pub letter: Option<char>,
    /// Its long name, and what other versions call it.
    pub names: &'static [&'static str],
    /// What follows it.
    pub takes: Takes,
    /// What it does, in a few words.
    pub meaning: &'static str,
}

/// What an option is followed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// Anything; by what the help calls it.
    Text(&'static str),
    /// A whole number, as C writes them: `10`, `0x1f`, `017`; from -2147483648 to 2147483647.
    Number(&'static str),
}

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// To do what the program does.
    Given(Given),
    /// To explain its options.
    Help,
    /// To list them.
    Usage,
    /// Nothing that there is; the complaint is a whole line.
    Wrong(String),
}

/// The options that were given.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    values: Vec<(&'static str, Value)>,
}

/// Reads the words behind the program's name.
pub(super) fn read(program: &str, options: &[Opt], words: Vec<OsString>) -> Line {
    let mut words = words.into_iter();
    let mut given = Given::default();
    let mut other = false;
    while let Some(word) = words.next() {
        let word = word.to_string_lossy();
        let taken = match (word.strip_prefix("--"), word.strip_prefix('-')) {
            (Some(""), _) => {
                other |= words.next().is_some();
                break;
            }
            (Some(long), _) => given.long(options, long, &mut words),
            (None, None | Some("")) => {
                other = true;
                Ok(())
            }
            (None, Some(letters)) => given.letters(options, letters, &mut words),
        };
        match taken {
            Ok(()) => {}
            Err(Stop::Help) => return Line::Help,
            Err(Stop::Usage) => return Line::Usage,
            Err(Stop::Wrong(reason)) => return wrong(program, &word, reason),
            Err(Stop::WrongValue(value, reason)) => return wrong(program, &value, reason),
        }
    }
    if other { Line::Wrong(format!("{program}: unexpected arguments")) } else { Line::Given(given) }
}

impl Given {
    /// Whether an option was given, by its first name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// What was given with an option, by its first name.
    pub(super) fn text(&self, name: &str) -> Option<&OsStr> {
        match self.value(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number that was given with an option, by its first name.
    pub(super) fn number(&self, name: &str) -> Option<i32> {
        match self.value(name)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Reads what stands behind two dashes.
    fn long(&mut self, options: &[Opt], long: &str, words: &mut Words) -> Result<(), Stop> {
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (long, None),
        };
        match (name, options.iter().find(|option| option.names.contains(&name))) {
            ("help" | "usage", None) if value.is_some() => Err(Stop::Wrong(UNWANTED)),
            ("help", None) => Err(Stop::Help),
            ("usage", None) => Err(Stop::Usage),
            (_, None) => Err(Stop::Wrong(UNKNOWN)),
            (_, Some(option)) => self.take(option, value, words),
        }
    }

    /// Reads what stands behind one dash: letters, of which the last one may have a value.
    fn letters(&mut self, options: &[Opt], letters: &str, words: &mut Words) -> Result<(), Stop> {
        for (at, letter) in letters.char_indices() {
            let rest = &letters[at + letter.len_utf8()..];
            let value = rest.strip_prefix('=');
            match options.iter().find(|option| option.letter == Some(letter)) {
                None if letter == '?' => return Err(Stop::Help),
                None => return Err(Stop::Wrong(UNKNOWN)),
                Some(option) if option.takes == Takes::Nothing => {
                    self.take(option, value, words)?
                }
                Some(option) => {
                    let value = value.or(Some(rest).filter(|rest| !rest.is_empty()));
                    return self.take(option, value, words);
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, option: &Opt, value: Option<&str>, words: &mut Words) -> Result<(), Stop> {
        let name = option.names.first().copied().unwrap_or_default();
        let mut following = || match value {
            Some(value) => Ok(OsString::from(value)),
            None => words.next().ok_or(Stop::Wrong(MISSING)),
        };
        let value = match option.takes {
            Takes::Nothing if value.is_some() => return Err(Stop::Wrong(UNWANTED)),
            Takes::Nothing => Value::Nothing,
            Takes::Text(_) => Value::Text(following()?),
            Takes::Number(_) => {
                let text = following()?.to_string_lossy().into_owned();
                Value::Number(number(&text).map_err(|why| Stop::WrongValue(text, why))?)
            }
        };
        self.values.push((name, value));
        Ok(())
    }
}

/// The page that explains a program's options.
pub(super) fn help(program: &str, options: &[Opt]) -> String {
    let row = |letter: String, names: String, meaning: &str| {
        format!("  {:<30}  {meaning}\n", format!("{letter}{names}"))
    };
    let mut page = format!("Usage: {program} [OPTION...]\n");
    for option in options {
        let letter = option.letter.map_or("    ".to_owned(), |letter| format!("-{letter}, "));
        let names: Vec<_> = option.names.iter().map(|name| option.shown(name)).collect();
        page += &row(letter, names.join(", "), option.meaning);
    }
    page += "\nHelp options:\n";
    page += &row("-?, ".to_owned(), "--help".to_owned(), "Show this help message");
    page += &row("    ".to_owned(), "--usage".to_owned(), "Display brief usage message");
    page
}

/// The list of a program's options.
pub(super) fn usage(program: &str, options: &[Opt]) -> String {
    let bare = options.iter().filter(|option| option.takes == Takes::Nothing);
    let letters: String = bare.filter_map(|option| option.letter).collect();
    let mut parts = vec![format!("[-{letters}?]")];
    parts.extend(options.iter().flat_map(|option| {
        let first = option.letter.map_or(String::new(), |letter| format!("-{letter}|"));
        let name = |(n, name)| format!("[{}{}]", if n == 0 { &*first } else { "" }, name);
        let shown = option.names.iter().map(|name| option.shown(name)).enumerate();
        shown.map(name).collect::<Vec<_>>()
    }));
    parts.extend(["[-?|--help]".to_owned(), "[--usage]".to_owned()]);
    let mut page = format!("Usage: {program}");
    let mut width = page.len();
    for part in parts {
        if width + 1 + part.len() > WIDTH {
            page += "\n       ";
            width = 7;
        }
        width += 1 + part.len();
        page += " ";
        page += &part;
    }
    page + "\n"
}

/// What `--version` prints; scripts look for the first line, which is the original's.
pub(super) fn version(original: &str) -> String {
    let ours = env!("CARGO_PKG_VERSION");
    format!(
        "Program Version:\t{original}\n\
         Built:\t\t\tas lvs-director {ours}, in the place of piranha-0.8.6-7\n\
         A component of:\t\tlvs-director-{ours}\n"
    )
}

impl Opt {
    /// An option with a letter.
    pub(super) const fn new(
        letter: char,
        names: &'static [&'static str],
        takes: Takes,
        meaning: &'static str,
    ) -> Self {
        Opt { letter: Some(letter), names, takes, meaning }
    }

    /// An option without one.
    pub(super) const fn long(
        names: &'static [&'static str],
        takes: Takes,
        meaning: &'static str,
    ) -> Self {
        Opt { letter: None, names, takes, meaning }
    }

    /// `--name=VALUE`
    fn shown(&self, name: &str) -> String {
        match self.takes {
            Takes::Nothing => format!("--{name}"),
            Takes::Text(value) | Takes::Number(value) => format!("--{name}={value}"),
        }
    }
}

type Words = std::vec::IntoIter<OsString>;

#[derive(Debug, PartialEq, Eq)]
enum Value {
    Nothing,
    Text(OsString),
    Number(i32),
}

/// Why reading ends before the last word.
enum Stop {
    Help,
    Usage,
    /// The word is wrong.
    Wrong(&'static str),
    /// What was given with it is.
    WrongValue(String, &'static str),
}

fn wrong(program: &str, word: &str, reason: &str) -> Line {
    Line::Wrong(format!("{program}: bad argument {word}: {reason}"))
}

/// A number as strtol(3) reads it; nothing is 0.
fn number(text: &str) -> Result<i32, &'static str> {
    let text = text.trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match (lower.strip_prefix("0x"), lower.strip_prefix('0')) {
        (Some(digits), _) => (16, digits),
        (None, Some("")) => (10, "0"),
        (None, Some(digits)) => (8, digits),
        (None, None) if text.is_empty() => (10, "0"),
        (None, None) => (10, &*lower),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return Err(NO_NUMBER);
    }
    let size = i64::from_str_radix(digits, base).map_err(|_| TOO_LARGE)?;
    i32::try_from(sign * size).map_err(|_| TOO_LARGE)
}

const UNKNOWN: &str = "unknown option";
const MISSING: &str = "missing argument";
const UNWANTED: &str = "option does not take an argument";
const NO_NUMBER: &str = "invalid numeric value";
const TOO_LARGE: &str = "number too large or too small";
/// Columns of the list of options.
const WIDTH: usize = 79;

#[cfg(test)]
mod tests;
