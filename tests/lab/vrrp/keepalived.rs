//! Debian's keepalived as the other director.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::super::host::Host;
use super::super::wait::wait_until;

/// A running keepalived; stopped when dropped.
pub(super) struct Keepalived {
    child: Child,
    folder: String,
    log: Arc<Mutex<String>>,
}

impl Keepalived {
    /// Starts it on a machine.
    pub(super) fn start(host: &Host, config: &str) -> Keepalived {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = format!("/tmp/keepalived.{}", COUNT.fetch_add(1, Ordering::Relaxed));
        fs::create_dir(&folder).expect("a new folder");
        fs::write(format!("{folder}/conf"), config).expect("a file");
        let mut command = Command::new("keepalived");
        command.args(["--dont-fork", "--log-console", "--log-detail", "--use-file"]);
        command.arg(format!("{folder}/conf"));
        for (option, name) in
            [("--pid", "all"), ("--vrrp_pid", "vrrp"), ("--checkers_pid", "check")]
        {
            command.arg(format!("{option}={folder}/{name}.pid"));
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = host.inside(|| command.spawn()).expect("keepalived starts");
        let log = Arc::new(Mutex::new(String::new()));
        let lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let writer = Arc::clone(&log);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                println!("keepalived: {line}");
                let mut log = writer.lock().expect("no panic while it is held");
                *log += &line;
                log.push('\n');
            }
        });
        Keepalived { child, folder, log }
    }

    /// Has it read another configuration.
    pub(super) fn reload(&self, config: &str) {
        fs::write(format!("{}/conf", self.folder), config).expect("a file");
        self.signal(Signal::HUP);
    }

    /// What it has logged so far.
    pub(super) fn log(&self) -> String {
        self.log.lock().expect("no panic while it is held").clone()
    }

    /// Waits until its log says something.
    pub(super) fn wait_for_log(&self, words: &str) {
        wait_until(&format!("keepalived says {words:?}"), LIMIT, || {
            let log = self.log();
            if log.contains(words) { Ok(()) } else { Err(log) }
        });
    }

    /// Asks it to stop, and waits until it has.
    pub(super) fn stop(self) {
        drop(self);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }
}

impl Drop for Keepalived {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // its children end with it, and give their addresses up
            self.signal(Signal::TERM);
            let _ = self.child.wait();
        }
    }
}

const LIMIT: Duration = Duration::from_secs(20);
