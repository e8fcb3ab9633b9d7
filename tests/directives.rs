//! The table of directives, the manual page and the example say the same.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may end where it fails")]

use std::collections::BTreeSet;
use std::fs;

#[path = "shared/block.rs"]
mod block;
#[path = "shared/page.rs"]
mod page;

use lvs_director::config::ldirectord::{DIRECTIVES, Directive, Effect};
use lvs_director::config::{self, Dialect, Numbers, Severity, cluster};
use page::part;

/// The manual page has an entry for every row, in the table's order, and for nothing else.
#[test]
fn the_manual_page_is_the_table() {
    let page = read("man/ldirectord.cf.5");
    let lines: Vec<_> = part(&page, "DIRECTIVES").lines().collect();
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

/// The same of the directives of the block.
#[test]
fn the_manual_page_is_the_table_of_the_block() {
    let page = read("man/ldirectord.cf.5");
    let lines: Vec<_> = part(&page, "CLUSTER").lines().collect();
    let entries = lines.iter().filter(|line| line.starts_with(".It Ic ")).count();
    assert_eq!(entries, cluster::DIRECTIVES.len());
    let mut before = 0;
    for directive in cluster::DIRECTIVES {
        let expected = entry_of_block(directive);
        let at = lines.iter().position(|line| *line == expected[0]).expect(directive.name);
        assert!(before < at, "{} is out of order", directive.name);
        assert_eq!(lines[at..at + expected.len()], expected, "{}", directive.name);
        before = at;
    }
}

/// How the page begins the entry of a directive of the block.
fn entry_of_block(directive: &cluster::Directive) -> Vec<String> {
    let cluster::Directive { name, meaning, default, protocols, shape, .. } = directive;
    let names: Vec<_> = protocols.iter().map(|protocol| protocol.name()).collect();
    let whose = if names.len() == cluster::ALL.len() { "all".to_owned() } else { names.join(", ") };
    let (first, rest) = meaning.split_at(1);
    vec![
        format!(".It Ic {name} Ns = Ns Ar {shape}"),
        format!("{}{rest}.", first.to_uppercase()),
        format!("Protocols: {whose}."),
        format!("Default: {default}."),
    ]
}

/// The other dialect's page names the directives of each protocol, and no other.
#[test]
fn the_page_of_lvs_cf_has_every_directive_of_the_block() {
    let page = read("man/lvs.cf.5");
    let section = part(&page, "CLUSTER");
    let shown = |head: &str| -> BTreeSet<String> {
        let lines = section.lines().skip_while(|line| *line != head).skip(1);
        let lines = lines.take_while(|line| line.starts_with(".Ic "));
        let words = lines.flat_map(|line| line[4..].split(" , "));
        words.map(|word| word.trim_end_matches([' ', ',', '.']).to_owned()).collect()
    };
    let known = |fits: &dyn Fn(&cluster::Directive) -> bool| -> BTreeSet<String> {
        let rows = cluster::DIRECTIVES.iter().filter(|row| fits(row));
        rows.map(|row| row.name.to_owned()).collect()
    };
    let of_all = |row: &cluster::Directive| row.protocols.len() == cluster::ALL.len();
    assert_eq!(shown("Of all protocols:"), known(&of_all));
    for protocol in cluster::ALL {
        let own = known(&|row| row.protocols.contains(&protocol) && !of_all(row));
        assert_eq!(shown(&format!("Of {protocol}:")), own);
    }
}

/// What the pages show as a block is one, in the words of the page.
#[test]
fn the_blocks_of_the_pages_can_be_used() {
    for (file, dialect) in [("ldirectord.cf.5", Dialect::Ldirectord), ("lvs.cf.5", Dialect::Lvs)] {
        let page = read(&format!("man/{file}"));
        let shown = part(&page, "CLUSTER").split(".Bd -literal").skip(1);
        let mut protocols = BTreeSet::new();
        for block in shown {
            let text = block.split_once('\n').unwrap().1.split(".Ed").next().unwrap();
            assert_eq!(Dialect::of(text), dialect, "{text}");
            let reading = config::read(text, &Numbers);
            assert_eq!(reading.render(file, text, false), "", "{text}");
            let cluster = reading.model.unwrap().cluster.unwrap();
            protocols.insert(cluster.protocol.name());
        }
        assert_eq!(protocols.len(), cluster::ALL.len(), "{file}: {protocols:?}");
    }
}

/// The example shows every directive, live or behind a `#`, and no other.
#[test]
fn the_example_shows_the_table() {
    let example = read("ldirectord.cf.example");
    let shown: BTreeSet<_> = example.lines().filter_map(directive_of).collect();
    let of_blocks = cluster::DIRECTIVES.iter().map(|directive| directive.name);
    let known: BTreeSet<_> = DIRECTIVES.iter().map(|row| row.name).chain(of_blocks).collect();
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
    let example = read("ldirectord.cf.example");
    for line in example.lines().filter(|line| !line.starts_with("#\t")) {
        let Some(name) = directive_of(line).filter(|_| line.trim_start().starts_with('#')) else {
            continue;
        };
        let live = line.trim_start_matches([' ', '\t', '#']);
        let reading = match name {
            "timeout" | "connecttimeout" | "cluster" => continue,
            "virtual" | "virtual6" => config::read(live, &Numbers),
            _ if line.starts_with('#') => config::read(live, &Numbers),
            _ => config::read(&format!("virtual=192.0.2.1:80\n {live}"), &Numbers),
        };
        let errors = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error);
        assert_eq!(errors.count(), 0, "{}", reading.render("example", live, false));
    }
}

/// Each block can be put to use by taking its signs away: nothing is said of the file then but of what
/// its addresses are not.
#[test]
fn the_blocks_of_the_example_can_be_used() {
    let example = read("ldirectord.cf.example");
    let mut protocols = Vec::new();
    for number in 0..cluster::ALL.len() {
        let text = with_block(&example, number);
        let reading = config::read(&text, &Numbers);
        let said = reading.render("example", &text, false);
        let cluster = reading.model.expect(&said).cluster.unwrap();
        let others =
            reading.diagnostics.iter().filter(|d| !d.message.contains("no director holds"));
        assert_eq!(others.count(), 0, "{said}");
        // all addresses of the site, or those of what the block is an example of
        let all = ["pulse", "vrrp"].contains(&cluster.protocol.name());
        assert_eq!(all, said.is_empty(), "{said}");
        protocols.push(cluster.protocol.name());
    }
    assert_eq!(protocols, ["pulse", "vrrp", "carp", "vqalive", "external"]);
}

/// The pair of one example is that of the other, and so is the one by VRRP but for its details.
#[test]
fn both_examples_have_the_same_directors() {
    let cluster = |text: &str| config::read(text, &Numbers).model.expect(text).cluster.unwrap();
    let theirs = read("lvs.cf.example");
    let ours = read("ldirectord.cf.example");
    assert_eq!(cluster(&with_block(&ours, 0)), cluster(&theirs));
    let ours = cluster(&with_block(&ours, 1));
    let theirs = cluster(&block::in_place_of_keys(&theirs));
    assert_eq!(ours.addresses, theirs.addresses);
    assert_eq!(ours.protocol.name(), theirs.protocol.name());
}

/// The example with its block of this number put to use.
fn with_block(example: &str, number: usize) -> String {
    let mut blocks = 0;
    let lines = example.lines().map(|line| {
        blocks += usize::from(line.starts_with("#cluster="));
        let is_of_it = line.starts_with("#cluster=") || line.starts_with("#\t");
        let live = line.strip_prefix('#').filter(|_| is_of_it && blocks == number + 1);
        live.unwrap_or(line).to_owned() + "\n"
    });
    lines.collect()
}

fn read(file: &str) -> String {
    fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
