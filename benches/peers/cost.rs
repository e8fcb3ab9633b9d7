//! What watching a big site costs.

use std::thread;
use std::time::{Duration, Instant};

use crate::farm::Farm;
use crate::program::Program;
use crate::site::Site;

pub(crate) fn run() {
    println!(
        "\nCost, TCP connect every 5 s, over {} s\n\n\
         | reals | program | processor time | each check | resident | interval median, 99%, most |\n\
         |---|---|---|---|---|---|",
        WINDOW.as_secs()
    );
    for reals in [1000, 5000] {
        let site = Site { reals, each: 10, check: Some((5, 3)), first_weight: 1 };
        let farm = Farm::start(reals);
        for program in [Program::Director, Program::Keepalived] {
            watch(program, &site, &farm);
        }
    }
}

fn watch(program: Program, site: &Site, farm: &Farm) {
    let running = program.serve(site);
    // a whole interval, for the start to be over
    thread::sleep(Duration::from_secs(6));
    farm.forget();
    let (before, began) = (running.processor_time(), Instant::now());
    thread::sleep(WINDOW);
    let took = running.processor_time() - before;
    let window = began.elapsed();
    let (checks, gaps) = farm.intervals();
    let memory = running.memory();
    running.stop();
    let due = site.reals as f64 * window.as_secs_f64() / 5.0;
    assert!(checks as f64 > due * 0.9, "{}: {checks} checks of {due}", program.name());
    let at = |part: f64| gaps[((gaps.len() - 1) as f64 * part) as usize].as_secs_f64();
    println!(
        "| {} | {} | {:.2} s | {:.0} µs | {:.1} MB | {:.3} {:.3} {:.3} s |",
        site.reals,
        program.name(),
        took.as_secs_f64(),
        took.as_secs_f64() * 1e6 / checks as f64,
        memory as f64 / 1024.0,
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

const WINDOW: Duration = Duration::from_secs(30);
