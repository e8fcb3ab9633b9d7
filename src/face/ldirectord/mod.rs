//! ldirectord 4.12, as scripts, clusters and people call it.
//!
//! `line` reads the command line, `lookup` finds the configuration, `pid_file` says who runs on it,
//! `actions` does what is asked. A `start` runs the director here (`service`), or in a process of
//! its own (`background`).

mod actions;
mod background;
mod configuration;
mod line;
mod lookup;
mod pid_file;
mod process;
mod service;
mod text;

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use rustix::fs::{Access, access};

use line::Line;

pub use line::{ACTIONS, Action, OPTIONS};

/// Takes the command line of this process, does what it says, and returns the exit status:
/// 0 done, 1 not done, or a stale pid file, 2 the configuration is wrong, 3 stopped, 255 the
/// command line is wrong.
pub fn main() -> ExitCode {
    let mut words = env::args_os();
    let program = whole(words.next().unwrap_or_default());
    let status = match line::read(words.collect()) {
        Line::Order(order) => actions::obey(&program, &order),
        Line::Help => {
            say(text::HELP);
            DONE
        }
        Line::Version => {
            say(text::VERSION);
            DONE
        }
        Line::Wrong(complaints) => {
            complaints.iter().for_each(complain);
            say(text::USAGE);
            WRONG_LINE
        }
    };
    ExitCode::from(status)
}

/// The program's path where a shell found its bare name, as the original is told it: the log says
/// it, and a cluster looks for it among the processes.
fn whole(program: OsString) -> OsString {
    if program.as_encoded_bytes().contains(&b'/') {
        return program;
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut files = env::split_paths(&folders).map(|folder| folder.join(&program));
    let file = files.find(|file| access(file, Access::EXEC_OK).is_ok() && file.is_file());
    file.map_or(program, OsString::from)
}

/// Prints, and minds no closed pipe.
fn say(text: impl Display) {
    let _ = write!(io::stdout(), "{text}");
}

/// Complains, and minds no closed terminal.
fn complain(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// What the original calls itself: scripts look for it.
const LINUX_DIRECTOR: &str = "Linux Director v1.186-ha";

const DONE: u8 = 0;
const FAILED: u8 = 1;
const WRONG_FILE: u8 = 2;
const STOPPED: u8 = 3;
const WRONG_LINE: u8 = 255;
