//! Our own verdicts, from `lvs-director probe`.

use std::collections::HashMap;
use std::process::Command;

use serde_json::Value;

use super::machine;
use super::services::Case;
use super::verdict::Verdict;

/// Our verdicts of these cases, each with its reason.
pub(crate) fn verdicts(config: &str, cases: &[&Case]) -> Vec<(Verdict, String)> {
    let answers = probe(config);
    let verdict = |case: &&Case| {
        let answer = answers.get(&case.id()).unwrap_or_else(|| panic!("nothing of {}", case.id()));
        let verdict = match answer["verdict"].as_str() {
            Some("up") => Verdict::Up,
            Some("down") => Verdict::Down,
            _ => panic!("no verdict: {answer}"),
        };
        (verdict, answer["message"].as_str().unwrap_or_default().to_owned())
    };
    cases.iter().map(verdict).collect()
}

/// What `probe` says of each virtual service of a file.
pub(crate) fn probe(config: &str) -> HashMap<String, Value> {
    let output = Command::new(machine::director()).args(["probe", config, "--json"]).output();
    let output = output.expect("lvs-director starts");
    let said = String::from_utf8(output.stdout).expect("text");
    let answers = said.lines().map(|line| {
        let answer: Value = serde_json::from_str(line).expect("a line of JSON");
        (answer["virtual"].as_str().expect("a virtual service").to_owned(), answer)
    });
    let answers: HashMap<String, Value> = answers.collect();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(!answers.is_empty(), "{}: {said}{complaint}", output.status);
    answers
}
