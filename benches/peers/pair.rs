//! Two directors and a client on one switch, and who speaks for a pair of them.
//!
//! ```text
//! 10.9.0.0/16: one .0.1, two .0.2, client .0.9; virtual 10.9.1.1 and those behind it
//! ```

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write;
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::host::{self, run};
use crate::program::director;

/// What speaks on both.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Speaker {
    /// Ours, by this protocol.
    Pulse,
    Carp,
    /// Seconds from one advert to the next.
    Vrrp(&'static str),
    /// Debian's.
    Ucarp,
    Keepalived(&'static str),
}

/// Both of them as they run.
pub(crate) struct Pair {
    children: Vec<Child>,
}

/// Builds the network.
pub(crate) fn build() {
    run("modprobe bridge", "");
    run("ip -batch -", "netns add switch\nnetns add one\nnetns add two\nnetns add client\n");
    run("ip -n switch -batch -", "link add br0 type bridge\nlink set br0 up\n");
    for (name, last) in NAMES {
        let cable = format!("link add {name} netns switch type veth peer name eth0 netns {name}\n");
        run("ip -batch -", &cable);
        let lines = format!("link set {name} master br0\nlink set {name} up\n");
        run("ip -n switch -batch -", &lines);
        let lines =
            format!("link set lo up\naddress add 10.9.0.{last}/16 dev eth0\nlink set eth0 up\n");
        run(&format!("ip -n {name} -batch -"), &lines);
        // by which the client knows who answers
        let hops = (FIRST + last - 1).to_string();
        host::inside(name, || {
            fs::write("/proc/sys/net/ipv4/ip_default_ttl", hops).expect("a variable of the kernel");
        });
    }
}

/// Who takes cables out of the switch, at once: it runs before it is needed.
pub(crate) struct Switch {
    ip: Child,
}

impl Switch {
    /// The one switch.
    pub(crate) fn new() -> Switch {
        let mut command = Command::new("ip");
        command.args(["-n", "switch", "-batch", "-"]).stdin(Stdio::piped());
        Switch { ip: command.spawn().expect("ip starts") }
    }

    /// Takes a director's cable out, which nobody sees at its end, or puts it back.
    pub(crate) fn cut(&mut self, name: &str, out: bool) {
        let how = if out { "nomaster" } else { "master br0" };
        let stdin = self.ip.stdin.as_mut().expect("a pipe");
        stdin.write_all(format!("link set {name} {how}\n").as_bytes()).expect("it runs");
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        drop(self.ip.stdin.take());
        let _ = self.ip.wait();
    }
}

/// Who has the first virtual address.
pub(crate) fn holders() -> Vec<&'static str> {
    DIRECTORS.into_iter().filter(|name| held(name) > 0).collect()
}

/// How many of the virtual addresses a director has.
pub(crate) fn held(name: &str) -> usize {
    let text = host::inside(name, || {
        fs::read_to_string("/proc/thread-self/net/fib_trie").expect("a table of the kernel")
    });
    let local = text.split("Local:").nth(1).unwrap_or_default();
    let lines = local.lines().filter(|line| line.contains("|-- 10.9."));
    lines.filter(|line| !line.contains("10.9.0.") && !line.contains("10.9.255.")).count()
}

/// The virtual addresses.
pub(crate) fn addresses(count: usize) -> Vec<Ipv4Addr> {
    let address = |n: usize| Ipv4Addr::new(10, 9, 1 + (n / 250) as u8, 1 + (n % 250) as u8);
    (0..count).map(address).collect()
}

/// When it is so.
pub(crate) fn until(what: &str, is_it: impl Fn() -> bool) -> Instant {
    let began = Instant::now();
    while !is_it() {
        assert!(began.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        thread::sleep(Duration::from_millis(5));
    }
    Instant::now()
}

impl Speaker {
    /// Starts it on both; one of them has the addresses when this returns.
    pub(crate) fn start(self, count: usize) -> Pair {
        let children: Vec<_> = NAMES[..2]
            .iter()
            .map(|(name, last)| {
                let child = self.child(name, *last, &addresses(count));
                if *last == 1 {
                    until("the first one serves", || held(name) == count);
                }
                child
            })
            .collect();
        Pair { children }
    }

    fn child(self, name: &str, last: u8, addresses: &[Ipv4Addr]) -> Child {
        let folder = format!("/run/{name}");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("room in /run");
        let file = format!("{folder}/conf");
        fs::write(&file, self.file(addresses)).expect("room in /run");
        let mut command = self.command(&folder, last, addresses);
        let log = File::create(format!("{folder}.log")).expect("room in /run");
        let copy = log.try_clone().expect("one more descriptor");
        command.stdin(Stdio::null()).stdout(copy).stderr(log);
        host::inside(name, || command.spawn()).expect("it starts")
    }

    fn command(self, folder: &str, last: u8, addresses: &[Ipv4Addr]) -> Command {
        let file = format!("{folder}/conf");
        match self {
            Speaker::Pulse | Speaker::Carp | Speaker::Vrrp(_) => {
                let mut command = director();
                command.args(["run", &file, "--run-dir", folder, "--log", "terminal"]);
                command
            }
            Speaker::Keepalived(_) => {
                let mut command = Command::new("keepalived");
                command.args(["--vrrp", "--dont-fork", "--log-console", "--use-file", &file]);
                let pids = ["pid", "vrrp_pid"].map(|name| format!("--{name}={folder}/{name}"));
                command.args(pids);
                command
            }
            Speaker::Ucarp => {
                for (name, verb) in [("up", "add"), ("down", "del")] {
                    let text = format!("#!/bin/sh\nexec ip address {verb} $2/32 dev $1\n");
                    let script = format!("{folder}/{name}");
                    fs::write(&script, text).expect("room in /run");
                    run(&format!("chmod 755 {script}"), "");
                }
                let mut command = Command::new("ucarp");
                let options = format!(
                    "-i eth0 -s 10.9.0.{last} -v 42 -p secret -a {} -u {folder}/up -d {folder}/down -z",
                    addresses[0]
                );
                command.args(options.split_whitespace());
                command
            }
        }
    }

    fn file(self, addresses: &[Ipv4Addr]) -> String {
        let mut out = String::new();
        match self {
            Speaker::Ucarp => {}
            Speaker::Pulse => {
                out += "service = lvs\nprimary = 10.9.0.1\nbackup = 10.9.0.2\nbackup_active = 1\n";
                out += "network = direct\nkeepalive = 1\ndeadtime = 3\n";
                for address in addresses {
                    let _ = write!(
                        out,
                        "virtual v{address} {{\n active = 1\n address = {address} eth0:1\n \
                         vip_nmask = 255.255.255.255\n port = 80\n checktype = on\n}}\n"
                    );
                }
            }
            Speaker::Carp | Speaker::Vrrp(_) => {
                let text = match self {
                    Speaker::Vrrp(interval) => format!("vrrp\n\tinterval = {interval}"),
                    _ => {
                        fs::write(SECRET, "secret").expect("room in /run");
                        run(&format!("chmod 600 {SECRET}"), "");
                        format!("carp\n\tsecretfile = {SECRET}")
                    }
                };
                let _ = writeln!(out, "cluster = {text}\n\tinterface = eth0\n\tid = 42");
                for (n, address) in addresses.iter().enumerate() {
                    // as keepalived has it, too
                    let word = if n < NAMED { "address" } else { "excluded" };
                    let _ = writeln!(out, "\t{word} = {address}/32");
                }
                let _ = writeln!(out, "virtual = {}:80\n\tchecktype = on", addresses[0]);
                let _ = writeln!(out, "\treal = 10.9.0.50:80 gate");
            }
            Speaker::Keepalived(interval) => {
                out += "global_defs {\n vrrp_version 3\n}\nvrrp_instance v {\n state BACKUP\n";
                let _ = write!(
                    out,
                    " interface eth0\n virtual_router_id 42\n priority 100\n advert_int {interval}\n"
                );
                for (n, address) in addresses.iter().enumerate() {
                    match n {
                        0 => out += " virtual_ipaddress {\n",
                        NAMED => out += " }\n virtual_ipaddress_excluded {\n",
                        _ => {}
                    }
                    let _ = writeln!(out, "  {address}/32 dev eth0");
                }
                out += " }\n}\n";
            }
        }
        out
    }
}

impl Pair {
    /// Ends both.
    pub(crate) fn stop(self) {
        for mut child in self.children {
            kill_process(Pid::from_child(&child), Signal::TERM).expect("it runs");
            child.wait().expect("our child");
        }
        until("no address is left", || holders().is_empty());
    }
}

/// The hops that packets of the first director begin with; those of the second begin with one more.
pub(crate) const FIRST: u8 = 101;
pub(crate) const DIRECTORS: [&str; 2] = ["one", "two"];
const NAMES: [(&str, u8); 3] = [("one", 1), ("two", 2), ("client", 9)];
/// What an advert of keepalived's has room for, well within a frame.
const NAMED: usize = 20;
const SECRET: &str = "/run/secret";
const PATIENCE: Duration = Duration::from_secs(60);
