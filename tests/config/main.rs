//! What ldirectord.cf and lvs.cf are read as.
//!
//! `golden` holds each NAME.cf here to its NAME.expected; `laws` holds for any text at all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end where it fails"
)]

mod cluster;
mod cluster_laws;
mod convert;
mod golden;
mod laws;
mod listing;
mod lvs;
mod lvs_laws;
mod names;
mod secrets;
