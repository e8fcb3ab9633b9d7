//! The program called as nanny: one real server in a service that ipvsadm made.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::host::{Host, feed};
use super::machine::{director, in_the_lab};
use super::net::{Method, Net};
use super::server::Server;
use super::wait::wait_until;

/// A nanny in the foreground; killed when dropped.
struct Nanny {
    child: Child,
    lines: mpsc::Receiver<String>,
    seen: Vec<String>,
}

impl Nanny {
    fn start(host: &Host, words: &str) -> Nanny {
        Nanny::start_as(host, NANNY, words)
    }

    fn start_as(host: &Host, program: &str, words: &str) -> Nanny {
        let mut command = Command::new(program);
        command.args(["--nodaemon", "--verbose"]).args(words.split(' '));
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = host.inside(|| command.spawn()).expect("nanny starts");
        let (tell, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        thread::spawn(move || {
            output.map_while(Result::ok).try_for_each(|line| {
                println!("{line}");
                tell.send(line)
            })
        });
        Nanny { child, lines, seen: Vec::new() }
    }

    /// Waits for a line, and forgets it and all before it.
    fn says(&mut self, line: &str) {
        let line = format!("nanny: {line}");
        wait_until(&line, LIMIT, || {
            self.seen.extend(self.lines.try_iter());
            let at = self.seen.iter().position(|seen| *seen == line);
            at.map(|at| drop(self.seen.drain(..=at))).ok_or_else(|| self.seen.join("\n"))
        });
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().cast_signed()).expect("a process");
        kill_process(pid, signal).expect("our child");
    }

    fn exit_status(&mut self) -> Option<i32> {
        let ended =
            || self.child.try_wait().expect("our child").ok_or_else(|| "it runs".to_owned());
        wait_until("nanny ends", LIMIT, ended).code()
    }
}

impl Drop for Nanny {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_comes_goes_and_comes_back() {
    in_the_lab(|| {
        let net = site();
        let servers = Server::on_all(&net, 80);
        let mut nanny = Nanny::start(&net.director, &lvs("-t 1 -a 3 -w 7"));
        nanny.says("starting LVS client monitor for 10.1.0.10:80 -> 10.2.0.11:80");
        nanny.says("[ active ] making 10.2.0.11:80 available");
        wait_for(&net, &[OTHER, "-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 7"], STEPS);
        // somebody meddles
        net.director.run("ipvsadm -d -t 10.1.0.10:80 -r 10.2.0.11:80");
        nanny.says("somebody changed it, undone: -a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 7");
        servers[0].refuse();
        nanny.says("[inactive] shutting down 10.2.0.11:80 due to connection failure");
        nanny.says(" - connection refused");
        wait_for(&net, &[OTHER], LIMIT);
        servers[0].listen();
        nanny.says("[ active ] making 10.2.0.11:80 available");
        // slow start again
        wait_for(&net, &[OTHER, "-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 2"], LIMIT);
        nanny.signal(Signal::TERM);
        nanny.says("Terminating due to signal 15");
        assert_eq!(nanny.exit_status(), Some(0));
        wait_for(&net, &[OTHER], Duration::ZERO);
    });
}

#[test]
fn a_server_rests_and_is_seen_through_glasses() {
    in_the_lab(|| {
        let net = site();
        let servers = Server::on_all(&net, 80);
        let mut nanny = Nanny::start(&net.director, &lvs("-t 1 -a 1 -q"));
        let up = "-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 1";
        let resting = "-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 0";
        wait_for(&net, &[OTHER, up], LIMIT);
        nanny.signal(Signal::USR1);
        nanny.says("opaque glasses on");
        wait_for(&net, &[OTHER], LIMIT);
        nanny.signal(Signal::HUP);
        nanny.says("DEBUG -- removing glasses");
        nanny.says("[ active ] making 10.2.0.11:80 available");
        wait_for(&net, &[OTHER, up], LIMIT);
        servers[0].refuse();
        wait_for(&net, &[OTHER, resting], LIMIT);
        nanny.signal(Signal::USR2);
        nanny.says("rose-colored glasses on");
        wait_for(&net, &[OTHER, up], LIMIT);
        nanny.signal(Signal::HUP);
        nanny.says("[inactive] shutting down 10.2.0.11:80 due to connection failure");
        wait_for(&net, &[OTHER, resting], LIMIT);
        nanny.signal(Signal::INT);
        nanny.says("Terminating due to signal 2");
        assert_eq!(nanny.exit_status(), Some(0));
        wait_for(&net, &[OTHER, resting], Duration::ZERO);
    });
}

/// The original died of what the kernel refused, and took all others with it.
#[test]
fn a_service_that_comes_late_and_goes_is_waited_for() {
    in_the_lab(|| {
        let net = site();
        net.director.run("ipvsadm -C");
        let _servers = Server::on_all(&net, 80);
        let mut nanny = Nanny::start_as(&net.director, &wrapper(), &lvs("-t 1"));
        let add = "-a -t 10.1.0.10:80 -r 10.2.0.11:80 -m -w 1";
        nanny.says(&format!("{add} refused: no such service (ESRCH); it is tried again"));
        net.director.run("ipvsadm -A -t 10.1.0.10:80 -s wlc");
        nanny.says("the kernel takes what it refused");
        wait_for(&net, &[add], LIMIT);
        net.director.run("ipvsadm -D -t 10.1.0.10:80");
        nanny.says(&format!("{add} refused: no such service (ESRCH); it is tried again"));
        nanny.signal(Signal::TERM);
        assert_eq!(nanny.exit_status(), Some(0));
    });
}

#[test]
fn a_failover_service_ends_her_and_she_runs_in_the_background() {
    in_the_lab(|| {
        let net = site();
        let servers = Server::on_all(&net, 25);
        let watch = "--fos -h 10.2.0.11 -V 10.2.0.2 -p 25 -t 1";
        let mut nanny = Nanny::start(&net.director, watch);
        nanny.says("Failover service monitor for 10.2.0.2:25 started");
        nanny.says("Remote service 10.2.0.11:25 is available");
        servers[0].refuse();
        nanny.says("Exiting due to connection failure of 10.2.0.11:25");
        assert_eq!(nanny.exit_status(), Some(0));
        let mut nanny = Nanny::start(&net.director, watch);
        nanny.says("No service active & available...");
        nanny.says("Timeout waiting for remote service -- triggering failover!");
        assert_eq!(nanny.exit_status(), Some(1));

        servers[0].listen();
        assert_eq!(net.director.run(&format!("{NANNY} {}", lvs("-p 25 -r 25 -t 1"))), "");
        net.director.run("ipvsadm -A -t 10.1.0.10:25 -s wlc");
        let serving = "-a -t 10.1.0.10:25 -r 10.2.0.11:25 -m -w 1";
        wait_for(&net, &[OTHER, serving], LIMIT);
        let pids = feed("pgrep -x nanny", "");
        let pid = pids.trim().parse().ok().and_then(Pid::from_raw).expect("one process");
        kill_process(pid, Signal::TERM).expect("it runs");
        wait_for(&net, &[OTHER], LIMIT);
    });
}

/// A director with a service that somebody has made, with a server of somebody's in it.
fn site() -> Net {
    let net = Net::build(Method::Masq, 1);
    let folder = Path::new(NANNY).parent().expect("a folder");
    fs::create_dir_all(folder).expect("a folder");
    symlink(director(), NANNY).expect("a link");
    net.director.run("ipvsadm -A -t 10.1.0.10:80 -s wlc");
    net.director.run("ipvsadm -a -t 10.1.0.10:80 -r 10.2.0.99:80 -m -w 5");
    net
}

/// What `client_monitor` may name.
fn wrapper() -> String {
    let file = "/opt/lvs/wrapper";
    fs::write(file, format!("#!/bin/sh\nexec {NANNY} \"$@\"\n")).expect("a file");
    fs::set_permissions(file, Permissions::from_mode(0o755)).expect("our file");
    file.to_owned()
}

/// The words of a nanny of the only real; a server that answers nothing needs no web.
fn lvs(more: &str) -> String {
    format!("--lvs -h 10.2.0.11 -V 10.1.0.10 -s who\\n -x rs1 -I /missing {more}")
}

/// Waits until the service has these destinations.
fn wait_for(net: &Net, destinations: &[&str], limit: Duration) {
    let mut wanted = destinations.to_vec();
    wanted.sort_unstable();
    wait_until("the table is as wanted", limit, || {
        let table = net.director.table();
        let found: Vec<_> = table.iter().filter(|line| line.starts_with("-a")).collect();
        if found == wanted.iter().collect::<Vec<_>>() { Ok(()) } else { Err(table.join("\n")) }
    });
}

const NANNY: &str = "/opt/lvs/nanny";
/// A server that is none of her business.
const OTHER: &str = "-a -t 10.1.0.10:80 -r 10.2.0.99:80 -m -w 5";
const LIMIT: Duration = Duration::from_secs(20);
/// Until the weight is whole: 1 and 2 at once, 4 and 7 every 20 s.
const STEPS: Duration = Duration::from_secs(90);
