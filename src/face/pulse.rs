//! pulse 0.8.6, as init scripts and people call it: a director, and its part of a pair.

use std::process::ExitCode;

use crate::daemon::Part;
use crate::observe::voice::Voice;

use super::piranha::{self, Program};
use super::popt::{Given, Opt, Takes};

/// Takes the command line of this process, does what it says, and returns the exit status: 0 done,
/// or under way; 1 not done.
pub fn main() -> ExitCode {
    piranha::main(&PULSE)
}

const PULSE: Program = Program {
    name: "pulse",
    alias: "pulse",
    version: "pulse 1.56",
    options: OPTIONS,
    pid_file: "/var/run/pulse.pid",
    voice: Voice::Pulse,
    wrong: |file, line, text| format!("pulse: error parsing {file} at line {line}: {text}"),
    part: |given: &Given| Part::Pair { forced: given.has("forceactive") },
    minds: true,
    watch: None,
};

/// The options.
pub const OPTIONS: &[Opt] = &[
    Opt {
        letter: Some('c'),
        names: &["configfile"],
        takes: Takes::Text("FILE"),
        meaning: "Configuration file",
    },
    Opt {
        letter: Some('n'),
        names: &["nodaemon"],
        takes: Takes::Nothing,
        meaning: "Stay in the foreground, and tell all on standard output",
    },
    Opt {
        letter: None,
        names: &["nofork"],
        takes: Takes::Nothing,
        meaning: "Be the daemon without a process of its own",
    },
    Opt {
        letter: Some('t'),
        names: &["test-start", "norun"],
        takes: Takes::Nothing,
        meaning: "Change nothing, and tell what would be done",
    },
    Opt {
        letter: Some('v'),
        names: &["verbose"],
        takes: Takes::Nothing,
        meaning: "Tell of every check and command, too",
    },
    Opt {
        letter: None,
        names: &["forceactive"],
        takes: Takes::Nothing,
        meaning: "Be active at once",
    },
    Opt {
        letter: None,
        names: &["lvsd", "lvs"],
        takes: Takes::Text("PATH"),
        meaning: "Not used: one process does all",
    },
    Opt {
        letter: None,
        names: &["fos"],
        takes: Takes::Text("PATH"),
        meaning: "Not used: one process does all",
    },
    Opt {
        letter: None,
        names: &["version"],
        takes: Takes::Nothing,
        meaning: "Display the program's version",
    },
];
