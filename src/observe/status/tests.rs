use std::collections::BTreeMap;

use super::*;
use jiff::tz::TimeZone;

fn real(address: &str, standing: Standing, because: &str, weight: Option<u32>) -> RealStatus {
    RealStatus {
        address: address.to_owned(),
        forwarding: "masq".to_owned(),
        standing,
        since: Timestamp::from_second(1_000_000).unwrap(),
        because: because.to_owned(),
        warning: None,
        certificate_until: None,
        failures: 0,
        successes: 0,
        successes_needed: 1,
        weight,
        configured_weight: 1,
        slow_start: false,
        load: None,
        active: weight.map(|_| 12),
        inactive: weight.map(|_| 345),
    }
}

fn page() -> Status {
    Status {
        version: "1.2.3".to_owned(),
        config: "/etc/ha.d/ldirectord.cf".to_owned(),
        pid: 42,
        started: Timestamp::from_second(900_000).unwrap(),
        now: Timestamp::from_second(1_000_065).unwrap(),
        phase: "running".to_owned(),
        role: None,
        pair: None,
        refused_config: None,
        kernel_trouble: None,
        checks_ended: false,
        virtuals: vec![VirtualStatus {
            protocol: "tcp".to_owned(),
            address: "192.0.2.10:80".to_owned(),
            scheduler: "wrr".to_owned(),
            persistent: Some(60),
            up: 1,
            total: 2,
            reals: vec![
                real("10.0.0.1:80", Standing::Up, "200 OK", Some(1)),
                real("10.0.0.2:8080", Standing::Down, "connection refused", None),
            ],
            fallback: Some(FallbackStatus { address: "127.0.0.1:80".to_owned(), serves: false }),
        }],
    }
}

#[test]
fn a_page_for_people() {
    let expected = "\
lvs-director 1.2.3 is running (pid 42), since 1970-01-11 10:00 (1d 3h), on /etc/ha.d/ldirectord.cf

tcp 192.0.2.10:80  wrr, persistent 60 s: 1 of 2 up
  REAL           METHOD  WEIGHT  ACTIVE  INACT  STANDING  SINCE             WHY
  10.0.0.1:80    masq         1      12    345  up        13:46:40 (1m 5s)  200 OK
  10.0.0.2:8080  masq         -       -      -  DOWN      13:46:40 (1m 5s)  connection refused
  fallback 127.0.0.1:80 stands by
";
    assert_eq!(text(&page(), &TimeZone::UTC), expected);
}

#[test]
fn of_two_directors_it_is_said_which_one_this_is() {
    let first = |role| {
        let text = text(&Status { role, ..page() }, &TimeZone::UTC);
        text.split(" (pid").next().unwrap().to_owned()
    };
    assert_eq!(first(None), "lvs-director 1.2.3 is running");
    assert_eq!(first(Some(Role::Active)), "lvs-director 1.2.3 is running as active");
    assert_eq!(first(Some(Role::Standby)), "lvs-director 1.2.3 is running as standby");
}

#[test]
fn who_sees_nothing_any_more_says_so() {
    let text = text(&Status { checks_ended: true, ..page() }, &TimeZone::UTC);
    let line = "\nThe checks have ended, the table stays as it is: manual action needed\n\n";
    assert!(text.contains(line), "{text}");
}

#[test]
fn a_warning_stands_behind_the_reason() {
    let mut page = page();
    let real = &mut page.virtuals[0].reals[0];
    real.warning = Some("the certificate expires on 1970-01-21T13:46:40Z, in 9 days".to_owned());
    let text = text(&page, &TimeZone::UTC);
    let end = "  200 OK; WARNING: the certificate expires on 1970-01-21T13:46:40Z, in 9 days\n";
    assert!(text.contains(end), "{text}");
}

#[test]
fn what_a_weight_follows_stands_behind_the_reason() {
    let mut page = page();
    let real = &mut page.virtuals[0].reals[0];
    (real.configured_weight, real.slow_start) = (32, true);
    real.load = Some("load 0.10".to_owned());
    let real = &mut page.virtuals[0].reals[1];
    (real.successes, real.successes_needed) = (2, 3);
    let text = text(&page, &TimeZone::UTC);
    assert!(text.contains("  200 OK; slow start, to weight 32; load 0.10\n"), "{text}");
    assert!(text.contains("  connection refused (2 of 3 successes)\n"), "{text}");
}

#[test]
fn it_travels_as_json() {
    let json = serde_json::to_string(&page()).unwrap();
    assert_eq!(serde_json::from_str::<Status>(&json).unwrap(), page());
}

#[test]
fn a_pair_for_people() {
    let mut page = page();
    let at = |second| Timestamp::from_second(second).unwrap();
    page.virtuals.clear();
    page.pair = Some(PairStatus {
        protocol: "pulse".to_owned(),
        master: Some(false),
        role: Role::Active,
        settled: true,
        unfit: None,
        unfit_since: None,
        ignored: BTreeMap::new(),
        since: at(1_000_000),
        because: "partner dead: activating lvs".to_owned(),
        split_brain: None,
        peer: Some(PeerStatus {
            address: Some("10.0.0.11".to_owned()),
            claim: None,
            heard: Some(at(999_995)),
            role: Some(Role::Active),
            disbelieved: None,
        }),
        addresses: vec!["10.0.0.100 on eth0:1".to_owned()],
        refused: vec!["10.0.0.101 on eth9: there is no such interface".to_owned()],
    });
    let text = text(&page, &TimeZone::UTC);
    let (_, pair) = text.split_once('\n').unwrap();
    let expected = "\
The backup is ACTIVE (pulse) since 13:46:40 (1m 5s): partner dead: activating lvs
Its peer 10.0.0.11 was heard at 13:46:35 (1m 10s)
It holds 10.0.0.100 on eth0:1
Not as it should be: 10.0.0.101 on eth9: there is no such interface
";
    assert_eq!(pair, expected);
    assert!(text.starts_with("lvs-director 1.2.3 is running as active (pid"), "{text}");
}

#[test]
fn what_is_wrong_between_two_is_told() {
    let since = Timestamp::from_second(1_000_000).unwrap();
    let mut peer = PeerStatus {
        address: Some("10.0.0.11".to_owned()),
        claim: None,
        heard: None,
        role: None,
        disbelieved: Some("wrong signature".to_owned()),
    };
    let pair = |peer: &PeerStatus| PairStatus {
        protocol: "pulse".to_owned(),
        master: Some(true),
        role: Role::Active,
        settled: true,
        unfit: None,
        unfit_since: None,
        ignored: BTreeMap::new(),
        since,
        because: "partner dead: activating lvs".to_owned(),
        split_brain: Some(since),
        peer: Some(peer.clone()),
        addresses: Vec::new(),
        refused: Vec::new(),
    };
    let shown =
        |peer: &PeerStatus| text(&Status { pair: Some(pair(peer)), ..page() }, &TimeZone::UTC);
    let never = shown(&peer);
    let words = "\nIts peer 10.0.0.11: its heartbeats are not believed: wrong signature\n";
    assert!(never.contains(words), "{never}");
    let words = "\nSPLIT BRAIN since 13:46:40 (1m 5s): the peer is active, too\n";
    assert!(never.contains(words), "{never}");
    peer.heard = Some(since);
    let once = shown(&peer);
    let words = "heard at 13:46:40 (1m 5s); since then its heartbeats are not believed: wrong";
    assert!(once.contains(words), "{once}");
}

#[test]
fn what_counts_against_a_director_is_told() {
    let since = Timestamp::from_second(1_000_000).unwrap();
    let pair = PairStatus {
        protocol: "vrrp".to_owned(),
        master: None,
        role: Role::Active,
        settled: false,
        since,
        because: "entering MASTER STATE".to_owned(),
        unfit: Some("no real server is alive".to_owned()),
        unfit_since: Some(since),
        split_brain: None,
        peer: Some(PeerStatus {
            address: Some("10.0.0.11".to_owned()),
            heard: Some(since),
            role: Some(Role::Active),
            claim: Some("priority 150".to_owned()),
            disbelieved: None,
        }),
        ignored: BTreeMap::from([("wrong checksum".to_owned(), 3), ("hop limit".to_owned(), 1)]),
        addresses: vec!["10.0.0.100 on eth0".to_owned()],
        refused: Vec::new(),
    };
    let text = text(&Status { pair: Some(pair), virtuals: Vec::new(), ..page() }, &TimeZone::UTC);
    let (_, text) = text.split_once('\n').unwrap();
    let expected = "\
The director is ACTIVE (vrrp) since 13:46:40 (1m 5s): entering MASTER STATE
It is not yet done: addresses, table and commands
UNFIT since 13:46:40 (1m 5s): no real server is alive
Its standbys are silent, as vrrp has it
The last active one but it was 10.0.0.11 (priority 150), until 13:46:40 (1m 5s)
Packets not believed: hop limit 1, wrong checksum 3
It holds 10.0.0.100 on eth0
";
    assert_eq!(text, expected);
}
