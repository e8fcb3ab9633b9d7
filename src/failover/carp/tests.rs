//! The transitions, row by row, and what is not believed.

use std::time::Duration;

use proptest::prelude::*;

use super::advert::{Advert, Envelope};
use super::*;
use crate::failover::action::To;
use crate::failover::line::Level;
use crate::failover::machine::Packet;
use crate::failover::path::Path;
use crate::model::{Secret, protocol};

const OWN: &str = "10.99.0.2";
const OTHER: &str = "10.99.0.3";
const GROUP: &str = "224.0.0.18";
const VIP: &str = "10.99.0.252";

#[test]
fn a_backup_is_master_after_the_dead_time_and_tells_the_neighbours_thrice() {
    let mut desk = Desk::with(|carp| carp.advskew = 128);
    assert_eq!(desk.opened, ["Switching to state: BACKUP", "standby"]);
    assert_eq!(desk.carp.next_deadline(), Some(millis(3500)));
    desk.to(3499);
    assert!(desk.tick().is_empty());
    desk.to(3500);
    let taken = ["Switching to state: MASTER", "no MASTER advertises, for 3.50 s", "active"];
    assert_eq!(desk.tick(), taken);
    desk.to(3600);
    assert_eq!(desk.settled(), ["arp", "advert 1 128 0"]);
    assert_eq!(desk.carp.next_deadline(), Some(millis(5100)));
    desk.to(5100);
    assert_eq!(desk.tick(), ["advert 1 128 0"]);
    desk.to(6600);
    assert_eq!(desk.tick(), ["advert 1 128 0", "arp"]);
    desk.to(8100);
    assert_eq!(desk.tick(), ["advert 1 128 0"]);
}

#[test]
fn adverts_wait_for_no_script() {
    let mut desk = Desk::with(|_| {});
    desk.to(3000);
    desk.tick();
    desk.to(4000);
    assert_eq!(desk.tick(), ["advert 1 0 0"]);
    desk.to(4500);
    assert_eq!(desk.settled(), ["arp"]);
    desk.to(5000);
    assert_eq!(desk.tick(), ["advert 1 0 0"]);
    desk.to(6000);
    assert_eq!(desk.tick(), ["advert 1 0 0", "arp"]);
}

#[test]
fn an_advert_puts_the_dead_time_off() {
    let mut desk = Desk::with(|_| {});
    desk.to(2900);
    assert!(desk.hears(OTHER, 1, 0).is_empty());
    assert_eq!(desk.carp.next_deadline(), Some(millis(5900)));
    let view = desk.carp.view();
    let peer = view.peer.unwrap();
    assert_eq!((peer.address, peer.heard), (Some(OTHER.parse().unwrap()), millis(2900)));
    assert_eq!(peer.claim.as_deref(), Some("advbase 1 advskew 0"));
}

#[test]
fn who_preempts_takes_the_place_of_a_slower_master_only() {
    for (preempt, theirs, taken) in
        [(true, 101, true), (true, 100, false), (true, 99, false), (false, 101, false)]
    {
        let mut desk = Desk::with(|carp| (carp.advskew, carp.preempt) = (100, preempt));
        let heard = desk.hears(OTHER, 1, theirs);
        let words = "Putting MASTER down - preemption (10.99.0.3, advbase 1 advskew 101; this one: advbase 1 advskew 100)";
        let expected = ["Switching to state: MASTER", words, "active"];
        assert_eq!(heard, if taken { &expected[..] } else { &[] }, "{preempt} {theirs}");
    }
    // the base counts before the skew
    let mut desk = Desk::with(|carp| (carp.advskew, carp.preempt) = (254, true));
    assert_eq!(desk.hears(OTHER, 2, 0).last().unwrap(), "active");
}

#[test]
fn a_master_that_will_time_out_is_dead_already() {
    for (base, skew, taken) in [(3, 0, false), (3, 1, true), (255, 255, true)] {
        let mut desk = Desk::with(|_| {});
        let heard = desk.hears(OTHER, base, skew);
        assert_eq!(!heard.is_empty(), taken, "{base} {skew}");
        if taken {
            assert!(heard[1].starts_with("Putting MASTER DOWN (going to time out)"));
        }
    }
}

#[test]
fn a_master_yields_to_a_preferred_one_with_a_last_advert() {
    for (from, base, skew, yields) in [
        (OTHER, 1, 99, true),
        (OTHER, 1, 101, false),
        ("10.99.0.1", 1, 100, true),
        (OTHER, 1, 100, false),
        // the last byte counts most
        ("10.99.1.1", 1, 100, true),
        ("9.0.0.3", 1, 100, false),
    ] {
        let mut desk = Desk::master(|carp| carp.advskew = 100);
        let heard = desk.hears(from, base, skew);
        let words = format!(
            "Preferred master advertised: going back to BACKUP state ({from}, advbase {base} \
             advskew {skew})"
        );
        let expected = ["advert 1 100 0", "Switching to state: BACKUP", &words, "standby"];
        if yields {
            assert_eq!(heard, expected);
            assert_eq!(
                desk.carp.next_deadline(),
                Some(desk.now + Duration::from_micros(3_390_625))
            );
        } else {
            assert_eq!(heard, [REASSERTING, "arp", "announce"], "{from} {skew}");
        }
    }
}

#[test]
fn a_rival_that_stays_is_a_split_brain() {
    let mut desk = Desk::master(|_| {});
    let born = desk.now;
    assert_eq!(desk.hears(OTHER, 1, 1).len(), 3);
    assert_eq!(desk.carp.view().split_since, None);
    desk.on(1000);
    assert_eq!(desk.tick(), ["advert 1 0 0"]);
    let heard = desk.hears(OTHER, 1, 1);
    let split = format!("SPLIT BRAIN: {OTHER} is MASTER, too, and is to yield to this one");
    assert_eq!(heard, [&split, "arp", "announce"]);
    assert_eq!(desk.loudest, Some(Level::Error));
    assert_eq!(desk.carp.view().split_since, Some(born));
    // a flood of them is one round a second, and the last is not lost
    assert!(desk.hears(OTHER, 1, 1).is_empty());
    assert!(desk.hears(OTHER, 1, 1).is_empty());
    desk.on(1000);
    assert_eq!(desk.tick(), ["arp", "announce", "advert 1 0 0"]);
    desk.on(1000);
    assert_eq!(desk.tick(), ["advert 1 0 0", "arp"]);
    desk.on(1000);
    desk.tick();
    let over = "split brain is over: this one is the only MASTER that is heard";
    desk.on(1000);
    assert_eq!(desk.tick(), [over, "advert 1 0 0"]);
    assert_eq!(desk.carp.view().split_since, None);
}

#[test]
fn who_yields_ends_the_split_brain() {
    let mut desk = Desk::master(|carp| carp.advskew = 5);
    desk.on(10);
    desk.hears(OTHER, 1, 6);
    desk.hears(OTHER, 1, 6);
    assert!(desk.carp.view().split_since.is_some());
    let heard = desk.hears("10.99.0.4", 1, 4);
    let over = "split brain is over: this one has yielded to 10.99.0.4";
    assert_eq!(heard.last().map(String::as_str), Some(over));
    assert_eq!(desk.carp.next_deadline(), Some(desk.now + Duration::from_micros(3_019_531)));
}

#[test]
fn a_rival_that_bows_out_is_none() {
    let mut desk = Desk::master(|_| {});
    assert_eq!(desk.hears(OTHER, 255, 255), ["arp", "announce"]);
    assert_eq!(desk.carp.view().split_since, None);
}

#[test]
fn who_stops_advertises_until_the_addresses_are_down_and_then_bows_out() {
    let mut desk = Desk::master(|_| {});
    let told = desk.tell(Input::Stop);
    let expected =
        ["Switching to state: BACKUP", "the director stops: going back to BACKUP state", "standby"];
    assert_eq!(told, expected);
    desk.on(1000);
    assert_eq!(desk.tick(), ["advert 1 0 0"]);
    assert!(!desk.carp.is_over());
    assert_eq!(desk.settled(), ["advert 255 255 0"]);
    assert!(desk.carp.is_over());
    assert_eq!(desk.carp.next_deadline(), None);
    assert!(desk.tell(Input::Tick).is_empty());
}

#[test]
fn a_backup_that_stops_says_nothing() {
    let mut desk = Desk::with(|_| {});
    assert!(desk.tell(Input::Stop).is_empty());
    assert!(desk.carp.is_over());
    // the first downscript still runs
    let mut carp = Carp::new(rules(|_| {}), Time::ZERO);
    carp.opening(Time::ZERO);
    carp.handle(Input::Stop, Time::ZERO);
    assert!(!carp.is_over());
    assert!(carp.handle(Input::Tick, millis(60_000)).is_empty());
    assert!(carp.handle(Input::Settled, millis(60_001)).is_empty());
    assert!(carp.is_over());
}

#[test]
fn who_is_told_to_be_standby_stays_it_until_another_is_master() {
    let mut desk = Desk::master(|carp| carp.preempt = true);
    let left = desk.now;
    assert_eq!(desk.tell(Input::Told(Role::Standby)).last().unwrap(), "standby");
    assert_eq!(desk.settled(), ["advert 255 255 0"]);
    // nobody else takes over: not for ever
    let mut taken = Vec::new();
    while taken.is_empty() {
        desk.now = desk.carp.next_deadline().unwrap();
        taken = desk.tick();
    }
    assert_eq!(desk.now - left, millis(6000));
    // another does, goes, and this one is master again
    desk.settled();
    desk.tell(Input::Told(Role::Standby));
    desk.settled();
    desk.on(100);
    assert!(desk.hears(OTHER, 1, 100).is_empty(), "it does not preempt whom it made way for");
    desk.on(1000);
    assert_eq!(desk.hears(OTHER, 255, 255).last().unwrap(), "active");
}

#[test]
fn who_is_told_to_be_standby_stays_it_for_as_long_as_another_is_master() {
    let standing_back = || {
        let mut desk = Desk::master(|carp| carp.preempt = true);
        desk.tell(Input::Told(Role::Standby));
        desk.settled();
        // one that is slower than this one's dead time as well
        for (advbase, seconds) in [(1, 60), (5, 60)] {
            for _ in 0..seconds / u64::from(advbase) {
                desk.on(1000 * u64::from(advbase));
                assert!(desk.hears(OTHER, advbase, 100).is_empty(), "at {}", desk.now.as_secs());
                assert!(desk.tick().is_empty());
            }
        }
        desk
    };
    // a file that says the same changes nothing
    let mut desk = standing_back();
    let same = desk.carp.rules.clone();
    desk.tell(Input::Rules(Whose::Carp(same)));
    assert!(desk.hears(OTHER, 1, 100).is_empty());
    // until nobody is master
    desk.now = desk.carp.next_deadline().unwrap();
    assert_eq!(desk.tick().last().unwrap(), "active");
    // until it is told to be active, and then what it was told before is over
    let mut desk = standing_back();
    assert_eq!(desk.tell(Input::Told(Role::Active)).last().unwrap(), "active");
    assert!(!desk.carp.hold.bars_preemption(desk.now));
    // until the file is another
    let mut desk = standing_back();
    let mut other = desk.carp.rules.clone();
    other.carp.dead_ratio += 1;
    desk.tell(Input::Rules(Whose::Carp(other)));
    assert_eq!(desk.hears(OTHER, 1, 100).last().unwrap(), "active");
    // a backup as well
    let mut desk = Desk::with(|carp| carp.preempt = true);
    assert!(desk.tell(Input::Told(Role::Standby)).is_empty());
    assert!(desk.hears(OTHER, 1, 100).is_empty());
}

#[test]
fn who_is_told_to_be_active_claims_at_once_and_yields_to_a_better_one() {
    let mut desk = Desk::with(|carp| carp.advskew = 10);
    desk.hears(OTHER, 1, 0);
    let claims = "told to be active: advskew 0 until it is told to be standby, has another one in \
                  its file, or starts again";
    let told = ["Switching to state: MASTER", claims, "active"];
    assert_eq!(desk.tell(Input::Told(Role::Active)), told);
    assert!(desk.tell(Input::Told(Role::Active)).is_empty());
    assert_eq!(desk.settled(), ["arp", "advert 1 0 0"]);
    // another file without another skew changes nothing
    let same = rules(|carp| carp.advskew = 10);
    desk.tell(Input::Rules(Whose::Carp(same)));
    // what goes on for a moment is no split brain
    for _ in 0..3 {
        desk.hears(OTHER, 1, 1);
        desk.on(900);
        assert_eq!(desk.carp.view().split_since, None);
    }
    desk.on(400);
    desk.hears(OTHER, 1, 1);
    assert!(desk.carp.view().split_since.is_some());
    // another one is told the same later: that one is meant
    assert_eq!(
        desk.hears(OTHER, 1, 0).last().unwrap(),
        "split brain is over: this one has yielded to 10.99.0.3"
    );
    assert_eq!(desk.carp.rules.carp.advskew, 10);
    // on the way out as well
    desk.settled();
    desk.tell(Input::Told(Role::Active));
    desk.settled();
    desk.tell(Input::Told(Role::Standby));
    assert_eq!(desk.tell(Input::Told(Role::Active)), told);
    assert_eq!(desk.settled(), ["arp", "advert 1 0 0"]);
    desk.tell(Input::Told(Role::Standby));
    assert_eq!(desk.carp.rules.carp.advskew, 0);
    assert_eq!(desk.settled(), ["advert 255 255 0"]);
    assert_eq!(desk.carp.rules.carp.advskew, 10);
}

#[test]
fn who_is_less_fit_says_so() {
    let mut desk = Desk::master(|carp| carp.advskew = 3);
    let told = desk.tell(Input::Unfit(Some("no real is alive".to_owned())));
    let words = "less fit than it should be, and advertised so: no real is alive";
    assert_eq!(told, [words, "advert 1 240 1"]);
    assert!(desk.tell(Input::Unfit(Some("no canary answers".to_owned()))).is_empty());
    // nobody is fitter: it goes on
    desk.on(1937);
    assert!(desk.tick().is_empty());
    desk.on(1);
    assert_eq!(desk.tick(), ["advert 1 240 1", "arp"]);
    // one that is fitter is preferred, however seldom it speaks
    let mut other = Desk::master(|carp| carp.advskew = 3);
    other.tell(Input::Unfit(Some("no real is alive".to_owned())));
    assert_eq!(other.hears(OTHER, 2, 0).last().unwrap(), "standby");
    let fit = desk.tell(Input::Unfit(None));
    assert_eq!(fit, ["as fit as it should be again, after: no canary answers", "advert 1 3 0"]);
}

#[test]
fn who_is_fitter_takes_over_once_it_is_synced() {
    let mut desk = Desk::with(|carp| carp.advskew = 250);
    assert!(desk.tell(Input::Synced(false)).is_empty());
    assert!(desk.hears_demoted(OTHER, 1, 240, 1).is_empty());
    desk.tell(Input::Synced(true));
    let taken = desk.hears_demoted(OTHER, 1, 240, 1);
    assert_eq!(
        taken[1],
        "Putting MASTER down - it is less fit (10.99.0.3, advbase 1 advskew 240 demote 1; this one: \
         advbase 1 advskew 250)"
    );
    // who is less fit itself does not, nor does it preempt
    let mut desk = Desk::with(|carp| carp.preempt = true);
    desk.tell(Input::Unfit(Some("no real is alive".to_owned())));
    assert!(desk.hears_demoted(OTHER, 1, 250, 0).is_empty());
    assert_eq!(desk.hears_demoted(OTHER, 1, 250, 1).last().unwrap(), "active");
}

#[test]
fn who_is_less_fit_waits_longer() {
    let mut desk = Desk::with(|carp| carp.advskew = 48);
    desk.to(1000);
    desk.tell(Input::Unfit(Some("no real is alive".to_owned())));
    assert_eq!(desk.carp.next_deadline(), Some(Duration::from_micros(3_937_500)));
    desk.tell(Input::Unfit(None));
    assert_eq!(desk.carp.next_deadline(), Some(Duration::from_micros(3_187_500)));
}

#[test]
fn who_is_not_synced_takes_a_dead_masters_place_all_the_same() {
    for goes in [false, true] {
        let mut desk = Desk::with(|carp| carp.preempt = true);
        desk.tell(Input::Synced(false));
        assert!(desk.hears(OTHER, 1, 100).is_empty());
        assert!(desk.hears(OTHER, 200, 0).is_empty());
        let taken = if goes {
            desk.hears(OTHER, 255, 255)
        } else {
            desk.on(3000);
            desk.tick()
        };
        assert_eq!(taken.last().unwrap(), "active");
    }
}

#[test]
fn without_a_cable_it_is_silent() {
    let links = |public| Input::Links { public, private: true };
    let mut desk = Desk::master(|_| {});
    let told = desk.tell(links(false));
    let words = "eth0: the interface is down, or its cable is out";
    assert_eq!(told, ["Switching to state: BACKUP", words, "standby"]);
    assert_eq!(desk.carp.next_deadline(), None);
    assert!(desk.settled().is_empty());
    assert_eq!(
        desk.tell(Input::Told(Role::Active)),
        [format!("{DOWN}: not active, though told to be")]
    );
    desk.on(50_000);
    assert!(desk.hears(OTHER, 255, 255).is_empty());
    assert_eq!(desk.tell(links(true)), ["eth0 carries again"]);
    assert!(desk.tell(links(true)).is_empty());
    assert_eq!(desk.carp.next_deadline(), Some(desk.now + millis(3000)));
    // it can stop there, too
    desk.tell(links(false));
    desk.tell(Input::Stop);
    assert!(desk.carp.is_over());
}

#[test]
fn who_was_asleep_looks_first() {
    // whatever wakes it
    let mut desk = Desk::master(|_| {});
    desk.on(60_000);
    assert!(desk.tell(Input::Unfit(Some(String::new()))).contains(&"standby".to_owned()));
    let mut desk = Desk::master(|_| {});
    desk.on(1000 + 3000);
    assert_eq!(desk.tick(), ["advert 1 0 0"]);
    desk.on(1000 + 3001);
    let words = "this director was asleep, and another may be MASTER: going back to BACKUP state \
                 (3.00 s late)";
    assert_eq!(desk.tick(), ["Switching to state: BACKUP", words, "standby"]);
    assert_eq!(desk.carp.next_deadline(), Some(desk.now + millis(3000)));
    // on its way out it says nothing more
    let mut desk = Desk::master(|_| {});
    desk.tell(Input::Stop);
    desk.on(60_000);
    assert!(desk.tick().is_empty());
    assert!(desk.settled().is_empty());
    assert!(desk.carp.is_over());
}

#[test]
fn who_cannot_serve_makes_way_if_there_is_another() {
    let mut desk = Desk::master(|_| {});
    let why = || Input::Broken("the kernel has not taken the table".to_owned());
    let stays = "the kernel has not taken the table; nobody else was heard: staying MASTER";
    assert_eq!(desk.tell(why()), [stays]);
    assert!(desk.tell(why()).is_empty(), "it has been said");
    desk.hears(OTHER, 1, 1);
    assert_eq!(desk.tell(why()).last().unwrap(), "standby");
    assert_eq!(desk.settled(), ["advert 255 255 0"]);
    assert_eq!(desk.tell(why()), ["the kernel has not taken the table"]);
    // where nobody took over it is no use to try that again and again
    for _ in 0..2 {
        desk.now = desk.carp.next_deadline().unwrap();
        desk.tick();
    }
    desk.settled();
    let stays =
        "the kernel has not taken the table; nobody took over the last time: staying MASTER";
    desk.now += Duration::from_secs(2);
    desk.tick();
    assert_eq!(desk.tell(why()), [stays]);
}

#[test]
fn who_goes_after_a_better_one_has_come_says_nothing_more() {
    let mut desk = Desk::master(|carp| carp.advskew = 10);
    desk.tell(Input::Stop);
    assert!(desk.hears(OTHER, 1, 20).is_empty());
    assert!(desk.hears(OTHER, 1, 0).is_empty());
    assert!(desk.settled().is_empty());
    assert!(desk.carp.is_over());
}

#[test]
fn a_rival_that_comes_and_goes_with_every_packet_is_said_once() {
    let mut desk = Desk::master(|_| {});
    desk.on(1000);
    desk.tick();
    let mut said = 0;
    for _ in 0..100 {
        for (base, skew) in [(1, 9), (1, 9), (255, 255)] {
            let words = desk.hears(OTHER, base, skew);
            said +=
                words.iter().filter(|word| !["arp", "announce"].contains(&word.as_str())).count();
        }
    }
    assert_eq!(said, 3);
}

#[test]
fn other_rules_keep_the_role() {
    let mut desk = Desk::master(|_| {});
    let next = rules(|carp| (carp.advbase, carp.signed) = (5, vec!["10.99.0.9".parse().unwrap()]));
    let what = "the file has changed: advbase 1 is 5 now, other addresses";
    assert_eq!(desk.tell(Input::Rules(Whose::Carp(next))), [what]);
    assert_eq!(desk.carp.next_deadline(), Some(desk.now + millis(1000)));
    desk.on(1000);
    assert_eq!(desk.tick(), ["advert 5 0 0"]);
    desk.on(5000);
    assert_eq!(desk.tick(), ["advert 5 0 0", "arp"]);
    // what the old addresses were signed with is not believed any more
    assert_eq!(desk.hears(OTHER, 1, 0).len(), 1);
    assert_eq!(desk.carp.view().refused, [("bad digest", 1)]);
    assert_eq!(
        desk.carp.view().doubt.as_deref(),
        Some(format!("bad digest, from {OTHER}").as_str())
    );
    let nothing = Input::Rules(Whose::External(super::super::external::Rules));
    assert!(desk.tell(nothing).is_empty());
}

#[test]
fn the_counter_goes_on_from_what_was_heard() {
    let mut desk = Desk::master(|_| {});
    desk.on(1000);
    let [first, second] = [0, 0].map(|_| {
        desk.tick();
        desk.on(1000);
        desk.counter
    });
    assert_ne!(second, first.wrapping_add(1), "by chance");
    desk.hears_counted(OTHER, (1, 1, 0), u64::MAX);
    desk.tick();
    assert_eq!(desk.counter, 0);
    desk.on(1000);
    desk.tick();
    assert_eq!(desk.counter, 1);
}

#[test]
fn what_is_not_believed_is_counted_and_said_once() {
    let mut desk = Desk::with(|_| {});
    let good = desk.advert(OTHER, (1, 0, 0), 7);
    let [mut version, mut vhid, mut sum, mut digest] = [0; 4].map(|_| good.clone());
    version[0] = 0x11;
    vhid[1] = 43;
    sum[6] ^= 1;
    digest[20] ^= 0x10;
    let total = u16::from_be_bytes([digest[6], digest[7]]);
    let total = if good[20] & 0x10 == 0 { total - 0x1000 } else { total + 0x1000 };
    digest[6..8].copy_from_slice(&total.to_be_bytes());
    let real = &good[16..20].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let bad_digest = format!(
        "Bad digest - md2=[{real}...] md=[{real}...] - Check vhid, password and virtual IP address"
    );
    let own = "advert of this director's own address 10.99.0.2: a loop of the network, or another \
               host that has it";
    let vrrp2 = [&[0x21, 42, 100, 1, 0, 1][..], &[0; 14]].concat();
    let vrrp =
        "that is VRRP with the id 42 from 10.99.0.3, and no CARP: another id is needed for one";
    let cases: [(&str, &str, u8, &[u8], &str); 10] = [
        (OTHER, GROUP, 255, &vrrp2, vrrp),
        (OWN, GROUP, 255, &good, own),
        (OTHER, GROUP, 255, &good[..35], "Bogus size: caplen=[69], ip_len=[20] ch_len=[36]"),
        (OTHER, GROUP, 254, &good, "Bad TTL: [254]"),
        (OTHER, GROUP, 255, &version, "Bad version: [1]"),
        (OTHER, GROUP, 255, &vhid, "Ignoring vhid: [43]"),
        (OTHER, "224.0.0.19", 255, &good, "Ignoring different multicast ip: [224.0.0.19]"),
        ("fe80::1", "ff02::12", 255, &good, ""),
        (OTHER, GROUP, 255, &sum, "Bad IP checksum"),
        (OTHER, GROUP, 255, &digest, &bad_digest),
    ];
    let dead = desk.carp.next_deadline();
    desk.to(1);
    for (from, to, hops, bytes, words) in cases {
        let lines = desk.receives(from, to, hops, bytes);
        let expected: Vec<_> = Some(words).filter(|words| !words.is_empty()).into_iter().collect();
        assert_eq!(lines, expected);
        assert!(desk.receives(from, to, hops, bytes).is_empty(), "{words} is said twice");
    }
    let counts = [
        ("VRRP with this id", 2),
        ("own address", 2),
        ("too short", 2),
        ("bad TTL", 2),
        ("bad version", 2),
        ("other vhid", 2),
        ("other group", 4),
        ("bad checksum", 2),
        ("bad digest", 2),
    ];
    assert_eq!(desk.carp.view().refused, counts);
    assert_eq!(desk.carp.view().peer, None);
    assert_eq!(desk.carp.next_deadline(), dead, "it changes nothing");
    // the same after a minute of nothing is news
    desk.to(60_001);
    assert_eq!(desk.receives(OTHER, GROUP, 254, &good), ["Bad TTL: [254]"]);
    // what follows an advert is not looked at, nor its type
    let mut long = good.clone();
    (long[0], long[6]) = (0x22, good[6].wrapping_sub(1));
    long.extend([1, 2, 3]);
    assert!(desk.receives(OTHER, GROUP, 255, &long).is_empty());
    assert!(desk.carp.view().peer.is_some());
    assert_eq!(desk.carp.view().doubt, None);
}

#[test]
fn without_a_base_the_ratio_is_of_the_skew() {
    let desk = Desk::with(|carp| (carp.advbase, carp.advskew) = (0, 64));
    assert_eq!(desk.carp.next_deadline(), Some(millis(750)));
    let desk = Desk::with(|carp| carp.dead_ratio = 10);
    assert_eq!(desk.carp.next_deadline(), Some(millis(10_000)));
}

#[test]
fn addresses_of_ipv6_are_told_by_who_raises_them() {
    let mut desk = Desk::with(|carp| carp.signed = vec!["2001:db8::1".parse().unwrap()]);
    desk.to(3000);
    desk.tick();
    assert_eq!(desk.settled(), ["advert 1 0 0"]);
}

#[test]
fn nobody_reads_the_secret() {
    let desk = Desk::with(|_| {});
    let shown = format!("{:?}", desk.carp);
    assert!(!shown.contains("108, 111, 118, 101") && !shown.contains("love"), "{shown}");
}

proptest! {
    #[test]
    fn no_bytes_are_an_error(bytes: Vec<u8>, hops: u8, known: bool, vhid: bool) {
        let mut bytes = bytes;
        if let (true, [version, number, ..]) = (known, &mut bytes[..]) {
            (*version, *number) = (0x21, if vhid { 42 } else { *number });
        }
        let mut desk = Desk::with(|_| {});
        let said = desk.receives(OTHER, GROUP, hops, &bytes);
        prop_assert!(said.len() == 1 && desk.carp.view().peer.is_none());
    }

    #[test]
    fn any_deadline_is_ahead_once_it_has_come(steps: Vec<(u8, u16)>) {
        let mut desk = Desk::with(|carp| carp.preempt = true);
        for (what, wait) in steps {
            desk.on(u64::from(wait % 5000));
            match what % 10 {
                0 => desk.hears(OTHER, 1, what),
                1 => desk.hears_demoted(OTHER, 1, what, 1),
                2 => desk.hears(OTHER, 255, 255),
                3 => desk.settled(),
                4 => desk.tell(Input::Told(Role::Standby)),
                5 => desk.tell(Input::Told(Role::Active)),
                6 => desk.tell(Input::Links { public: what % 20 == 6, private: true }),
                7 => desk.tell(Input::Unfit((what % 20 == 7).then(String::new))),
                8 => desk.tell(Input::Synced(what % 20 == 8)),
                _ => desk.tell(Input::Broken(String::new())),
            };
            for _ in 0..2 {
                if desk.carp.next_deadline().is_some_and(|at| at <= desk.now) {
                    desk.tick();
                }
            }
            prop_assert!(desk.carp.next_deadline().is_none_or(|at| at > desk.now));
        }
    }
}

/// A director and its time; what it does is told in words.
struct Desk {
    carp: Carp,
    now: Time,
    opened: Vec<String>,
    /// Of the last advert.
    counter: u64,
    loudest: Option<Level>,
}

impl Desk {
    /// A backup of vhid 42 at time 0, as the file says otherwise.
    fn with(change: impl Fn(&mut protocol::Carp)) -> Desk {
        let carp = Carp::new(rules(change), Time::ZERO);
        let mut desk =
            Desk { carp, now: Time::ZERO, opened: Vec::new(), counter: 0, loudest: None };
        let opening = desk.carp.opening(Time::ZERO);
        desk.opened = desk.told(opening);
        let mac = "Local advertised ethernet address is [02:00:5e:10:20:30]";
        assert_eq!(desk.opened.remove(0), mac);
        assert!(desk.settled().is_empty());
        desk
    }

    /// A master that advertises just now.
    fn master(change: impl Fn(&mut protocol::Carp)) -> Desk {
        let mut desk = Desk::with(change);
        desk.now = desk.carp.next_deadline().unwrap();
        assert_eq!(desk.tick().last().unwrap(), "active");
        assert_eq!(desk.settled().len(), 2);
        // for longer than a change of the master takes
        desk.carp.since = Time::ZERO;
        desk
    }

    fn to(&mut self, now: u64) {
        self.now = millis(now);
    }

    fn on(&mut self, time: u64) {
        self.now += millis(time);
    }

    fn tick(&mut self) -> Vec<String> {
        self.tell(Input::Tick)
    }

    fn settled(&mut self) -> Vec<String> {
        self.tell(Input::Settled)
    }

    fn hears(&mut self, from: &str, advbase: u8, advskew: u8) -> Vec<String> {
        self.hears_demoted(from, advbase, advskew, 0)
    }

    fn hears_demoted(&mut self, from: &str, base: u8, skew: u8, demote: u8) -> Vec<String> {
        self.hears_counted(from, (base, skew, demote), 7)
    }

    fn hears_counted(&mut self, from: &str, what: (u8, u8, u8), counter: u64) -> Vec<String> {
        let bytes = self.advert(from, what, counter);
        self.receives(from, GROUP, 255, &bytes)
    }

    /// What another host sends that has the same secret.
    fn advert(&self, from: &str, what: (u8, u8, u8), counter: u64) -> Vec<u8> {
        let digest = Key::new(b"love", 42, &[VIP.parse().unwrap()]).digest(counter);
        let (advbase, advskew, demote) = what;
        let advert = Advert { vhid: 42, advbase, advskew, demote, counter, digest };
        let (from, group) = (from.parse().unwrap(), GROUP.parse().unwrap());
        advert.frame(&Envelope { from, group, multicast: true, id: 0 })[34..].to_vec()
    }

    fn receives(&mut self, from: &str, to: &str, hops: u8, bytes: &[u8]) -> Vec<String> {
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        self.tell(Input::Packet(Packet { from, to, hops, path: Path::Public, bytes }))
    }

    fn tell(&mut self, input: Input<'_>) -> Vec<String> {
        let actions = self.carp.handle(input, self.now);
        self.told(actions)
    }

    fn told(&mut self, actions: Vec<Action>) -> Vec<String> {
        actions.into_iter().map(|action| self.in_words(action)).collect()
    }

    fn in_words(&mut self, action: Action) -> String {
        match action {
            Action::Say(line) => {
                self.loudest = Some(line.level);
                line.text
            }
            Action::Become(Role::Active) => "active".to_owned(),
            Action::Become(Role::Standby) => "standby".to_owned(),
            Action::Announce => "announce".to_owned(),
            Action::Send(To::Wire, frame) if frame.len() == 42 => "arp".to_owned(),
            Action::Send(To::Wire, frame) => {
                assert_eq!(frame.len(), 70);
                let advert = Advert::read(frame[34..].first_chunk().unwrap());
                self.counter = advert.counter;
                format!("advert {} {} {}", advert.advbase, advert.advskew, advert.demote)
            }
            other => panic!("{other:?}"),
        }
    }
}

fn rules(change: impl Fn(&mut protocol::Carp)) -> Rules {
    let mut carp = protocol::Carp {
        interface: "eth0".parse().unwrap(),
        source: None,
        group: GROUP.parse().unwrap(),
        multicast: true,
        vhid: 42.try_into().unwrap(),
        advbase: 1,
        advskew: 0,
        dead_ratio: 3,
        preempt: false,
        neutral: false,
        secret: Secret::Given(b"love".to_vec()),
        signed: vec![VIP.parse().unwrap()],
    };
    change(&mut carp);
    let (source, mac) = (OWN.parse().unwrap(), [2, 0, 0x5e, 0x10, 0x20, 0x30]);
    Rules { carp, source, mac, key: b"love".to_vec(), chance: 1 }
}

const REASSERTING: &str = "Non-preferred master advertising: reasserting control of VIP with \
                           another gratuitous arp";

fn millis(time: u64) -> Time {
    Duration::from_millis(time)
}
