//! A namespace for each test, ipvsadm in it, and short ways to write rows.

use std::fs::File;
use std::io::Write;
use std::num::NonZeroU32;
use std::os::fd::AsFd;
use std::process::Command as Process;
use std::time::Duration;
use std::time::Instant;

use ipvs::{Command, Destination, Family, Forwarding, Protocol, Service, ServiceId};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// A network namespace that the test's thread has entered, gone with it.
pub(crate) struct Lab {
    name: String,
}

impl Lab {
    pub(crate) fn enter(test: &str) -> Option<Self> {
        if std::env::var_os("LVS_LAB_GUEST").is_none() {
            let skipped =
                format!("SKIPPED here: {test}: the laboratory runs it (cargo test --test lab)\n");
            // past the test harness, which would keep it to itself
            std::io::stderr().write_all(skipped.as_bytes()).unwrap();
            return None;
        }
        let lab = Lab { name: format!("ipvs-{test}-{}", std::process::id()) };
        lab.run("ip", &["netns", "add", &lab.name]);
        let namespace = File::open(format!("/run/netns/{}", lab.name)).unwrap();
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
        lab.run("ip", &["link", "set", "lo", "up"]);
        Some(lab)
    }

    /// An interface for multicast.
    pub(crate) fn add_interface(&self) {
        self.run("ip", &["link", "add", "dum0", "type", "dummy"]);
        self.run("ip", &["addr", "add", "10.9.0.1/24", "dev", "dum0"]);
        self.run("ip", &["link", "set", "dum0", "up"]);
    }

    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = Process::new(program).args(arguments).output().unwrap();
        assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn ipvsadm(&self, arguments: &[&str]) -> String {
        self.run("ipvsadm", arguments)
    }

    /// The table in ipvsadm's words, sorted.
    pub(crate) fn saved(&self) -> Vec<String> {
        sorted(self.ipvsadm(&["-Sn"]).lines())
    }

    /// How many lines of /proc/net/ip_vs begin with this word, headings aside.
    pub(crate) fn lines(&self, word: &str) -> usize {
        let table = std::fs::read_to_string("/proc/thread-self/net/ip_vs").unwrap();
        table.lines().skip(3).filter(|line| line.trim_start().starts_with(word)).count()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = Process::new("ip").args(["netns", "del", &self.name]).status();
    }
}

pub(crate) fn wait_for<T>(mut ready: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = ready() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "waited 20 s in vain");
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) fn many_services(count: u16) -> Vec<Command> {
    let add = |port| {
        let id = tcp(&format!("192.0.2.1:{port}"));
        let service = Command::AddService(Service::new(id, "wrr".parse().unwrap()));
        [service, Command::AddDestination(id, real(&format!("10.0.0.1:{port}"), Forwarding::Masq))]
    };
    (1..=count).flat_map(add).collect()
}

pub(crate) fn sorted<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}

pub(crate) fn tcp(address: &str) -> ServiceId {
    ServiceId::Address { protocol: Protocol::Tcp, address: address.parse().unwrap() }
}

pub(crate) fn udp(address: &str) -> ServiceId {
    ServiceId::Address { protocol: Protocol::Udp, address: address.parse().unwrap() }
}

pub(crate) fn sctp(address: &str) -> ServiceId {
    ServiceId::Address { protocol: Protocol::Sctp, address: address.parse().unwrap() }
}

pub(crate) fn mark(family: Family, mark: u32) -> ServiceId {
    ServiceId::Mark { family, mark: NonZeroU32::new(mark).unwrap() }
}

pub(crate) fn real(address: &str, forwarding: Forwarding) -> Destination {
    Destination {
        address: address.parse().unwrap(),
        forwarding,
        weight: 1,
        upper_threshold: 0,
        lower_threshold: 0,
    }
}
