//! What is ours to be launched by others: the OCF agent `ocf:lvs:lvs-director` and the resource script
//! `lvs-director`, with a file that leaves the role to them.

use super::machine;
use super::node::{Node, Process};
use super::pair::holds_address;

/// Puts the program, the agent, the script and the file in their places.
pub(crate) fn install(node: &Node) {
    node.run(&format!("ln -sfn {} /usr/sbin/lvs-director", machine::director().display()));
    node.shell(&format!("mkdir -p $(dirname {AGENT}) && cat >{AGENT} <<'EOA'\n{OCF}EOA"));
    node.shell(&format!("cat >{SCRIPT} <<'EOA'\n{RESOURCE}EOA"));
    node.run(&format!("chmod 755 {AGENT} {SCRIPT}"));
    node.shell(&format!("cat >{FILE} <<'END'\n{TEXT}END"));
}

/// The directors that run on a node.
pub(crate) fn directors(node: &Node) -> Vec<Process> {
    let mut found = node.processes();
    found.retain(|process| process.title.starts_with("/usr/sbin/lvs-director run "));
    found
}

/// What a director says of itself.
pub(crate) fn status(node: &Node) -> String {
    let output = node.try_run("/usr/sbin/lvs-director status");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// Whether a node is in this role, in the director's own words and with its address.
pub(crate) fn is(node: &Node, active: bool) -> Result<(), String> {
    let said = status(node);
    let word = if active { "ACTIVE (external)" } else { "standby (external)" };
    let holds = holds_address(&node.host);
    let settled = !said.contains("not yet done");
    if said.contains(word) && settled && holds == active {
        return Ok(());
    }
    Err(format!("holds the address: {holds}\n{said}"))
}

pub(crate) const AGENT: &str = "/usr/lib/ocf/resource.d/lvs/lvs-director";
pub(crate) const SCRIPT: &str = "/etc/ha.d/resource.d/lvs-director";
pub(crate) const FILE: &str = "/etc/ha.d/ldirectord.cf";
const OCF: &str = include_str!("../../packaging/ocf/lvs-director");
const RESOURCE: &str = include_str!("../../packaging/heartbeat/lvs-director");
const TEXT: &str = "\
checktimeout=2
checkinterval=1
quiescent=no
cluster = external
\taddress = 10.1.0.10/32 eth0
virtual=10.1.0.10:80
\treal=10.1.0.11:80 gate
\treal=10.1.0.12:80 gate
\treal=10.1.0.13:80 gate
\tservice=none
\tchecktype=connect
\tscheduler=rr
\tprotocol=tcp
";
