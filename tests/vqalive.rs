//! vqalive's table of parameters, its manual page and its example say the same; so do the options of its
//! command line and the page.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may end where it fails")]

#[path = "shared/page.rs"]
mod page;

use std::collections::BTreeSet;
use std::fs;

use lvs_director::config::vqalive::{Era, PARAMETERS, Parameter, read};
use lvs_director::config::{Dialect, Numbers, Severity};
use lvs_director::face::vqalive::OPTIONS;
use page::part;

/// The manual page has an entry for every row, in the table's order, and for nothing else.
#[test]
fn the_manual_page_is_the_table() {
    let page = file("man/vqalive.8");
    let lines: Vec<_> = page.lines().collect();
    let entries = lines.iter().filter(|line| line.starts_with(".It Ic ")).copied();
    let expected: Vec<_> = PARAMETERS.iter().map(|parameter| entry(parameter).remove(0)).collect();
    assert_eq!(entries.collect::<Vec<_>>(), expected);
    for parameter in PARAMETERS {
        let expected = entry(parameter);
        let at = lines.iter().position(|line| *line == expected[0]).unwrap();
        assert_eq!(lines[at..at + expected.len()], expected, "{}", parameter.name);
    }
}

/// How the page begins the entry of a parameter.
fn entry(parameter: &Parameter) -> Vec<String> {
    let Parameter { name, shape, several, default, era, meaning, .. } = parameter;
    let (first, rest) = meaning.split_at(1);
    let several = if *several { "; there may be several" } else { "" };
    let mut lines = vec![
        format!(".It Ic {name} Ar {shape}"),
        format!("{}{rest}{several}.", first.to_uppercase()),
    ];
    match era {
        Era::Theirs => lines.push("It must be given.".to_owned()),
        Era::Ours => lines.push(format!("Default: {default}.")),
    }
    lines
}

/// The example shows every parameter, live or behind a `#`, and no other; it is read without a word, and
/// so is what stands behind a `#`.
#[test]
fn the_example_is_the_table() {
    let example = file("vqalive.conf.example");
    let known: BTreeSet<_> = PARAMETERS.iter().map(|parameter| parameter.name).collect();
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let names = example.lines().map(|line| name(line.strip_prefix('#').unwrap_or(line)));
    let shown: BTreeSet<_> =
        names.filter(|name| name.contains('_') || name == "garp" || name == "witness").collect();
    assert_eq!(shown, known.iter().map(|name| (*name).to_owned()).collect());
    let live = example.replace("\n#", "\n");
    for text in [
        example,
        live.lines()
            .filter(|line| known.contains(name(line).as_str()))
            .map(|line| format!("{line}\n"))
            .collect(),
    ] {
        assert_eq!(Dialect::of(&text), Dialect::Vqalive);
        let reading = read(&text, &Numbers);
        assert_eq!(reading.diagnostics, [], "{}", reading.render("example", &text, false));
        assert!(reading.model.is_some());
    }
}

/// What is shown as a default is one.
#[test]
fn defaults_can_be_written() {
    let all: String = PARAMETERS
        .iter()
        .map(|parameter| format!("{} {}\n", parameter.name, parameter.example))
        .collect();
    for parameter in PARAMETERS.iter().filter(|parameter| !parameter.default.contains(' ')) {
        let text = format!("{all}{} {}\n", parameter.name, parameter.default);
        let reading = read(&text, &Numbers);
        let errors = reading
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error && d.message.contains(parameter.name));
        assert_eq!(errors.count(), 0, "{}", parameter.name);
    }
}

#[test]
fn the_manual_page_has_every_option_and_no_other() {
    let page = file("man/vqalive.8");
    let entries = part(&page, "OPTIONS").lines().filter_map(|line| line.strip_prefix(".It Fl "));
    let shown: Vec<_> = entries.map(str::to_owned).collect();
    let option = |option: &lvs_director::face::popt::Opt| {
        let letter = option.letter.map_or(String::new(), |letter| format!("{letter} , Fl "));
        let takes = match option.takes {
            lvs_director::face::popt::Takes::Text(what) => format!(" Ar {}", what.to_lowercase()),
            _ => String::new(),
        };
        format!("{letter}-{}{takes}", option.names[0])
    };
    let mut expected: Vec<_> = OPTIONS.iter().map(option).collect();
    expected.extend(["? , Fl -help".to_owned(), "-usage".to_owned()]);
    assert_eq!(shown, expected);
}

fn file(name: &str) -> String {
    fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
