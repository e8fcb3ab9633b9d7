//! Another instance of this program, on another configuration (ldirectord's `execute`).

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// The command `ldirectord NAME ACTION`: this executable, never another program of that name, under
/// the name that makes it understand the words.
pub fn instance(executable: &Path, name: &str, action: &str) -> Command {
    let mut command = Command::new(executable);
    command.arg0("ldirectord").args(name.split(' ')).arg(action);
    command
}
