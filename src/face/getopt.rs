//! A command line by the rules of GNU's getopt_long: letters may stand together, long names may be cut
//! as long as they mean one, options and other words may be mixed, and `--` ends them.

/// An option that a program has.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Its letter.
    pub letter: char,
    /// Its long name.
    pub name: &'static str,
    /// What the help calls what follows it; `None` where nothing does.
    pub takes: Option<&'static str>,
}

/// The options in their order, each by its letter, up to the first that is wrong: why, in getopt's
/// words. Other words are left out.
pub(super) struct Options<'a> {
    program: &'a str,
    options: &'a [Opt],
    words: std::vec::IntoIter<String>,
    /// Letters of a word that are left.
    letters: String,
}

impl<'a> Options<'a> {
    /// Those of the words behind the program's name.
    pub(super) fn new(program: &'a str, options: &'a [Opt], words: Vec<String>) -> Self {
        Options { program, options, words: words.into_iter(), letters: String::new() }
    }

    fn letter(&mut self) -> Result<Given, String> {
        let letter = self.letters.remove(0);
        let Some(opt) = self.options.iter().find(|opt| opt.letter == letter) else {
            return Err(format!("{}: invalid option -- '{letter}'", self.program));
        };
        let value = match opt.takes {
            None => None,
            Some(_) if !self.letters.is_empty() => Some(std::mem::take(&mut self.letters)),
            Some(_) => Some(self.words.next().ok_or_else(|| {
                format!("{}: option requires an argument -- '{letter}'", self.program)
            })?),
        };
        Ok((letter, value.unwrap_or_default()))
    }

    fn long(&mut self, word: &str) -> Result<Given, String> {
        let program = self.program;
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        let opt = self.named(name)?;
        let full = opt.name;
        let value = match (opt.takes, value) {
            (None, None) => String::new(),
            (None, Some(_)) => {
                return Err(format!("{program}: option '--{full}' doesn't allow an argument"));
            }
            (Some(_), Some(value)) => value,
            (Some(_), None) => self
                .words
                .next()
                .ok_or_else(|| format!("{program}: option '--{full}' requires an argument"))?,
        };
        Ok((opt.letter, value))
    }

    /// The option of a name, whole or cut.
    fn named(&self, name: &str) -> Result<Opt, String> {
        if let Some(opt) = self.options.iter().find(|opt| opt.name == name) {
            return Ok(*opt);
        }
        let meant: Vec<_> = self.options.iter().filter(|opt| opt.name.starts_with(name)).collect();
        match meant.as_slice() {
            [] => Err(format!("{}: unrecognized option '--{name}'", self.program)),
            [opt] => Ok(**opt),
            several => {
                let names: Vec<_> = several.iter().map(|opt| format!("'--{}'", opt.name)).collect();
                let names = names.join(" ");
                let program = self.program;
                Err(format!("{program}: option '--{name}' is ambiguous; possibilities: {names}"))
            }
        }
    }
}

/// An option's letter and what followed it.
pub(super) type Given = (char, String);

impl Iterator for Options<'_> {
    type Item = Result<Given, String>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.letters.is_empty() {
            let word = self.words.next()?;
            match (word.strip_prefix("--"), word.strip_prefix('-')) {
                (Some(""), _) => return None,
                (Some(long), _) => return Some(self.long(long)),
                (None, Some(letters)) => self.letters = letters.to_owned(),
                (None, None) => {}
            }
        }
        Some(self.letter())
    }
}

/// A number as C's strtoul(3) reads it: decimal, hexadecimal behind 0x, octal behind 0; what is behind
/// it is ignored, a sign is heeded as arithmetic on 64 bits has it, and nothing is 0.
pub(super) fn number(text: &str) -> u64 {
    let text = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let negative = text.starts_with('-');
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_hex = |rest: &&str| rest.starts_with(|c: char| c.is_ascii_hexdigit());
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).filter(is_hex);
    let (digits, radix) = match hex {
        Some(hex) => (hex, 16),
        None if text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    let digits = digits.chars().map_while(|c| c.to_digit(radix));
    let mut number = Some(0u64);
    for digit in digits {
        number = number
            .and_then(|number| number.checked_mul(u64::from(radix)))
            .and_then(|number| number.checked_add(u64::from(digit)));
    }
    match number {
        Some(number) if negative => number.wrapping_neg(),
        number => number.unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests;
