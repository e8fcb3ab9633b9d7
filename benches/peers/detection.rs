//! From a real's death to weight 0 in the kernel.

use std::thread;
use std::time::{Duration, Instant};

use crate::farm::Farm;
use crate::figures::{compare, head};
use crate::program::Program;
use crate::site::{Site, socket};
use crate::table::wait;

pub(crate) fn run() {
    head(
        "Detection, 100 reals, TCP connect every second, time-out 1 s, 10 deaths",
        "refused: it listens no more. silent: its machine drops what arrives. Best possible: at once,\n\
         and 1 s; for half an interval passes before the next check, 0.5 and 1.5 s in the mean.",
    );
    let site = Site { reals: 100, each: 10, check: Some((1, 1)), first_weight: 1 };
    let farm = Farm::start(site.reals);
    let programs = [Program::Director, Program::Keepalived, Program::Ldirectord];
    let seen = programs.map(|program| {
        let running = program.serve(&site);
        // two intervals, for the start to be over
        thread::sleep(Duration::from_secs(2));
        let refused = deaths(|real| farm.refuse([real]), |real| farm.serve([real]));
        let silent = deaths(|real| farm.silence(real), |real| farm.unsilence(real));
        running.stop();
        (program.name(), refused, silent)
    });
    compare("refused", &seen.clone().map(|(name, refused, _)| (name, refused)));
    compare("silent", &seen.map(|(name, _, silent)| (name, silent)));
}

/// The time that each of ten reals takes to be out, one after the other.
fn deaths(kill: impl Fn(usize), revive: impl Fn(usize)) -> Vec<Duration> {
    let death = |round: u32| {
        // another real, at another moment of the interval
        let real = round as usize * 9 + 4;
        thread::sleep(Duration::from_secs(1) * round / DEATHS);
        kill(real);
        let began = Instant::now();
        let out = wait("a dead real goes out", |table| table.weight(socket(real)) == Some(0));
        revive(real);
        wait("it is back", |table| table.weight(socket(real)) == Some(1));
        out - began
    };
    (0..DEATHS).map(death).collect()
}

const DEATHS: u32 = 10;
