//! The program under test, run on a machine of the network.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::host::{Host, sorted_lines};
use super::machine;
use super::wait::wait_until;

/// A running director; killed when dropped, so that a failing test ends.
pub(crate) struct Director {
    host: Host,
    folder: PathBuf,
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Director {
    /// Starts `lvs-director run` on a machine with this configuration.
    pub(crate) fn start(host: &Host, config: &str) -> Director {
        Director::start_with(host, config, &[])
    }

    /// The same, with further arguments.
    pub(crate) fn start_with(host: &Host, config: &str, arguments: &[&str]) -> Director {
        let folder = new_folder();
        save(&folder, config);
        let mut command = Command::new(machine::director());
        command.arg("run").arg(folder.join(CONFIG)).arg("--run-dir").arg(&folder);
        // verbose: the log then tells each step that the kernel is told
        command.args(["--log", "terminal", "--verbose"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = host.inside(|| command.spawn()).expect("lvs-director starts");
        let log = Arc::new(Mutex::new(String::new()));
        let lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let writer = Arc::clone(&log);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                println!("lvs-director: {line}");
                let mut log = writer.lock().expect("no panic while it is held");
                *log += &line;
                log.push('\n');
            }
        });
        Director { host: host.clone(), folder, child, log }
    }

    /// Saves another configuration, by renaming over the old one, and asks for it to be read.
    pub(crate) fn reload(&self, config: &str) {
        save(&self.folder, config);
        self.signal(Signal::HUP);
    }

    /// Saves another configuration and leaves it to the director to see it.
    pub(crate) fn save(&self, config: &str) {
        save(&self.folder, config);
    }

    /// Starts another one on a link to the same file; it has to end by itself. What it complains of.
    pub(crate) fn another(&self) -> String {
        let link = new_folder().join("link.cf");
        symlink(self.folder.join(CONFIG), &link).expect("a link");
        let mut command = Command::new(machine::director());
        command.arg("run").arg(link).arg("--run-dir").arg(&self.folder).stdin(Stdio::null());
        let output = self.host.inside(|| command.output()).expect("lvs-director starts");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Opens its configuration to be written over in place, empty at first.
    pub(crate) fn overwrite(&self) -> fs::File {
        fs::File::create(self.folder.join(CONFIG)).expect("a file")
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        let ended =
            || self.child.try_wait().expect("our child").ok_or_else(|| "it runs".to_owned());
        wait_until("the director stops", LIMIT, ended)
    }

    /// Kills it, as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("our child");
        self.child.wait().expect("our child");
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("no panic while it is held").clone()
    }

    /// The steps it has told the kernel so far, in ipvsadm's words, as its log says them.
    pub(crate) fn steps(&self) -> Vec<String> {
        steps(&self.log())
    }

    /// Waits until the log says something.
    pub(crate) fn wait_for_log(&self, words: &str) {
        wait_until(&format!("the log says {words:?}"), LIMIT, || {
            let log = self.log();
            if log.contains(words) { Ok(()) } else { Err(log) }
        });
    }

    /// Waits until the kernel's table is this one.
    pub(crate) fn wait_for_table(&self, want: &[String]) {
        wait_until("the table is as wanted", LIMIT, || {
            let have = self.host.table();
            if have == want { Ok(()) } else { Err(format!("{have:#?}\nwanted: {want:#?}")) }
        });
    }

    /// Waits until a line of the kernel's table is there, or no longer there.
    pub(crate) fn wait_for_line(&self, line: &str, there: bool) {
        let what = if there { "is in" } else { "is gone from" };
        wait_until(&format!("{line:?} {what} the table"), LIMIT, || {
            let have = self.host.table();
            let found = have.iter().any(|have| have == line);
            if found == there { Ok(()) } else { Err(have.join("\n")) }
        });
    }

    /// What `lvs-director status --json` says of a real server, in all services.
    pub(crate) fn status(&self, real: &str) -> Vec<Value> {
        let status = self.whole_status();
        let services = status["virtuals"].as_array().into_iter().flatten();
        let reals = services.filter_map(|service| service["reals"].as_array()).flatten();
        reals.filter(|have| have["address"] == real).cloned().collect()
    }

    /// All that it says.
    pub(crate) fn whole_status(&self) -> Value {
        let (folder, config) = (self.folder.display(), self.folder.join(CONFIG));
        let program = machine::director();
        let command =
            format!("{} status --json --run-dir {folder} {}", program.display(), config.display());
        serde_json::from_str(&self.host.run(&command)).expect("JSON")
    }

    /// Tells it a role by its verb, as this user; the exit status, and what it says.
    pub(crate) fn told(&self, role: &str, user: u32) -> (i32, String) {
        let mut command = Command::new("setpriv");
        command.args([format!("--reuid={user}"), "--clear-groups".to_owned()]);
        command.arg(machine::director()).args([role, "--run-dir"]).arg(&self.folder);
        command.arg(self.folder.join(CONFIG)).stdin(Stdio::null());
        let output = self.host.inside(|| command.output()).expect("setpriv starts");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.code().expect("an exit status"), said)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("it runs");
    }
}

impl Drop for Director {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `lvs-director plan` would change on a machine, in ipvsadm's words, sorted.
pub(crate) fn plan(host: &Host, config: &str) -> Vec<String> {
    let folder = new_folder();
    save(&folder, config);
    let program = machine::director();
    let file = folder.join(CONFIG);
    sorted_lines(&host.run(&format!("{} plan {}", program.display(), file.display())))
}

/// The steps that a log tells, in ipvsadm's words.
fn steps(log: &str) -> Vec<String> {
    let step = |line: &str| {
        let verbs = ["-A ", "-E ", "-D ", "-a ", "-e ", "-d "];
        let kinds = ["-t ", "-u ", "-f "];
        let at = verbs.iter().flat_map(|verb| kinds.map(|kind| format!("{verb}{kind}")));
        at.filter_map(|words| line.find(&words)).min().map(|at| line[at..].trim().to_owned())
    };
    log.lines().filter_map(step).collect()
}

fn new_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = PathBuf::from(format!("/tmp/director.{}", COUNT.fetch_add(1, Ordering::Relaxed)));
    fs::create_dir(&folder).expect("a new folder");
    folder
}

fn save(folder: &std::path::Path, config: &str) {
    fs::write(folder.join("new"), config).expect("a file");
    fs::rename(folder.join("new"), folder.join(CONFIG)).expect("a rename");
}

// a name of neither language: it is known by what is in it
const CONFIG: &str = "director.cf";
const LIMIT: Duration = Duration::from_secs(20);
