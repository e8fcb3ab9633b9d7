//! The cable of the director that has the addresses is cut, as the power might be.

use std::thread;
use std::time::Duration;

use crate::client::Client;
use crate::figures::{compare, head};
use crate::pair::{self, DIRECTORS, FIRST, Speaker, Switch, addresses, held, holders, until};

pub(crate) fn run() {
    head(
        "Failover: the power of the active director fails",
        "one address: from its last answer to a client's ping to the first one of the other director.\n\
         500 addresses, adverts every 10 ms: likewise until the other one has answered for each of them.",
    );
    pair::build();
    let one = |name, speakers: &[(&'static str, Speaker)]| times(name, speakers, 1, SLOW);
    one(
        "one address, heartbeats every 1 s, dead after 3 s",
        &[("lvs-director, pulse", Speaker::Pulse)],
    );
    let carp = [("lvs-director, CARP", Speaker::Carp), ("ucarp", Speaker::Ucarp)];
    one("one address, adverts every 1 s", &carp);
    let vrrp = |interval| {
        [
            ("lvs-director, VRRP", Speaker::Vrrp(interval)),
            ("keepalived, VRRP", Speaker::Keepalived(interval)),
        ]
    };
    one("one address, adverts every 1 s", &vrrp("1"));
    times("one address, adverts every 10 ms", &vrrp("0.01"), 1, QUICK);
    times("500 addresses, adverts every 10 ms", &vrrp("0.01"), 500, QUICK);
}

/// So many rounds of each in turn, again and again.
fn times(work: &str, speakers: &[(&'static str, Speaker)], count: usize, rounds: u32) {
    let mut times: Vec<_> = speakers.iter().map(|(name, _)| (*name, Vec::new())).collect();
    for _ in 0..STARTS {
        for ((_, speaker), (_, times)) in speakers.iter().zip(&mut times) {
            let pair = speaker.start(count);
            times.extend((0..rounds).map(|_| round(count)));
            pair.stop();
        }
    }
    compare(work, &times);
}

fn round(count: usize) -> Duration {
    // keepalived changes its mind where it has as many addresses and as little time
    until("one has them", || matches!(holders()[..], [holder] if held(holder) == count));
    let (all, client, mut switch) = (addresses(count), Client::new(), Switch::new());
    client.greet(&all);
    // and the other one has heard of it, for more than a second; and nobody is busy any more
    thread::sleep(Duration::from_millis(1500));
    let cut = |hops: u8| switch.cut(DIRECTORS[usize::from(hops - FIRST)], true);
    let took = client.measure(|client| match count {
        1 => client.gap(all[0], cut),
        _ => client.all(&all, cut),
    });
    for director in DIRECTORS {
        switch.cut(director, false);
    }
    took
}

const STARTS: usize = 2;
/// Of what takes seconds, and of what is over before the next advert might have come.
const SLOW: u32 = 3;
const QUICK: u32 = 10;
