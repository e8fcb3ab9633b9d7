//! `make bench`: how fast lvs-director is beside its peers, on a real kernel.
//!
//! On this machine it boots the laboratory's, and in there, in one run, it has `ipvsadm -R`,
//! keepalived and ldirectord do the same work on the same network. A User-Mode Linux has one slow
//! processor: the ratios count, not the seconds. What a line compares stands above its table.
//!
//! `cargo bench --bench peers -- cost reload` runs only the parts of these names.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench ends by panicking, and its output is its result"
)]

mod client;
mod cost;
mod detection;
mod failover;
mod farm;
mod figures;
mod host;
mod mass;
mod pair;
mod program;
mod programming;
mod reload;
mod site;
mod table;
mod takeover;

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

fn main() -> ExitCode {
    let wanted: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if env::var_os(INSIDE).is_none() {
        return boot(&wanted);
    }
    let began = Instant::now();
    host::build();
    host::inside("director", || {
        for (name, part) in PARTS {
            if wanted.is_empty() || wanted.iter().any(|word| word == name) {
                table::clear();
                part();
            }
        }
    });
    println!("\n{} s in all", began.elapsed().as_secs());
    ExitCode::SUCCESS
}

const PARTS: [(&str, fn()); 7] = [
    ("programming", programming::run),
    ("detection", detection::run),
    ("cost", cost::run),
    ("reload", reload::run),
    ("mass", mass::run),
    ("takeover", takeover::run),
    ("failover", failover::run),
];

/// Runs this program once more, in the laboratory's machine.
fn boot(wanted: &[String]) -> ExitCode {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/guest/boot");
    let this = env::current_exe().expect("the bench's own path");
    let director = there(Path::new(env!("CARGO_BIN_EXE_lvs-director")));
    let mut command = Command::new(here);
    command.args(["-t", "1200", "env", &format!("{INSIDE}=1")]);
    command.arg(format!("{}={director}", program::DIRECTOR)).arg(there(&this)).args(wanted);
    let status = command.status().expect("the laboratory's boot script starts");
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Where the laboratory's machine sees a file of this one.
fn there(path: &Path) -> String {
    format!("/host{}", path.canonicalize().expect("a built program").display())
}

const INSIDE: &str = "LVS_LAB_GUEST";
