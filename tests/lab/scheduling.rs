//! Who gets the next connection: schedulers, persistence, services by firewall mark.

use std::io;

use super::client::{Held, Protocol, ask, ask_from, count};
use super::machine::in_the_lab;
use super::net::{Family, Method, client_addresses};
use super::site::{Site, service};

#[test]
fn rr_takes_turns() {
    in_the_lab(|| assert_eq!(who_answers("rr"), "rs1=4 rs2=4 rs3=4"));
}

#[test]
fn wrr_takes_turns_by_weight() {
    in_the_lab(|| assert_eq!(who_answers("wrr"), "rs1=2 rs2=4 rs3=6"));
}

#[test]
fn wlc_fills_by_weight() {
    in_the_lab(|| {
        let site = masq(&["scheduler=wlc"]);
        let vip = Family::V4.vip_port(80);
        let mut held: Vec<Held> = (0..12).map(|_| Held::open(&site.net.client, vip)).collect();
        assert_eq!(count(held.iter_mut().map(Held::talk).collect()), "rs1=2 rs2=4 rs3=6");
    });
}

#[test]
fn sh_keeps_a_client_at_its_real() {
    in_the_lab(|| keeps_each_client_at_its_real("sh"));
}

#[test]
fn mh_keeps_a_client_at_its_real() {
    in_the_lab(|| keeps_each_client_at_its_real("mh"));
}

#[test]
fn persistence_keeps_a_client_at_its_real() {
    in_the_lab(|| {
        let site = masq(&["scheduler=rr", "persistent=60"]);
        let vip = Family::V4.vip_port(80);
        let three = &client_addresses()[..3];
        let twelve = three.iter().flat_map(|&address| [address; 4]).collect::<Vec<_>>();
        assert_eq!(count(ask_from(&site.net.client, &twelve, vip)), "rs1=4 rs2=4 rs3=4");
        for each in twelve.chunks(4) {
            let who = count(ask_from(&site.net.client, each, vip));
            assert!(["rs1=4", "rs2=4", "rs3=4"].contains(&who.as_str()), "{each:?}: {who}");
        }
    });
}

#[test]
fn a_firewall_mark_joins_ports() {
    in_the_lab(|| {
        let check = "\tprotocol=fwm\n\tscheduler=rr\n\tchecktype=connect\n\tcheckport=80\n";
        let four = "virtual=7\n\treal=10.2.0.11 masq\n\treal=10.2.0.12 masq\n";
        let six = "virtual6=8\n\treal6=[fd02::11] masq\n\treal6=[fd02::12] masq\n";
        let site =
            Site::start(Method::Masq, 2, &format!("checkinterval=1\n{four}{check}{six}{check}"));
        let _alternative = super::server::Server::on_all(&site.net, 8080);
        for (family, iptables, mark) in
            [(Family::V4, "iptables-legacy", 7), (Family::V6, "ip6tables-legacy", 8)]
        {
            site.net.director.run(&format!(
                "{iptables} -t mangle -A PREROUTING -d {} -p tcp -m multiport --dports 80,8080 \
                 -j MARK --set-mark {mark}",
                family.vip()
            ));
            for port in [80, 8080] {
                let who = ask(&site.net.client, Protocol::Tcp, family.vip_port(port), 4);
                assert_eq!(who, "rs1=2 rs2=2", "{family:?} port {port}");
            }
        }
    });
}

fn who_answers(scheduler: &str) -> String {
    let site = masq(&[&format!("scheduler={scheduler}")]);
    ask(&site.net.client, Protocol::Tcp, Family::V4.vip_port(80), 12)
}

fn keeps_each_client_at_its_real(scheduler: &str) {
    let site = masq(&[&format!("scheduler={scheduler}")]);
    let ask_all = || -> Vec<String> {
        let answers = ask_from(&site.net.client, &client_addresses(), Family::V4.vip_port(80));
        answers.into_iter().collect::<io::Result<_>>().expect("every client has its answer")
    };
    let first = ask_all();
    assert_eq!(ask_all(), first);
    for real in ["rs1", "rs2", "rs3"] {
        assert!(first.iter().any(|who| who == real), "{real} got no client: {first:?}");
    }
}

/// Three reals; their weights count where the scheduler heeds weights.
fn masq(directives: &[&str]) -> Site {
    let common = ["protocol=tcp", "service=none", "checktype=connect"];
    let service =
        service(Method::Masq, Family::V4, 80, &[1, 2, 3], &[&common, directives].concat());
    Site::start(Method::Masq, 3, &format!("checkinterval=1\n{service}"))
}
