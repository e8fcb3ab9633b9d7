//! nanny 1.46: the checker of a single real server, as scripts and wrappers call it.
//!
//! `line` reads the command line into an `order`; `machine` decides, or for failover
//! services a sentry, `place` holds the server's place in the kernel's table, `run` does the work, here or in a
//! process of its own.

mod line;
mod machine;
mod order;
mod place;
mod run;

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};

use checkers::Check;

use crate::observe::log::{self, Manner, Sink};
use crate::observe::voice::Voice;

use super::background::{leave_caller, let_go};
use super::{complain, options};
use line::PROGRAM;
use order::Order;

pub use line::OPTIONS;

/// Takes the command line of this process, does what it says, and returns the exit status: 0 done,
/// 1 the command line is wrong, or a failover service never answered.
pub fn main() -> ExitCode {
    let given = match options(PROGRAM, VERSION, OPTIONS) {
        Ok(given) => given,
        Err(answered) => return answered,
    };
    let order = line::order(&given).and_then(|order| Ok((order.check()?, order)));
    let status = match order {
        Ok((check, order)) if order.nofork || order.nodaemon => work(&order, check),
        Ok(_) => detach(&env::args_os().collect::<Vec<_>>()),
        Err(why) => fail(why),
    };
    ExitCode::from(status)
}

fn fail(why: impl Display) -> u8 {
    complain(format_args!("{PROGRAM}: {why}"));
    FAILED
}

/// Does the work in this process.
fn work(order: &Order, check: Check) -> u8 {
    let sink = if order.nodaemon { Sink::NamedAndSyslog } else { Sink::Syslog };
    let manner = Manner {
        sink: Some(sink),
        unasked: None,
        identity: PROGRAM,
        name: PROGRAM.to_owned(),
        voice: Voice::Lvsd,
        verbose: order.verbose,
    };
    log::start(manner, None);
    if !order.nodaemon {
        leave_caller(PROGRAM);
        let_go();
    }
    run::run(order, check).unwrap_or_else(fail)
}

/// Does the work in a process of its own, which nobody waits for.
fn detach(words: &[OsString]) -> u8 {
    let (program, rest) = words.split_first().map_or((None, words), |(p, rest)| (Some(p), rest));
    let mut command = Command::new(OURSELVES);
    command.arg0(program.map_or(PROGRAM.as_ref(), OsString::as_os_str)).arg("--nofork").args(rest);
    let nothing = Stdio::null;
    let started = command.stdin(nothing()).stdout(nothing()).stderr(nothing()).spawn();
    match started {
        Ok(_) => DONE,
        Err(why) => fail(format_args!("cannot start: {why}")),
    }
}

const VERSION: &str = "nanny 1.46";
/// Even if the file has been replaced meanwhile.
const OURSELVES: &str = "/proc/self/exe";
const DONE: u8 = 0;
const FAILED: u8 = 1;
