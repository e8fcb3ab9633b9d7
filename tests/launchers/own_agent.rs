//! Our OCF agent by hand, as Pacemaker calls it: what each action answers while the director never
//! ran, runs, is promoted, was killed, hangs, has a broken file or none.

use std::time::Duration;

use super::machine::in_a_machine;
use super::node::Node;
use super::own::{AGENT, FILE, directors, install, is, status};
use super::pair::{Pair, has_services, holds_address};
use super::wait::wait_until;

#[test]
fn every_action_in_every_state() {
    in_a_machine(("launchers", "1G"), LIMIT, || {
        let _pair = Pair::build();
        let node = Node::boot(1);
        install(&node);
        let agent = Agent { node: &node };
        by_itself(&agent);
        without_a_director(&agent);
        promoted(&agent);
        levels(&agent);
        killed(&agent);
        hanging(&agent);
        a_broken_file(&agent);
        another_protocol(&agent);
    });
}

/// What it says of itself is valid, and Debian's own examination finds nothing.
fn by_itself(agent: &Agent) {
    agent.node.shell(&format!("{AGENT} meta-data | xmllint --noout -"));
    let meta = agent.answers("meta-data", OK);
    for action in ["promote", "demote", "reload", "validate-all"] {
        assert!(meta.contains(&format!("<action name=\"{action}\"")), "{meta}");
    }
    agent.answers("validate-all", OK);
    agent.answers("usage", OK);
    agent.answers("dance", UNIMPLEMENTED);
    let tester = "/usr/sbin/ocf-tester -n lvs -o configfile=";
    let output = agent.node.try_run(&format!("{tester}{FILE} {AGENT}"));
    let said = String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned();
    assert!(said.trim_end().ends_with("passed all tests"), "{said}");
    assert_eq!(directors(agent.node), []);
}

fn without_a_director(agent: &Agent) {
    for (action, code) in [
        ("monitor", NOT_RUNNING),
        ("stop", OK),
        ("promote", ERROR),
        ("demote", ERROR),
        ("reload", NOT_RUNNING),
        ("notify", OK),
    ] {
        agent.answers(action, code);
    }
    agent.node.shell(&format!("mv {FILE} /tmp/kept"));
    // a probe on a node that has no such file
    for (action, code) in [("monitor", NOT_RUNNING), ("start", NOT_INSTALLED), ("stop", OK)] {
        agent.answers(action, code);
    }
    agent.node.shell(&format!("mv /tmp/kept {FILE}"));
}

/// A start is a standby with its table; the role comes and goes by promote and demote, and by signal.
fn promoted(agent: &Agent) {
    for _ in 0..2 {
        agent.answers("start", OK);
        agent.answers("monitor", OK);
    }
    is(agent.node, false).expect("a standby");
    wait_until("the standby has its table", PATIENCE, || agent.is_whole());
    for _ in 0..2 {
        agent.answers("promote", OK);
        is(agent.node, true).expect("the active one");
        agent.answers("monitor", PROMOTED);
    }
    agent.is_whole().expect("the same table");
    for _ in 0..2 {
        agent.answers("demote", OK);
        is(agent.node, false).expect("a standby again");
        agent.answers("monitor", OK);
    }
    agent.is_whole().expect("the same table");
    for (signal, active) in [("USR1", true), ("USR2", false)] {
        agent.node.run(&format!("kill -{signal} {}", agent.only_director()));
        wait_until("the signal is obeyed", PATIENCE, || is(agent.node, active));
    }
    agent.answers("promote", OK);
    agent.answers("stop", OK);
    agent.has_nothing();
    agent.answers("monitor", NOT_RUNNING);
}

/// The deeper a look, the more it takes to be well.
fn levels(agent: &Agent) {
    agent.answers("start", OK);
    agent.answers("promote", OK);
    wait_until("its servers are well", PATIENCE, || agent.is_whole());
    for level in [0, 10, 20] {
        agent.looks(level, PROMOTED);
    }
    agent.node.shell(&format!("sed -i 's/checktype=connect/&\\n\\tcheckport=9/' {FILE}"));
    agent.answers("reload-agent", OK);
    wait_until("they are dead", PATIENCE, || {
        let said = status(agent.node);
        if said.contains("0 of 3 up") { Ok(()) } else { Err(said) }
    });
    assert!(status(agent.node).contains("\nUNFIT since "), "{}", status(agent.node));
    agent.looks(0, PROMOTED);
    agent.looks(10, PROMOTED);
    let said = agent.looks(20, FAILED_PROMOTED);
    assert!(said.contains("no real server is alive"), "{said}");
    agent.node.shell(&format!("sed -i '/checkport/d' {FILE}"));
    agent.answers("reload", OK);
    wait_until("they are well again", PATIENCE, || agent.is_whole());
    agent.looks(20, PROMOTED);
}

/// One that was killed holds its address still: it is not stopped, and a stop takes that away.
fn killed(agent: &Agent) {
    agent.node.run(&format!("kill -9 {}", agent.only_director()));
    wait_until("it is dead", PATIENCE, || match directors(agent.node).is_empty() {
        true => Ok(()),
        false => Err("it lives".to_owned()),
    });
    assert!(holds_address(&agent.node.host), "this is what is to be cleared away");
    let said = agent.answers("monitor", ERROR);
    assert!(said.contains("has died"), "{said}");
    agent.answers_as("OCF_RESKEY_CRM_meta_role=Promoted", "monitor", FAILED_PROMOTED);
    agent.answers("stop", OK);
    agent.has_nothing();
    agent.answers("monitor", NOT_RUNNING);
    // a standby holds no address: it is simply started again
    agent.answers("start", OK);
    agent.node.run(&format!("kill -9 {}", agent.only_director()));
    agent.answers("monitor", NOT_RUNNING);
    agent.answers("start", OK);
    agent.answers("monitor", OK);
}

/// One that says nothing is not stopped either; a stop ends it in the time there is.
fn hanging(agent: &Agent) {
    agent.answers("promote", OK);
    agent.node.run(&format!("kill -STOP {}", agent.only_director()));
    let said = agent.answers("monitor", ERROR);
    assert!(said.contains("does not answer"), "{said}");
    agent.answers("start", ERROR);
    let said = agent.answers_as("OCF_RESKEY_CRM_meta_timeout=3000", "stop", OK);
    assert!(said.contains("it is killed"), "{said}");
    agent.has_nothing();
}

/// The file breaks while the director runs, which is no failure; the next start is one.
fn a_broken_file(agent: &Agent) {
    agent.answers("start", OK);
    agent.answers("promote", OK);
    wait_until("its servers are well", PATIENCE, || agent.is_whole());
    agent.node.shell(&format!("sed -i 's/^virtual=/virtuall=/' {FILE}"));
    let said = agent.answers("reload", OK);
    assert!(said.contains("unknown directive `virtuall`"), "{said}");
    wait_until("it knows", PATIENCE, || {
        let said = status(agent.node);
        if said.contains("is refused") { Ok(()) } else { Err(said) }
    });
    let said = agent.looks(20, PROMOTED);
    assert!(said.contains("is refused, the last good one is followed"), "{said}");
    agent.is_whole().expect("it serves on");
    let said = agent.answers("validate-all", BAD_ARGUMENTS);
    assert!(said.contains("did you mean `virtual`?"), "{said}");
    agent.answers("stop", OK);
    agent.has_nothing();
    let said = agent.answers("start", BAD_ARGUMENTS);
    assert!(said.contains("did you mean `virtual`?"), "{said}");
    assert_eq!(directors(agent.node), []);
    agent.node.shell(&format!("sed -i 's/^virtuall=/virtual=/' {FILE}"));
}

/// Where nobody else decides nobody can be promoted.
fn another_protocol(agent: &Agent) {
    agent.node.shell(&format!("sed -i '/^cluster/,/address/d' {FILE}"));
    agent.answers("start", OK);
    agent.answers("monitor", OK);
    let said = agent.answers("promote", NOT_CONFIGURED);
    assert!(said.contains("cluster = external"), "{said}");
    let told = agent.node.try_run("/usr/sbin/lvs-director active");
    assert_eq!(told.status.code(), Some(1));
    let said = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(said.contains("the file tells of no cluster"), "{said}");
    agent.answers("stop", OK);
    agent.has_nothing();
    let told = agent.node.try_run("/usr/sbin/lvs-director standby");
    assert_eq!(told.status.code(), Some(3), "{told:?}");
}

/// The agent on a node.
struct Agent<'a> {
    node: &'a Node,
}

impl Agent<'_> {
    /// Calls an action, which must exit with this code, and returns what it says.
    fn answers(&self, action: &str, code: i32) -> String {
        self.answers_as("OCF_CHECK_LEVEL=0", action, code)
    }

    /// The same of a monitor that looks so deep.
    fn looks(&self, level: u32, code: i32) -> String {
        self.answers_as(&format!("OCF_CHECK_LEVEL={level}"), "monitor", code)
    }

    /// The same with one more word in the environment.
    fn answers_as(&self, word: &str, action: &str, code: i32) -> String {
        let environment = "OCF_ROOT=/usr/lib/ocf OCF_RA_VERSION_MAJOR=1 OCF_RA_VERSION_MINOR=1 \
             OCF_RESOURCE_PROVIDER=lvs OCF_RESOURCE_TYPE=lvs-director OCF_RESOURCE_INSTANCE=lvs";
        let output = self.node.try_run(&format!("env {environment} {word} {AGENT} {action}"));
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(code), "{action}: {said}");
        said
    }

    fn only_director(&self) -> u32 {
        let running = directors(self.node);
        let [director] = &running[..] else { panic!("one director runs: {running:?}") };
        director.pid
    }

    /// Whether the kernel has all.
    fn is_whole(&self) -> Result<(), String> {
        match has_services(&self.node.host) {
            true => Ok(()),
            false => Err(status(self.node)),
        }
    }

    /// Neither process, address nor table are left.
    fn has_nothing(&self) {
        assert_eq!(directors(self.node), []);
        assert!(!holds_address(&self.node.host));
        assert_eq!(self.node.host.table(), [""; 0]);
    }
}

const OK: i32 = 0;
const ERROR: i32 = 1;
const BAD_ARGUMENTS: i32 = 2;
const UNIMPLEMENTED: i32 = 3;
const NOT_INSTALLED: i32 = 5;
const NOT_CONFIGURED: i32 = 6;
const NOT_RUNNING: i32 = 7;
const PROMOTED: i32 = 8;
const FAILED_PROMOTED: i32 = 9;
const PATIENCE: Duration = Duration::from_secs(20);
const LIMIT: u32 = 400;
