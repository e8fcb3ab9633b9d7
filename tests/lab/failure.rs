//! A real dies, refusing or silent, and comes back; nobody notices but the log.

use super::client::{Held, Protocol, ask};
use super::machine::in_the_lab;
use super::net::{Family, Method};
use super::site::{Site, service};

#[test]
fn a_refusing_real_is_quiesced_and_comes_back() {
    in_the_lab(|| {
        let site = three_reals("quiescent=yes\nfailurecount=2\n");
        let mut held = held_at(&site, "rs2");
        site.servers[1].refuse();
        site.director.wait_for_line(&destination(2, 0), true);
        let soft = "Soft failure real server: 10.2.0.12:80 (tcp:10.1.0.10:80) failure 1/2";
        assert!(site.director.log().contains(soft), "out after its first failure");
        assert_eq!(who(&site), "rs1=6 rs3=6");
        assert_eq!(held.talk().expect("the connection lives on"), "rs2");
        let status = &site.director.status("10.2.0.12:80")[0];
        assert_eq!(status["standing"], "down", "{status}");
        assert_eq!(status["because"], "connection refused", "{status}");
        assert_eq!(status["active"], 1, "the held connection: {status}");
        site.servers[1].listen();
        site.director.wait_for_line(&destination(2, 1), true);
        assert_eq!(who(&site), "rs1=4 rs2=4 rs3=4");
        assert_eq!(held.talk().expect("and on"), "rs2");
    });
}

#[test]
fn a_silent_real_is_removed_and_comes_back() {
    in_the_lab(|| {
        let site = three_reals("quiescent=no\nchecktimeout=1\n");
        site.net.reals[1].fall_silent();
        site.director.wait_for_line(&destination(2, 1), false);
        assert_eq!(who(&site), "rs1=6 rs3=6");
        assert!(
            !site.net.director.table().contains(&destination(2, 0)),
            "it is gone, not quiesced"
        );
        site.net.reals[1].speak_again();
        site.director.wait_for_line(&destination(2, 1), true);
        assert_eq!(who(&site), "rs1=4 rs2=4 rs3=4");
    });
}

#[test]
fn a_silent_real_is_quiesced() {
    in_the_lab(|| {
        let site = three_reals("quiescent=yes\nchecktimeout=1\n");
        site.net.reals[1].fall_silent();
        site.director.wait_for_line(&destination(2, 0), true);
        assert_eq!(who(&site), "rs1=6 rs3=6");
    });
}

#[test]
fn a_refusing_real_is_removed() {
    in_the_lab(|| {
        let site = three_reals("quiescent=no\nfailurecount=1\n");
        site.servers[1].refuse();
        site.director.wait_for_line(&destination(2, 1), false);
        assert_eq!(who(&site), "rs1=6 rs3=6");
    });
}

#[test]
fn the_fallback_serves_when_all_are_dead() {
    in_the_lab(|| {
        // rs4 is no real of the service
        let site = four_machines("quiescent=yes\nfallback=10.2.0.14:80 masq\n");
        for server in &site.servers[..3] {
            server.refuse();
        }
        site.director.wait_for_line(&destination(4, 1), true);
        assert_eq!(who(&site), "rs4=12");
        site.servers[0].listen();
        site.director.wait_for_line(&destination(4, 1), false);
        assert_eq!(who(&site), "rs1=12");
    });
}

fn three_reals(directives: &str) -> Site {
    Site::start(Method::Masq, 3, &config(directives))
}

fn four_machines(directives: &str) -> Site {
    Site::start(Method::Masq, 4, &config(directives))
}

fn config(directives: &str) -> String {
    let check = ["protocol=tcp", "scheduler=rr", "service=none", "checktype=connect"];
    let service = service(Method::Masq, Family::V4, 80, &[1, 1, 1], &check);
    format!("checkinterval=1\n{directives}{service}")
}

fn who(site: &Site) -> String {
    ask(&site.net.client, Protocol::Tcp, Family::V4.vip_port(80), 12)
}

/// A connection to this real, among as many as it takes.
fn held_at(site: &Site, real: &str) -> Held {
    let vip = Family::V4.vip_port(80);
    let mut all = (0..3).map(|_| Held::open(&site.net.client, vip));
    all.find_map(|mut held| (held.talk().ok()? == real).then_some(held)).expect("each real has one")
}

fn destination(n: u8, weight: u32) -> String {
    format!("-a -t 10.1.0.10:80 -r 10.2.0.1{n}:80 -m -w {weight}")
}
