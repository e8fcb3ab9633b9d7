//! The table of lvs.cf's keys, its manual page and its example say the same, and the example's site
//! is that of ldirectord.cf.example.

#![allow(clippy::unwrap_used, reason = "a test may end where it fails")]

#[path = "shared/block.rs"]
mod block;

use std::collections::BTreeSet;
use std::fs;

use lvs_director::config::lvs::{Effect, Era, KEYS, Key, Place, Shape, borrowed};
use lvs_director::config::{self, Dialect, Numbers, Severity, cluster};

/// The manual page has an entry for every row, in the table's order, and for nothing else.
#[test]
fn the_manual_page_is_the_table() {
    let page = read("man/lvs.cf.5");
    let lines: Vec<_> = page.lines().collect();
    let found: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, l)| l.starts_with(".It Ic "))
        .map(|(n, _)| n)
        .collect();
    let keys: Vec<_> =
        found.iter().filter(|at| KEYS.iter().any(|key| entry(key)[0] == lines[**at])).collect();
    assert_eq!(keys.len(), KEYS.len());
    for (key, at) in KEYS.iter().zip(keys) {
        let expected = entry(key);
        assert_eq!(lines[*at..at + expected.len()], expected, "{}", key.name);
    }
}

/// How the page begins the entry of a key.
fn entry(key: &Key) -> Vec<String> {
    let Key { name, shape, meaning, default, .. } = key;
    let places: Vec<_> = key.places.iter().map(ToString::to_string).collect();
    let (first, rest) = meaning.split_at(1);
    let head = match shape {
        Shape::Block => format!(".It Ic {name} Ar {shape}"),
        Shape::List => format!(r".It Ic {name} No = Ar \&[ word ... \&]"),
        _ => format!(".It Ic {name} No = Ar {shape}").replace('"', r"\(dq"),
    };
    let mut lines = vec![
        head,
        format!("{}{rest}.", first.to_uppercase()),
        format!("Scope: {}.", places.join(", ")),
        format!("Default: {default}."),
        match key.era {
            Era::Refused => "Refused by piranha.".to_owned(),
            era => format!("Since: {era}."),
        },
    ];
    match key.effect {
        Effect::Now => {}
        Effect::Never => lines.push("Accepted, without effect.".to_owned()),
        Effect::Warned => lines.push("Accepted, without effect, with a warning.".to_owned()),
    }
    lines
}

/// The page names the directives that are keys here, and no other.
#[test]
fn the_manual_page_has_every_directive_that_is_borrowed() {
    let page = read("man/lvs.cf.5");
    for (head, place) in
        [("Outside of all blocks:", Place::Global), (".Ic virtual :", Place::Virtual)]
    {
        let shown = page.lines().skip_while(|line| *line != head).skip(1);
        let shown: Vec<_> = shown.take_while(|line| *line != ".Pp").collect();
        let shown: BTreeSet<_> =
            shown.iter().flat_map(|line| line.split([' ', ','])).filter(|w| is_word(w)).collect();
        let known: BTreeSet<_> = borrowed(place).map(|directive| directive.name).collect();
        assert_eq!(shown, known, "{head}");
    }
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// The example shows every key, live or behind a `#`, and no other that is not borrowed.
#[test]
fn the_example_shows_the_table() {
    let example = read("lvs.cf.example");
    let shown: BTreeSet<_> = example.lines().filter_map(key_of).collect();
    let known: BTreeSet<_> = KEYS.iter().map(|key| key.name).collect();
    let missing: Vec<_> = known.difference(&shown).collect();
    assert_eq!(missing, Vec::<&&str>::new());
    let lent: BTreeSet<_> = [Place::Global, Place::Virtual]
        .into_iter()
        .flat_map(|place| borrowed(place).map(|directive| directive.name))
        .collect();
    let of_block: BTreeSet<_> = cluster::DIRECTIVES.iter().map(|row| row.name).collect();
    let all: BTreeSet<_> = known.union(&lent).chain(&of_block).collect();
    let strange: Vec<_> = shown.iter().filter(|key| !all.contains(key)).collect();
    assert_eq!(strange, Vec::<&&str>::new());
}

/// The first word of a line with an `=` behind it, or a brace; prose has a blank behind its `#`.
fn key_of(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix('#').unwrap_or(line);
    let (key, rest) = line.split_once(' ')?;
    let key_like = key.bytes().all(|b| b.is_ascii_lowercase() || b"_6".contains(&b));
    let is = !key.is_empty() && key_like && (rest.starts_with("= ") || rest.ends_with('{'));
    is.then_some(key)
}

/// The example can be used as it is: nothing is said of it; and it is the site of the other one.
#[test]
fn both_examples_are_one_site() {
    let [ours, theirs] = ["lvs.cf.example", "ldirectord.cf.example"].map(|file| {
        let reading = config::read(&read(file), &Numbers);
        let said: Vec<_> = reading.diagnostics.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(said, Vec::<&str>::new(), "{file}");
        reading.model.unwrap()
    });
    assert_eq!(ours.settings, theirs.settings);
    assert_eq!(ours.virtuals.len(), theirs.virtuals.len());
    for (a, b) in ours.virtuals.iter().zip(&theirs.virtuals) {
        assert_eq!(a, b);
    }
    let cluster = ours.cluster.unwrap();
    assert!(
        cluster.protocol.pulse().unwrap().backup.is_some()
            && cluster.sync.is_some()
            && cluster.monitor_links
    );
    assert_eq!(cluster.addresses.len(), 5);
    assert!(theirs.cluster.is_none());
}

/// The lines of the example that are commented out would be read as well.
#[test]
fn the_example_says_nothing_wrong_behind_a_comment() {
    let example = read("lvs.cf.example");
    for (n, line) in example.lines().enumerate() {
        let commented = line.trim_start().starts_with('#') && key_of(line).is_some();
        if !commented || line.contains("failover") || in_cluster(&example, n) {
            continue;
        }
        let live: Vec<_> = example
            .lines()
            .enumerate()
            .map(|(at, line)| if at == n { line.replacen('#', "", 1) } else { line.to_owned() })
            .collect();
        let live = live.join("\n");
        if !in_failover(&example, n) {
            assert_no_error(&live);
        }
    }
    let (before, failover) = example.split_once("#failover").unwrap();
    let failover =
        format!("failover{}", failover.replace("     #", "     ").replace("\n#}", "\n}"));
    let fos = before.replace("service = lvs", "service = fos");
    let model = assert_no_error(&format!("{fos}{failover}"));
    assert_eq!(model.cluster.unwrap().failovers.len(), 1);
}

/// The block may take the place of piranha's keys.
#[test]
fn the_block_of_the_example_can_be_used() {
    let text = block::in_place_of_keys(&read("lvs.cf.example"));
    let reading = config::read(&text, &Numbers);
    assert_eq!(reading.render("example", &text, false), "");
    let cluster = reading.model.unwrap().cluster.unwrap();
    assert_eq!((cluster.protocol.name(), cluster.addresses.len()), ("vrrp", 5));
}

fn in_cluster(example: &str, line: usize) -> bool {
    let begin = example.lines().position(|line| line.starts_with("#cluster ")).unwrap();
    let length = example.lines().skip(begin).position(|line| line == "#}").unwrap();
    (begin..=begin + length).contains(&line)
}

fn in_failover(example: &str, line: usize) -> bool {
    example.lines().position(|line| line.starts_with("#failover")).unwrap() < line
}

fn assert_no_error(text: &str) -> lvs_director::model::Model {
    assert_eq!(Dialect::of(text), Dialect::Lvs);
    let reading = config::read(text, &Numbers);
    let errors = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    assert_eq!(errors.count(), 0, "{}", reading.render("example", text, false));
    reading.model.unwrap()
}

fn read(file: &str) -> String {
    fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
