//! pulse 0.8.6, as init scripts and people call it: a director, and its part of a pair.

use std::process::ExitCode;

use crate::daemon::Part;
use crate::observe::voice::Voice;

use super::piranha::{self, CONFIGFILE, NODAEMON, NOFORK, Program, TEST_START, VERBOSE, VERSION};
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
    CONFIGFILE,
    NODAEMON,
    NOFORK,
    TEST_START,
    VERBOSE,
    Opt::long(&["forceactive"], Takes::Nothing, "Be active at once"),
    Opt::long(&["lvsd", "lvs"], Takes::Text("PATH"), "Not used: one process does all"),
    Opt::long(&["fos"], Takes::Text("PATH"), "Not used: one process does all"),
    VERSION,
];
