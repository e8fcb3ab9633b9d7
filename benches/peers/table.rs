//! The kernel's table as /proc shows it, and waiting for it; no program's own word is taken.

use std::fs;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::thread;
use std::time::{Duration, Instant};

use crate::site::Site;

/// What is there.
#[derive(Debug)]
pub(crate) struct Table {
    services: usize,
    /// Each destination with its weight.
    reals: Vec<(SocketAddrV4, u32)>,
}

impl Table {
    fn read() -> Table {
        let text = fs::read_to_string("/proc/thread-self/net/ip_vs").expect("IPVS is loaded");
        let mut table = Table { services: 0, reals: Vec::new() };
        for line in text.lines().skip(3) {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("->") => table.reals.push(destination(words).expect("a line as ever")),
                Some(_) => table.services += 1,
                None => {}
            }
        }
        table
    }

    /// Whether it holds nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.services == 0
    }

    /// Whether it holds the whole site, every real serving.
    pub(crate) fn serves(&self, site: &Site) -> bool {
        self.services == site.services() && self.alive() == site.reals
    }

    /// How many destinations have a weight above 0.
    pub(crate) fn alive(&self) -> usize {
        self.reals.iter().filter(|(_, weight)| *weight > 0).count()
    }

    /// The weight of a real, if it is there.
    pub(crate) fn weight(&self, real: SocketAddrV4) -> Option<u32> {
        self.reals.iter().find(|(at, _)| *at == real).map(|(_, weight)| *weight)
    }
}

/// Waits until the table is as it should be, and returns when it was seen to be.
///
/// A look at a big table is dear on one processor: looks take a sixth of the time at most.
pub(crate) fn wait(what: &str, as_it_should: impl Fn(&Table) -> bool) -> Instant {
    let began = Instant::now();
    loop {
        let look = Instant::now();
        let table = Table::read();
        let seen = Instant::now();
        if as_it_should(&table) {
            return seen;
        }
        let (services, alive) = (table.services, table.alive());
        assert!(
            began.elapsed() < PATIENCE,
            "{what}: not within {PATIENCE:?}: {services} services, {alive} reals serving"
        );
        thread::sleep(((seen - look) * 5).max(Duration::from_millis(1)));
    }
}

/// Empties it, whoever filled it.
pub(crate) fn clear() {
    ipvs::Ipvs::connect().and_then(|mut kernel| kernel.flush()).expect("IPVS answers");
}

/// `0A640001:0050 Route 1 0 0`
fn destination<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<(SocketAddrV4, u32)> {
    let (address, port) = words.next()?.split_once(':')?;
    let address = Ipv4Addr::from(u32::from_str_radix(address, 16).ok()?);
    let port = u16::from_str_radix(port, 16).ok()?;
    Some((SocketAddrV4::new(address, port), words.nth(1)?.parse().ok()?))
}

const PATIENCE: Duration = Duration::from_secs(120);
