//! The table of directives, the manual page and the example say the same.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may end where it fails")]

use std::collections::BTreeSet;
use std::fs;

use lvs_director::config::ldirectord::{DIRECTIVES, Directive, Effect};
use lvs_director::config::{self, Numbers, Severity};

/// The manual page has an entry for every row, in the table's order, and for nothing else.
#[test]
fn the_manual_page_is_the_table() {
    let page = read("man/ldirectord.cf.5");
    let lines: Vec<_> = page.lines().collect();
    let entries = lines.iter().filter(|line| line.starts_with(".It Ic ")).copied();
    let expected: Vec<_> = DIRECTIVES.iter().map(|directive| entry(directive).remove(0)).collect();
    assert_eq!(entries.collect::<Vec<_>>(), expected);
    for directive in DIRECTIVES {
        let expected = entry(directive);
        let at = lines.iter().position(|line| *line == expected[0]).unwrap();
        assert_eq!(lines[at..at + expected.len()], expected, "{}", directive.name);
    }
}

/// How the page begins the entry of a directive.
fn entry(directive: &Directive) -> Vec<String> {
    let Directive { name, meaning, default, effect, .. } = directive;
    let scopes: Vec<_> = directive.scopes.iter().map(ToString::to_string).collect();
    let (first, rest) = meaning.split_at(1);
    let mut lines = vec![
        format!(".It Ic {name} Ns = Ns Ar {}", directive.shape).replace('"', r"\(dq"),
        format!("{}{rest}.", first.to_uppercase()),
        format!("Scope: {}.", scopes.join(", ")),
        format!("Default: {default}."),
    ];
    match effect {
        Effect::Now => {}
        Effect::Never => lines.push("Accepted, without effect.".into()),
        Effect::Refused => lines.push("Refused.".into()),
    }
    lines
}

/// The example shows every directive, live or behind a `#`, and no other.
#[test]
fn the_example_shows_the_table() {
    let example = read("ldirectord.cf.example");
    let shown: BTreeSet<_> = example.lines().filter_map(directive_of).collect();
    let known: BTreeSet<_> = DIRECTIVES.iter().map(|directive| directive.name).collect();
    assert_eq!(shown, known);
}

/// The word before a `=` that is a directive's, commented out or not; prose has blanks before it.
fn directive_of(line: &str) -> Option<&str> {
    let (name, _) = line.trim_start_matches([' ', '\t', '#']).split_once('=')?;
    let name = name.trim_end();
    name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()).then_some(name)
}

/// The example can be used as it is: nothing is said of it.
#[test]
fn the_example_is_read_without_an_error() {
    let example = read("ldirectord.cf.example");
    let reading = config::read(&example, &Numbers);
    let said: Vec<_> =
        reading.diagnostics.iter().map(|d| (d.severity, d.message.as_str())).collect();
    assert_eq!(said, []);
    let model = reading.model.expect("no error was said");
    assert_eq!(model.virtuals.len(), 8);
    assert!(model.virtuals.iter().all(|one| !one.reals.is_empty()));
}

/// The lines of the example that are commented out would be read as well.
#[test]
fn the_example_says_nothing_wrong_behind_a_comment() {
    for line in read("ldirectord.cf.example").lines() {
        let Some(name) = directive_of(line).filter(|_| line.trim_start().starts_with('#')) else {
            continue;
        };
        let live = line.trim_start_matches([' ', '\t', '#']);
        let reading = match name {
            "timeout" | "connecttimeout" => continue,
            "virtual" | "virtual6" => config::read(live, &Numbers),
            _ if line.starts_with('#') => config::read(live, &Numbers),
            _ => config::read(&format!("virtual=192.0.2.1:80\n {live}"), &Numbers),
        };
        let errors = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error);
        assert_eq!(errors.count(), 0, "{}", reading.render("example", live, false));
    }
}

fn read(file: &str) -> String {
    fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
