//! Those who start a director on the machines of this world, each for real, with our program in
//! ldirectord's place: Debian's heartbeat with its haresources ([`heartbeat`], [`resources`]),
//! Pacemaker with its OCF agent ([`agent`], [`pacemaker`] on a [`cluster`]) and systemd
//! ([`systemd`]; with piranha's unit [`pulse`]). [`own`] is what we bring to be launched by: an agent
//! ([`own_agent`], [`own_pacemaker`]) and a resource script ([`own_script`]).
//!
//! In the laboratory's machine two nodes are machines of their own but for the kernel ([`node`]), on
//! a switch with a client and three real servers ([`pair`]). A client asks all the while
//! ([`asker`]). What is installed as `ldirectord` is ours or Debian's ([`program`]), and the
//! stories are told of both: what happens with theirs is what "as ever" means.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod agent;
mod asker;
mod cluster;
mod heartbeat;
#[allow(dead_code, reason = "shared with the laboratory's other tests")]
#[path = "../lab/host.rs"]
mod host;
#[allow(dead_code, reason = "shared with the laboratory's other tests")]
#[path = "../lab/machine.rs"]
mod machine;
#[allow(dead_code, reason = "shared with the laboratory's other tests")]
#[path = "../lab/net.rs"]
mod net;
mod node;
mod own;
mod own_agent;
mod own_pacemaker;
mod own_script;
mod pacemaker;
mod pair;
mod program;
mod pulse;
mod resources;
#[allow(dead_code, reason = "shared with the laboratory's other tests")]
#[path = "../lab/server.rs"]
mod server;
mod systemd;
mod times;
#[path = "../lab/wait.rs"]
mod wait;
