//! A program of the administrator's, as ldirectord's external, except that death by a signal is a
//! failure, and that at the deadline all that the program started dies with it.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout_at};

use crate::asking::{Answer, Asking, Failure};
use crate::words;

/// Runs a program, without a shell; status 0 means up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct External {
    /// The program's path.
    pub program: String,
    /// Its arguments; ldirectord gives virtual address, virtual port, real address, real port.
    pub arguments: Vec<String>,
}

impl External {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        asking.progress.enter("running");
        let mut group = Group(self.command().spawn().map_err(|e| self.not_run(&e))?);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let reading = read_both(&mut group.0, &mut out, &mut err);
        let status =
            timeout_at(asking.deadline, ended(&mut group.0, reading, asking.deadline)).await;
        let said = [err, out].into_iter().find(|said| !said.trim_ascii().is_empty());
        let said = said.map(|said| format!(": {}", words::quoted(&said))).unwrap_or_default();
        match status {
            Ok(status) => judge(status?, &said),
            Err(_) => Err(format!("killed after {}{said}", words::duration(asking.timeout)).into()),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn not_run(&self, error: &io::Error) -> Failure {
        format!("cannot run {}: {}", self.program, words::io(error)).into()
    }
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

fn judge(status: ExitStatus, said: &str) -> Answer {
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(format!("exit status 0{said}")),
        (Some(code), _) => Err(format!("exit status {code}{said}").into()),
        (None, Some(signal)) => Err(format!("killed by signal {signal}{said}").into()),
        (None, None) => Err(format!("ended strangely: {status}{said}").into()),
    }
}

/// Reads both outputs to their end, and keeps the start of each.
fn read_both<'k>(
    child: &mut Child,
    out: &'k mut Vec<u8>,
    err: &'k mut Vec<u8>,
) -> impl Future<Output = ()> + use<'k> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    async move {
        tokio::join!(read(stdout, out), read(stderr, err));
    }
}

async fn read(pipe: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(mut pipe) = pipe else { return };
    let mut piece = [0; 1024];
    while let Ok(n @ 1..) = pipe.read(&mut piece).await {
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

/// How long the output is read on after the program's end.
const LAST_WORDS: Duration = Duration::from_millis(100);
/// Bytes of each output that are kept.
const KEPT: usize = 1024;
