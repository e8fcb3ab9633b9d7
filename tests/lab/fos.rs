//! Two directors with services of their own (`service = fos`): who runs them, in which order, and what
//! happens to one that fails.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

use super::director::Director;
use super::host::{Host, feed};
use super::machine::{director, in_the_lab};
use super::net::Site;
use super::wait::wait_until;

#[test]
fn services_are_started_and_stopped_once_each_in_order() {
    in_the_lab(|| {
        let site = Pair::build();
        let (first, second) = site.start();
        let up = ["stop web", "stop mail", "start web", "start mail"];
        site.primary.did(&[&["stop web", "stop mail"][..], &up].concat());
        site.backup.did(&["stop web", "stop mail"]);
        second.wait_for_log("Starting Failover Service Monitors");
        second.wait_for_log("Remote service 10.1.0.10:25 is available");

        // killed: what it has started runs on there, without its address
        site.primary.host.run("ip link set eth0 down");
        first.kill();
        second.wait_for_log("partner dead: activating failover services");
        site.backup.did(&up);
        site.backup.serves();
        site.primary.host.run("ip link set eth0 up");
        let first = site.primary.run();
        site.primary.did(&["stop web", "stop mail"]);
        first.wait_for_log("Remote service 10.1.0.10:8080 is available");

        // a goodbye
        assert!(second.stop().success());
        site.backup.did(&["stop web", "stop mail"]);
        first.wait_for_log("backup inactive: activating fos");
        site.primary.did(&up);
        site.primary.serves();
        assert!(first.stop().success());
        site.primary.did(&["stop web", "stop mail"]);
    });
}

#[test]
fn a_service_that_dies_is_taken_over() {
    in_the_lab(|| {
        let site = Pair::build();
        let (first, second) = site.start();
        second.wait_for_log("Remote service 10.1.0.10:8080 is available");
        second.wait_for_log("Remote service 10.1.0.10:25 is available");
        site.primary.forget();
        site.backup.forget();
        feed("/srv/primary/die mail", "");
        for line in [
            "Exiting due to connection failure of 10.1.0.10:25",
            "Monitor for service 10.1.0.10:25 exited. This is a failover condition!",
            "remote service unavailable but we can see the gateway",
            "Notifying partner WE are taking control!",
        ] {
            second.wait_for_log(line);
        }
        first.wait_for_log("PARTNER HAS TOLD US TO GO INACTIVE!");
        site.primary.did(&["stop web", "stop mail"]);
        site.backup.did(&["stop web", "stop mail", "start web", "start mail"]);
        site.backup.serves();
        drop((first, second));
    });
}

#[test]
fn who_cannot_start_a_service_hands_over_and_stays_back() {
    in_the_lab(|| {
        let site = Pair::build();
        fs::write("/srv/primary/broken", "").expect("a file");
        let second = site.backup.run();
        let first = site.primary.run();
        second.wait_for_log("start_cmd `/srv/backup/start mail");
        site.backup.serves();
        site.backup.forget();
        // the peer is gone, the only one left cannot start
        assert!(second.stop().success());
        first.wait_for_log("Failed to start service 10.1.0.10:8080!");
        let second = site.backup.run();
        site.backup.serves();
        let log = first.log();
        let tries = log.matches("Failed to start service 10.1.0.10:8080!").count();
        assert!(tries <= 2, "{log}");
        drop((first, second));
    });
}

/// Called by its name, and without a director.
#[test]
fn fos_runs_the_services_here_and_stops_them_at_its_end() {
    in_the_lab(|| {
        let site = Pair::build();
        let Node { host, name } = &site.primary;
        host.run("ip address add 10.1.0.10/24 dev eth0");
        fs::write("/srv/lvs.cf", config(name)).expect("a file");
        symlink(director(), "/srv/fos").expect("a link");
        host.run("/srv/fos --active -c /srv/lvs.cf");
        let up = ["stop web", "stop mail", "start web", "start mail"];
        site.primary.did(&up);
        site.primary.serves();
        let pid = fs::read_to_string("/var/run/fos.pid").expect("it runs");
        feed(&format!("kill {}", pid.trim()), "");
        site.primary.did(&["stop web", "stop mail"]);
        wait_until("it ends", LIMIT, || match Path::new("/var/run/fos.pid").exists() {
            true => Err(pid.clone()),
            false => Ok(()),
        });
    });
}

/// Two nodes with a gateway.
struct Pair {
    primary: Node,
    backup: Node,
    _gateway: Host,
}

/// One of them, and its folder in /srv.
struct Node {
    host: Host,
    name: &'static str,
}

impl Pair {
    fn build() -> Pair {
        feed("modprobe -a veth bridge", "");
        let mut site = Site::default();
        let [primary, backup, gateway] =
            ["primary", "backup", "gateway"].map(|name| site.host(name));
        site.switch("front");
        site.plug(&primary, "eth0", "front", &["10.1.0.1/24"]);
        site.plug(&backup, "eth0", "front", &["10.1.0.2/24"]);
        site.plug(&gateway, "eth0", "front", &["10.1.0.254/24"]);
        for node in [&primary, &backup] {
            site.ip(node, "route add default via 10.1.0.254");
        }
        site.build();
        let pair = Pair {
            primary: Node { host: primary, name: "primary" },
            backup: Node { host: backup, name: "backup" },
            _gateway: gateway,
        };
        pair.primary.install();
        pair.backup.install();
        pair
    }

    /// Starts both, the primary first, until it serves.
    fn start(&self) -> (Director, Director) {
        let first = self.primary.run();
        first.wait_for_log("partner dead: activating failover services");
        self.primary.serves();
        (first, self.backup.run())
    }
}

impl Node {
    fn install(&self) {
        let name = self.name;
        fs::create_dir_all(format!("/srv/{name}")).expect("a folder");
        let script = |file: &str, text: String| {
            let path = format!("/srv/{name}/{file}");
            fs::write(&path, text).expect("a file");
            fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("our file");
        };
        let run = format!("cd /srv/{name}; echo \"$(basename $0) $1\" >> did");
        let kill = "[ -s $1.pid ] && kill $(cat $1.pid) 2>/dev/null; rm -f $1.pid; true";
        let serve = "port=8080; [ $1 = mail ] && port=25\n\
            perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => \"10.1.0.10\", \
            LocalPort => $ARGV[0], Listen => 9, ReuseAddr => 1) or exit 9; exit if fork; \
            open P, \">\", $ARGV[1]; print P $$; close P; close while $_ = $s->accept' \
            $port $1.pid";
        script("start", format!("#!/bin/sh\n{run}\n[ -e broken ] && exit 7\n{serve}\n"));
        script("stop", format!("#!/bin/sh\n{run}\n{kill}\n"));
        script("die", format!("#!/bin/sh\ncd /srv/{name}\n{kill}\n"));
    }

    fn run(&self) -> Director {
        Director::start(&self.host, &config(self.name))
    }

    /// Waits until it has run these commands since it was looked last, and no others.
    fn did(&self, commands: &[&str]) {
        let file = format!("/srv/{}/did", self.name);
        wait_until(&format!("{}: {commands:?}", self.name), LIMIT, || {
            let did = fs::read_to_string(&file).unwrap_or_default();
            if did.lines().eq(commands.iter().copied()) { Ok(()) } else { Err(did) }
        });
        self.forget();
    }

    fn forget(&self) {
        let _ = fs::remove_file(format!("/srv/{}/did", self.name));
    }

    /// Waits until both services answer here, and that their address is here.
    fn serves(&self) {
        let listens = || self.host.run("ss -Hltn");
        wait_until(&format!("{} serves", self.name), LIMIT, || {
            let there = listens();
            let both = ["10.1.0.10:8080 ", "10.1.0.10:25 "].iter().all(|at| there.contains(at));
            if both { Ok(()) } else { Err(there) }
        });
        assert!(self.host.run("ip -4 -o address show").contains(" 10.1.0.10/24 "));
    }
}

fn config(name: &str) -> String {
    let mut text = "primary = 10.1.0.1\nservice = fos\nbackup_active = 1\nbackup = 10.1.0.2\n\
                    heartbeat_port = 539\nkeepalive = 1\ndeadtime = 3\n"
        .to_owned();
    for (service, port) in [("web", 8080), ("mail", 25)] {
        text += &format!(
            "failover {service} {{\n active = 1\n address = 10.1.0.10 eth0:1\n \
             vip_nmask = 255.255.255.0\n port = {port}\n timeout = 1\n \
             start_cmd = \"/srv/{name}/start {service}\"\n \
             stop_cmd = \"/srv/{name}/stop {service}\"\n}}\n"
        );
    }
    text
}

const LIMIT: Duration = Duration::from_secs(20);
