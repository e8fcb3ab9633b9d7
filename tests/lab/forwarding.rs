//! Every forwarding method, IPv4 and IPv6, TCP and UDP: requests reach the reals by their weights.

use super::client::{Protocol, ask};
use super::machine::in_the_lab;
use super::net::{Family, Method};
use super::site::{Site, service};

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
    let mut config = "checkinterval=1\n".to_owned();
    for family in [Family::V4, Family::V6] {
        let tcp = ["protocol=tcp", "scheduler=wrr", "service=none", "checktype=connect"];
        let udp = ["protocol=udp", "scheduler=wrr", "service=none", "checktype=ping"];
        config += &service(method, family, 80, &[1, 2, 3], &tcp);
        config += &service(method, family, 80, &[1, 2, 3], &udp);
    }
    let site = Site::start(method, 3, &config);
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        for family in [Family::V4, Family::V6] {
            let who = ask(&site.net.client, protocol, family.vip_port(80), 12);
            assert_eq!(who, "rs1=2 rs2=4 rs3=6", "{method:?} {protocol:?} {family:?}");
        }
    }
}
