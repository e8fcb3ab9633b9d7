//! The director ends, by force or by request, and begins again.

use super::client::{Held, Protocol, ask};
use super::director::Director;
use super::machine::in_the_lab;
use super::net::{Family, Method};
use super::site::{Site, service};

#[test]
fn traffic_outlives_a_killed_director_and_the_next_adopts_it() {
    in_the_lab(|| {
        let site = Site::start(Method::Masq, 2, &config(""));
        let mut held = Held::open(&site.net.client, Family::V4.vip_port(80));
        let who = held.talk().expect("an answer");
        let table = site.net.director.table();
        site.director.kill();
        assert_eq!(site.net.director.table(), table);
        assert_eq!(ask(&site.net.client, Protocol::Tcp, Family::V4.vip_port(80), 6), "rs1=2 rs2=4");

        let next = Director::start(&site.net.director, &config(""));
        // a death shows that it is at work, and is the only step it takes
        site.servers[0].refuse();
        next.wait_for_line("-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 0", true);
        next.wait_for_log("-e -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 0");
        assert_eq!(next.steps(), ["-e -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 0"]);
        assert_eq!(ask(&site.net.client, Protocol::Tcp, Family::V4.vip_port(80), 6), "rs2=6");
        assert_eq!(held.talk().expect("the connection lives on"), who);
    });
}

#[test]
fn a_second_director_on_the_same_file_is_refused() {
    in_the_lab(|| {
        let site = Site::start(Method::Masq, 2, &config(""));
        let table = site.net.director.table();
        let complaint = site.director.another();
        assert!(complaint.contains("a director runs already on"), "{complaint}");
        assert_eq!(site.net.director.table(), table);
    });
}

#[test]
fn a_stop_removes_the_services() {
    in_the_lab(|| {
        let site = Site::start(Method::Masq, 2, &config(""));
        site.net.director.run("ipvsadm -A -t 10.1.0.10:9999 -s rr");
        assert!(site.director.stop().success());
        assert_eq!(site.net.director.table(), ["-A -t 10.1.0.10:9999 -s rr"]);
    });
}

#[test]
fn a_stop_without_cleanstop_leaves_them() {
    in_the_lab(|| {
        let site = Site::start(Method::Masq, 2, &config("cleanstop=no\n"));
        let table = site.net.director.table();
        assert!(site.director.stop().success());
        assert_eq!(site.net.director.table(), table);
        assert_eq!(ask(&site.net.client, Protocol::Tcp, Family::V4.vip_port(80), 6), "rs1=2 rs2=4");
    });
}

fn config(directives: &str) -> String {
    let check = ["protocol=tcp", "scheduler=wrr", "service=none", "checktype=connect"];
    let service = service(Method::Masq, Family::V4, 80, &[1, 2], &check);
    format!("checkinterval=1\nquiescent=yes\n{directives}{service}")
}
