//! A program that the file asks for, from its start to its end: in a process group of its own, with
//! nothing to read, and with a deadline for all that it starts.

use std::cmp::Ordering;
use std::fmt;
use std::future::pending;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::unix::pipe::Receiver;
use tokio::process::Child;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{sleep, timeout};
use tracing::{debug, info, warn};

use crate::model;

use super::instance::instance;
use super::resolver::words;

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Program {
    /// A command of the file's.
    Command {
        /// The directive that names it.
        directive: &'static str,
        /// The command.
        command: model::Command,
        /// What it is told.
        arguments: Vec<String>,
        /// It may outlive the director, so nobody listens: a pipe's end would be its own.
        outlives: bool,
    },
    /// A script whose every word is for the log.
    Script {
        /// The directive that names it.
        directive: &'static str,
        /// The script.
        command: model::Command,
        /// What it finds in its environment beside our own.
        environment: Vec<(&'static str, String)>,
    },
    /// Another instance of this program, as ldirectord.
    Instance {
        /// This program's file.
        executable: PathBuf,
        /// The instance's configuration.
        name: String,
        /// What the instance is to do.
        action: &'static str,
    },
}

/// Why a program has not ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    /// Its exit status, if it has ended by itself.
    pub(super) code: Option<i32>,
    words: String,
}

impl Program {
    /// Runs it to its end, or to the deadline and its grace. Fails, in words, unless it ended with
    /// status 0. Left before that, it runs on.
    pub(super) async fn run(&self, limit: Duration) -> Result<(), Failed> {
        self.run_unless(limit, pending()).await
    }

    /// The same; when `left` is ready, all its processes are terminated.
    pub(super) async fn run_unless(
        &self,
        limit: Duration,
        left: impl Future<Output = ()>,
    ) -> Result<(), Failed> {
        let program = self.clone();
        // who starts a program waits for the disk that it is on, perhaps on another machine
        let started = spawn_blocking(move || program.start());
        let (mut child, mut said) = match timeout(limit, started).await {
            Ok(Ok(started)) => started.map_err(|why| format!("cannot be run: {}", words(why)))?,
            Ok(Err(lost)) => return Err(format!("cannot be run: {lost}").into()),
            Err(_) => return Err(format!("has not begun after {limit:?}").into()),
        };
        let ended = tokio::select! {
            ended = timeout(limit, child.wait()) => ended,
            () = left => {
                end(&mut child).await.map_err(words)?;
                return Err("was terminated: it is not wanted any more".to_owned().into());
            }
        };
        match ended {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => {
                let words = format!("{}{}", ending(status), said.first_lines().await);
                Err(Failed { code: status.code(), words })
            }
            Ok(Err(why)) => Err(words(why).into()),
            Err(_) => {
                warn!("{self} has not ended after {limit:?}: all its processes are terminated");
                end(&mut child).await.map_err(words)?;
                Err(format!("was terminated after {limit:?}{}", said.first_lines().await).into())
            }
        }
    }

    /// Whether its words are given one by one, as ucarp's scripts are.
    pub(super) fn is_exact(&self) -> bool {
        matches!(self, Program::Command { command, .. } if command.is_exact())
    }

    /// Starts it. What the kernel cannot run is a script for the shell, as execvp(3) takes it.
    fn start(&self) -> io::Result<(Child, Said)> {
        debug!("running {self}");
        match (self.spawn(self.command()), self) {
            (Err(why), Program::Command { command, arguments, .. })
                if !command.is_exact()
                    && why.raw_os_error() == Some(Errno::NOEXEC.raw_os_error()) =>
            {
                self.spawn(of(&command.by_shell(arguments)))
            }
            (Err(why), Program::Script { command, .. })
                if why.raw_os_error() == Some(Errno::NOEXEC.raw_os_error()) =>
            {
                self.spawn(of(&command.by_shell(&[])))
            }
            (spawned, _) => spawned,
        }
    }

    fn command(&self) -> Command {
        match self {
            Program::Command { command, arguments, .. } => of(&command.argv(arguments)),
            Program::Script { command, .. } => of(&command.argv(&[])),
            Program::Instance { executable, name, action } => instance(executable, name, action),
        }
    }

    fn spawn(&self, mut command: Command) -> io::Result<(Child, Said)> {
        command.process_group(0).stdin(Stdio::null());
        if self.is_exact() {
            let child = tokio::process::Command::from(command).spawn()?;
            return Ok((child, Said::default()));
        }
        command.current_dir("/");
        if matches!(self, Program::Command { outlives: true, .. }) {
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let child = tokio::process::Command::from(command).spawn()?;
            return Ok((child, Said::default()));
        }
        if let Program::Script { environment, .. } = self {
            command.envs(environment.iter().map(|(name, value)| (name, value)));
        }
        let (reader, writer) = io::pipe()?;
        command.stdout(writer.try_clone()?).stderr(writer);
        // the command, and our ends of the pipe with it, are gone behind this line
        let child = tokio::process::Command::from(command).spawn()?;
        let reader = Receiver::from_owned_fd(reader.into())?;
        match self {
            Program::Script { directive, .. } => {
                tokio::spawn(log_lines(directive, reader));
                Ok((child, Said::default()))
            }
            _ => Ok((child, Said::listen(reader))),
        }
    }
}

impl From<String> for Failed {
    fn from(words: String) -> Self {
        Failed { code: None, words }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// As the log names it.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Program::Command { command, arguments, .. } if command.is_exact() => {
                write!(f, "{}", command.argv(arguments).join(" "))
            }
            Program::Command { directive, command, arguments, .. } => {
                let shell = if command.needs_shell() { " (by the shell)" } else { "" };
                let arguments = arguments.iter().map(|word| format!(" {word}"));
                write!(f, "{directive} `{command}{}`{shell}", arguments.collect::<String>())
            }
            Program::Script { directive, command, .. } => write!(f, "{directive} `{command}`"),
            Program::Instance { name, action, .. } => write!(f, "`ldirectord {name} {action}`"),
        }
    }
}

fn of(argv: &[String]) -> Command {
    let (program, arguments) =
        argv.split_first().map_or(("", argv), |(p, rest)| (p.as_str(), rest));
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("failed with exit status {code}"),
        (None, Some(signal)) => format!("was killed by signal {signal}"),
        (None, None) => format!("ended strangely: {status}"),
    }
}

/// Ends all that a program has started: asks, waits, kills. Its leader is not collected before the
/// end, so that the group's number stays its own. One that waits for the kernel, as for a disk that
/// does not answer, is not waited for: it is collected whenever it ends.
async fn end(child: &mut Child) -> io::Result<()> {
    let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    for signal in [Signal::TERM, Signal::KILL] {
        // nobody may be left in it
        let _ = group.map(|group| kill_process_group(group, signal));
        if signal == Signal::TERM {
            sleep(GRACE).await;
        }
    }
    match timeout(GRACE, child.wait()).await {
        Ok(ended) => ended.map(drop),
        Err(_) => Err(io::Error::other("cannot be killed: it waits for the kernel")),
    }
}

/// Writes all that a script says to the log, line by line, as long as anybody speaks.
async fn log_lines(directive: &str, pipe: Receiver) {
    let mut lines = BufReader::new(pipe);
    let (mut line, mut count) = (Vec::new(), 0_u32);
    while let Ok(1..) = (&mut lines).take(LINE).read_until(b'\n', &mut line).await {
        let text = String::from_utf8_lossy(&line);
        let text: String =
            text.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        line.clear();
        match count.cmp(&LOGGED) {
            Ordering::Less if !text.is_empty() => info!("{directive}: {text}"),
            Ordering::Equal => warn!("{directive} says more than {LOGGED} lines: not shown"),
            _ => {}
        }
        count = count.saturating_add(1);
    }
}

/// The start of what a program says. It is listened to as long as anybody speaks: what a program
/// leaves behind is not to die of its output.
#[derive(Default)]
struct Said {
    kept: Arc<Mutex<Vec<u8>>>,
    listening: Option<JoinHandle<()>>,
}

impl Said {
    fn listen(mut pipe: Receiver) -> Self {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let said = Arc::clone(&kept);
        let listening = tokio::spawn(async move {
            let mut piece = [0; 1024];
            while let Ok(n @ 1..) = pipe.read(&mut piece).await {
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                let room = KEPT - said.len();
                said.extend(piece.iter().take(n.min(room)));
            }
        });
        Said { kept, listening: Some(listening) }
    }

    /// The first lines, behind a colon, for the log; empty if nothing was said.
    async fn first_lines(&mut self) -> String {
        if let Some(listening) = &mut self.listening {
            // its last words are in the pipe already
            let _ = timeout(LAST_WORDS, listening).await;
        }
        let said = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&said);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES);
        let lines: Vec<String> = lines
            .map(|line| line.chars().map(|c| if c.is_control() { '?' } else { c }).collect())
            .collect();
        if lines.is_empty() { String::new() } else { format!(": {}", lines.join(" / ")) }
    }
}

/// Between being asked to end and being killed, and then until it is taken for one that cannot be.
const GRACE: Duration = Duration::from_secs(2);
/// How long the output is waited for behind the program's end.
const LAST_WORDS: Duration = Duration::from_millis(100);
/// Lines of the output that the log shows.
const LINES: usize = 3;
/// Bytes of a line that the log shows as one.
const LINE: u64 = 1024;
/// Lines of a script's that the log shows.
const LOGGED: u32 = 1000;
/// Bytes of the output that are kept.
const KEPT: usize = 512;

#[cfg(test)]
mod tests;
