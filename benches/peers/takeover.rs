//! A standby that is told to serve: an lvs.cf of 1,000 services of ten reals, their 1,000 addresses
//! with them.

use std::fs;
use std::net::UdpSocket;
use std::thread;
use std::time::{Duration, Instant};

use crate::figures::{compare, head};
use crate::host;
use crate::program::Program;
use crate::site::{DIRECTOR, PEER, Site};
use crate::table::{Table, wait};

pub(crate) fn run() {
    head(
        "Takeover, 1,000 services of 10 reals and 1,000 addresses, from an lvs.cf",
        "table: from the peer's goodbye to the kernel holding all services. addresses: to the last one\n\
         held too. given up: from the peer's heartbeat to a table that is empty.",
    );
    let site = Site { reals: 10_000, each: 10, check: None, first_weight: 1 };
    Program::Piranha.save(&site.lvs(true));
    let running = Program::Piranha.start();
    let peer = host::inside("farm", || UdpSocket::bind((PEER, PORT)).expect("a free port"));
    let say = |word: [u8; 4]| {
        let began = Instant::now();
        peer.send_to(&word, (DIRECTOR, PORT)).expect("a way there");
        began
    };
    until("it hears its peer", listens);
    let mut times = [(); 3].map(|()| Vec::new());
    for round in 0..=ROUNDS {
        let told = say(STOPPED);
        let table = wait("it takes over", |table| table.serves(&site)) - told;
        let addresses = until("all addresses", || held() == site.services()) - told;
        let told = say(RUNNING);
        let empty = wait("it yields", Table::is_empty) - told;
        until("no address", || held() == 0);
        if round > 0 {
            // in the first it was still starting
            let took = [table, addresses, empty];
            times.iter_mut().zip(took).for_each(|(times, took)| times.push(took));
        }
    }
    running.stop();
    let [table, addresses, empty] = times;
    compare("table", &[("lvs-director, lvs.cf", table)]);
    compare("addresses", &[("lvs-director, lvs.cf", addresses)]);
    compare("given up", &[("lvs-director, lvs.cf", empty)]);
}

/// When it is so.
fn until(what: &str, is_it: impl Fn() -> bool) -> Instant {
    let began = Instant::now();
    while !is_it() {
        assert!(began.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        thread::sleep(Duration::from_millis(5));
    }
    Instant::now()
}

/// Whether the port of the heartbeats is taken.
fn listens() -> bool {
    read("udp").contains(&format!(":{PORT:04X} "))
}

/// How many of the virtual addresses are here. Where the tables are one, each is told twice.
fn held() -> usize {
    let text = read("fib_trie");
    let local = text.split("Local:").last().unwrap_or_default();
    local.lines().filter(|line| line.contains("|-- 10.200.")).count()
}

fn read(table: &str) -> String {
    fs::read_to_string(format!("/proc/thread-self/net/{table}")).expect("a table of the kernel")
}

/// As an x86 sends them.
const RUNNING: [u8; 4] = [0xda, 0xdb, 0xad, 0xbd];
const STOPPED: [u8; 4] = [0xbd, 0xda, 0xbd, 0xad];
const PORT: u16 = 539;
const ROUNDS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(120);
