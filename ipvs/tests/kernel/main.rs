//! The crate against a real kernel, judged by ipvsadm.
//!
//! Needs root, IPVS, iproute2 and ipvsadm, so it runs where LVS_LAB_GUEST is set and says loudly
//! elsewhere that it did not. Each test has a network namespace, and so a table, of its own.
#![allow(clippy::unwrap_used, reason = "all of this is a test")]

mod changes;
mod counters;
mod daemons;
mod destinations;
mod lab;
mod services;
mod told;
