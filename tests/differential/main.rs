//! Debian's ldirectord and ours, on the same file in the same kernel, step by step.
//!
//! A case is a file in `files/`: an ldirectord.cf, and behind it what happens to it, each step a line
//! `#: start`, `#: fail 1`, `#: reload` …, which [`case`] explains. To add a case is to put a file
//! there. Each case has a network of its own ([`farm`]), in which two directors, 10.1.0.1 and
//! 10.1.0.2, look at the same real servers; each director ([`side`]) has its own /var/log, /run,
//! /etc/ha.d and /srv, and /usr/sbin/ldirectord is one's or the other's. When both have come to rest
//! ([`settle`]) after a step, all that can be seen of them is compared, line by line ([`aspect`]).
//! A line of only one side is one of those in [`differences`], or the test fails; so it does where
//! one of those is never met. What is wrong in a case has to be wrong again when the case is played
//! alone. `DIFFERENTIAL=plain,mail cargo test --test differential` plays only
//! the cases whose names begin so.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod aspect;
mod case;
mod differences;
mod farm;
#[allow(dead_code, reason = "shared with the laboratory's other tests")]
#[path = "../lab/host.rs"]
mod host;
mod judge;
#[allow(dead_code, reason = "shared with the laboratory's other tests")]
#[path = "../lab/machine.rs"]
mod machine;
mod play;
mod processes;
mod settle;
mod side;
mod unlogged;

use std::env;

use judge::judge;
use machine::in_machines;
use play::play_all;

#[test]
fn with_ldirectord() {
    let only = env::var("DIFFERENTIAL").unwrap_or_default();
    let played =
        in_machines(MACHINES, ("packages", "4G"), LIMIT, &[("DIFFERENTIAL", &only)], |number| {
            play_all(&only, number, MACHINES);
        });
    if let Some(played) = played {
        judge(&played, only.is_empty());
    }
}

/// Each has a processor of its own.
const MACHINES: usize = 2;
/// Seconds.
const LIMIT: u32 = 3600;
