//! A program with all its children: started, frozen, killed, stopped, as one.

use std::collections::HashMap;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::wait::wait_until;

/// A running program; killed with all its children when dropped.
pub(crate) struct Process {
    name: String,
    child: Child,
}

impl Process {
    /// Starts a command line of the shell in [`FOLDER`]; what it says goes to `NAME.out` in there.
    pub(crate) fn start(name: &str, command: &str) -> Process {
        let out = File::create(format!("{FOLDER}/{name}.out")).expect("a file");
        let child = Command::new("sh")
            .args(["-c", &format!("exec {command}")])
            .current_dir(FOLDER)
            .stdin(Stdio::null())
            .stderr(out.try_clone().expect("another handle"))
            .stdout(out)
            .spawn();
        Process { name: name.to_owned(), child: child.expect("a shell") }
    }

    /// Stops the program and all its children in their tracks.
    pub(crate) fn freeze(&self) {
        self.signal_until("is frozen", Signal::STOP, |state| state == 'T');
    }

    /// Stops each of its processes of which `ready` says so by its title, now or later, until it
    /// says so of all; a process of which it says nothing goes on.
    pub(crate) fn freeze_when(&self, ready: impl Fn(&str) -> Option<bool>) {
        wait_until(&format!("{} is at rest", self.name), LIMIT, || {
            let mut busy = Vec::new();
            for process in family(self.child.id()) {
                let title = title(process.pid);
                match (ready(&title), process.state) {
                    (None, _) | (_, 'Z') | (Some(true), 'T') => {}
                    (Some(false), 'T') => send(process.pid, Signal::CONT),
                    (Some(false), _) => busy.push(title),
                    (Some(true), _) => {
                        send(process.pid, Signal::STOP);
                        busy.push(title);
                    }
                }
            }
            if busy.is_empty() { Ok(()) } else { Err(busy.join("\n")) }
        });
    }

    /// How its processes call themselves.
    pub(crate) fn titles(&self) -> Vec<String> {
        family(self.child.id()).iter().map(|process| title(process.pid)).collect()
    }

    /// Lets a frozen program go on.
    pub(crate) fn thaw(&self) {
        self.signal_until("goes on", Signal::CONT, |state| state != 'T');
    }

    /// Kills the program and all its children, and waits until they are gone.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    /// Asks the program to stop, and waits until it has, `poke`ing it now and then.
    pub(crate) fn stop(mut self, poke: impl Fn()) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("our child");
        wait_until(&format!("{} stops", self.name), LIMIT, || {
            poke();
            self.child.try_wait().expect("our child").ok_or_else(|| "it runs".to_owned())
        });
    }

    /// What it has said so far.
    pub(crate) fn said(&self) -> String {
        let said = fs::read(format!("{FOLDER}/{}.out", self.name)).expect("its output");
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Panics with what it said if it has ended by itself.
    pub(crate) fn must_run(&mut self) {
        if let Some(status) = self.child.try_wait().expect("our child") {
            panic!("{} has ended, {status}:\n{}", self.name, self.said());
        }
    }

    fn end(&mut self) {
        let others = family(self.child.id());
        for process in &others {
            send(process.pid, Signal::KILL);
        }
        let _ = self.child.wait();
        wait_until(&format!("{} is gone", self.name), LIMIT, || {
            let all = processes();
            let alive = |process: &&Running| {
                all.get(&process.pid)
                    .is_some_and(|now| now.start == process.start && now.state != 'Z')
            };
            match others.iter().find(alive) {
                Some(process) => Err(format!("process {} is there", process.pid)),
                None => Ok(()),
            }
        });
    }

    /// Signals all until all are in a state: those that were just being born, too.
    fn signal_until(&self, what: &str, signal: Signal, there: impl Fn(char) -> bool) {
        wait_until(&format!("{} {what}", self.name), LIMIT, || {
            let others = family(self.child.id());
            let rest: Vec<_> = others
                .iter()
                .filter(|process| !there(process.state) && process.state != 'Z')
                .collect();
            for process in &rest {
                send(process.pid, signal);
            }
            if rest.is_empty() { Ok(()) } else { Err(format!("{} are not", rest.len())) }
        });
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.end();
        }
    }
}

/// Runs lines of the shell in [`FOLDER`]; all must succeed.
pub(crate) fn shell(lines: &str) {
    let output = Command::new("sh").args(["-euc", lines]).current_dir(FOLDER).output();
    let output = output.expect("a shell");
    assert!(output.status.success(), "{lines}\n{output:?}");
}

/// One process as /proc tells of it.
struct Running {
    pid: u32,
    parent: u32,
    state: char,
    start: u64,
}

/// A process and all that descend from it.
fn family(root: u32) -> Vec<Running> {
    let mut all = processes();
    let mut found: Vec<Running> = all.remove(&root).into_iter().collect();
    let mut at = 0;
    while at < found.len() {
        let parent = found[at].pid;
        let children: Vec<u32> =
            all.values().filter(|child| child.parent == parent).map(|child| child.pid).collect();
        found.extend(children.iter().filter_map(|pid| all.remove(pid)));
        at += 1;
    }
    found
}

fn processes() -> HashMap<u32, Running> {
    let folders = fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
    let running = folders.filter_map(|folder| {
        let pid: u32 = folder.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(folder.path().join("stat")).ok()?;
        let (_, rest) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let (state, parent) = (fields.first()?.chars().next()?, fields.get(1)?.parse().ok()?);
        let start = fields.get(19)?.parse().ok()?;
        Some((pid, Running { pid, parent, state, start }))
    });
    running.collect()
}

/// How a process calls itself.
fn title(pid: u32) -> String {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&words).replace('\0', " ")
}

/// A process that has just gone needs no signal.
fn send(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process id");
    let _ = kill_process(pid, signal);
}

/// Where the servers have their files.
pub(crate) const FOLDER: &str = "/tmp/servers";

const LIMIT: Duration = Duration::from_secs(30);
