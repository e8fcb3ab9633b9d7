//! The OCF agent `ocf:heartbeat:ldirectord`, called by hand as Pacemaker calls it: what each action
//! answers while the director never ran, runs, is stopped, was killed, has a broken file or none.

use std::time::Duration;

use super::machine::in_a_machine;
use super::node::Node;
use super::pair::{Pair, table};
use super::program::{Program, daemons, pid_files};
use super::wait::wait_until;

#[test]
fn with_ours() {
    in_a_machine(("launchers", "1G"), LIMIT, || story(Program::Ours));
}

#[test]
#[ignore = "what Debian's ldirectord does: make launchers"]
fn with_theirs() {
    in_a_machine(("launchers", "1G"), LIMIT, || story(Program::Theirs));
}

fn story(program: Program) {
    let _pair = Pair::build();
    let node = Node::boot(1);
    program.install(&node);
    node.shell(&format!("cat >{CONFIG} <<'END'\n{WELL}END"));
    let agent = Agent { node: &node };

    agent.answers("validate-all", OK);
    let meta = agent.answers("meta-data", OK);
    assert!(meta.contains("<resource-agent name=\"ldirectord\""), "{meta}");

    agent.answers("monitor", NOT_RUNNING);
    agent.answers("stop", OK);
    agent.answers("start", OK);
    agent.answers("monitor", OK);
    agent.answers("start", OK);
    let first = agent.only_daemon();
    agent.stops();
    agent.answers("stop", OK);

    agent.answers("start", OK);
    let second = agent.only_daemon();
    assert_ne!(first, second);
    agent.programs();
    node.run(&format!("kill -9 {second}"));
    // its pid file says otherwise, and nobody is deceived
    assert_eq!(pid_files(&node), [(PID_FILE.to_owned(), Some(second))]);
    agent.answers("monitor", NOT_RUNNING);
    agent.answers("start", OK);
    agent.answers("monitor", OK);

    a_broken_file(&agent, program);

    node.shell(&format!("mv {CONFIG} /tmp/kept"));
    for action in ["monitor", "start", "stop", "validate-all"] {
        let said = agent.answers(action, NOT_INSTALLED);
        assert!(said.contains(&format!("{CONFIG} not found")), "{said}");
    }
    node.shell(&format!("mv /tmp/kept {CONFIG}"));
    ocf_tester(&node);
}

/// The file breaks while the director runs: it goes on, monitor is an error, stop ends it.
fn a_broken_file(agent: &Agent, program: Program) {
    let daemon = agent.only_daemon();
    agent.programs();
    agent.node.shell(&format!("sed -i 's/^virtual=/virtuall=/' {CONFIG}"));
    let said = agent.answers("monitor", ERROR);
    assert!(said.contains(&format!("{CONFIG} has configuration errors")), "{said}");
    assert!(said.contains("virtuall"), "{said}");
    assert_eq!(agent.only_daemon(), daemon);
    if program == Program::Ours {
        // Debian's deletes it while its daemon runs
        assert_eq!(pid_files(agent.node), [(PID_FILE.to_owned(), Some(daemon))]);
    }
    agent.programs();
    let said = agent.answers("stop", OK);
    // found by its command line, and killed if it is not gone in no time
    assert!(said.contains(&format!("Killing ldirectord({daemon}) with SIGTERM")), "{said}");
    agent.has_no_daemon();
    agent.answers("start", ERROR);
    agent.has_no_daemon();

    agent.node.shell(&format!("sed -i 's/^virtuall=/virtual=/' {CONFIG}"));
    agent.answers("monitor", NOT_RUNNING);
    agent.answers("start", OK);
    agent.programs();
    agent.stops();
}

/// Debian's own examination of an agent: all its actions, again and again.
fn ocf_tester(node: &Node) {
    let command =
        format!("/usr/sbin/ocf-tester -n lvs -o configfile={CONFIG} {FOLDER}/heartbeat/ldirectord");
    let output = node.try_run(&command);
    let said = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complaints}");
    assert!(said.trim_end().ends_with("passed all tests"), "{said}{complaints}");
    println!("{said}");
}

/// The agent on a node.
struct Agent<'a> {
    node: &'a Node,
}

impl Agent<'_> {
    /// Calls an action, which must exit with this code, and returns what it says.
    fn answers(&self, action: &str, code: i32) -> String {
        let begun = std::time::Instant::now();
        let environment = "OCF_ROOT=/usr/lib/ocf OCF_RA_VERSION_MAJOR=1 OCF_RA_VERSION_MINOR=1 \
             OCF_RESOURCE_PROVIDER=heartbeat OCF_RESOURCE_TYPE=ldirectord OCF_RESOURCE_INSTANCE=lvs";
        let agent = format!("{FOLDER}/heartbeat/ldirectord {action}");
        let output =
            self.node.try_run(&format!("env {environment} OCF_RESKEY_configfile={CONFIG} {agent}"));
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(output.status.code(), Some(code), "{action}: {said}");
        println!("{action:12} -> {code}, {:.2} s", begun.elapsed().as_secs_f32());
        said
    }

    /// Stops it; that it has been told is all that stop waits for.
    fn stops(&self) {
        self.answers("stop", OK);
        self.is_gone();
        self.answers("monitor", NOT_RUNNING);
    }

    /// Waits until nothing of the director is left, neither here nor in the kernel.
    fn is_gone(&self) {
        wait_until("the director is gone", PATIENCE, || {
            let left = (daemons(self.node), pid_files(self.node), self.node.host.table());
            let gone = left.0.is_empty() && left.1.is_empty() && left.2.is_empty();
            if gone { Ok(()) } else { Err(format!("{left:?}")) }
        });
    }

    /// Waits until no director runs; one that was killed leaves pid file and table behind.
    fn has_no_daemon(&self) {
        wait_until("no director runs", PATIENCE, || {
            let left = daemons(self.node);
            if left.is_empty() { Ok(()) } else { Err(format!("{left:?}")) }
        });
    }

    /// Waits until the kernel has all.
    fn programs(&self) {
        wait_until("the table is complete", PATIENCE, || {
            let have = self.node.host.table();
            if have == table(&[11, 12]) { Ok(()) } else { Err(format!("{have:?}")) }
        });
    }

    /// The pid of the one daemon that runs, which its pid file names.
    fn only_daemon(&self) -> u32 {
        let running = daemons(self.node);
        let [daemon] = &running[..] else { panic!("one daemon runs: {running:?}") };
        assert!(
            daemon.title.contains(&format!("/usr/sbin/ldirectord {CONFIG} start")),
            "{daemon:?}"
        );
        daemon.pid
    }
}

const WELL: &str = "\
checktimeout=2
checkinterval=1
quiescent=no
virtual=10.1.0.10:80
\treal=10.1.0.11:80 gate
\treal=10.1.0.12:80 gate
\tservice=none
\tchecktype=connect
\tscheduler=rr
\tprotocol=tcp
";
const FOLDER: &str = "/usr/lib/ocf/resource.d";
const CONFIG: &str = "/etc/ha.d/ldirectord.cf";
const PID_FILE: &str = "ldirectord.ldirectord.cf.pid";
const OK: i32 = 0;
const ERROR: i32 = 1;
const NOT_INSTALLED: i32 = 5;
const NOT_RUNNING: i32 = 7;
const PATIENCE: Duration = Duration::from_secs(20);
const LIMIT: u32 = 180;
