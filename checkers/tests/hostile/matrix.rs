//! Service by behaviour: what is said, as `matrix.txt` keeps it and as it is shown.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use checkers::Verdict;

use crate::run::{Pair, Seen};

/// What each check says of each server: a line for every service, behaviour and way.
pub(crate) struct Matrix(Vec<(&'static str, &'static str, &'static str, String)>);

/// The file's lines, by service, behaviour and way.
pub(crate) struct Expected(BTreeMap<(String, String, String), String>);

impl Matrix {
    pub(crate) fn of(pairs: &[Pair], seen: &[Seen]) -> Self {
        let rows = pairs.iter().zip(seen);
        Matrix(
            rows.map(|(pair, seen)| (pair.service, pair.behaviour, pair.way, said(seen))).collect(),
        )
    }

    pub(crate) fn read() -> Expected {
        let text = std::fs::read_to_string(file()).unwrap_or_default();
        let mut rows = BTreeMap::new();
        let mut service = "";
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let Some(row) = line.strip_prefix("  ") else {
                service = line;
                continue;
            };
            let (head, said) = row.split_at(HEAD);
            let (behaviour, ways) = head.split_at(BEHAVIOUR);
            for way in ways.split_whitespace() {
                let key = [service, behaviour.trim_end(), way].map(str::to_owned);
                rows.insert(key.into(), said.to_owned());
            }
        }
        Expected(rows)
    }

    pub(crate) fn write(&self) {
        std::fs::write(file(), self.text()).unwrap();
    }

    /// Where the same is said over several ways, it is said once.
    fn text(&self) -> String {
        let mut text = PREAMBLE.to_owned();
        let mut rows: Vec<(&str, &str, String, &str)> = Vec::new();
        for (service, behaviour, way, said) in &self.0 {
            let same =
                rows.iter_mut().find(|row| (row.0, row.1, row.3) == (service, behaviour, said));
            match same {
                Some(row) => {
                    row.2.push(' ');
                    row.2.push_str(way);
                }
                None => rows.push((service, behaviour, (*way).to_owned(), said)),
            }
        }
        let mut last = "";
        for (service, behaviour, ways, said) in rows {
            if service != last {
                let _ = write!(text, "\n{service}\n");
                last = service;
            }
            let _ = writeln!(text, "  {behaviour:BEHAVIOUR$}{ways:WAYS$}{said}");
        }
        text
    }

    /// Where it differs from the file, line by line.
    pub(crate) fn differences(&self, expected: &Expected) -> String {
        let mut text = String::new();
        let mut old = expected.0.clone();
        for (service, behaviour, way, said) in &self.0 {
            let key = [*service, *behaviour, *way].map(str::to_owned);
            let was = old.remove(&<(String, String, String)>::from(key)).unwrap_or_default();
            if was != *said {
                let _ =
                    writeln!(text, "{service} over {way}, {behaviour}\n  was {was}\n  is  {said}");
            }
        }
        for (service, behaviour, way) in old.into_keys() {
            let _ = writeln!(text, "{service} over {way}, {behaviour}: is no more");
        }
        text
    }
}

impl Expected {
    pub(crate) fn says(&self, pair: &Pair, seen: &Seen) -> bool {
        let key = [pair.service, pair.behaviour, pair.way].map(str::to_owned);
        self.0.get(&key.into()).is_some_and(|expected| *expected == said(seen))
    }
}

/// The whole of it, with how many ms each took beyond its deadline, and how many KiB at the most.
pub(crate) fn shown(pairs: &[Pair], seen: &[Seen]) -> String {
    let mut text = String::new();
    for (pair, seen) in pairs.iter().zip(seen) {
        let (late, kib) = (seen.late().as_millis(), seen.bytes.div_ceil(1024));
        let Pair { service, way, behaviour, kib: most, .. } = pair;
        let _ = writeln!(
            text,
            "{service:12}{way:9}{behaviour:BEHAVIOUR$}{late:4} ms late {kib:5} of {most:5} KiB  {}",
            said(seen)
        );
    }
    let latest = seen.iter().map(Seen::late).max().unwrap_or_default();
    let _ = writeln!(text, "{} pairs, the latest {} ms late", seen.len(), latest.as_millis());
    text
}

fn said(seen: &Seen) -> String {
    let verdict = if seen.verdict == Verdict::Up { "up  " } else { "down" };
    format!("{verdict} {}", seen.message)
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/matrix.txt")
}

const BEHAVIOUR: usize = 30;
const WAYS: usize = 18;
const HEAD: usize = BEHAVIOUR + WAYS;
const PREAMBLE: &str = "\
# What every check says of servers that do not as they should, over tcp, tls and starttls, or udp.
# `in time` stands for the deadline. Written by REWRITE=1 cargo test -p lvs-checkers --test hostile
";
