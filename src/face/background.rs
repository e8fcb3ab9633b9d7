//! A daemon in a process of its own: what its caller does, and what it does itself.
//!
//! The caller runs this program again and waits until that says it is ready, by a line on its
//! standard output. So whoever asks for the status behind a start gets it.

use std::ffi::{CString, OsStr, OsString};
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

use super::pid_file::PidFile;

/// Why there is no director in the background.
pub(super) struct Failure {
    /// What to say, beside what the process has said itself.
    pub(super) words: String,
    /// The status that the process has ended with, if it has ended by itself.
    pub(super) status: Option<i32>,
}

/// Starts one with these words behind the program's name, and returns when it is ready, or when
/// another one was faster. One that is not ready in time leaves no pid file behind.
pub(super) fn start(
    program: &OsStr,
    words: Vec<OsString>,
    pid_file: Option<&PidFile>,
) -> Result<(), Failure> {
    let mut command = Command::new(OURSELVES);
    command.arg0(program).args(words).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|why| failure(format!("cannot start: {why}")))?;
    let status = match is_ready(&mut child) {
        Some(true) => return Ok(()),
        Some(false) => child.wait(),
        None => {
            let _ = child.kill();
            let _ = child.wait();
            pid_file.inspect(|file| file.forget(child.id()));
            let limit = READY.as_secs();
            return Err(failure(format!(
                "the daemon was not ready within {limit} s, and is ended"
            )));
        }
    };
    judge(status.map_err(|why| failure(why.to_string()))?)
}

/// Whether it has said so before it ended; `None` if it has done neither in time.
fn is_ready(child: &mut Child) -> Option<bool> {
    let mut output = child.stdout.take()?;
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let ready = output.read_exact(&mut [0]).is_ok();
        // nobody waits any more if this is late
        let _ = tell.send(ready);
    });
    told.recv_timeout(READY).ok()
}

/// What the end of a process means that was never ready.
fn judge(status: ExitStatus) -> Result<(), Failure> {
    match status.code() {
        Some(0) => Ok(()),
        code @ Some(_) => Err(Failure { words: ENDED.to_owned(), status: code }),
        None => {
            let signal = status.signal().unwrap_or_default();
            Err(failure(format!("{ENDED}, by signal {signal}")))
        }
    }
}

fn failure(words: String) -> Failure {
    Failure { words, status: None }
}

/// Leaves the caller's session, folder and name behind. What cannot be left is no harm.
pub(super) fn leave_caller(name: &str) {
    let _ = rustix::process::setsid();
    let _ = std::env::set_current_dir("/");
    if let Ok(name) = CString::new(name) {
        let _ = rustix::thread::set_name(&name);
    }
}

/// Tells the caller that the director is ready, and lets go of its terminal.
pub(super) fn tell_ready() {
    // a caller that is gone does not want to know
    let _ = io::stdout().write_all(b"\n").and_then(|()| io::stdout().flush());
    let_go();
}

/// Lets go of the terminal.
pub(super) fn let_go() {
    if let Ok(null) = OpenOptions::new().read(true).write(true).open("/dev/null") {
        let _ = dup2_stdin(&null);
        let _ = dup2_stdout(&null);
        let _ = dup2_stderr(&null);
    }
}

/// Even if the file has been replaced meanwhile.
const OURSELVES: &str = "/proc/self/exe";
const ENDED: &str = "the daemon has ended before it was ready";
/// How long a start may take; what it waits for longest is names that are looked up.
const READY: Duration = Duration::from_secs(30);
