//! The program under test, called by a name.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// What a call came to: exit status, standard output, standard error.
pub(crate) type Answer = (i32, String, String);

/// Calls the program by this name.
pub(crate) fn call(name: &str, words: &[&str]) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lvs-director"));
    let output = command.arg0(name).args(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}
