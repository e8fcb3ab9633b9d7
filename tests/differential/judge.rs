//! The table, case by step, and whether it is as it should be.

use std::collections::{BTreeMap, BTreeSet};

use super::aspect::Aspect;
use super::differences::{DIFFERENCES, Difference, Whose};
use super::play::{AGAIN, RECORD, Record};

/// Prints the table of what the machines have played, and panics if a difference is not listed, or,
/// where `all` was played, one is listed and was not met.
pub(crate) fn judge(played: &[String], all: bool) {
    let lines = || played.iter().flat_map(|said| said.lines());
    let records: Vec<Record> = lines()
        .filter_map(|line| line.split_once(RECORD))
        .map(|(_, record)| serde_json::from_str(record).expect("a record"))
        .collect();
    assert!(!records.is_empty(), "nothing was played:\n{}", played.concat());
    let mut cases: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for record in &records {
        cases.entry(&record.case).or_default().push(record);
    }
    let met: BTreeSet<usize> = records.iter().flat_map(|record| sort(record).0).collect();
    let mut faults: Vec<String> =
        cases.iter().flat_map(|(case, records)| faults(case, records.iter().copied())).collect();
    for (row, Difference { name, line, cases: of, .. }) in DIFFERENCES.iter().enumerate() {
        if all && of.is_empty() && !met.contains(&row) {
            faults.push(format!("{name}: listed, never met: {line}"));
        }
        let gone = of.iter().filter(|case| all && !cases.contains_key(*case));
        faults.extend(gone.map(|case| format!("{name}: listed for {case}, which is no case")));
    }
    // what is wrong comes first: of a long text people may see no more than the beginning
    faults.iter().for_each(|fault| println!("NOT AS LISTED: {fault}"));
    lines().filter(|line| line.contains(AGAIN)).for_each(|line| println!("{line}"));
    cases.iter().for_each(|(case, records)| print_case(case, records));
    for (row, Difference { name, why, .. }) in DIFFERENCES.iter().enumerate() {
        if row == 0 || DIFFERENCES[row - 1].name != *name {
            println!("{name}: {why}");
        }
    }
    println!("{} cases, {} steps", cases.len(), records.len());
    assert!(faults.is_empty(), "not as listed:\n{}", faults.join("\n"));
}

/// What is wrong with a case as it was played: differences that are not listed, and those that are
/// listed for it and were not met.
pub(crate) fn faults<'r>(case: &str, records: impl Iterator<Item = &'r Record>) -> Vec<String> {
    let (mut faults, mut met) = (Vec::new(), BTreeSet::new());
    for record in records {
        let (known, unknown) = sort(record);
        met.extend(known);
        if !unknown.is_empty() {
            faults.push(format!("{case}, {}:\n{}", record.step, unknown.join("\n")));
        }
        faults.extend(record.fault.iter().map(|why| format!("{case}, {}: {why}", record.step)));
    }
    let unmet = (0..DIFFERENCES.len())
        .filter(|row| DIFFERENCES[*row].cases.contains(&case) && !met.contains(row));
    faults.extend(unmet.map(|row| {
        let Difference { name, line, .. } = &DIFFERENCES[row];
        format!("{name}: listed, not met in {case}: {line}")
    }));
    faults
}

fn print_case(case: &str, records: &[&Record]) {
    println!("{case}");
    for record in records {
        let (known, unknown) = sort(record);
        let names: BTreeSet<&str> = known.iter().map(|&known| DIFFERENCES[known].name).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let verdict = match (names.is_empty(), unknown.is_empty()) {
            (true, true) => "same",
            (false, true) => "listed:",
            _ => "DIFFERS",
        };
        let Record { step, same, milliseconds, .. } = record;
        let seconds = *milliseconds as f64 / 1000.0;
        println!("    {step:24} {same:>3} lines, {seconds:>4.1} s  {verdict} {}", names.join(", "));
    }
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
