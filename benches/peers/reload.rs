//! One weight changes in the file of a big site.

use std::time::{Duration, Instant};

use crate::farm::Farm;
use crate::figures::{compare, head};
use crate::program::Program;
use crate::site::{Site, socket};
use crate::table::wait;

pub(crate) fn run() {
    head(
        "Reload, 1,000 reals checked by TCP connect, one weight changed",
        "from SIGHUP to the new weight in the kernel.",
    );
    let site = |first_weight| Site { reals: 1000, each: 10, check: Some((5, 3)), first_weight };
    let _farm = Farm::start(1000);
    let seen = [Program::Director, Program::Keepalived].map(|program| {
        let running = program.serve(&site(1));
        let reload = |weight| -> Duration {
            program.write(&site(weight));
            let began = Instant::now();
            running.reload();
            wait("the new weight", |table| {
                table.weight(socket(0)) == Some(weight) && table.serves(&site(weight))
            }) - began
        };
        let times: Vec<_> = (2..=6).map(reload).collect();
        running.stop();
        (program.name(), times)
    });
    compare("reload", &seen);
}
