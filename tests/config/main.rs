//! What ldirectord.cf is read as.
//!
//! `golden` holds each NAME.cf here to its NAME.expected; `laws` holds for any text at all.

mod golden;
mod laws;
mod listing;
mod names;
