//! Our checks and ldirectord's, side by side, on the servers that people run.
//!
//! In the laboratory's machine each server is started by its own program ([`servers`]) and then
//! stopped, killed, frozen; what is asked of it ([`services`]) is one ldirectord.cf, on which
//! Debian's ldirectord ([`theirs`]) and `lvs-director probe` ([`ours`]) give their verdicts. They
//! agree, but for what [`differences`] lists, and a listed difference that is none fails as well.
//! What only ours can ask is in [`alone`].

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod agreement;
mod alone;
mod differences;
#[allow(dead_code, reason = "shared with the laboratory's other tests")]
#[path = "../lab/machine.rs"]
mod machine;
mod ours;
mod process;
mod servers;
mod services;
mod theirs;
mod verdict;
#[path = "../lab/wait.rs"]
mod wait;
