//! Every forwarding method, IPv4 and IPv6, TCP and UDP, through the kernel.

use super::client::{Protocol, ask};
use super::machine::in_the_lab;
use super::net::{Family, Method, Net};
use super::server::Server;

#[test]
fn masq() {
    in_the_lab(|| reaches_every_real(Method::Masq));
}

#[test]
fn gate() {
    in_the_lab(|| reaches_every_real(Method::Gate));
}

#[test]
fn ipip() {
    in_the_lab(|| reaches_every_real(Method::Ipip));
}

fn reaches_every_real(method: Method) {
    let net = Net::build(method, 3);
    let _servers = Server::on_all(&net, 80);
    let mut rules = String::new();
    let flag = match method {
        Method::Masq => "-m",
        Method::Gate => "-g",
        Method::Ipip => "-i",
    };
    for (p, family) in [("t", Family::V4), ("t", Family::V6), ("u", Family::V4), ("u", Family::V6)]
    {
        let vip = family.vip_port(80);
        rules += &format!("-A -{p} {vip} -s rr\n");
        for n in 1..=3 {
            let real = std::net::SocketAddr::new(net.real(n, family), 80);
            rules += &format!("-a -{p} {vip} -r {real} {flag} -w 1\n");
        }
    }
    net.director.feed("ipvsadm -R", &rules);
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        for family in [Family::V4, Family::V6] {
            let who = ask(&net.client, protocol, family.vip_port(80), 12);
            assert_eq!(who, "rs1=4 rs2=4 rs3=4", "{method:?} {protocol:?} {family:?}");
        }
    }
}
