//! Every check against every server that means no good. Each ends inside its deadline, in bounded
//! memory, and says what was wrong: what it says stands in `matrix.txt`, and is written anew by
//! `REWRITE=1 cargo test -p lvs-checkers --test hostile`. With `--nocapture` the matrix is shown
//! with its times and sizes.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may end where it fails")]

mod behaviour;
mod binary;
mod connection;
mod datagrams;
mod lines;
mod matrix;
mod messages;
mod run;
mod server;
mod service;
mod web;

use std::time::Duration;

use matrix::Matrix;
use run::Pair;

#[test]
fn every_check_survives_every_server() {
    server::certificates();
    let pairs = service::services().into_iter().flat_map(behaviour::pairs);
    let pairs: Vec<Pair> = pairs.chain(datagrams::pairs()).collect();
    let expected = Matrix::read();
    let rewrite = std::env::var_os("REWRITE").is_some();
    let mut seen = run::together(&pairs, DEADLINES[0]);
    // what is wrong may be the machine's fault: it is asked again, alone and with more time
    for deadline in &DEADLINES[1..] {
        for (pair, seen) in pairs.iter().zip(&mut seen) {
            let differs = !rewrite && !expected.says(pair, seen);
            if differs || seen.fault(pair).is_some() {
                *seen = pair.run(*deadline);
            }
        }
    }
    let found = Matrix::of(&pairs, &seen);
    println!("{}", matrix::shown(&pairs, &seen));
    let faults: Vec<String> =
        pairs.iter().zip(&seen).filter_map(|(pair, seen)| seen.fault(pair)).collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), pairs.len(), faults.join("\n"));
    if rewrite {
        return found.write();
    }
    let news = found.differences(&expected);
    assert!(news.is_empty(), "said otherwise than matrix.txt has it:\n{news}");
}

#[test]
fn a_check_that_is_given_up_closes_its_connection() {
    behaviour::silent().for_each(|pair| run::given_up(&pair));
}

/// What a check is given, at the first attempt and at those that nothing else runs beside.
const DEADLINES: [Duration; 3] =
    [Duration::from_millis(400), Duration::from_secs(1), Duration::from_secs(4)];
