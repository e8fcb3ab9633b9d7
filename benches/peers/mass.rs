//! The bad day: every real of a big service dies at once. And who asks how things stand.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use checkers::Outcome;
use lvs_director::director::{Director, Event};
use lvs_director::health::{Checked, Duty};
use lvs_director::model::Role;
use lvs_director::plan::Table;

use crate::farm::Farm;
use crate::program::{Program, director};
use crate::site::Site;
use crate::table::wait;

pub(crate) fn run() {
    reasoning();
    println!(
        "\nMass death, one service of 5,000 reals, TCP connect every 5 s, all refuse at once\n\n\
         | program | start until all serve | death until all have weight 0 | processor time of that | `status` meanwhile |\n\
         |---|---|---|---|---|"
    );
    let site = Site { reals: 5000, each: 5000, check: Some((5, 3)), first_weight: 1 };
    for program in [Program::Director, Program::Keepalived] {
        let farm = Farm::start(site.reals);
        program.write(&site);
        let began = Instant::now();
        let running = program.start();
        let full = wait(program.name(), |table| table.serves(&site)) - began;
        let before = running.processor_time();
        farm.refuse(0..site.reals);
        let began = Instant::now();
        let out = wait("all are out", |table| table.alive() == 0) - began;
        let took = running.processor_time() - before;
        let status = match program {
            Program::Director => format!("{:.2} s", status().as_secs_f64()),
            Program::Piranha | Program::Keepalived | Program::Ldirectord => "–".to_owned(),
        };
        running.stop();
        println!(
            "| {} | {:.2} s | {:.2} s | {:.2} s | {status} |",
            program.name(),
            full.as_secs_f64(),
            out.as_secs_f64(),
            took.as_secs_f64(),
        );
    }
}

/// What the director's own reasoning takes, without kernel or network.
fn reasoning() {
    println!(
        "\nReasoning: each real of one service is found up, then down\n\n\
         | reals | outcomes at once | all up | all down |\n|---|---|---|---|"
    );
    for (reals, at_once) in [(1000, 1), (1000, 1000), (5000, 1), (5000, 5000)] {
        let site = Site { reals, each: reals, check: Some((5, 3)), first_weight: 1 };
        let (mut director, _) =
            Director::new(site.model(), &Table::default(), Role::Active, Duration::ZERO);
        let duties = director.duties();
        let mut all = |outcome: Outcome| {
            let checked = |duty: &Arc<Duty>| Checked { real: duty.real, outcome: outcome.clone() };
            let began = Instant::now();
            for some in duties.chunks(at_once) {
                let outcomes = some.iter().map(checked).collect();
                director.handle(Event::Checked(outcomes), Duration::ZERO);
            }
            began.elapsed()
        };
        let up = all(Outcome::up("connected", Duration::ZERO));
        let down = all(Outcome::down("connection refused", Duration::ZERO));
        println!("| {reals} | {at_once} | {up:.1?} | {down:.1?} |");
    }
}

fn status() -> Duration {
    let began = Instant::now();
    let output = director().arg("status").stderr(Stdio::inherit()).output().expect("it is there");
    assert!(output.status.success(), "status: {}", output.status);
    assert!(output.stdout.len() > 100_000, "a short status");
    began.elapsed()
}
