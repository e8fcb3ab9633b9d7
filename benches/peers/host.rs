//! The network: a director, a cable, and a farm that owns every real's address.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::AsFd;
use std::process::{Command, Stdio};
use std::thread;

use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Builds it, and allows as many open files as the farm has servers.
pub(crate) fn build() {
    let limit = Some(65_536);
    setrlimit(Resource::Nofile, Rlimit { current: limit, maximum: limit }).expect("we are root");
    run("modprobe -a ip_vs ip_vs_wrr veth", "");
    run("ip -batch -", "netns add director\nnetns add farm\n");
    run("ip -batch -", "link add eth0 netns director type veth peer name eth0 netns farm\n");
    let ends =
        [("director", 1, "10.100.0.0/16 via 10.1.0.2"), ("farm", 2, "local 10.100.0.0/16 dev lo")];
    for (name, n, route) in ends {
        let lines = format!(
            "link set lo up\naddress add 10.1.0.{n}/24 dev eth0\nlink set eth0 up\nroute add {route}\n"
        );
        run(&format!("ip -n {name} -batch -"), &lines);
    }
}

/// Does something with a machine's network; what is started or opened there stays there.
pub(crate) fn inside<T: Send>(name: &str, work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let within = scope.spawn(|| {
            enter(name);
            work()
        });
        within.join().expect("no panic in there")
    })
}

/// Moves this thread to a machine's network.
pub(crate) fn enter(name: &str) {
    let namespace = File::open(format!("/run/netns/{name}")).expect("a namespace");
    let network = Some(LinkNameSpaceType::Network);
    move_into_link_name_space(namespace.as_fd(), network).expect("a way into it");
}

/// Runs a command, its words apart by blanks, that reads `input`; panics if it fails.
pub(crate) fn run(command: &str, input: &str) {
    let mut words = command.split_whitespace();
    let mut child = Command::new(words.next().expect("a command"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{command}: {error}"));
    let mut stdin = child.stdin.take().expect("a pipe");
    // a command that fails early leaves the rest unread; its own words say why
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let status = child.wait().expect("our child");
    assert!(status.success(), "{command}: {status}");
}

/// The kernel's release.
pub(crate) fn kernel() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").expect("a kernel");
    release.trim().to_owned()
}
