//! An option of popt's kind, as a manual page has it.

use lvs_director::face::popt::{Opt, Takes};

/// As mdoc has it: `c , Fl -configfile Ar file`.
pub(crate) fn entry(option: &Opt) -> String {
    let value = match option.takes {
        Takes::Nothing => String::new(),
        Takes::Text(value) | Takes::Number(value) => format!(" Ar {}", value.to_lowercase()),
    };
    let letter = option.letter.map(|letter| letter.to_string());
    let names = option.names.iter().map(|name| format!("-{name}"));
    let forms: Vec<_> = letter.into_iter().chain(names).collect();
    forms.join(" , Fl ") + &value
}
