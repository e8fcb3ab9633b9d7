//! What the file asks to be run: told what is so, once, and in nobody's way.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, Instant};

use super::director::Director;
use super::host::Host;
use super::machine::{self, in_the_lab};
use super::net::{Family, Method, Net};
use super::server::Server;
use super::site::{Site, service};
use super::wait::wait_until;

#[test]
fn a_fallback_command_is_told_of_every_service() {
    in_the_lab(|| {
        script("/tmp/page", "echo \"$*\" >> /tmp/said");
        fs::write(WELL, "").expect("a file");
        let udp = format!("checkcommand=\"/bin/sh -c 'test -e {WELL}' sh\"");
        let udp = ["protocol=udp", "checktype=external", &udp, "fallbackcommandstop=yes"];
        let config = format!(
            "{HEAD}fallbackcommand=/tmp/page -v \"to me\"\n{}{}{}\
             virtual=7\n\treal=10.2.0.11:80 masq\n\tchecktype=connect\n\tfallbackcommand=/tmp/page\n",
            service(Method::Masq, Family::V4, 80, &[1], &TCP),
            service(Method::Masq, Family::V6, 80, &[1], &TCP),
            service(Method::Masq, Family::V4, 53, &[1], &udp),
        );
        let site = Site::start(Method::Masq, 1, &config);
        let all = |word: &str| {
            let mark = format!("{word} 7 fwm");
            let others = ["10.1.0.10:53 udp", "10.1.0.10:80 tcp", "[fd01::10]:80 tcp"];
            let others = others.map(|at| format!("-v to me {word} {at}"));
            [others.to_vec(), vec![mark]].concat()
        };
        wait_for_said(&[all("stop")]);
        site.servers[0].refuse();
        fs::remove_file(WELL).expect("it is there");
        wait_for_said(&[all("stop"), all("start")]);
        site.servers[0].listen();
        wait_for_said_of(":80 tcp", 6);
        assert!(site.director.stop().success());
        // the one whose server is still down, and which asked for it
        let said = said();
        let last = said.last().map(String::as_str);
        assert_eq!(last, Some("-v to me stop 10.1.0.10:53 udp"), "{said:?}");
    });
}

#[test]
fn a_command_that_hangs_or_fails_is_in_nobodys_way() {
    in_the_lab(|| {
        script("/tmp/hang", "echo hangs >> /tmp/said; sleep 1000");
        script("/tmp/fail", "echo \"$*\" >> /tmp/said; echo no pager >&2; exit 3");
        let other = [&TCP[..], &["fallbackcommand=/tmp/fail"]].concat();
        let config = format!(
            "{HEAD}fallbackcommand=/tmp/hang\n{}{}",
            service(Method::Masq, Family::V4, 80, &[1], &TCP),
            service(Method::Masq, Family::V4, 81, &[1], &other),
        );
        let site = Site::start(Method::Masq, 1, &config);
        wait_for_said(&[vec!["hangs".to_owned(), "stop 10.1.0.10:81 tcp".to_owned()]]);
        for (weight, word) in [(0, "start"), (1, "stop"), (0, "start")] {
            if weight == 0 {
                site.servers[0].refuse()
            } else {
                site.servers[0].listen()
            }
            for port in [80, 81] {
                let line = format!("-a -t 10.1.0.10:{port} -r 10.2.0.11:80 -m -w {weight}");
                site.director.wait_for_line(&line, true);
            }
            let last = format!("{word} 10.1.0.10:81 tcp");
            wait_until("the other one is told", LIMIT, || {
                let said = said();
                if said.last() == Some(&last) { Ok(()) } else { Err(said.join("\n")) }
            });
        }
        let failed = "fallbackcommand `/tmp/fail start 10.1.0.10:81 tcp` failed with exit status 3";
        site.director.wait_for_log(&format!("{failed}: no pager"));
        assert_eq!(said().iter().filter(|line| *line == "hangs").count(), 1, "one at a time");
        let begun = Instant::now();
        assert!(site.director.stop().success());
        assert!(begun.elapsed() < LIMIT);
    });
}

#[test]
fn a_callback_is_run_when_the_file_is_saved() {
    in_the_lab(|| {
        script("/tmp/sync", "echo \"$*\" >> /tmp/said");
        let config = |autoreload: &str, weight: u32| {
            let web = service(Method::Masq, Family::V4, 80, &[weight], &TCP);
            format!("{HEAD}autoreload={autoreload}\ncallback=\"/tmp/sync to\"\n{web}")
        };
        let told = |times: usize| {
            wait_until(&format!("{times} callbacks"), LIMIT, || {
                let said = said();
                let right = said.iter().all(|line| {
                    line.starts_with("to /tmp/director.") && line.ends_with("/director.cf")
                });
                if right && said.len() == times { Ok(()) } else { Err(said.join("\n")) }
            });
        };
        let weighs = |site: &Site, weight: u32| {
            let line = format!("-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w {weight}");
            site.director.wait_for_line(&line, true);
        };
        let site = Site::start(Method::Masq, 1, &config("yes", 1));
        site.director.save(&config("yes", 2));
        weighs(&site, 2);
        told(1);
        // a broken file is not spread, and the same text is no change, whatever a signal says
        site.director.save(&format!("{}nonsense=1\n", config("yes", 3)));
        site.director.wait_for_log("`callback` is not run for a broken file");
        site.director.save(&config("yes", 4));
        weighs(&site, 4);
        told(2);
        site.director.reload(&config("yes", 4));
        site.director.wait_for_log("config on signal");
        site.director.save(&config("no", 5));
        weighs(&site, 5);
        told(3);
        site.director.save(&config("no", 6));
        told(4);
        weighs(&site, 5);
    });
}

#[test]
fn another_instance_comes_and_goes_with_this_one() {
    in_the_lab(|| {
        let net = Net::build(Method::Masq, 1);
        let _servers = Server::on_all(&net, 80);
        symlink(machine::director(), "/tmp/ldirectord").expect("a link");
        script("/tmp/status", "exec /tmp/ldirectord /tmp/first.cf status 2>&1");
        instance("second", 81, "");
        instance("third", 82, "");
        instance("first", 80, "execute=\"/tmp/second.cf\"\n");
        net.director.run("/tmp/ldirectord /tmp/first.cf start");
        wait_for_ports(&net.director, &[80, 81]);
        let status = net.director.run("/tmp/status");
        for name in ["first", "second"] {
            let running = format!("ldirectord for /tmp/{name}.cf is running with pid: ");
            assert!(status.contains(&running), "{status}");
        }
        instance("first", 80, "execute=/tmp/third.cf\n");
        wait_for_ports(&net.director, &[80, 82]);
        // one that is gone is started again by a reload
        net.director.run("/tmp/ldirectord /tmp/third.cf stop");
        wait_for_ports(&net.director, &[80]);
        net.director.run("/tmp/ldirectord /tmp/first.cf reload");
        wait_for_ports(&net.director, &[80, 82]);
        net.director.run("/tmp/ldirectord /tmp/first.cf stop");
        wait_for_ports(&net.director, &[]);
    });
}

#[test]
fn a_callback_may_restart_the_director() {
    in_the_lab(|| {
        let net = Net::build(Method::Masq, 1);
        let _servers = Server::on_all(&net, 80);
        symlink(machine::director(), "/tmp/ldirectord").expect("a link");
        let text = "echo before\n/tmp/ldirectord $1 restart\necho after\necho $1 >> /tmp/said";
        script("/tmp/again", text);
        let callback = "autoreload=no\ncallback=\"/tmp/again\"\n";
        instance("first", 80, callback);
        net.director.run("/tmp/ldirectord /tmp/first.cf start");
        wait_for_ports(&net.director, &[80]);
        instance("first", 81, callback);
        wait_for_ports(&net.director, &[81]);
        wait_for_said(&[vec!["/tmp/first.cf".to_owned()]]);
        net.director.run("/tmp/ldirectord /tmp/first.cf stop");
        wait_for_ports(&net.director, &[]);
    });
}

#[test]
fn an_instance_is_run_beside_lvs_director_run() {
    in_the_lab(|| {
        instance("second", 81, "");
        let web = service(Method::Masq, Family::V4, 80, &[1], &TCP);
        let config = format!("{HEAD}execute=/tmp/second.cf\n{web}");
        let net = Net::build(Method::Masq, 1);
        let _servers = Server::on_all(&net, 80);
        let director = Director::start(&net.director, &config);
        wait_for_ports(&net.director, &[80, 81]);
        assert!(director.stop().success());
        wait_for_ports(&net.director, &[]);
    });
}

/// Saves a configuration with one service, by renaming over the old one.
fn instance(name: &str, port: u16, more: &str) {
    let web = service(Method::Masq, Family::V4, port, &[1], &TCP);
    let text = format!("{HEAD}autoreload=yes\nlogfile=\"/tmp/{name}.log\"\n{more}{web}");
    fs::write("/tmp/new", text).expect("a file");
    fs::rename("/tmp/new", format!("/tmp/{name}.cf")).expect("a rename");
}

/// Waits until the table holds the services of these ports, each with its real.
fn wait_for_ports(host: &Host, ports: &[u16]) {
    let services = ports.iter().map(|port| format!("-A -t 10.1.0.10:{port} -s wrr"));
    let reals = ports.iter().map(|port| format!("-a -t 10.1.0.10:{port} -r 10.2.0.11:80 -m -w 1"));
    let want: Vec<String> = services.chain(reals).collect();
    wait_until(&format!("services at {ports:?}"), LIMIT, || {
        let have = host.table();
        let logs = ["first", "second", "third"].map(|name| format!("/tmp/{name}.log"));
        let logs = logs.map(|log| fs::read_to_string(log).unwrap_or_default());
        if have == want { Ok(()) } else { Err(format!("{have:#?}\n{}", logs.join("----\n"))) }
    });
}

fn script(path: &str, text: &str) {
    fs::write(path, format!("#!/bin/sh\n{text}\n")).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("our file");
}

fn said() -> Vec<String> {
    let text = fs::read_to_string("/tmp/said").unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Waits until all these rounds have been told; within a round the order is nobody's.
fn wait_for_said(rounds: &[Vec<String>]) {
    let want: Vec<String> = rounds.concat();
    wait_until(&format!("{want:?} are told"), LIMIT, || {
        let said = said();
        let mut rest = &said[..];
        for round in rounds {
            let (head, tail) = rest.split_at_checked(round.len()).ok_or_else(|| said.join("\n"))?;
            let (mut head, mut round) = (head.to_vec(), round.clone());
            head.sort();
            round.sort();
            if head != round {
                return Err(said.join("\n"));
            }
            rest = tail;
        }
        if rest.is_empty() { Ok(()) } else { Err(said.join("\n")) }
    });
}

/// Waits until so many lines with these words are told.
fn wait_for_said_of(words: &str, times: usize) {
    wait_until(&format!("{times} times {words}"), LIMIT, || {
        let said = said();
        let found = said.iter().filter(|line| line.contains(words)).count();
        if found == times { Ok(()) } else { Err(said.join("\n")) }
    });
}

const HEAD: &str = "checkinterval=1\nquiescent=yes\n";
const TCP: [&str; 3] = ["protocol=tcp", "service=none", "checktype=connect"];
const WELL: &str = "/tmp/well";
const LIMIT: Duration = Duration::from_secs(20);
