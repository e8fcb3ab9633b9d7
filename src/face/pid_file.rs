//! The file that says which process is the daemon.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::process::Pid;

use super::process;

/// A pid file, there or not.
#[derive(Clone, Debug)]
pub(super) struct PidFile {
    path: PathBuf,
    names: [&'static str; 2],
}

/// What a pid file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// This process runs.
    Running(Pid),
    /// It names none that does.
    Stale,
    /// There is none, or nothing in it.
    Absent,
}

/// A pid file that names this process; it goes when this is dropped.
pub(super) struct Claim {
    path: PathBuf,
}

impl PidFile {
    /// The pid file at a path, of a process that is called by either of these names.
    pub(super) fn new(path: PathBuf, names: [&'static str; 2]) -> Self {
        PidFile { path, names }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Who runs.
    pub(super) fn standing(&self) -> Standing {
        let Some(text) = first_line(&self.path) else { return Standing::Absent };
        let number = text.trim().parse().ok().and_then(|n: u32| i32::try_from(n).ok());
        let named = number.and_then(Pid::from_raw);
        // in a container numbers come again: what was left behind may name this very process
        let other = named.filter(|pid| *pid != rustix::process::getpid());
        let runs = |pid: &Pid| self.names.iter().any(|name| process::runs(*pid, name));
        match other.filter(runs) {
            Some(pid) => Standing::Running(pid),
            None => Standing::Stale,
        }
    }

    /// Writes this process in, unless another one runs: then there is no claim. Of two that try at
    /// once, one gets it.
    pub(super) fn claim(&self) -> io::Result<Option<Claim>> {
        // anybody can lock a folder: it is no reason to have no director
        let _lock = lock(self.path.parent().unwrap_or(Path::new("/")));
        if matches!(self.standing(), Standing::Running(_)) {
            return Ok(None);
        }
        let mut new = self.path.clone().into_os_string();
        new.push(format!(".{}", std::process::id()));
        let written = write(new.as_ref()).and_then(|()| fs::rename(&new, &self.path));
        if written.is_err() {
            // the first failure is the one to tell
            let _ = fs::remove_file(&new);
        }
        written.map(|()| Some(Claim { path: self.path.clone() }))
    }

    /// Removes the file if it names this process, which is dead.
    pub(super) fn forget(&self, pid: u32) {
        remove(&self.path, pid);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        remove(&self.path, std::process::id());
    }
}

/// Only who is in it may remove it: somebody else may have written it anew.
fn remove(path: &Path, pid: u32) {
    if first_line(path).is_some_and(|line| line.trim() == pid.to_string()) {
        // what stays behind names a process that is gone, which everybody sees
        let _ = fs::remove_file(path);
    }
}

/// What is in a pid file; `None` if that is nothing.
fn first_line(path: &Path) -> Option<String> {
    let mut text = Vec::new();
    File::open(path).ok()?.take(LIMIT).read_to_end(&mut text).ok()?;
    String::from_utf8_lossy(&text).lines().next().map(str::to_owned)
}

/// Writes this process into a new file, which nobody else may change, whatever the umask is: who is
/// in it gets signals.
fn write(path: &Path) -> io::Result<()> {
    let mut file =
        File::options().write(true).create(true).truncate(true).mode(0o644).open(path)?;
    writeln!(file, "{}", std::process::id())
}

/// Locks a folder against others who claim, until the file is closed.
fn lock(folder: &Path) -> io::Result<File> {
    let file = File::open(folder)?;
    let start = Instant::now();
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(Errno::WOULDBLOCK | Errno::INTR) if start.elapsed() < PATIENCE => {
                thread::sleep(BREATH);
            }
            Err(why) => return Err(why.into()),
        }
    }
}

/// A number and a newline are less.
const LIMIT: u64 = 64;
/// A claim takes no longer than a file does.
const PATIENCE: Duration = Duration::from_secs(1);
const BREATH: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};

    use super::*;

    #[test]
    fn only_a_running_one_of_the_name_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = of(folder.path());
        let says = |text: &str| {
            fs::write(&file.path, text).unwrap();
            file.standing()
        };
        assert_eq!(file.standing(), Standing::Absent);
        assert_eq!(says(""), Standing::Absent);
        for stale in ["\n", "999999999\n", "0", "-1", "1\n", "self", "12x", "\n1\n"] {
            assert_eq!(says(stale), Standing::Stale, "{stale:?}");
        }
        fs::write(&file.path, b"\xff\xfe\0").unwrap();
        assert_eq!(file.standing(), Standing::Stale, "no text");
        assert_eq!(says(&format!("{}\n", std::process::id())), Standing::Stale, "ourselves");
        let mut child = sleeper();
        let pid = Pid::from_child(&child);
        for text in [format!("{pid}\n"), format!("{pid}"), format!("{pid}\nmore\n")] {
            assert_eq!(says(&text), Standing::Running(pid));
        }
        assert!(file.claim().unwrap().is_none());
        child.kill().unwrap();
        // not reaped yet: it is gone all the same
        assert!(process::wait(pid, "ldirectord", Duration::from_secs(10)));
        assert_eq!(file.standing(), Standing::Stale);
        child.wait().unwrap();
    }

    #[test]
    fn a_claim_is_whole_and_goes_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let file = of(folder.path());
        fs::write(&file.path, "1\n").unwrap();
        let claim = file.claim().unwrap().expect("nobody runs");
        let own = format!("{}\n", std::process::id());
        assert_eq!(fs::read_to_string(&file.path).unwrap(), own);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        drop(claim);
        assert!(!file.path.exists());
        let claim = file.claim().unwrap().expect("nobody runs");
        fs::write(&file.path, "1\n").unwrap();
        drop(claim);
        assert_eq!(fs::read_to_string(&file.path).unwrap(), "1\n", "it is another's now");
        // somebody else holds the lock, and does not let go
        let theirs = File::open(folder.path()).unwrap();
        flock(&theirs, FlockOperation::LockExclusive).unwrap();
        assert!(file.claim().unwrap().is_some());
        let nowhere = of(&folder.path().join("missing"));
        assert!(nowhere.claim().is_err());
    }

    fn of(folder: &Path) -> PidFile {
        PidFile::new(folder.join("x.pid"), ["ldirectord"; 2])
    }

    /// A process that is called so, which it is when it has said something: its command line is empty
    /// for a moment at its start.
    fn sleeper() -> Child {
        let mut command = Command::new("sh");
        command.arg0("/usr/sbin/ldirectord").args(["-c", "echo up; read line"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdout.take().unwrap().read_exact(&mut [0; 3]).unwrap();
        child
    }
}
