//! ldirectord 4.12, as scripts, clusters and people call it.
//!
//! `line` reads the command line, `lookup` finds the configuration, `actions` does what is asked. A
//! `start` runs the director here (`service`), or in a process of its own.

mod actions;
mod configuration;
mod line;
mod lookup;
mod service;
mod text;

use std::env;
use std::process::ExitCode;

use line::Line;

pub use line::{ACTIONS, Action, OPTIONS};

use super::{complain, say, whole};

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

/// What the original calls itself: scripts look for it.
const LINUX_DIRECTOR: &str = "Linux Director v1.186-ha";

const DONE: u8 = 0;
const FAILED: u8 = 1;
const WRONG_FILE: u8 = 2;
const STOPPED: u8 = 3;
const WRONG_LINE: u8 = 255;
