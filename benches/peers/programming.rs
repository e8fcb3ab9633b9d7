//! From what is wanted to a kernel that holds it: 5,000 services of one real each, and an lvs.cf of
//! 1,000 services of ten.

use std::fs::{self, File};
use std::process::Command;
use std::time::{Duration, Instant};

use lvs_director::director::hoped_for;
use lvs_director::kernel::{Netlink, Reconciler};
use lvs_director::plan::Table;

use crate::figures::{compare, head};
use crate::host;
use crate::program::Program;
use crate::site::Site;
use crate::table::{clear, wait};

pub(crate) fn run() {
    head(
        &format!("Programming, on {}", host::kernel()),
        "kernel: from the wanted table in memory to the kernel holding it (the kernel's own table\n\
         read, compared, changed), beside `ipvsadm -R` from its start to its end.\n\
         program: from the start of the process to the kernel holding all, without checks.",
    );
    let site = |reals| Site { reals, each: 1, check: None, first_weight: 1 };
    let big = site(5000);
    let rounds: Vec<_> = (0..ROUNDS).map(|_| (kernel(&big), ipvsadm(&big))).collect();
    let (ours, theirs): (Vec<_>, Vec<_>) = rounds.into_iter().unzip();
    compare("kernel, 5,000", &[("lvs-director", ours), ("ipvsadm -R", theirs)]);
    for (work, reals) in [("program, 1,000", 1000), ("program, 5,000", 5000)] {
        let site = site(reals);
        let mut times = [(); 3].map(|()| Vec::new());
        for _ in 0..ROUNDS {
            times[0].push(daemon(Program::Director, &site));
            times[1].push(daemon(Program::Keepalived, &site));
            times[2].push(ipvsadm(&site));
        }
        let [ours, keepalived, ipvsadm] = times;
        let peers = [("lvs-director", ours), ("keepalived", keepalived), ("ipvsadm -R", ipvsadm)];
        compare(work, &peers);
    }
    farm();
}

/// A farm as big as piranha's sites are not, from an lvs.cf.
fn farm() {
    let site = Site { reals: 10_000, each: 10, check: None, first_weight: 1 };
    let programs = [Program::Piranha, Program::Director, Program::Keepalived];
    let mut times = [(); 4].map(|()| Vec::new());
    for _ in 0..ROUNDS {
        for (program, times) in programs.into_iter().zip(&mut times) {
            times.push(daemon(program, &site));
        }
        times[3].push(ipvsadm(&site));
    }
    let names = programs.map(Program::name).into_iter().chain(["ipvsadm -R"]);
    let peers: Vec<_> = names.zip(times).collect();
    compare("program, 1,000 × 10", &peers);
}

/// What the kernel room needs for it.
fn kernel(site: &Site) -> Duration {
    clear();
    let want = hoped_for(&site.model(), &Table::default(), &Default::default());
    let began = Instant::now();
    let mut reconciler = Reconciler::new(Box::new(Netlink::connect().expect("IPVS")));
    let report = reconciler.program(&want).expect("the kernel answers");
    let took = began.elapsed();
    assert_eq!((report.done.len(), report.refused.len()), (2 * site.reals, 0));
    wait("our own", |table| table.serves(site));
    took
}

fn ipvsadm(site: &Site) -> Duration {
    clear();
    fs::write("/run/ipvsadm", site.ipvsadm()).expect("room in /run");
    let lines = File::open("/run/ipvsadm").expect("just written");
    let began = Instant::now();
    let status = Command::new("ipvsadm").arg("-R").stdin(lines).status().expect("it is there");
    let took = began.elapsed();
    assert!(status.success(), "ipvsadm -R: {status}");
    wait("ipvsadm -R", |table| table.serves(site));
    took
}

fn daemon(program: Program, site: &Site) -> Duration {
    clear();
    program.write(site);
    let began = Instant::now();
    let running = program.start();
    let took = wait(program.name(), |table| table.serves(site)) - began;
    running.stop();
    took
}

const ROUNDS: usize = 3;
