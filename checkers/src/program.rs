//! A program of the administrator's that runs: without a shell in between, in a process group of its own, with
//! nothing to read. At the deadline, or if nobody waits for it any more, all that it started dies with it.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout_at};

use crate::asking::Asking;
use crate::progress::Progress;
use crate::words;

/// What became of a program.
pub(crate) struct Ended {
    /// How it ended; `None` if it was killed at the deadline.
    status: Option<ExitStatus>,
    /// The start of what it printed.
    pub(crate) out: Vec<u8>,
    /// The start of what it printed as errors.
    err: Vec<u8>,
}

/// Runs a program, looked up in PATH if its name holds no slash, until it ends or is killed. Fails, in
/// words, if it cannot be run.
pub(crate) async fn run(
    program: &str,
    arguments: &[String],
    asking: &Asking,
) -> Result<Ended, String> {
    let Asking { deadline, progress, .. } = asking;
    progress.enter("running");
    let not_run = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound if found(program).is_some() => {
            format!("cannot run {program}: its interpreter is missing")
        }
        _ => format!("cannot run {program}: {}", words::io(&error)),
    };
    let mut group = Group(spawn(program, arguments).map_err(not_run)?);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let reading = read_both(&mut group.0, &mut out, &mut err, progress);
    let status = timeout_at(*deadline, ended(&mut group.0, reading, *deadline)).await;
    let status = status.ok().transpose().map_err(|error| words::io(&error))?;
    Ok(Ended { status, out, err })
}

impl Ended {
    /// It ended by itself, or by a signal.
    pub(crate) fn with(status: ExitStatus, out: Vec<u8>, err: Vec<u8>) -> Self {
        Ended { status: Some(status), out, err }
    }

    /// It was killed at the deadline.
    pub(crate) fn killed() -> Self {
        Ended { status: None, out: Vec::new(), err: Vec::new() }
    }

    /// Whether it ended by itself with status 0.
    pub(crate) fn is_well(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    /// How it ended, `timeout` after which it would have been killed, and the first line that it
    /// said, of its errors if there are any.
    pub(crate) fn words(&self, timeout: Duration) -> String {
        let said = [&self.err, &self.out].into_iter().find(|said| !said.trim_ascii().is_empty());
        let said = said.map(|said| format!(": {}", words::quoted(said))).unwrap_or_default();
        let Some(status) = self.status else {
            return format!("killed after {}{said}", words::duration(timeout));
        };
        match (status.code(), status.signal()) {
            (Some(code), _) => format!("exit status {code}{said}"),
            (None, Some(signal)) => format!("killed by signal {signal}{said}"),
            (None, None) => format!("ended strangely: {status}{said}"),
        }
    }
}

/// Starts a program; what has no `#!` line and is no binary is a script for the shell, as execvp(3)
/// takes it, and so Perl.
fn spawn(program: &str, arguments: &[String]) -> io::Result<Child> {
    let spawned = command(program.as_ref(), arguments).spawn();
    match spawned {
        Err(error) if error.raw_os_error() == Some(Errno::NOEXEC.raw_os_error()) => {
            let Some(script) = found(program) else { return Err(error) };
            let mut command = command(SHELL.as_ref(), &[]);
            command.arg(script).args(arguments).spawn()
        }
        spawned => spawned,
    }
}

/// The file that a program's name means: from the root, where it runs, or in PATH.
fn found(program: &str) -> Option<PathBuf> {
    let root = Path::new("/");
    if program.contains('/') {
        return Some(root.join(program)).filter(|file| file.is_file());
    }
    let folders = env::var_os("PATH")?;
    let mut files = env::split_paths(&folders).map(|folder| root.join(folder).join(program));
    files.find(|file| file.is_file())
}

fn command(program: &OsStr, arguments: &[String]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Waits for the program, reading along so that it never waits for us.
async fn ended(
    child: &mut Child,
    reading: impl Future<Output = ()>,
    deadline: Instant,
) -> io::Result<ExitStatus> {
    let mut reading = pin!(reading);
    let status = tokio::select! {
        status = child.wait() => status,
        () = &mut reading => return child.wait().await,
    };
    // its last words are in the pipe already; a process it left behind may hold the pipe open
    let _ = timeout_at(deadline.min(Instant::now() + LAST_WORDS), reading).await;
    status
}

/// Reads both outputs to their end, and keeps the start of each.
fn read_both<'k>(
    child: &mut Child,
    out: &'k mut Vec<u8>,
    err: &'k mut Vec<u8>,
    progress: &'k Progress,
) -> impl Future<Output = ()> + use<'k> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    async move {
        tokio::join!(read(stdout, out, progress), read(stderr, err, progress));
    }
}

async fn read(pipe: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>, progress: &Progress) {
    let Some(mut pipe) = pipe else { return };
    let mut piece = [0; 1024];
    while let Ok(n @ 1..) = pipe.read(&mut piece).await {
        progress.received(piece.get(..n).unwrap_or_default());
        kept.extend(piece.iter().take(n.min(KEPT - kept.len())));
    }
}

/// A running program and all it started. Dropped before it ended, the whole group is killed; the
/// runtime collects the remains.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // none once it has been waited for: the number may be another's by now
        let leader = self.0.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        if let Some(leader) = leader {
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

const SHELL: &str = "/bin/sh";
/// How long the output is read on after the program's end.
const LAST_WORDS: Duration = Duration::from_millis(100);
/// Bytes of each output that are kept, as many as nanny looked at.
const KEPT: usize = 4096;
