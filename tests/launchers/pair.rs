//! The network of a pair of directors: two nodes, a client and three reals on one switch.
//!
//! ```text
//! front 10.1.0.0/24   client .100, node1 .1, node2 .2, reals .11 to .13 (direct routing)
//! VIP   10.1.0.10     on the node that holds it, and on the reals' lo
//! ```

use std::net::{Ipv4Addr, SocketAddr};

use super::host::{Host, feed};
use super::net::{Method, Net, Site};
use super::server::Server;
use super::wait::wait_until;

/// The network, with a server on each real.
pub(crate) struct Pair {
    /// The machine that asks.
    pub(crate) client: Host,
    /// The reals' servers.
    _servers: Vec<Server>,
}

impl Pair {
    /// Builds the network, without its nodes.
    pub(crate) fn build() -> Pair {
        feed("modprobe -a ip_vs veth bridge", "");
        let mut site = Site::default();
        site.switch("front");
        let client = site.host("client");
        site.plug(&client, "eth0", "front", &["10.1.0.100/24"]);
        let reals: Vec<Host> = (1..=3).map(|n| site.host(&format!("rs{n}"))).collect();
        site.gate(&reals);
        site.build();
        let net = Net { method: Method::Gate, client, director: reals[0].clone(), reals };
        Pair { _servers: Server::on_all(&net, VIP.port()), client: net.client }
    }

    /// Who of the nodes, counted from 1, has the virtual address in the client's eyes.
    pub(crate) fn seen_by_client(&self) -> Option<usize> {
        let neighbours =
            self.client.inside(|| std::fs::read_to_string("/proc/thread-self/net/arp"));
        let neighbours = neighbours.expect("the client's neighbours");
        let address = VIP.ip().to_string();
        let line = neighbours.lines().find(|line| line.split(' ').next() == Some(&address))?;
        [1, 2].into_iter().find(|&n| line.contains(&mac(n)))
    }
}

/// Puts a node's network there, as it is after power on: its own address, no table.
pub(crate) fn plug_in(n: usize) -> Host {
    let name = format!("node{n}");
    feed(&format!("ip netns add {name}"), "");
    let (host, mac) = (Host { name: name.clone() }, mac(n));
    switch().feed(
        "ip -batch -",
        &format!(
            "link add eth0 netns {name} address {mac} type veth peer name {name}.eth0\n\
             link set {name}.eth0 master br0 up\n"
        ),
    );
    // heartbeat sends to the interface's broadcast address
    let address = format!("address add 10.1.0.{n}/24 brd + dev eth0");
    host.feed("ip -batch -", &format!("link set lo up\n{address}\nlink set eth0 up\n"));
    host
}

/// Takes a node's network away, as a power loss does: nothing answers for its addresses any more.
pub(crate) fn unplug(host: &Host) {
    let port = format!("{}.eth0", host.name);
    switch().run(&format!("ip link delete {port}"));
    feed(&format!("ip netns delete {}", host.name), "");
    wait_until("the node's network is gone", std::time::Duration::from_secs(5), || {
        let left = switch().run("ip -o link");
        if left.contains(&port) { Err(left) } else { Ok(()) }
    });
}

/// Whether the virtual address is this machine's.
pub(crate) fn holds_address(host: &Host) -> bool {
    host.inside(|| std::net::UdpSocket::bind((VIP.ip(), 0)).is_ok())
}

/// The kernel's table of a node that has the service with these reals, named by the last byte of
/// their addresses.
pub(crate) fn table(reals: &[u8]) -> Vec<String> {
    let mut lines = vec![format!("-A -t {VIP} -s rr")];
    lines.extend(reals.iter().map(|n| format!("-a -t {VIP} -r 10.1.0.{n}:80 -g -w 1")));
    lines
}

/// Whether the services are there with all reals. ipvsadm is a process, and would take its time from
/// those that are looked at; it has its say afterwards.
pub(crate) fn has_services(host: &Host) -> bool {
    let table = host.inside(|| std::fs::read_to_string("/proc/thread-self/net/ip_vs"));
    let table = table.unwrap_or_default();
    table.lines().filter(|line| line.trim_start().starts_with("-> 0A")).count() == 3
}

fn switch() -> Host {
    Host { name: "sw-front".to_owned() }
}

fn mac(n: usize) -> String {
    format!("02:00:00:00:00:0{n}")
}

/// The virtual service.
pub(crate) const VIP: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(10, 1, 0, 10)), 80);

/// Makes the ldirectord.cf of a node.
pub(crate) const CONFIG: &str = "cat >/etc/ha.d/ldirectord.cf <<END
checktimeout=2
checkinterval=1
quiescent=no
virtual=10.1.0.10:80
	real=10.1.0.11:80 gate
	real=10.1.0.12:80 gate
	real=10.1.0.13:80 gate
	service=none
	checktype=connect
	scheduler=rr
	protocol=tcp
END
";
