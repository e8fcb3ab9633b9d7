//! One machine of a laboratory's network: a network namespace with a name.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::AsFd;
use std::process::{Command, Stdio};
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// A machine of a network.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    /// Its name, and its namespace's.
    pub(crate) name: String,
}

impl Host {
    /// Does something with this machine's network; what is started or opened there stays there.
    pub(crate) fn inside<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let within = || {
            let namespace = File::open(format!("/run/netns/{}", self.name)).expect("a namespace");
            let network = Some(LinkNameSpaceType::Network);
            move_into_link_name_space(namespace.as_fd(), network).expect("a way into it");
            work()
        };
        thread::scope(|scope| match scope.spawn(within).join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    }

    /// Runs a command here, its words apart by blanks, and returns its output; panics if it fails.
    pub(crate) fn run(&self, command: &str) -> String {
        self.feed(command, "")
    }

    /// Runs a command here that reads `input`.
    pub(crate) fn feed(&self, command: &str, input: &str) -> String {
        self.inside(|| feed(command, input))
    }

    /// Sets kernel variables of this machine's network, each `ipv4/ip_forward=1`.
    pub(crate) fn set(&self, variables: &[&str]) {
        self.inside(|| {
            for variable in variables {
                let (path, value) = variable.split_once('=').expect("a value");
                fs::write(format!("/proc/sys/net/{path}"), value)
                    .unwrap_or_else(|error| panic!("{}: {variable}: {error}", self.name));
            }
        });
    }

    /// Drops all that arrives, as a machine does whose kernel hangs: nothing is refused any more.
    pub(crate) fn fall_silent(&self) {
        self.run("iptables-legacy -I INPUT -i eth0 -j DROP");
        self.run("ip6tables-legacy -I INPUT -i eth0 -j DROP");
    }

    /// Ends [`Self::fall_silent`].
    pub(crate) fn speak_again(&self) {
        self.run("iptables-legacy -D INPUT -i eth0 -j DROP");
        self.run("ip6tables-legacy -D INPUT -i eth0 -j DROP");
    }

    /// The kernel's IPVS table here as `ipvsadm -Sn` says it, line by line, sorted.
    pub(crate) fn table(&self) -> Vec<String> {
        sorted_lines(&self.run("ipvsadm -Sn"))
    }
}

/// The lines of a text, in an order that does not depend on the kernel's hashes.
pub(crate) fn sorted_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
    lines.sort();
    lines
}

/// Runs a command that reads `input`, its words apart by blanks; panics if it fails.
pub(crate) fn feed(command: &str, input: &str) -> String {
    let mut words = command.split_whitespace();
    let mut child = Command::new(words.next().expect("a command"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command}: {error}"));
    let mut stdin = child.stdin.take().expect("a pipe");
    // a command that fails early leaves the rest unread; its own words say why
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("its output");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {}: {complaint}", output.status);
    String::from_utf8(output.stdout).expect("text")
}
