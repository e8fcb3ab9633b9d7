//! The table, case by step, and whether it is as it should be.

use std::collections::{BTreeMap, BTreeSet};

use super::aspect::Aspect;
use super::differences::{DIFFERENCES, Difference, Whose};
use super::play::{RECORD, Record};

/// Prints the table of what the machines have played, and panics if a difference is not listed, or,
/// where `all` was played, one is listed and was not met.
pub(crate) fn judge(played: &[String], all: bool) {
    let lines = played.iter().flat_map(|said| said.lines());
    let records: Vec<Record> = lines
        .filter_map(|line| line.split_once(RECORD))
        .map(|(_, record)| serde_json::from_str(record).expect("a record"))
        .collect();
    let mut faults: Vec<String> = Vec::new();
    let mut met = BTreeSet::new();
    let mut cases: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for record in &records {
        cases.entry(&record.case).or_default().push(record);
    }
    for (case, records) in &cases {
        println!("{case}");
        for record in records {
            let (known, unknown) = sort(record);
            let names: BTreeSet<&str> =
                known.iter().map(|&known| DIFFERENCES[known].name).collect();
            let names: Vec<&str> = names.into_iter().collect();
            let verdict = match (names.is_empty(), unknown.is_empty()) {
                (true, true) => "same",
                (false, true) => "listed:",
                _ => "DIFFERS",
            };
            let Record { step, same, milliseconds, .. } = record;
            println!(
                "    {step:24} {same:>3} lines, {:>4.1} s  {verdict} {}",
                *milliseconds as f64 / 1000.0,
                names.join(", ")
            );
            met.extend(known.into_iter().map(|row| (row, *case)));
            if !unknown.is_empty() {
                faults.push(format!("{case}, {step}:\n{}", unknown.join("\n")));
            }
            faults.extend(record.fault.iter().map(|why| format!("{case}, {step}: {why}")));
        }
    }
    let played_here = |case: &str| cases.contains_key(case);
    for (row, Difference { name, line, cases, why, .. }) in DIFFERENCES.iter().enumerate() {
        if row == 0 || DIFFERENCES[row - 1].name != *name {
            println!("{name}: {why}");
        }
        let seen = |case: &str| met.contains(&(row, case));
        if all && cases.is_empty() && !met.iter().any(|(met, _)| *met == row) {
            faults.push(format!("{name}: listed, never met: {line}"));
        }
        let unmet = cases.iter().filter(|case| (all || played_here(case)) && !seen(case));
        faults.extend(unmet.map(|case| format!("{name}: listed, not met in {case}: {line}")));
    }
    assert!(!records.is_empty(), "nothing was played:\n{}", played.concat());
    println!("{} cases, {} steps", cases.len(), records.len());
    assert!(faults.is_empty(), "not as listed:\n{}", faults.join("\n"));
}

/// The rows that a record's differences are, and those differences that are none.
fn sort(record: &Record) -> (BTreeSet<usize>, Vec<String>) {
    let (mut known, mut unknown) = (BTreeSet::new(), Vec::new());
    for (aspect, theirs, ours) in &record.differs {
        for (whose, line) in
            theirs.iter().map(|l| (Whose::Theirs, l)).chain(ours.iter().map(|l| (Whose::Ours, l)))
        {
            let rows: Vec<usize> = (0..DIFFERENCES.len())
                .filter(|&row| {
                    DIFFERENCES[row].covers(&record.case, &record.step, whose, *aspect, line)
                })
                .collect();
            match rows[..] {
                [row] => drop(known.insert(row)),
                [] => unknown.push(told(*aspect, whose, line)),
                _ => {
                    unknown.push(format!("{}: in {} rows", told(*aspect, whose, line), rows.len()))
                }
            }
        }
    }
    (known, unknown)
}

fn told(aspect: Aspect, whose: Whose, line: &str) -> String {
    format!("    {:8} {:7} {line}", format!("{aspect:?}"), format!("{whose:?}"))
}
