//! The laboratory: tests of the whole program on a real kernel with IPVS.
//!
//! Every test is an ordinary one that wraps its body in [`in_the_lab`](machine::in_the_lab): on
//! this machine it boots another one and runs itself there, as root, where nothing it does can
//! reach this machine. There, client, director and real servers are network namespaces on
//! switches ([`net`]), servers answer with their name ([`server`]), and a client counts who
//! answered ([`client`]). The kernel's table is read by ipvsadm, never by our own code.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod addresses;
mod announcement;
mod called;
mod client;
mod cluster;
mod crates;
mod director;
mod drift;
mod face;
mod failure;
mod fitness;
mod forwarding;
mod fos;
mod hooks;
mod host;
mod links;
mod logfile;
#[allow(dead_code, reason = "shared with the other tests that need a machine")]
mod machine;
mod mail;
mod mailbox;
mod maintenance;
mod master;
mod monitor;
mod nanny;
mod net;
mod pair;
mod pulse;
mod reload;
mod replacing;
mod restart;
mod scheduling;
mod server;
mod site;
mod traffic;
mod ucarp;
mod vqalive;
mod vrrp;
mod wait;
mod walk;
mod witness;
