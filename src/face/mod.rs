//! The command lines of the programs that this one takes the place of: called by such a program's
//! name, through a link, it does as that one does.

mod background;
pub mod fos;
pub mod getopt;
pub mod ldirectord;
pub mod lvsd;
pub mod nanny;
mod pid_file;
mod piranha;
pub mod popt;
mod process;
pub mod pulse;
pub mod send_arp;
pub mod ucarp;
pub mod vqalive;

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use rustix::fs::{Access, access};

use popt::{Given, Line, Opt};

/// The options that a program of piranha's was called with, or the exit status of a command line that
/// asks for nothing more than to be answered, which is done.
fn options(program: &str, version: &str, options: &[Opt]) -> Result<Given, ExitCode> {
    options_among(program, version, options, env::args_os().skip(1).collect())
}

/// The same, by these words.
fn options_among(
    program: &str,
    version: &str,
    options: &[Opt],
    words: Vec<OsString>,
) -> Result<Given, ExitCode> {
    match popt::read(program, options, words) {
        Line::Given(given) if given.has("version") => say(popt::version(version)),
        Line::Given(given) => return Ok(given),
        Line::Help => say(popt::help(program, options)),
        Line::Usage => say(popt::usage(program, options)),
        Line::Wrong(complaint) => {
            complain(complaint);
            return Err(ExitCode::FAILURE);
        }
    }
    Err(ExitCode::SUCCESS)
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
