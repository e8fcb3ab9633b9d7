//! Two directors, their two cables, and reals for masquerading and for direct routing.
//!
//! ```text
//! front 10.1.0.0/24, fd01::/64   client .100, primary .1, backup .2, rs1 .11 with .10 on lo (gate)
//! back  10.2.0.0/24              primary .1, backup .2, rs2 .12 and rs3 .13 (masq) by their router .254
//! virtual                        10.1.0.20 (masq), 10.1.0.10 and fd01::10 (gate)
//! ```

use std::fs;
use std::io::Read;
use std::net::SocketAddr;
use std::time::Duration;

use super::super::announcement::mac_of_eth0;
use super::super::cluster::wait_for_peer;
use super::super::director::Director;
use super::super::host::{Host, feed};
use super::super::net::Site;
use super::super::server::Server;
use super::super::wait::wait_until;

/// The machines.
pub(super) struct Network {
    pub(super) primary: Host,
    pub(super) backup: Host,
    pub(super) client: Host,
    _servers: Vec<Server>,
}

impl Network {
    /// Builds it; the reals serve.
    pub(super) fn build() -> Network {
        feed("modprobe -a ip_vs veth bridge", "");
        let mut site = Site::default();
        let [primary, backup, client] = ["primary", "backup", "client"].map(|name| site.host(name));
        let reals = ["rs1", "rs2", "rs3"].map(|name| site.host(name));
        site.switch("front");
        site.switch("back");
        for (director, n) in [(&primary, 1), (&backup, 2)] {
            let front = [format!("10.1.0.{n}/24"), format!("fd01::{n}/64")];
            site.plug(director, "eth0", "front", &front.each_ref().map(String::as_str));
            site.plug(director, "eth1", "back", &[&format!("10.2.0.{n}/24")]);
            site.set(director, &["ipv4/ip_forward=1", "ipv6/conf/all/forwarding=1"]);
        }
        site.plug(&client, "eth0", "front", &["10.1.0.100/24", "fd01::100/64"]);
        site.gate(&reals[..1]);
        for (real, n) in reals.iter().zip(11..).skip(1) {
            site.plug(real, "eth0", "back", &[&format!("10.2.0.{n}/24")]);
            site.ip(real, "route add default via 10.2.0.254");
        }
        site.build();
        let serve = |real, addresses: &[&str]| {
            let all: Vec<_> = addresses.iter().map(|text| text.parse().expect("one")).collect();
            Server::start(real, &all, 80)
        };
        let _servers = vec![
            serve(&reals[0], &["10.1.0.11", "10.1.0.10", "fd01::11", "fd01::10"]),
            serve(&reals[1], &["10.2.0.12"]),
            serve(&reals[2], &["10.2.0.13"]),
        ];
        Network { primary, backup, client, _servers }
    }

    /// Starts both, the primary first: it is active, and both know each other and the reals.
    pub(super) fn start(&self, config: &str) -> (Director, Director) {
        let first = Director::start(&self.primary, config);
        wait_for_all(&self.primary, true);
        wait_for_reals(&first);
        let second = Director::start(&self.backup, config);
        second.wait_for_log("STARTING PULSE AS BACKUP");
        wait_for_peer(&second);
        (first, second)
    }

    /// Pulls cables of a director, at the other end.
    pub(super) fn cut(&self, director: &Host, interfaces: &[&str]) {
        self.set_cables(director, interfaces, "down");
    }

    /// A primary's power is lost: it says nothing any more, and its kernel forgets everything.
    pub(super) fn lose_power(&self, primary: Director) {
        self.cut(&self.primary, &["eth1", "eth0"]);
        primary.kill();
        // else connections outlive their services
        self.primary.set(&["ipv4/vs/expire_nodest_conn=1"]);
        for command in [
            "ipvsadm -C",
            "ipvsadm --stop-daemon master",
            "ipvsadm --stop-daemon backup",
            "ip address del 10.1.0.10/24 dev eth0",
            "ip address del 10.1.0.20/24 dev eth0",
            "ip address del 10.2.0.254/24 dev eth1",
            "ip address del fd01::10/64 dev eth0",
        ] {
            self.primary.run(command);
        }
        wait_until("all connections are forgotten", Duration::from_secs(20), || {
            let left = self.primary.run("cat /proc/net/ip_vs_conn");
            if left.lines().count() == 1 { Ok(()) } else { Err(left) }
        });
        self.primary.set(&["ipv4/vs/expire_nodest_conn=0"]);
    }

    /// Plugs them in again.
    pub(super) fn mend(&self, director: &Host, interfaces: &[&str]) {
        self.set_cables(director, interfaces, "up");
    }

    fn set_cables(&self, director: &Host, interfaces: &[&str], how: &str) {
        for interface in interfaces {
            let switch = if *interface == "eth0" { "sw-front" } else { "sw-back" };
            let switch = Host { name: switch.to_owned() };
            switch.run(&format!("ip link set {}.{interface} {how}", director.name));
        }
    }

    pub(super) fn primary_addresses(&self) -> [[u8; 4]; 2] {
        [[10, 1, 0, 1], [10, 2, 0, 1]]
    }

    pub(super) fn backup_addresses(&self) -> [[u8; 4]; 2] {
        [[10, 1, 0, 2], [10, 2, 0, 2]]
    }

    /// How many of these addresses the client takes for the backup's.
    pub(super) fn backup_of(&self, targets: &[SocketAddr]) -> usize {
        let mac = mac_of_eth0(&self.backup);
        let neighbours = self.client.run("ip neigh show");
        let is_there = |target: &&SocketAddr| {
            let mut lines = neighbours.lines();
            let line = lines.find(|line| line.starts_with(&format!("{} ", target.ip())));
            line.is_some_and(|line| line.replace(':', "").contains(&mac))
        };
        targets.iter().filter(is_there).count()
    }
}

/// Waits until a machine holds all virtual addresses and all services, or none of the addresses.
pub(super) fn wait_for_all(host: &Host, there: bool) {
    let what = if there { "holds all" } else { "holds nothing" };
    wait_until(&format!("{} {what}", host.name), Duration::from_secs(20), || {
        let lacking = host.inside(if there { lacking_here } else { unheld_here });
        match lacking.len() == if there { 0 } else { VIRTUAL } {
            true => Ok(()),
            false => Err(format!("it lacks {lacking:#?}")),
        }
    });
}

/// Whether a machine holds all virtual addresses and all services.
pub(super) fn holds_all(host: &Host) -> bool {
    host.inside(lacking_here).is_empty()
}

/// Whether a machine holds all virtual addresses, whatever its services are.
pub(super) fn holds_addresses(host: &Host) -> bool {
    host.inside(unheld_here).is_empty()
}

/// What this thread's machine lacks of all addresses, and all services with all their reals.
pub(super) fn lacking_here() -> Vec<String> {
    let table = read("ip_vs");
    let count = |head: &str| table.lines().filter(|line| line.starts_with(head)).count();
    // the head of the table is one
    let (services, reals) = (count("TCP") + count("UDP"), count("  ->").saturating_sub(1));
    let mut lacking = unheld_here();
    if (services, reals) != (4, 5) {
        lacking.push(format!("{services} of 4 services, {reals} of 5 reals:\n{table}"));
    }
    lacking
}

/// Those of the three virtual addresses and the router's that are not here.
fn unheld_here() -> Vec<String> {
    let (four, six) = (read("fib_trie"), read("if_inet6"));
    let mut lacking = vec!["10.1.0.10", "10.1.0.20", "10.2.0.254"];
    lacking.retain(|one| !four.contains(&format!("{one}\n")));
    if !six.contains("fd010000000000000000000000000010 ") {
        lacking.push("fd01::10");
    }
    lacking.into_iter().map(str::to_owned).collect()
}

/// In one piece: between two the kernel counts the services of other machines in, and passes some over.
fn read(table: &str) -> String {
    let mut text = vec![0; 64 * 1024];
    let file = fs::File::open(format!("/proc/thread-self/net/{table}"));
    let length = file.and_then(|mut file| file.read(&mut text)).expect("a table of the kernel");
    text.truncate(length);
    String::from_utf8(text).expect("a text")
}

/// Waits until a director has found all reals up.
pub(super) fn wait_for_reals(director: &Director) {
    wait_until("all reals are up", Duration::from_secs(20), || {
        let status = director.whole_status();
        let virtuals = status["virtuals"].as_array().cloned().unwrap_or_default();
        let up: u64 = virtuals.iter().filter_map(|one| one["up"].as_u64()).sum();
        if up == 5 { Ok(()) } else { Err(status.to_string()) }
    });
}

/// Where the client asks, by TCP: masqueraded, and by direct routing in both versions of IP.
pub(super) const TARGETS: [SocketAddr; 3] = [
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(10, 1, 0, 20)), 80),
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(10, 1, 0, 10)), 80),
    SocketAddr::new(
        std::net::IpAddr::V6(std::net::Ipv6Addr::new(0xfd01, 0, 0, 0, 0, 0, 0, 0x10)),
        80,
    ),
];

/// Both directors' file.
pub(super) fn config() -> String {
    format!("{HEAD}{}", services())
}

/// The part of it that says what is served.
pub(super) fn services() -> String {
    let service = |name: &str, address: &str, protocol: &str, servers: &[(&str, &str)]| {
        let servers: String = servers
            .iter()
            .map(|(address, forwarding)| {
                format!(
                    " server {name}-{address} {{\n address = {address}\n active = 1\n weight = 3\n \
                     forwarding = {forwarding}\n }}\n"
                )
            })
            .collect();
        let mask = if address.contains("::") { "64" } else { "255.255.255.0" };
        format!(
            "virtual {name} {{\n active = 1\n address = {address}\n vip_nmask = {mask}\n port = 80\n \
             protocol = {protocol}\n send = \"who\\n\"\n expect = \"rs\"\n load_monitor = none\n \
             scheduler = rr\n timeout = 1\n reentry = 1\n{servers}}}\n"
        )
    };
    let (two, three) = (("10.2.0.12", "masq"), ("10.2.0.13", "masq"));
    [
        service("nat", "10.1.0.20 eth0:1", "tcp", &[two, three]),
        service("nat-udp", "10.1.0.20 eth0:1", "udp", &[two]),
        service("direct", "10.1.0.10 eth0:2", "tcp", &[("10.1.0.11", "gate")]),
        service("direct6", "fd01::10 eth0", "tcp", &[("fd01::11", "gate")]),
    ]
    .concat()
}

/// The same with more lines.
pub(super) fn with(config: &str, lines: &str) -> String {
    format!("{lines}{config}")
}

/// How many addresses move with the role.
const VIRTUAL: usize = 4;
const HEAD: &str = "primary = 10.1.0.1\nprimary_private = 10.2.0.1\nbackup = 10.1.0.2\n\
    backup_private = 10.2.0.2\nbackup_active = 1\nservice = lvs\nheartbeat_port = 539\n\
    keepalive = 1\ndeadtime = 2\nslow_start = 0\nnetwork = nat\nnat_router = 10.2.0.254 eth1:1\n\
    nat_nmask = 255.255.255.0\n";
