//! fos 0.8.6, as pulse ran it and scripts may: the failover services of an lvs.cf, run here or watched
//! at the partner's.

use std::process::ExitCode;

use crate::daemon::{Part, Watch};
use crate::observe::voice::Voice;

use super::piranha::{
    self, CONFIGFILE, DETACHED, NODAEMON, NOFORK, Program, TEST_START, VERBOSE, VERSION,
};
use super::popt::{Given, Opt, Takes};
use super::{complain, options_among};

/// Takes the command line of this process, does what it says, and returns the exit status: 0 done,
/// or under way; 1 not done.
pub fn main() -> ExitCode {
    let mut words: Vec<_> = std::env::args_os().skip(1).collect();
    words.pop_if(|last| *last == *DETACHED);
    let given = match options_among(FOS.alias, FOS.version, OPTIONS, words) {
        Ok(given) => given,
        Err(answered) => return answered,
    };
    match (given.has("monitor"), given.has("active")) {
        // so it is spelled
        (true, true) => wrong("Cannot specifiy both -f and -F!"),
        (false, false) => wrong("Either --monitor (-f) or --active (-F) required!"),
        _ => piranha::main(&FOS),
    }
}

fn wrong(complaint: &str) -> ExitCode {
    complain(format_args!("{}: {complaint}", FOS.alias));
    ExitCode::FAILURE
}

fn watch(given: &Given) -> Watch {
    if given.has("active") { Watch::Active } else { Watch::Monitor }
}

const FOS: Program = Program {
    name: "fos",
    alias: "fos",
    version: "fos 1.13",
    options: OPTIONS,
    pid_file: "/var/run/fos.pid",
    voice: Voice::Lvsd,
    wrong: |file, line, _| format!("fos: error parsing {file} on line {line}."),
    part: |_| Part::Pair { forced: false },
    minds: false,
    watch: Some(watch),
};

/// The options.
pub const OPTIONS: &[Opt] = &[
    CONFIGFILE,
    Opt::new('f', &["monitor"], Takes::Nothing, "Watch the services of the partner"),
    Opt::new('F', &["active"], Takes::Nothing, "Run the services here"),
    NODAEMON,
    NOFORK,
    Opt { meaning: "Run no command, and tell what would be run", ..TEST_START },
    Opt { meaning: "Tell of every check, too", ..VERBOSE },
    VERSION,
];
