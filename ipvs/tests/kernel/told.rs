//! What is told of connections, beside what the kernel's own sync daemon tells of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::num::NonZeroU32;
use std::os::fd::AsFd;
use std::process::Command as Process;
use std::thread;
use std::time::Duration;

use ipvs::sync::{Messages, Way};
use ipvs::{
    Command, Connection, Connections, Daemon, DaemonState, Family, Forwarding, Ipvs, Netmask,
    Persistence, Service,
};
use rustix::net::{AddressFamily, SocketType, sockopt};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::lab::{Lab, mark, real, tcp, udp, wait_for};

#[test]
fn what_is_told_is_what_the_kernel_tells() {
    if std::env::var_os("LVS_LAB_GUEST").is_some() {
        // a network that is older than IPv6 has none
        let loaded = Process::new("modprobe").args(["-a", "ip_vs", "veth", "ipv6"]).status();
        assert!(loaded.unwrap().success());
    }
    let Some(lab) = Lab::enter("told") else { return };
    let far = Far::build(&lab);
    let mut kernel = Ipvs::connect().unwrap();
    let services = [
        (tcp("10.9.1.1:80"), real("10.9.0.2:80", Forwarding::Masq), false),
        (tcp("10.9.1.1:81"), real("10.9.0.2:81", Forwarding::Direct), true),
        (udp("10.9.1.1:53"), real("10.9.0.2:53", Forwarding::Masq), false),
        (mark(Family::V4, 5), real("10.9.0.2:0", Forwarding::Direct), true),
        (tcp("[fd09::1:1]:80"), real("[fd09::2]:80", Forwarding::Direct), false),
    ];
    for (id, destination, is_persistent) in &services {
        let mut service = Service::new(*id, "rr".parse().unwrap());
        service.persistence = is_persistent.then(persistence);
        let add = [Command::AddService(service), Command::AddDestination(*id, destination.clone())];
        assert_eq!(kernel.apply(&add).unwrap(), [Ok(()), Ok(())], "{id}");
    }
    kernel.start_daemon(&Daemon::new(DaemonState::Master, "near0".parse().unwrap(), 7)).unwrap();

    let talk = |from: &str, to: &str| talk(from.parse().unwrap(), to.parse().unwrap());
    let _open = [
        talk("10.9.0.1:50080", "10.9.1.1:80"),
        talk("10.9.0.1:50081", "10.9.1.1:81"),
        talk("10.9.0.1:50082", "10.9.1.2:82"),
        talk("[fd09::1]:50083", "[fd09::1:1]:80"),
    ];
    let asker = UdpSocket::bind("10.9.0.1:50053").unwrap();
    for _ in 0..3 {
        asker.send_to(b"who", "10.9.1.1:53").unwrap();
        asker.recv(&mut [0; 9]).unwrap();
    }

    let shown = shown();
    let messages = ours(&shown);
    let own: BTreeMap<_, _> = messages.iter().flat_map(|message| entries(message)).collect();
    let mut theirs = BTreeMap::new();
    wait_for(|| {
        theirs.extend(entries(&far.heard()?));
        own.keys().all(|key| theirs.contains_key(key)).then_some(())
    });
    for (key, mut entry) in own {
        let mut told = theirs[&key].clone();
        // what is left of it has become less
        entry[20..24].fill(0);
        told[20..24].fill(0);
        // the client is here, so that answers are seen, and the kernel has taken the flag off
        let is_direct = entry[7] & 3 == 3 && entry[6] & 0x10 == 0;
        entry[7] &= if is_direct { !NOOUTPUT } else { 0xff };
        assert_eq!(entry, told, "{shown:#?}");
    }

    // and the kernel takes it from us as from its own
    far.take(&messages);
    let there = far.shown();
    for connection in &shown {
        let is_it = |other: &&Connection| {
            let told = Connection { expires: connection.expires, ..(*other).clone() };
            told == *connection
        };
        assert!(there.iter().any(|other| is_it(&other)), "{connection:?}: {there:#?}");
    }
}

/// Another machine: the real of all services, and the standby.
struct Far {
    name: String,
    told: UdpSocket,
}

impl Far {
    fn build(lab: &Lab) -> Far {
        let name = format!("ipvs-far-{}", std::process::id());
        lab.run("ip", &["netns", "add", &name]);
        let near = "link add near0 type veth peer name far0 netns";
        let near: Vec<&str> = near.split(' ').chain([name.as_str()]).collect();
        lab.run("ip", &near);
        for line in [
            "address add 10.9.0.1/24 dev near0",
            "address add fd09::1/64 dev near0 nodad",
            "link set near0 up",
            // the virtual addresses are not this machine's: what answers with them comes from there
            "route add 10.9.1.0/24 via 10.9.0.2",
            "route add fd09::1:1 via fd09::2",
        ] {
            lab.run("ip", &line.split(' ').collect::<Vec<_>>());
        }
        for line in [
            "link set lo up",
            "address add 10.9.0.2/24 dev far0",
            "address add fd09::2/64 dev far0 nodad",
            "address add 10.9.1.1/32 dev lo",
            "address add 10.9.1.2/32 dev lo",
            "address add fd09::1:1/128 dev lo nodad",
            "link set far0 up",
        ] {
            let words: Vec<&str> = ["-n", &name].into_iter().chain(line.split(' ')).collect();
            lab.run("ip", &words);
        }
        let rule = "-t mangle -A OUTPUT -d 10.9.1.2 -j MARK --set-mark 5";
        lab.run("iptables-legacy", &rule.split(' ').collect::<Vec<_>>());
        let serve = || {
            for port in ["10.9.0.2:80", "10.9.1.1:81", "10.9.1.2:82", "[fd09::1:1]:80"] {
                let listener = TcpListener::bind(port).unwrap();
                thread::spawn(move || {
                    let mut open = Vec::new();
                    for stream in listener.incoming() {
                        let mut stream = stream.unwrap();
                        let mut word = [0; 3];
                        stream.read_exact(&mut word).unwrap();
                        stream.write_all(&word).unwrap();
                        open.push(stream);
                    }
                });
            }
            let answers = UdpSocket::bind("10.9.0.2:53").unwrap();
            thread::spawn(move || {
                loop {
                    let mut word = [0; 9];
                    let (length, from) = answers.recv_from(&mut word).unwrap();
                    answers.send_to(&word[..length], from).unwrap();
                }
            });
            let told = UdpSocket::bind("224.0.0.81:8848").unwrap();
            let group = Ipv4Addr::new(224, 0, 0, 81);
            told.join_multicast_v4(&group, &Ipv4Addr::new(10, 9, 0, 2)).unwrap();
            told.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            told
        };
        let told = inside(&name, serve);
        Far { name, told }
    }

    /// The next message.
    fn heard(&self) -> Option<Vec<u8>> {
        let mut message = vec![0; 2000];
        let length = self.told.recv(&mut message).ok()?;
        message.truncate(length);
        Some(message)
    }

    /// Has its kernel take these messages, in the place of who heard them so far.
    fn take(&self, messages: &[Vec<u8>]) {
        let mut kernel = inside(&self.name, || Ipvs::connect().unwrap());
        let group = Some("224.0.0.82".parse().unwrap());
        let backup = Daemon::new(DaemonState::Backup, "far0".parse().unwrap(), 7);
        kernel.start_daemon(&Daemon { group, ..backup }).unwrap();
        let socket = UdpSocket::bind("10.9.0.1:0").unwrap();
        for message in messages {
            socket.send_to(message, "224.0.0.82:8848").unwrap();
        }
        let sent = messages.iter().map(|message| ipvs::sync::count(message)).sum();
        wait_for(|| (self.shown().len() == sent).then_some(()));
        kernel.stop_daemon(DaemonState::Backup).unwrap();
    }

    fn shown(&self) -> Vec<Connection> {
        inside(&self.name, shown)
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        let _ = Process::new("ip").args(["netns", "del", &self.name]).status();
    }
}

fn inside<T: Send>(name: &str, work: impl FnOnce() -> T + Send) -> T {
    let within = || {
        let namespace = File::open(format!("/run/netns/{name}")).unwrap();
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
        work()
    };
    thread::scope(|scope| scope.spawn(within).join().unwrap())
}

fn persistence() -> Persistence {
    let netmask = Netmask::V4(Ipv4Addr::new(255, 255, 255, 0));
    Persistence { seconds: NonZeroU32::new(360).unwrap(), netmask }
}

/// A connection that has been used, and stays.
fn talk(from: SocketAddr, to: SocketAddr) -> TcpStream {
    let family = if from.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = rustix::net::socket(family, SocketType::STREAM, None).unwrap();
    rustix::net::bind(&socket, &from).unwrap();
    let limit = Some(Duration::from_secs(5));
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, limit).unwrap();
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, limit).unwrap();
    rustix::net::connect(&socket, &to).unwrap();
    let mut stream = TcpStream::from(socket);
    stream.write_all(b"who").unwrap();
    stream.read_exact(&mut [0; 3]).unwrap();
    stream
}

/// What this machine's kernel shows.
fn shown() -> Vec<Connection> {
    let text = File::open("/proc/thread-self/net/ip_vs_conn").unwrap();
    let mut all = Connections::new(BufReader::new(text));
    let found = all.by_ref().map(Result::unwrap).collect();
    assert_eq!(all.odd(), 0);
    found
}

/// The messages that we make of them.
fn ours(shown: &[Connection]) -> Vec<Vec<u8>> {
    let mut messages = Messages::new(7, 1472);
    let mut all = Vec::new();
    for connection in shown {
        let is_masqueraded =
            [80, 53].contains(&connection.target.port()) && connection.client.is_ipv4();
        let forwarding = if is_masqueraded { Forwarding::Masq } else { Forwarding::Direct };
        let target = connection.target.to_string();
        let is_marked = ["0.0.0.5:0", "10.9.1.2:82"].contains(&target.as_str());
        let way = Way { forwarding, mark: if is_marked { 5 } else { 0 }, timeout: 0 };
        all.extend(messages.add(connection, &way));
    }
    all.extend(messages.finish());
    all
}

/// The entries of a message, by what they are about.
fn entries(message: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    assert_eq!((message[0], message[1], message[5]), (0, 7, 1), "{message:02x?}");
    assert_eq!(usize::from(u16::from_be_bytes([message[2], message[3]])), message.len());
    let mut found = BTreeMap::new();
    let mut rest = &message[8..];
    for _ in 0..message[4] {
        let size = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
        let entry = rest[..size].to_vec();
        rest = &rest[size.next_multiple_of(4).min(rest.len())..];
        let key = [&entry[..2], &entry[10..16], &entry[24..]].concat();
        found.insert(key, entry);
    }
    assert!(rest.is_empty());
    found
}

/// In the lowest byte of the kernel's flags.
const NOOUTPUT: u8 = 0x80;
