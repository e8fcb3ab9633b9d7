use super::*;

fn seconds(seconds: u64) -> Time {
    Time::from_secs(seconds)
}

/// 2026, about.
const BORN: u64 = 1_800_000_000;

fn peer(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

#[test]
fn a_stamp_is_a_time_and_never_the_same() {
    let mut stamps = Stamps::new(BORN);
    let first = stamps.next(Time::from_millis(1_500));
    assert_eq!(first, (BORN + 1) << 32 | 0x8000 << 16);
    assert_eq!(stamps.next(Time::from_millis(1_500)), first + 1);
    assert!(stamps.next(seconds(2)) > first + 1);
}

#[test]
fn what_was_heard_is_not_believed_again() {
    let (mut ours, mut theirs) = (Stamps::new(BORN), Stamps::new(BORN));
    let old: Vec<_> = (0..10).map(|at| theirs.next(seconds(at))).collect();
    assert!(old.iter().all(|stamp| ours.is_new(peer(2), *stamp, seconds(10))));
    assert!(!old.iter().any(|stamp| ours.is_new(peer(2), *stamp, seconds(11))));
    // nor one that was on its way for long, once a later one was heard
    let late = theirs.next(seconds(12));
    assert!(ours.is_new(peer(2), theirs.next(seconds(13)), seconds(13)));
    assert!(!ours.is_new(peer(2), late, seconds(14)));
    // each sender has its own
    assert!(ours.is_new(peer(3), late, seconds(14)));
}

#[test]
fn who_starts_believes_nothing_that_is_older_than_five_minutes() {
    let mut theirs = Stamps::new(BORN);
    let old = theirs.next(seconds(0));
    let mut late = Stamps::new(BORN + 299);
    assert!(late.is_new(peer(2), old, seconds(0)));
    let mut later = Stamps::new(BORN + 301);
    assert!(!later.is_new(peer(2), old, seconds(0)));
}

#[test]
fn a_clock_that_was_set_back_is_healed_by_what_it_hears() {
    let (mut ours, mut theirs) = (Stamps::new(BORN), Stamps::new(BORN));
    assert!(ours.is_new(peer(2), theirs.next(seconds(100)), seconds(100)));
    // it starts anew, without a battery
    let mut theirs = Stamps::new(0);
    assert!(!ours.is_new(peer(2), theirs.next(seconds(1)), seconds(104)));
    // this one takes over, and is heard
    assert!(theirs.is_new(peer(1), ours.next(seconds(105)), seconds(2)));
    assert!(ours.is_new(peer(2), theirs.next(seconds(2)), seconds(105)));
    assert!(ours.is_new(peer(2), theirs.next(seconds(3)), seconds(106)));
}

#[test]
fn a_clock_that_is_ahead_is_followed_by_all() {
    let (mut ours, mut theirs) = (Stamps::new(BORN), Stamps::new(2 * BORN));
    assert!(ours.is_new(peer(2), theirs.next(seconds(1)), seconds(1)));
    let mut theirs = Stamps::new(BORN);
    assert!(!ours.is_new(peer(2), theirs.next(seconds(2)), seconds(2)));
    assert!(theirs.is_new(peer(1), ours.next(seconds(3)), seconds(3)));
    assert!(ours.is_new(peer(2), theirs.next(seconds(4)), seconds(4)));
}

#[test]
fn no_number_of_senders_fills_the_memory() {
    let mut ours = Stamps::new(BORN);
    for sender in 0..10_000_u32 {
        let from = IpAddr::from(sender.to_be_bytes());
        assert!(ours.is_new(from, (BORN << 32) + u64::from(sender), seconds(0)));
    }
    assert_eq!(ours.senders.len(), SENDERS);
    assert!(!ours.is_new(IpAddr::from(9_999_u32.to_be_bytes()), BORN << 32, seconds(0)));
    // the clock of one that ends with the century
    let mut ours = Stamps::new(u64::from(u32::MAX));
    let last = ours.next(seconds(0));
    assert!(ours.next(seconds(10)) >= last);
}
