//! A ucarp on one machine: ours or Debian's, with scripts that raise and lower the address.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::super::host::Host;
use super::super::machine::director;
use super::super::wait::wait_until;

/// Whose program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Ours,
    Theirs,
}

/// One that runs; it is killed in the end.
pub(super) struct Ucarp {
    host: Host,
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
}

impl Whose {
    /// The program, called by the name.
    pub(super) fn program(self) -> &'static str {
        match self {
            Whose::Theirs => "/usr/sbin/ucarp",
            Whose::Ours => {
                fs::create_dir_all("/opt/ucarp").expect("a folder");
                if !Path::new(OURS).exists() {
                    symlink(director(), OURS).expect("a link");
                }
                OURS
            }
        }
    }
}

impl Ucarp {
    /// Starts one for 10.1.0.10 with vhid 42 and the password `love`, on a machine whose own address
    /// is 10.1.0.n.
    pub(super) fn start(whose: Whose, host: &Host, n: u8, more: &str) -> Ucarp {
        let words = format!(
            "-i eth0 -s 10.1.0.{n} -v 42 -p love -a 10.1.0.10 -u {UP} -d {DOWN} -f none {more}"
        );
        Ucarp::call(whose, host, &words)
    }

    /// Starts one with these words alone.
    pub(super) fn call(whose: Whose, host: &Host, words: &str) -> Ucarp {
        write_scripts();
        let mut command = Command::new(whose.program());
        command.args(words.split_whitespace()).env("CALLS", calls_file(host));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = host.inside(|| command.spawn()).expect("it starts");
        let said = Arc::new(Mutex::new(Vec::new()));
        listen(child.stdout.take().expect("a pipe"), Arc::clone(&said));
        listen(child.stderr.take().expect("a pipe"), Arc::clone(&said));
        Ucarp { host: host.clone(), child, said }
    }

    /// All that it has said, without the times.
    pub(super) fn said(&self) -> Vec<String> {
        let said = self.said.lock().expect("no panic").clone();
        let timeless = |line: &String| line.split_once(": ").map(|(_, line)| line.to_owned());
        said.iter().map(|line| timeless(line).unwrap_or_else(|| line.clone())).collect()
    }

    /// Waits until it has said a line with these words so often.
    pub(super) fn wait_for(&self, words: &str, count: usize) {
        wait_until(words, LIMIT, || {
            let said = self.said();
            let found = said.iter().filter(|line| line.contains(words)).count();
            if found >= count { Ok(()) } else { Err(said.join("\n")) }
        });
    }

    pub(super) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("it runs");
    }

    /// Waits for its end.
    pub(super) fn end(&mut self) -> ExitStatus {
        let status = wait_until("it has ended", LIMIT, || {
            let status = self.child.try_wait().expect("its status");
            status.ok_or_else(|| self.said().join("\n"))
        });
        wait_until("all that it said is read", LIMIT, || match Arc::strong_count(&self.said) {
            1 => Ok(()),
            readers => Err(format!("{} still read", readers - 1)),
        });
        status
    }

    /// How its scripts were called, since the last time that a machine's were forgotten.
    pub(super) fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(calls_file(&self.host)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

impl Drop for Ucarp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Forgets how the scripts of a machine were called.
pub(super) fn forget_calls(host: &Host) {
    let _ = fs::remove_file(calls_file(host));
}

fn calls_file(host: &Host) -> String {
    format!("/tmp/calls-{}", host.name)
}

/// Both write down how they were called: how many words, and which.
fn write_scripts() {
    for (path, verb, errors) in [(UP, "add", ""), (DOWN, "del", "2>/dev/null")] {
        let text = format!(
            "#!/bin/sh\necho \"$# $(basename \"$0\") $*\" >>\"$CALLS\"\n\
             ip address {verb} \"$2/32\" dev \"$1\" {errors}\nexit 3\n"
        );
        let new = format!("{path}.new");
        fs::write(&new, text).expect("a script");
        fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).expect("its mode");
        fs::rename(&new, path).expect("a rename");
    }
}

fn listen(pipe: impl Read + Send + 'static, said: Arc<Mutex<Vec<String>>>) {
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            said.lock().expect("no panic").push(line);
        }
    });
}

const OURS: &str = "/opt/ucarp/ucarp";
pub(super) const UP: &str = "/tmp/vip-up";
pub(super) const DOWN: &str = "/tmp/vip-down";
pub(super) const LIMIT: Duration = Duration::from_secs(30);
