//! The command lines of the programs that this one takes the place of: called by such a program's
//! name, through a link, it does as that one does.

mod background;
pub mod ldirectord;
mod pid_file;
mod process;

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};

use rustix::fs::{Access, access};

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
