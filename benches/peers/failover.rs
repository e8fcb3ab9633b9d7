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
         500 addresses: likewise until the other one has answered for each of them; and of that from the \
         first that it answers for to the last.\n\
         A client asks for four of them at a time.",
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
    times("one address, adverts every 10 ms", &vrrp("0.01"), 1, (10, Duration::from_millis(10)));
    // at 10 ms keepalived's standby takes over by itself now and then, where it has as many
    let quick = (10, Duration::from_millis(100));
    times("500 addresses, adverts every 100 ms", &vrrp("0.1"), 500, quick);
}

/// So many rounds of each in turn, again and again, at moments that are spread over the time from one
/// advert to the next.
fn times(
    work: &str,
    speakers: &[(&'static str, Speaker)],
    count: usize,
    (rounds, interval): (u32, Duration),
) {
    let none = || speakers.iter().map(|(name, _)| (*name, Vec::new())).collect::<Vec<_>>();
    let (mut wholes, mut spreads) = (none(), none());
    for _ in 0..STARTS {
        for (n, (_, speaker)) in speakers.iter().enumerate() {
            let pair = speaker.start(count);
            for number in 0..rounds {
                let [whole, spread] = round(count, interval * number / rounds);
                wholes[n].1.push(whole);
                spreads[n].1.push(spread);
            }
            pair.stop();
        }
    }
    compare(work, &wholes);
    if count > 1 {
        compare(&format!("{work}, first to last"), &spreads);
    }
}

/// Until the other one answers, for all; and of that from its first address to its last.
fn round(count: usize, moment: Duration) -> [Duration; 2] {
    until("one has them", || matches!(holders()[..], [holder] if held(holder) == count));
    let (all, client, mut switch) = (addresses(count), Client::new(), Switch::new());
    client.greet(&all);
    // and the other one has heard of it, for more than a second, and nobody is busy any more
    thread::sleep(REST + moment);
    let cut = |hops: u8| switch.cut(DIRECTORS[usize::from(hops - FIRST)], true);
    let took = client.measure(|client| match count {
        1 => [client.gap(all[0], cut), Duration::ZERO],
        _ => client.all(&all, cut),
    });
    for director in DIRECTORS {
        switch.cut(director, false);
    }
    took
}

const STARTS: usize = 2;
/// Rounds of what takes seconds, and from one word of its directors to the next.
const SLOW: (u32, Duration) = (3, Duration::from_secs(1));
const REST: Duration = Duration::from_millis(1500);
