//! ldirectord is replaced by ours under traffic, and ours by its successor: nobody who is connected
//! notices, and nobody who connects.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::machine::{self, in_a_machine, in_the_lab};
use super::net::{Family, Method, Net, real_address};
use super::server::Server;
use super::traffic::Traffic;
use super::wait::wait_until;
use super::witness::Witness;

#[test]
fn connections_outlive_it_masquerading() {
    in_a_machine(("packages", "1G"), LONG, || connections_outlive_it(Method::Masq));
}

#[test]
fn connections_outlive_it_direct_routing() {
    in_a_machine(("packages", "1G"), LONG, || connections_outlive_it(Method::Gate));
}

/// Without `cleanstop=no` a stop takes the services away, whoever is stopped.
#[test]
fn a_clean_stop_takes_the_services_away() {
    in_the_lab(|| {
        let site = Site::build(Method::Masq);
        for program in [Program::Theirs, Program::Ours] {
            install(program);
            site.save(&site.file(""));
            site.ldirectord("start", 0);
            site.wait_for_table(&site.table());
            site.ldirectord("stop", 0);
            site.wait_for_table(&[]);
        }
    });
}

fn connections_outlive_it(method: Method) {
    let site = Site::build(method);
    site.save(&site.file(""));
    site.ldirectord("start", 0);
    site.wait_for_table(&site.table());
    let traffic = Traffic::start(&site.net.client, Family::V4.vip_port(80), 200);
    let witness = Witness::start(&site.net.director, "0A01000A:0050");
    let holds = |what: &str| {
        println!("{what}");
        traffic.a_round();
        assert_eq!(site.net.director.table(), site.table(), "{what}");
    };
    holds("ldirectord is at work");
    site.save(&site.file(STAY));
    let before = site.log().len();
    site.ldirectord("reload", 0);
    site.wait_for_log(before, "Changed virtual server: 10.1.0.10:80");
    site.wait_for_log(before, "Changed virtual server: 10.1.0.10:81");
    holds("it is told to leave the services when it stops");
    site.stop();
    holds("it has stopped");

    let ours = site.log().len();
    install(Program::Ours);
    site.ldirectord("start", 0);
    site.ldirectord("status", 0);
    site.must_work();
    holds("ours is at work");

    site.save(&site.file(STAY).replace("masq", "mask").replace("gate", "gat"));
    site.ldirectord("reload", 2);
    // that has told nobody
    kill_process(site.pid(), Signal::HUP).expect("it runs");
    site.wait_for_log(ours, "the last good one is followed");
    site.must_work();
    holds("it was told of a file with errors");
    site.save(&site.file(STAY));

    site.ldirectord("restart", 0);
    site.ldirectord("status", 0);
    site.must_work();
    holds("it has begun anew");

    let mut successor = fs::read(OURS).expect("a file");
    successor.push(b'\n');
    put(successor, OURS);
    assert!(site.program().ends_with(" (deleted)"), "{}", site.program());
    site.must_work();
    // a script that differs is given another perl
    fs::write(SCRIPT, format!("{}# another\n", script())).expect("a file");
    site.must_work();
    holds("its file is another one now");

    site.ldirectord("try-restart", 0);
    site.ldirectord("status", 0);
    site.must_work();
    assert_eq!(site.program(), OURS);
    holds("its successor is at work");

    let failures = traffic.end();
    assert!(failures.is_empty(), "{failures:#?}");
    let states = witness.end();
    assert_eq!(states.len(), 1, "{states:#?}");
    // what only the log can tell, so quick would it have been
    let log = site.log().split_off(ours);
    assert_eq!(log.lines().find(|line| line.contains("10.1.0.10:80")), None);
}

/// Two reals with a server each behind port 80; behind port 81 a real whose check is a Perl script.
struct Site {
    // in the order in which they end
    _servers: Vec<Server>,
    net: Net,
}

impl Site {
    fn build(method: Method) -> Site {
        let net = Net::build(method, 2);
        let servers = Server::on_all(&net, 80);
        fs::create_dir_all("/etc/ha.d").expect("a folder");
        put(script().into_bytes(), SCRIPT);
        fs::copy(PROGRAM, THEIRS).expect("Debian's ldirectord");
        Site { _servers: servers, net }
    }

    fn file(&self, directives: &str) -> String {
        let [one, two] = [1, 2].map(|n| real_address(self.net.method, n, Family::V4));
        let method = self.net.method.word();
        format!(
            "checkinterval=1\nchecktimeout=5\n{directives}\
             virtual=10.1.0.10:80\n\treal={one}:80 {method}\n\treal={two}:80 {method}\n\
             \tprotocol=tcp\n\tscheduler=rr\n\tservice=none\n\tchecktype=connect\n\
             virtual=10.1.0.10:81\n\treal={one}:81 {method}\n\
             \tprotocol=tcp\n\tscheduler=rr\n\tchecktype=external-perl\n\tcheckcommand={SCRIPT}\n"
        )
    }

    fn table(&self) -> Vec<String> {
        let [one, two] = [1, 2].map(|n| real_address(self.net.method, n, Family::V4));
        let flag = if self.net.method == Method::Gate { "-g" } else { "-m" };
        vec![
            "-A -t 10.1.0.10:80 -s rr".to_owned(),
            "-A -t 10.1.0.10:81 -s rr".to_owned(),
            format!("-a -t 10.1.0.10:80 -r {one}:80 {flag} -w 1"),
            format!("-a -t 10.1.0.10:80 -r {two}:80 {flag} -w 1"),
            format!("-a -t 10.1.0.10:81 -r {one}:81 {flag} -w 1"),
        ]
    }

    fn save(&self, text: &str) {
        fs::write(NEW, text).and_then(|()| fs::rename(NEW, CONFIG)).expect("a file");
    }

    /// Says `ldirectord ACTION` on the director.
    fn ldirectord(&self, action: &str, status: i32) {
        let mut command = Command::new(PROGRAM);
        let output = self.net.director.inside(|| command.arg(action).output()).expect("it starts");
        assert_eq!(output.status.code(), Some(status), "{action}: {output:?}\n{}", self.log());
    }

    /// Says `ldirectord stop`, and waits until it has.
    fn stop(&self) {
        self.ldirectord("stop", 0);
        let gone = || if Path::new(PID).exists() { Err(self.log()) } else { Ok(()) };
        wait_until("ldirectord has stopped", LIMIT, gone);
    }

    /// Waits until the real behind port 81 goes when its script says so, and is back when it does no more.
    fn must_work(&self) {
        fs::write(ILL, "").expect("a file");
        self.wait_for_table(&self.table()[..4]);
        fs::remove_file(ILL).expect("our file");
        self.wait_for_table(&self.table());
    }

    fn wait_for_table(&self, want: &[String]) {
        wait_until("the table is as wanted", LIMIT, || {
            let have = self.net.director.table();
            if have == want { Ok(()) } else { Err(format!("{have:#?}\n{}", self.log())) }
        });
    }

    fn wait_for_log(&self, from: usize, words: &str) {
        wait_until(&format!("the log says {words:?}"), LIMIT, || {
            let log = self.log().split_off(from);
            if log.contains(words) { Ok(()) } else { Err(log) }
        });
    }

    fn log(&self) -> String {
        fs::read_to_string("/var/log/ldirectord.log").unwrap_or_default()
    }

    fn pid(&self) -> Pid {
        let pid = fs::read_to_string(PID).expect("it runs");
        Pid::from_raw(pid.trim().parse().expect("a number")).expect("not 0")
    }

    /// The file that the daemon runs, as the kernel knows it.
    fn program(&self) -> String {
        let pid = self.pid().as_raw_nonzero();
        let program = fs::read_link(format!("/proc/{pid}/exe")).expect("it runs");
        program.to_string_lossy().into_owned()
    }
}

/// What is called `/usr/sbin/ldirectord`.
#[derive(Clone, Copy)]
enum Program {
    /// Debian's.
    Theirs,
    /// A link to ours.
    Ours,
}

fn install(program: Program) {
    let new = format!("{PROGRAM}.new");
    match program {
        Program::Theirs => put(fs::read(THEIRS).expect("a file"), PROGRAM),
        Program::Ours => {
            put(fs::read(machine::director()).expect("a file"), OURS);
            symlink("lvs-director", &new).and_then(|()| fs::rename(&new, PROGRAM)).expect("a link");
        }
    }
}

/// Moves a new program over what is there, as a package does.
fn put(program: Vec<u8>, at: &str) {
    let new = format!("{at}.new");
    fs::write(&new, program).expect("a file");
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).expect("our file");
    fs::rename(new, at).expect("a rename");
}

fn script() -> String {
    format!("#!/usr/bin/perl\nexit(-e '{ILL}' ? 1 : 0);\n")
}

const PROGRAM: &str = "/usr/sbin/ldirectord";
const OURS: &str = "/usr/sbin/lvs-director";
const THEIRS: &str = "/tmp/ldirectord";
const CONFIG: &str = "/etc/ha.d/ldirectord.cf";
const NEW: &str = "/etc/ha.d/new";
const PID: &str = "/var/run/ldirectord.ldirectord.pid";
const SCRIPT: &str = "/etc/ha.d/check.pl";
const ILL: &str = "/tmp/ill";
const STAY: &str = "cleanstop=no\n";
/// Seconds; Perl starts slowly on a machine that is at work.
const LONG: u32 = 240;
const LIMIT: Duration = Duration::from_secs(20);
