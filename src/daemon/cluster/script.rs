//! The command of a role, as its protocol runs it.

use std::time::Duration;

use crate::daemon::program::Program;
use crate::model::protocol::{FailoverProtocol, Vqalive};
use crate::model::{Cluster, Role};

/// The command that a director runs to have this role, and how long it may take; `None` where there is
/// none. `reason` is why, in a word.
pub(super) fn script(
    cluster: &Cluster,
    role: Role,
    reason: &'static str,
) -> Option<(Program, Duration)> {
    let command = match role {
        Role::Active => cluster.active_command.clone()?,
        Role::Standby => cluster.inactive_command.clone()?,
    };
    if let FailoverProtocol::Vqalive(vqalive) = &cluster.protocol {
        let (directive, state, limit) = match role {
            Role::Active => ("promote_script", "promote", vqalive.promote_timeout),
            Role::Standby => ("demote_script", "demote", vqalive.demote_timeout),
        };
        let environment = environment(vqalive, state, reason);
        return Some((Program::Script { directive, command, environment }, limit));
    }
    let directive = match (role, &cluster.protocol) {
        (Role::Active, FailoverProtocol::Pulse(_)) => "active_cmd",
        (Role::Standby, FailoverProtocol::Pulse(_)) => "inactive_cmd",
        (Role::Active, _) => "activecommand",
        (Role::Standby, _) => "inactivecommand",
    };
    let limit = if command.is_exact() { SCRIPT } else { COMMAND };
    let program = Program::Command { directive, command, arguments: Vec::new(), outlives: false };
    Some((program, limit))
}

/// What vqalive's scripts are told.
fn environment(
    vqalive: &Vqalive,
    state: &'static str,
    reason: &'static str,
) -> Vec<(&'static str, String)> {
    let ips: Vec<_> = vqalive.addresses.iter().map(ToString::to_string).collect();
    let ports: Vec<_> = vqalive.ports.iter().map(ToString::to_string).collect();
    vec![
        ("VQALIVE_STATE", state.to_owned()),
        ("VQALIVE_REASON", reason.to_owned()),
        ("VQALIVE_CHECK_IPS", ips.join(" ")),
        ("VQALIVE_CHECK_PORTS", ports.join(" ")),
    ]
}

/// How long the commands of a role may take.
const COMMAND: Duration = Duration::from_secs(10);
/// How long a script of ucarp's may take, which itself waits for ever.
const SCRIPT: Duration = Duration::from_secs(300);
