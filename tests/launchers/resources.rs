//! heartbeat's ResourceManager by hand: what it makes of a resource script's words and exit codes,
//! and of the two forms, `ldirectord` and `ldirectord::FILE`, side by side.

use std::time::Duration;

use super::machine::in_a_machine;
use super::node::Node;
use super::pair::Pair;
use super::program::{Program, daemons, pid_files};
use super::wait::wait_until;

#[test]
fn verbs_with_ours() {
    in_a_machine(("launchers", "1G"), LIMIT, || verbs(Program::Ours));
}

#[test]
#[ignore = "what Debian's ldirectord does: make launchers"]
fn verbs_with_theirs() {
    in_a_machine(("launchers", "1G"), LIMIT, || verbs(Program::Theirs));
}

fn verbs(program: Program) {
    let _pair = Pair::build();
    let node = Node::boot(1);
    node.shell(FILES);
    program.install(&node);

    assert_eq!(manager(&node, "listkeys node1"), (0, "ldirectord\n".to_owned()));
    assert_eq!(manager(&node, "listkeys NODE2"), (0, "ldirectord::other.cf\n".to_owned()));
    assert_eq!(manager(&node, "verifyallidle").0, 0);
    for key in ["ldirectord", "ldirectord::other.cf"] {
        assert_eq!(manager(&node, &format!("status {key}")).0, 3, "{key}");
        assert_eq!(manager(&node, &format!("givegroup {key}")).0, 0, "{key}");
    }

    assert_eq!(manager(&node, "takegroup ldirectord").0, 0);
    let first = has(&node, &[ONE_WORD]);
    // "running" is said on the other output, as ever, so it is taken for stopped and started again
    assert_eq!(manager(&node, "status ldirectord").0, 3);
    assert_eq!(manager(&node, "takegroup ldirectord").0, 0);
    assert_eq!(has(&node, &[ONE_WORD]), first, "a start of what runs");
    assert_eq!(manager(&node, "takegroup ldirectord::other.cf").0, 0);
    has(&node, &[ONE_WORD, NAMED]);

    for (words, number) in [("", 0), ("other.cf", 1)] {
        assert_eq!(script(&node, words, "status").0, 0);
        assert_eq!(script(&node, words, "start").0, 0);
        let pid = has(&node, &[ONE_WORD, NAMED])[number];
        // what is killed leaves a stale pid file, which a start mends
        node.run(&format!("kill -KILL {pid}"));
        wait_until("the daemon is gone", PATIENCE, || {
            let left = daemons(&node).into_iter().find(|daemon| daemon.pid == pid);
            left.map_or(Ok(()), |daemon| Err(format!("{daemon:?}")))
        });
        assert_eq!(script(&node, words, "status").0, 1);
        assert_eq!(script(&node, words, "start").0, 0);
        assert_ne!(has(&node, &[ONE_WORD, NAMED])[number], pid);
    }

    for _ in 0..2 {
        assert_eq!(manager(&node, "givegroup ldirectord").0, 0);
        has(&node, &[NAMED]);
    }
    for _ in 0..2 {
        assert_eq!(script(&node, "other.cf", "stop").0, 0);
        has(&node, &[]);
    }
    for words in ["", "other.cf"] {
        assert_eq!(script(&node, words, "status").0, 3);
    }
    assert_eq!(manager(&node, "verifyallidle").0, 0);
    assert_eq!(node.read("/var/log/reboots"), "");
    let log = node.read("/var/log/ha-log");
    assert!(!log.contains("ERROR") && !log.contains("CRIT"), "{log}");
}

/// Waits until these run, each with its pid file, its service and nothing else; their pids.
fn has(node: &Node, wanted: &[Director]) -> Vec<u32> {
    let mut table: Vec<String> = wanted.iter().flat_map(|director| director.table()).collect();
    table.sort();
    wait_until(&format!("{wanted:?} run and nothing else"), PATIENCE, || {
        let (running, files, have) = (daemons(node), pid_files(node), node.host.table());
        let of = |director: &Director| files.iter().find(|(name, _)| name == director.pid_file)?.1;
        let pids: Vec<u32> = wanted.iter().filter_map(of).collect();
        let counts = [running.len(), files.len(), pids.len()];
        let known = running.iter().all(|daemon| pids.contains(&daemon.pid));
        if counts == [wanted.len(); 3] && known && have == table {
            return Ok(pids);
        }
        Err(format!("{running:?}\n{files:?}\n{have:?}"))
    })
}

/// Runs the ResourceManager as heartbeat does; its exit code and what it prints.
fn manager(node: &Node, verb: &str) -> (i32, String) {
    let output = node.try_run(&format!(
        "env HA_CURHOST=node1 HA_LOGFILE=/var/log/ha-log HA_DEBUGLOG=/var/log/ha-debug \
         /usr/share/heartbeat/ResourceManager {verb}"
    ));
    let code = output.status.code().expect("an exit code");
    (code, String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs the resource script itself; its exit code and what it prints.
fn script(node: &Node, words: &str, action: &str) -> (i32, String) {
    let output = node.try_run(&format!("/etc/ha.d/resource.d/ldirectord {words} {action}"));
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().expect("an exit code"), String::from_utf8_lossy(&said).into_owned())
}

/// One of the two that run side by side.
#[derive(Clone, Copy, Debug)]
struct Director {
    pid_file: &'static str,
    port: u16,
}

impl Director {
    fn table(&self) -> [String; 2] {
        let service = format!("-t 10.1.0.10:{}", self.port);
        [format!("-A {service} -s rr"), format!("-a {service} -r 10.1.0.11:80 -m -w 1")]
    }
}

const ONE_WORD: Director = Director { pid_file: "ldirectord.ldirectord.pid", port: 81 };
const NAMED: Director = Director { pid_file: "ldirectord.other.cf.pid", port: 82 };

const FILES: &str = r#"
printf '#!/bin/sh\necho "$0 $*" >>/var/log/reboots\n' >/usr/sbin/reboot
chmod 755 /usr/sbin/reboot
cat >/etc/ha.d/haresources <<END
node1 ldirectord
node2 ldirectord::other.cf
END
for file in ldirectord:81 other:82; do
    cat >/etc/ha.d/${file%:*}.cf <<END
checkinterval=1
virtual=10.1.0.10:${file#*:}
	real=10.1.0.11:80 masq
	service=none
	checktype=connect
	scheduler=rr
END
done
"#;

const PATIENCE: Duration = Duration::from_secs(120);
const LIMIT: u32 = 600;
