//! What the fuzz targets share: the checks as they are asked, and a run of one against made-up words.

#![allow(clippy::unwrap_used, reason = "a target may end where it fails")]

pub mod asked;
pub mod packet;

use std::time::Duration;

use checkers::fuzzing::{self, Server};
use checkers::{Check, Target};
use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
}

/// Asks a server that says `said` on every connection, whatever it hears.
pub fn says(check: &Check, said: &[u8]) {
    let said = said.to_vec();
    answers(check, Box::new(move |heard| if heard.is_empty() { said.clone() } else { Vec::new() }));
}

/// Asks a server, and looks at the outcome as a log would.
pub fn answers(check: &Check, server: Server) {
    fuzzing::meet(server);
    let target = Target { address: ([127, 0, 0, 1], 9).into() };
    let outcome = RUNTIME.with(|runtime| runtime.block_on(check.run(target, DEADLINE)));
    assert!(outcome.message.len() <= 200, "{}", outcome.message);
    assert!(!outcome.message.chars().any(char::is_control), "{}", outcome.message);
}

const DEADLINE: Duration = Duration::from_millis(1500);
