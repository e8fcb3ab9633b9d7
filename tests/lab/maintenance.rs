//! Files that take reals out, and reals that somebody takes out by hand.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use super::client::{Held, Protocol, ask};
use super::director::{Director, plan};
use super::machine::in_the_lab;
use super::net::{Family, Method, Net};
use super::server::Server;
use super::site::{Site, service};

#[test]
fn every_name_takes_a_real_out_and_lets_it_in() {
    in_the_lab(|| {
        know("10.2.0.11 web1.example.com\nfd02::11 six1.example.com\n");
        fs::create_dir(FOLDER).expect("a new folder");
        let [four, six] = [Family::V4, Family::V6].map(|family| reals(family, 80, &[1, 1], &[]));
        let site = Site::start(Method::Masq, 2, &format!("{}quiescent=yes\n{four}{six}", head()));
        let v4 = |weight| format!("-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w {weight}");
        let v6 = |weight| format!("-a -t [fd01::10]:80 -r [fd02::11]:80 -m -w {weight}");
        for name in ["10.2.0.11", "web1.example.com", "web1"] {
            out_and_in(&site, &[name, &format!("{name}:80")], v4);
        }
        for name in ["[fd02::11]", "six1.example.com", "six1"] {
            out_and_in(&site, &[name, &format!("{name}:80")], v6);
        }
        // nobody's names
        for name in ["10.2.0.11:8080", "web1:81", "example.com", "fd02::11", "10.2.0.1"] {
            touch(name);
        }
        // whatever they do is done before this
        out_and_in(&site, &["10.2.0.12:80"], |weight| {
            format!("-a -t 10.1.0.10:80 -r 10.2.0.12:80 -m -w {weight}")
        });
        site.director.wait_for_line(&v4(1), true);
        site.director.wait_for_line(&v6(1), true);
    });
}

/// Each of these files takes a real out, and lets it in again, long before the next check is due;
/// the status says which it was.
fn out_and_in(site: &Site, names: &[&str], line: impl Fn(u32) -> String) {
    for name in names {
        let begun = Instant::now();
        touch(name);
        site.director.wait_for_line(&line(0), true);
        let because = format!("maintenance: {FOLDER}/{name}");
        site.director.wait_for_log(&format!("because=\"{because}\""));
        let took = begun.elapsed();
        let word = |text: &str| text.split_whitespace().nth(4).map(str::to_owned);
        let status = site.director.status(&word(&line(0)).expect("the real"));
        assert_eq!(status[0]["standing"], "maintenance", "{status:?}");
        assert_eq!(status[0]["because"], *because, "{status:?}");
        let begun = Instant::now();
        fs::remove_file(Path::new(FOLDER).join(name)).expect("a file");
        site.director.wait_for_line(&line(1), true);
        println!("{name}: out after {took:?}, in after {:?}", begun.elapsed());
        assert!(took + begun.elapsed() < INTERVAL / 2, "{name}: not in a moment");
    }
}

#[test]
fn traffic_goes_elsewhere_and_to_the_fallback_at_last() {
    in_the_lab(|| {
        fs::create_dir(FOLDER).expect("a new folder");
        let checks: [&[&str]; 3] = [&[], &["checktype=on"], &["checktype=connect", "quiescent=no"]];
        let services = [80, 81, 82].into_iter().zip(checks).map(|(port, check)| {
            let fallback = ["fallback=10.2.0.13:80 masq"];
            reals(Family::V4, port, &[1, 1], &[check, &fallback].concat())
        });
        let config = format!("{}quiescent=yes\n{}", head(), services.collect::<String>());
        let site = Site::start(Method::Masq, 3, &config);
        site.director.reload(&config.replace("masq 1\n", "masq 1 l:50 u:100\n"));
        site.director.wait_for_log("-e -t 10.1.0.10:82 -r 10.2.0.12:80 -m -w 1 -x 100 -y 50");
        let vip = Family::V4.vip_port(80);
        let mut held = Held::open(&site.net.client, vip);
        let who = held.talk().expect("an answer");
        let file = if who == "rs1" { "10.2.0.11" } else { "10.2.0.12" };
        touch(file);
        for port in [80, 81] {
            let line = format!("-a -t 10.1.0.10:{port} -r {file}:80 -m -w 0");
            site.director.wait_for_line(&line, true);
        }
        site.director.wait_for_line(&format!("-a -t 10.1.0.10:82 -r {file}:80 -m -w 1"), false);
        let other = if who == "rs1" { "rs2" } else { "rs1" };
        assert_eq!(ask(&site.net.client, Protocol::Tcp, vip, 6), format!("{other}=6"));
        assert_eq!(held.talk().expect("the connection lives on"), who);
        // quiesced, and the kernel has not forgotten how much it may bear
        let thresholds = site.net.director.run("ipvsadm -Ln --thresholds");
        let bounded = thresholds.lines().filter(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            words.get(1).is_some_and(|real| real.starts_with(file)) && words[2..4] == ["100", "50"]
        });
        assert_eq!(bounded.count(), 2, "{thresholds}");

        touch("10.2.0.11");
        touch("10.2.0.12");
        for port in [80, 81, 82] {
            let fallback = format!("-a -t 10.1.0.10:{port} -r 10.2.0.13:80 -m -w 1");
            site.director.wait_for_line(&fallback, true);
            let vip = Family::V4.vip_port(port);
            assert_eq!(ask(&site.net.client, Protocol::Tcp, vip, 3), "rs3=3");
        }
        for n in [1, 2] {
            fs::remove_file(format!("{FOLDER}/10.2.0.1{n}")).expect("a file");
        }
        for port in [80, 81, 82] {
            let fallback = format!("-a -t 10.1.0.10:{port} -r 10.2.0.13:80 -m -w 1");
            site.director.wait_for_line(&fallback, false);
        }
        let log = site.director.log();
        for line in [
            format!("Quiescent real server: {file}:80 (10.1.0.10:80) (Weight set to 0)"),
            format!("Quiescent real server: {file}:80 (10.1.0.10:81) (Weight set to 0)"),
            format!("Deleted real server: {file}:80 (10.1.0.10:82)"),
        ] {
            assert!(log.contains(&line), "{line}");
        }
    });
}

#[test]
fn who_has_a_file_at_the_start_is_never_in() {
    in_the_lab(|| {
        know("10.2.0.12 web2.example.com\n");
        fs::create_dir(FOLDER).expect("a new folder");
        touch("10.2.0.11:80");
        touch("web2");
        let config = format!("{}cleanstop=no\n{}", head(), reals(Family::V4, 80, &[1, 1, 1], &[]));
        let site = Site::start(Method::Masq, 3, &config);
        let in_it = |n| format!("-a -t 10.1.0.10:80 -r 10.2.0.1{n}:80 -m -w 1");
        assert_eq!(site.net.director.table(), ["-A -t 10.1.0.10:80 -s rr", &in_it(3)]);
        site.director.wait_for_log("Deleted real server: 10.2.0.11:80 (10.1.0.10:80)");
        assert_eq!(site.director.steps().len(), 2, "{:?}", site.director.steps());
        fs::remove_file(format!("{FOLDER}/web2")).expect("a file");
        site.director.wait_for_line(&in_it(2), true);
        // a director that is not there cannot take anybody out; the next one does at once
        site.director.kill();
        touch("10.2.0.12");
        assert_eq!(plan(&site.net.director, &config), ["-d -t 10.1.0.10:80 -r 10.2.0.12:80"]);
        let next = Director::start(&site.net.director, &config);
        next.wait_for_line(&in_it(2), false);
        // and another folder is another matter
        let other = format!("{FOLDER}.two");
        fs::create_dir(&other).expect("a new folder");
        fs::write(format!("{other}/10.2.0.13"), "").expect("a file");
        next.reload(&config.replace(FOLDER, &other));
        next.wait_for_line(&in_it(1), true);
        next.wait_for_line(&in_it(2), true);
        next.wait_for_line(&in_it(3), false);
        next.reload(&config.replace(FOLDER, &other).replace("masq 1", "masq 2"));
        next.wait_for_line(&in_it(1).replace("-w 1", "-w 2"), true);
        assert!(!next.log().contains("No more maintenance of real server: 10.2.0.13"));
    });
}

/// Addresses take effect at once, and everything else goes on.
#[test]
fn a_resolver_that_hangs_delays_only_names() {
    in_the_lab(|| {
        fs::create_dir(FOLDER).expect("a new folder");
        let config = format!("{}quiescent=yes\n{}", head(), reals(Family::V4, 80, &[1, 1], &[]));
        let net = Net::build(Method::Masq, 2);
        let servers = Server::on_all(&net, 80);
        net.client.fall_silent();
        let resolver = "nameserver 10.1.0.100\noptions timeout:30 attempts:5\n";
        fs::write("/etc/resolv.conf", resolver).expect("a file");
        touch("web9.example.com");
        touch("10.2.0.11");
        let director = Director::start(&net.director, &config);
        let line = |n, weight| format!("-a -t 10.1.0.10:80 -r 10.2.0.1{n}:80 -m -w {weight}");
        let begun = Instant::now();
        director.wait_for_line(&line(1, 0), true);
        director.wait_for_line(&line(2, 1), true);
        touch("10.2.0.12:80");
        director.wait_for_line(&line(2, 0), true);
        fs::remove_file(format!("{FOLDER}/10.2.0.11")).expect("a file");
        director.wait_for_line(&line(1, 1), true);
        assert!(begun.elapsed() < INTERVAL / 2, "{:?}", begun.elapsed());
        // a check is made, and a signal heard
        director.reload(&config.replace("checkinterval=60", "checkinterval=1"));
        servers[0].refuse();
        director.wait_for_line(&line(1, 0), true);
        assert!(director.stop().success());
    });
}

#[test]
fn who_takes_a_quiesced_real_out_means_it() {
    in_the_lab(|| {
        let site = quiesced("readdquiescent=no\n");
        site.net.director.run("ipvsadm -d -t 10.1.0.10:80 -r 10.2.0.11:80");
        site.director
            .wait_for_log("somebody took out the quiesced 10.2.0.11:80 (tcp:10.1.0.10:80)");
        // a real that serves is put back: by then the other one would be, too
        site.net.director.run("ipvsadm -d -t 10.1.0.10:80 -r 10.2.0.12:80");
        site.director.wait_for_line(&line(2, 1), true);
        assert_eq!(site.net.director.table(), ["-A -t 10.1.0.10:80 -s rr", &line(2, 1)]);
        assert!(site.director.status("10.2.0.11:80")[0]["weight"].is_null());
        site.servers[0].listen();
        site.director.wait_for_line(&line(1, 1), true);
        site.director.wait_for_log("Added real server: 10.2.0.11:80 (10.1.0.10:80)");
    });
}

#[test]
fn a_quiesced_real_is_added_again_if_the_file_says_so() {
    in_the_lab(|| {
        let site = quiesced("readdquiescent=yes\n");
        site.net.director.run("ipvsadm -d -t 10.1.0.10:80 -r 10.2.0.11:80");
        site.director.wait_for_line(&line(1, 0), true);
        let words = "Readd Quiescent real server: 10.2.0.11:80 (10.1.0.10:80) (Weight set to 0)";
        site.director.wait_for_log(words);
    });
}

/// Two reals, and the first one is down.
fn quiesced(directive: &str) -> Site {
    let services = reals(Family::V4, 80, &[1, 1], &[]);
    let config = format!("checkinterval=1\nquiescent=yes\n{directive}{services}");
    let site = Site::start(Method::Masq, 2, &config);
    site.servers[0].refuse();
    site.director.wait_for_line(&line(1, 0), true);
    site
}

fn line(n: u8, weight: u32) -> String {
    format!("-a -t 10.1.0.10:80 -r 10.2.0.1{n}:80 -m -w {weight}")
}

fn reals(family: Family, port: u16, weights: &[u32], more: &[&str]) -> String {
    let check = ["protocol=tcp", "scheduler=rr", "service=none", "checktype=connect"];
    service(Method::Masq, family, port, weights, &[&check, more].concat())
}

/// So long between checks that whatever happens in a moment does not wait for one.
fn head() -> String {
    format!("checkinterval={}\nmaintenancedir={FOLDER}\n", INTERVAL.as_secs())
}

fn touch(name: &str) {
    fs::write(Path::new(FOLDER).join(name), "").expect("a file");
}

/// What hosts are called, on this machine.
fn know(lines: &str) {
    let mut hosts = fs::OpenOptions::new().append(true).open("/etc/hosts").expect("a file");
    hosts.write_all(lines.as_bytes()).expect("more lines");
}

const FOLDER: &str = "/tmp/maintenance";
const INTERVAL: Duration = Duration::from_secs(60);
