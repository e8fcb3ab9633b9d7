//! lvsd 0.8.6, as scripts call it: the virtual services of an lvs.cf, served at once and by nobody
//! else, without heartbeats and addresses.

use std::process::ExitCode;

use crate::daemon::Part;
use crate::observe::voice::Voice;

use super::piranha::{self, CONFIGFILE, NODAEMON, NOFORK, Program, TEST_START, VERBOSE, VERSION};
use super::popt::Opt;

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
pub const OPTIONS: &[Opt] = &[CONFIGFILE, NODAEMON, NOFORK, TEST_START, VERBOSE, VERSION];
