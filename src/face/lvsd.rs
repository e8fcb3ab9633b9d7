//! lvsd 0.8.6, as scripts call it: the virtual services of an lvs.cf, served at once and by nobody
//! else, without heartbeats and addresses.

use std::process::ExitCode;

use crate::daemon::Part;
use crate::observe::voice::Voice;

use super::piranha::{self, Program};
use super::popt::{Opt, Takes};

/// Takes the command line of this process, does what it says, and returns the exit status: 0 done,
/// or under way; 1 not done.
pub fn main() -> ExitCode {
    piranha::main(&LVSD)
}

const LVSD: Program = Program {
    name: "lvsd",
    alias: "lvs",
    version: "lvs 1.38",
    options: OPTIONS,
    pid_file: "/var/run/lvs.pid",
    voice: Voice::Lvsd,
    wrong: |file, line, _| format!("lvs: error parsing {file} on line {line}."),
    part: |_| Part::Services,
    minds: false,
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
        names: &["version"],
        takes: Takes::Nothing,
        meaning: "Display the program's version",
    },
];
