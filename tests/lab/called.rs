//! The program called as ldirectord, on this machine itself: what it is called with and says.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::Pid;

use super::host::{feed, sorted_lines};
use super::machine::director;
use super::wait::wait_until;

/// What a call came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: Option<i32>,
    pub(crate) output: String,
    pub(crate) complaint: String,
}

/// A call that stays in the foreground; its lines as they come.
pub(crate) struct Foreground {
    pub(crate) child: Child,
    lines: mpsc::Receiver<String>,
    pub(crate) seen: Vec<String>,
}

impl Foreground {
    pub(crate) fn start(words: &str) -> Foreground {
        Foreground::of(OURS, words)
    }

    /// A call of this program.
    pub(crate) fn of(program: &str, words: &str) -> Foreground {
        let mut command = Command::new(program);
        command.args(words.split(' ')).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let (tell, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let complaints = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let more = tell.clone();
        thread::spawn(move || output.map_while(Result::ok).try_for_each(|line| tell.send(line)));
        thread::spawn(move || {
            complaints.map_while(Result::ok).try_for_each(|line| more.send(line))
        });
        Foreground { child, lines, seen: Vec::new() }
    }

    pub(crate) fn wait_for(&mut self, words: &str) {
        wait_until(words, LIMIT, || {
            self.seen.extend(self.lines.try_iter());
            let found = self.seen.iter().any(|line| line.contains(words));
            if found { Ok(()) } else { Err(self.seen.join("\n")) }
        });
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes the links and folders that a package would.
pub(crate) fn install() {
    let folder = Path::new(OURS).parent().expect("a folder");
    fs::create_dir_all(folder).expect("a folder");
    fs::create_dir_all("/etc/ha.d").expect("a folder");
    symlink(director(), OURS).expect("a link");
}

pub(crate) fn save(head: &str) {
    fs::write("/etc/ha.d/new", config(head)).expect("a file");
    fs::rename("/etc/ha.d/new", FILE).expect("a rename");
}

pub(crate) fn config(head: &str) -> String {
    format!("checkinterval=1\n{head}{}", service(80))
}

/// A service that needs no server.
pub(crate) fn service(port: u16) -> String {
    format!(
        "virtual=127.0.0.1:{port}\n\treal=127.0.0.1:81 masq 1\n\tchecktype=on\n\tservice=none\n\tscheduler=rr\n\tprotocol=tcp\n"
    )
}

pub(crate) fn call(program: &str, words: &str) -> Answer {
    let mut command = Command::new(program);
    command.arg0(program).args(words.split(' ')).stdin(Stdio::null());
    let output = command.output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Answer {
        status: output.status.code(),
        output: text(&output.stdout),
        complaint: text(&output.stderr),
    }
}

/// Who is in the pid file and runs.
pub(crate) fn running() -> Result<Pid, String> {
    let text = fs::read_to_string(PID).map_err(|why| why.to_string())?;
    let pid = text.trim().parse().ok().and_then(Pid::from_raw).ok_or("no number")?;
    let line = fs::read(format!("/proc/{pid}/cmdline")).map_err(|why| why.to_string())?;
    if line.is_empty() { Err("it has ended".to_owned()) } else { Ok(pid) }
}

/// How many services the kernel's table has.
pub(crate) fn table() -> usize {
    sorted_lines(&feed("ipvsadm -Sn", "")).iter().filter(|line| line.starts_with("-A")).count()
}

pub(crate) fn wait_for_table(services: usize) {
    wait_until("the table is as wanted", LIMIT, || match table() {
        have if have == services => Ok(()),
        have => Err(have.to_string()),
    });
}

pub(crate) const OURS: &str = "/opt/lvs/ldirectord";
pub(crate) const THEIRS: &str = "/usr/sbin/ldirectord";
pub(crate) const FILE: &str = "/etc/ha.d/x.cf";
pub(crate) const PID: &str = "/var/run/ldirectord.x.cf.pid";
pub(crate) const LOG: &str = "/var/log/ldirectord.log";
pub(crate) const LIMIT: Duration = Duration::from_secs(20);
