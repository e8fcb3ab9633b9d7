//! The programs that are compared, run as daemons on the director's machine.

use std::env;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::site::Site;
use crate::table;

/// A daemon that fills the kernel's table and checks real servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    Director,
    /// The same, from an lvs.cf.
    Piranha,
    Keepalived,
    Ldirectord,
}

/// One that runs.
pub(crate) struct Running {
    program: Program,
    child: Child,
}

impl Program {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Program::Director => "lvs-director",
            Program::Piranha => "lvs-director, lvs.cf",
            Program::Keepalived => "keepalived",
            Program::Ldirectord => "ldirectord",
        }
    }

    /// Writes a site down in its words, renaming over what was there.
    pub(crate) fn write(self, site: &Site) {
        self.save(&match self {
            Program::Director => site.ldirectord(),
            Program::Piranha => site.lvs(false),
            Program::Keepalived => site.keepalived(),
            // in the foreground
            Program::Ldirectord => format!("supervised=yes\n{}", site.ldirectord()),
        });
    }

    /// Saves a file of its own, renaming over what was there.
    pub(crate) fn save(self, text: &str) {
        fs::write("/run/new", text).expect("room in /run");
        fs::rename("/run/new", self.config()).expect("room in /run");
    }

    /// Starts it on what was last written.
    pub(crate) fn start(self) -> Running {
        let config = self.config();
        let mut command = match self {
            Program::Director | Program::Piranha => {
                let mut command = director();
                command.args(["run", &config, "--log", "terminal"]);
                command
            }
            Program::Keepalived => {
                let mut command = Command::new("keepalived");
                command.args(["--check", "--dont-fork", "--log-console", "--use-file", &config]);
                command.args(["--pid", "/run/ka.pid", "--checkers_pid", CHECKERS]);
                command
            }
            Program::Ldirectord => {
                let mut command = Command::new("ldirectord");
                command.args([&config, "start"]);
                command
            }
        };
        let log = File::create(self.log()).expect("room in /run");
        let copy = log.try_clone().expect("one more descriptor");
        command.stdin(Stdio::null()).stdout(copy).stderr(log);
        let child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", self.name()));
        Running { program: self, child }
    }

    /// Writes, starts, and waits until the kernel holds the whole site.
    pub(crate) fn serve(self, site: &Site) -> Running {
        self.write(site);
        let running = self.start();
        table::wait(self.name(), |table| table.serves(site));
        running
    }

    /// Its name, for a file.
    fn word(self) -> &'static str {
        if self == Program::Piranha { "piranha" } else { self.name() }
    }

    fn config(self) -> String {
        format!("/run/{}.conf", self.word())
    }

    fn log(self) -> String {
        format!("/run/{}.log", self.word())
    }
}

impl Running {
    /// Has it read its file again.
    pub(crate) fn reload(&self) {
        kill_process(pid(&self.child), Signal::HUP).expect("it runs");
    }

    /// Ends it, and empties the table of what it may leave.
    pub(crate) fn stop(mut self) {
        let signal = match self.program {
            // it would take its services out one by one, for many seconds
            Program::Ldirectord => Signal::KILL,
            Program::Director | Program::Piranha | Program::Keepalived => Signal::TERM,
        };
        kill_process(pid(&self.child), signal).expect("it runs");
        self.child.wait().expect("our child");
        table::clear();
    }

    /// The processor time that its processes have taken so far.
    pub(crate) fn processor_time(&self) -> Duration {
        self.processes().iter().map(|pid| processor_time(pid)).sum()
    }

    /// The resident memory of its processes in kB.
    pub(crate) fn memory(&self) -> u64 {
        self.processes().iter().map(|pid| memory(pid)).sum()
    }

    /// keepalived's checks are a process of their own.
    fn processes(&self) -> Vec<String> {
        let checkers = (self.program == Program::Keepalived)
            .then(|| fs::read_to_string(CHECKERS).expect("it runs").trim().to_owned());
        [self.child.id().to_string()].into_iter().chain(checkers).collect()
    }
}

/// lvs-director, yet to be told what to do.
pub(crate) fn director() -> Command {
    Command::new(env::var_os(DIRECTOR).expect("set by the half that booted this machine"))
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

fn processor_time(pid: &str) -> Duration {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("it runs");
    let of = |task: &Path| -> u64 {
        let text = fs::read_to_string(task.join("schedstat")).expect("a kernel that counts");
        text.split_whitespace().next().and_then(|word| word.parse().ok()).expect("nanoseconds")
    };
    Duration::from_nanos(tasks.map(|task| of(&task.expect("a task").path())).sum())
}

fn memory(pid: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// In the environment: where the program under test is.
pub(crate) const DIRECTOR: &str = "LVS_DIRECTOR";
const CHECKERS: &str = "/run/ka.checkers.pid";
