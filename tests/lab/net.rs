//! The three classical networks of a director: masquerading, direct routing, tunnels.
//!
//! ```text
//! front 10.1.0.0/24, fd01::/64   client .100 to .115, director .1, the virtual address .10
//! masq  reals on 10.2.0.0/24, fd02::/64 behind the director, their default route
//! gate  reals on front as .11, .12 …, the virtual address on lo
//! ipip  reals on 10.3.0.0/24, fd03::/64 behind a router, the virtual address on their tunnels
//! ```

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::host::{Host, feed};

/// A network with its machines.
pub(crate) struct Net {
    /// How the director reaches the reals.
    pub(crate) method: Method,
    /// The machine that asks.
    pub(crate) client: Host,
    /// The machine that owns the virtual addresses.
    pub(crate) director: Host,
    /// The machines that answer, `rs1` first.
    pub(crate) reals: Vec<Host>,
}

/// A forwarding method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Masq,
    Gate,
    Ipip,
}

/// A version of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Net {
    /// Builds a network with so many reals, at most 9; the machine's end removes it.
    pub(crate) fn build(method: Method, reals: usize) -> Net {
        feed("modprobe -a ip_vs veth bridge ipip ip6_tunnel", "");
        let mut site = Site::default();
        let client = site.host("client");
        let director = site.host("director");
        let reals: Vec<Host> = (1..=reals).map(|n| site.host(&format!("rs{n}"))).collect();
        site.switch("front");
        site.plug(&client, "eth0", "front", &["10.1.0.100/24", "fd01::100/64"]);
        for n in 101..=115 {
            site.ip(&client, &format!("address add 10.1.0.{n}/24 dev eth0"));
        }
        site.plug(&director, "eth0", "front", &["10.1.0.1/24", "fd01::1/64", "10.1.0.10/32"]);
        // deprecated, so that a tunnelled packet never has it as its source: the real would drop it
        site.ip(&director, "address add fd01::10/128 dev eth0 nodad preferred_lft 0");
        site.set(&director, &["ipv4/ip_forward=1", "ipv6/conf/all/forwarding=1"]);
        match method {
            Method::Masq => site.masq(&director, &reals),
            Method::Gate => site.gate(&reals),
            Method::Ipip => site.ipip(&[&client, &director], &reals),
        }
        site.build();
        Net { method, client, director, reals }
    }

    /// All addresses at which a real, counted from 1, is asked.
    pub(crate) fn served(&self, n: usize) -> Vec<IpAddr> {
        let own = [Family::V4, Family::V6].map(|family| real_address(self.method, n, family));
        match self.method {
            Method::Masq => own.to_vec(),
            Method::Gate | Method::Ipip => [own, [VIP4, VIP6]].concat(),
        }
    }
}

impl Method {
    /// The word of ldirectord.cf.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Method::Masq => "masq",
            Method::Gate => "gate",
            Method::Ipip => "ipip",
        }
    }
}

impl Family {
    /// The virtual address.
    pub(crate) fn vip(self) -> IpAddr {
        match self {
            Family::V4 => VIP4,
            Family::V6 => VIP6,
        }
    }

    /// The virtual address with a port.
    pub(crate) fn vip_port(self, port: u16) -> SocketAddr {
        SocketAddr::new(self.vip(), port)
    }
}

/// The client's addresses, of IPv4.
pub(crate) fn client_addresses() -> Vec<IpAddr> {
    (100..=115).map(|n| Ipv4Addr::new(10, 1, 0, n).into()).collect()
}

/// The address of a real, counted from 1.
pub(crate) fn real_address(method: Method, n: usize, family: Family) -> IpAddr {
    let lan = match method {
        Method::Gate => 1,
        Method::Masq => 2,
        Method::Ipip => 3,
    };
    let n = u8::try_from(n).expect("few reals");
    match family {
        Family::V4 => Ipv4Addr::new(10, lan, 0, 10 + n).into(),
        Family::V6 => {
            Ipv6Addr::new(0xfd00 + u16::from(lan), 0, 0, 0, 0, 0, 0, 0x10 + u16::from(n)).into()
        }
    }
}

/// What is yet to be built. A process takes 10 to 30 ms to start in User-Mode Linux, so there is
/// one `ip` for each machine and not one for each address.
#[derive(Default)]
pub(crate) struct Site {
    hosts: Vec<(Host, String, Vec<String>)>,
    links: String,
}

impl Site {
    fn masq(&mut self, director: &Host, reals: &[Host]) {
        self.switch("back");
        self.plug(director, "eth1", "back", &["10.2.0.1/24", "fd02::1/64"]);
        for (real, n) in reals.iter().zip(1..) {
            self.plug_real(Method::Masq, real, n, "back");
            self.ip(real, "route add default via 10.2.0.1");
            self.ip(real, "route add default via fd02::1");
        }
    }

    /// The reals of direct routing, on the front network.
    pub(crate) fn gate(&mut self, reals: &[Host]) {
        for (real, n) in reals.iter().zip(1..) {
            self.plug_real(Method::Gate, real, n, "front");
            self.ip(real, "address add 10.1.0.10/32 dev lo");
            self.ip(real, "address add fd01::10/128 dev lo nodad");
            // never answer for, nor ask with, an address of another interface
            self.set(real, &["ipv4/conf/all/arp_ignore=1", "ipv4/conf/all/arp_announce=2"]);
        }
    }

    fn ipip(&mut self, front: &[&Host], reals: &[Host]) {
        let router = self.host("router");
        self.switch("far");
        self.plug(&router, "eth0", "front", &["10.1.0.254/24", "fd01::fe/64"]);
        self.plug(&router, "eth1", "far", &["10.3.0.254/24", "fd03::fe/64"]);
        self.set(&router, &["ipv4/ip_forward=1", "ipv6/conf/all/forwarding=1"]);
        for host in front {
            self.ip(host, "route add 10.3.0.0/24 via 10.1.0.254");
            self.ip(host, "route add fd03::/64 via fd01::fe");
        }
        for (real, n) in reals.iter().zip(1..) {
            self.plug_real(Method::Ipip, real, n, "far");
            self.ip(real, "route add default via 10.3.0.254");
            self.ip(real, "route add default via fd03::fe");
            self.ip(real, "link set tunl0 up");
            self.ip(real, "link set ip6tnl0 up");
            self.ip(real, "address add 10.1.0.10/32 dev tunl0");
            self.ip(real, "address add fd01::10/128 dev ip6tnl0 nodad");
            self.set(real, &["ipv4/conf/all/rp_filter=0", "ipv4/conf/tunl0/rp_filter=0"]);
        }
    }

    fn plug_real(&mut self, method: Method, real: &Host, n: usize, switch: &str) {
        let [v4, v6] = [Family::V4, Family::V6].map(|family| real_address(method, n, family));
        self.plug(real, "eth0", switch, &[&format!("{v4}/24"), &format!("{v6}/64")]);
    }

    /// A machine with this name.
    pub(crate) fn host(&mut self, name: &str) -> Host {
        let host = Host { name: name.to_owned() };
        let variables = ["ipv6/conf/all/accept_dad=0", "ipv6/conf/default/accept_dad=0"];
        let variables = variables.map(str::to_owned).to_vec();
        self.hosts.push((host.clone(), "link set lo up\n".to_owned(), variables));
        host
    }

    /// A switch with this name.
    pub(crate) fn switch(&mut self, name: &str) {
        let bridge = self.host(&format!("sw-{name}"));
        self.ip(&bridge, "link add br0 type bridge forward_delay 0 mcast_snooping 0");
        self.ip(&bridge, "link set br0 up");
    }

    /// Plugs an interface of a machine, with these addresses, into a switch.
    pub(crate) fn plug(&mut self, host: &Host, interface: &str, switch: &str, addresses: &[&str]) {
        let (name, bridge) = (&host.name, Host { name: format!("sw-{switch}") });
        self.links += &format!(
            "link add {interface} netns {name} type veth peer name {name}.{interface} netns {}\n",
            bridge.name
        );
        self.ip(&bridge, &format!("link set {name}.{interface} master br0 up"));
        for address in addresses {
            let nodad = if address.contains(':') { "nodad" } else { "" };
            self.ip(host, &format!("address add {address} dev {interface} {nodad}"));
        }
        self.ip(host, &format!("link set {interface} up"));
    }

    /// A line of `ip -batch`, on a machine.
    pub(crate) fn ip(&mut self, host: &Host, line: &str) {
        let (_, lines, _) = self.find(host);
        *lines += line;
        lines.push('\n');
    }

    /// Sets kernel variables of a machine's network, each `ipv4/ip_forward=1`.
    pub(crate) fn set(&mut self, host: &Host, more: &[&str]) {
        let (_, _, variables) = self.find(host);
        variables.extend(more.iter().map(|&variable| variable.to_owned()));
    }

    fn find(&mut self, host: &Host) -> &mut (Host, String, Vec<String>) {
        self.hosts
            .iter_mut()
            .find(|(known, ..)| known.name == host.name)
            .expect("a machine of this site")
    }

    /// Builds it; a network may be built in several parts.
    pub(crate) fn build(self) {
        let namespaces: Vec<String> =
            self.hosts.iter().map(|(host, ..)| format!("netns add {}\n", host.name)).collect();
        feed("ip -batch -", &namespaces.concat());
        for (host, _, variables) in &self.hosts {
            let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
            host.set(&variables);
        }
        // after the variables: an interface takes its own from "default" when it is made
        feed("ip -batch -", &self.links);
        for (host, lines, _) in &self.hosts {
            host.feed("ip -batch -", lines);
        }
    }
}

const VIP4: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 1, 0, 10));
const VIP6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfd01, 0, 0, 0, 0, 0, 0, 0x10));
