use std::time::Duration;

use super::*;
use crate::failover::line::Level;

const KEEPALIVE: u64 = 2;
const DEADTIME: u64 = 5;

fn secs(seconds: u64) -> Time {
    Duration::from_secs(seconds)
}

fn millis(millis: u64) -> Time {
    Duration::from_millis(millis)
}

fn rules(is_master: bool, has_peer: bool) -> Part {
    Part { keepalive: secs(KEEPALIVE), deadtime: secs(DEADTIME), is_master, has_peer }
}

fn backup() -> Lvs {
    Lvs::new(rules(false, true), secs(0))
}

fn primary() -> Lvs {
    Lvs::new(rules(true, true), secs(0))
}

/// Actions as a person reads them; mailed lines have a `!` before them.
fn shown(actions: &[Action]) -> Vec<String> {
    let show = |action: &Action| match action {
        Action::Send(word) => format!("send {word:?}"),
        Action::Become(role) => format!("become {role:?}"),
        Action::Announce => "announce".to_owned(),
        Action::Say(Line { text, mailed: false, .. }) => text.clone(),
        Action::Say(Line { text, mailed: true, .. }) => format!("! {text}"),
    };
    actions.iter().map(show).collect()
}

fn does(pulse: &mut Lvs, event: Event, now: Time) -> Vec<String> {
    shown(&pulse.handle(event, now))
}

#[test]
fn a_second_primary_is_named_and_then_spoken_of_once_a_minute() {
    let mut pulse = primary();
    pulse.handle(Event::Force, secs(0));
    let mut said = Vec::new();
    for second in 1..=130 {
        let actions = pulse.handle(Event::Heard(Word::Running), secs(second));
        assert!(actions.contains(&Action::Announce), "the neighbours are told all the same");
        let lines = actions.into_iter().filter_map(|action| match action {
            Action::Say(Line { text, level, .. }) => Some((second, text, level)),
            _ => None,
        });
        said.extend(lines);
    }
    let yields = "the other director does not yield: does its file call it the primary, too?";
    let named: Vec<_> = said.iter().filter(|(_, text, _)| text == yields).collect();
    assert_eq!(named, [&(1 + DEADTIME, yields.to_owned(), Level::Warning)]);
    let rounds = said.iter().filter(|(_, text, _)| text == "partner active: resending arps");
    let rounds: Vec<_> = rounds.map(|(second, ..)| *second).collect();
    assert_eq!(rounds, [1, 2, 3, 4, 5, 66, 126]);
    assert_eq!(pulse.split_since(), Some(secs(1)));
    pulse.handle(Event::Heard(Word::Stopped), secs(131));
    assert_eq!(pulse.split_since(), None);
}

const LOST: Event = Event::Links { public: false, private: true };
const FOUND: Event = Event::Links { public: true, private: true };

/// The states of the original: MASTER, ACTIVE, LINKFAIL, CHILDFAIL; those that there can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waits,
    Active,
    LinkFail,
    ChildFail,
    Both,
}

const STATES: [State; 5] =
    [State::Waits, State::Active, State::LinkFail, State::ChildFail, State::Both];

/// A machine in that state at one second, whose peer was heard then.
fn in_state(is_master: bool, state: State) -> Lvs {
    let mut pulse = Lvs::new(rules(is_master, true), secs(0));
    match state {
        State::Waits => {}
        State::Active => {
            pulse.handle(Event::Force, secs(1));
        }
        State::LinkFail => {
            pulse.handle(LOST, secs(1));
        }
        State::ChildFail => {
            pulse.handle(Event::Broken("it died".to_owned()), secs(1));
        }
        State::Both => {
            pulse.handle(LOST, secs(1));
            pulse.handle(Event::Broken("it died".to_owned()), secs(1));
        }
    }
    pulse.handle(Event::Heard(Word::Hold), secs(1));
    assert_eq!(pulse.role() == Role::Active, state == State::Active);
    pulse
}

#[test]
fn every_row_of_the_originals_table() {
    type Expected = &'static [&'static str];
    type Row = fn(bool, State) -> Expected;
    const NOTHING: Expected = &[];
    let cases: [(Event, Time, Row); 8] = [
        // the deadline passes; half a second before the failed child's hold ends with the same
        (Event::Tick, millis(5999), |_, state| match state {
            State::Active => &["send Running"],
            _ => &["send Stopped"],
        }),
        (Event::Heard(Word::Stopped), secs(2), |is_master, state| match (state, is_master) {
            (State::Waits, true) => {
                &["! backup inactive: activating lvs", "become Active", "send Running"]
            }
            (State::Waits, false) => {
                &["! primary inactive: activating lvs", "become Active", "send Running"]
            }
            _ => NOTHING,
        }),
        (Event::Heard(Word::Running), secs(2), |is_master, state| match (state, is_master) {
            (State::Active, true) => &[
                "! SPLIT BRAIN: both directors are active: this one, the primary stays",
                "partner active: resending arps",
                "announce",
                "send Running",
            ],
            (State::Active, false) => &[
                "! SPLIT BRAIN: both directors are active: this one, the backup yields",
                "send Running",
                "! partner active: deactivating LVS",
                "become Standby",
            ],
            _ => NOTHING,
        }),
        (Event::Heard(Word::Hold), secs(2), |_, _| NOTHING),
        (Event::Heard(Word::Held), secs(2), |_, _| NOTHING),
        (Event::Heard(Word::StopMe), secs(2), |_, _| {
            &["PARTNER HAS TOLD US TO GO INACTIVE! -- refused: that is for service = fos only"]
        }),
        (LOST, secs(2), |_, state| match state {
            State::Active => &[
                "Primary NIC: link down",
                "! Local NIC link failure: Pulse disabled",
                "! local link failure: deactivating LVS",
                "become Standby",
                "send Stopped",
            ],
            State::LinkFail | State::Both => NOTHING,
            _ => &["Primary NIC: link down", "! Local NIC link failure: Pulse disabled"],
        }),
        (Event::Broken("it died".to_owned()), secs(2), |_, state| match state {
            State::Active => &["! it died", "become Standby", "send Stopped"],
            _ => &["! it died"],
        }),
    ];
    for (event, now, expected) in cases {
        for is_master in [true, false] {
            for state in STATES {
                let mut pulse = in_state(is_master, state);
                let done = does(&mut pulse, event.clone(), now);
                assert_eq!(done, expected(is_master, state), "{event:?} {is_master} {state:?}");
            }
        }
    }
}

#[test]
fn the_deadline_makes_active_who_may_be() {
    for is_master in [true, false] {
        for state in STATES {
            let mut pulse = in_state(is_master, state);
            let done = does(&mut pulse, Event::Tick, secs(6));
            let took = done.contains(&"! partner dead: activating lvs".to_owned());
            // a dead peer leaves a lone director, which tries again after deadtime
            let may = matches!(state, State::Waits | State::ChildFail);
            assert_eq!(took, may, "{is_master} {state:?} {done:?}");
            // the heartbeat comes first
            let says = if state == State::Active { "send Running" } else { "send Stopped" };
            assert_eq!(done[0], says);
            assert!(pulse.next_deadline() <= Some(secs(8)));
            assert_eq!(pulse.dead, secs(11));
        }
    }
}

#[test]
fn running_ends_the_hold_of_a_failed_child_and_only_that() {
    for state in [State::LinkFail, State::ChildFail, State::Both] {
        let mut pulse = in_state(false, state);
        assert!(does(&mut pulse, Event::Heard(Word::Running), secs(2)).is_empty());
        let done = does(&mut pulse, Event::Heard(Word::Stopped), secs(3));
        assert_eq!(!done.is_empty(), state == State::ChildFail, "{state:?}");
    }
}

#[test]
fn timers_are_the_originals() {
    let mut pulse = backup();
    assert_eq!(pulse.next_deadline(), Some(secs(2)));
    assert_eq!(does(&mut pulse, Event::Tick, secs(2)), ["send Stopped"]);
    assert!(does(&mut pulse, Event::Heard(Word::Hold), millis(2500)).is_empty());
    assert_eq!(does(&mut pulse, Event::Tick, secs(4)), ["send Stopped"]);
    assert_eq!(does(&mut pulse, Event::Tick, secs(6)), ["send Stopped"]);
    assert_eq!(pulse.next_deadline(), Some(millis(7500)));
    assert_eq!(
        does(&mut pulse, Event::Tick, millis(7500)),
        ["! partner dead: activating lvs", "become Active", "send Running"]
    );
    assert_eq!(pulse.next_deadline(), Some(millis(9500)));
    assert_eq!(does(&mut pulse, Event::Tick, millis(9500)), ["send Running"]);
}

#[test]
fn a_lone_primary_is_active_after_deadtime_and_says_nothing() {
    let mut pulse = Lvs::new(rules(true, false), secs(0));
    assert_eq!(shown(&pulse.opening()), ["STARTING PULSE AS MASTER", "become Standby"]);
    assert_eq!(pulse.next_deadline(), Some(secs(5)));
    let active = ["! partner dead: activating lvs", "become Active"];
    assert_eq!(does(&mut pulse, Event::Tick, secs(5)), active);
    let why = "Child process 7 exited with status 1";
    let broken = Event::Broken(why.to_owned());
    let stays = [format!("! {why}; there is no peer that could serve: staying active")];
    assert_eq!(does(&mut pulse, broken.clone(), secs(60)), stays);
    assert!(does(&mut pulse, broken, secs(70)).is_empty(), "said once");
    assert!(does(&mut pulse, LOST, secs(77)).is_empty());
    assert!(does(&mut pulse, Event::Heard(Word::Running), secs(77)).is_empty());
    assert_eq!(does(&mut pulse, Event::Stop, secs(78)), ["become Standby"]);
}

#[test]
fn who_cannot_serve_gives_up_when_the_peer_is_there_to_take_over() {
    let broken = Event::Broken("it died".to_owned());
    let mut pulse = in_state(true, State::Active);
    pulse.handle(Event::Tick, secs(6));
    let stays = ["! it died; there is no peer that could serve: staying active"];
    assert_eq!(does(&mut pulse, broken.clone(), secs(7)), stays);
    assert!(does(&mut pulse, broken.clone(), secs(17)).is_empty());
    assert!(does(&mut pulse, Event::Heard(Word::Stopped), secs(20)).is_empty());
    let down = ["! it died", "become Standby", "send Stopped"];
    assert_eq!(does(&mut pulse, broken.clone(), secs(27)), down);
    // from the second in a row on it stands back for twice as long
    let active = "! partner dead: activating lvs".to_owned();
    assert!(does(&mut pulse, Event::Tick, secs(32)).contains(&active));
    pulse.handle(Event::Heard(Word::Hold), secs(33));
    assert_eq!(does(&mut pulse, broken, secs(33)), down);
    assert!(!does(&mut pulse, Event::Tick, secs(38)).contains(&active));
    assert!(does(&mut pulse, Event::Tick, secs(43)).contains(&active));
}

#[test]
fn a_recovered_primary_does_not_preempt() {
    let mut pulse = primary();
    for second in 1..100 {
        let said = does(&mut pulse, Event::Heard(Word::Running), secs(second));
        assert!(said.is_empty());
        while pulse.next_deadline().unwrap() <= secs(second) {
            assert_eq!(does(&mut pulse, Event::Tick, secs(second)), ["send Stopped"]);
        }
    }
    assert_eq!(pulse.role(), Role::Standby);
}

#[test]
fn a_burst_is_one_round_of_announcements_and_one_when_that_is_over() {
    let mut pulse = in_state(true, State::Active);
    let mut rounds = Vec::new();
    let mut now = secs(2);
    for _ in 0..1000 {
        rounds.extend(does(&mut pulse, Event::Heard(Word::Running), now));
        now += millis(1);
    }
    assert_eq!(rounds.iter().filter(|done| *done == "announce").count(), 1);
    assert_eq!(rounds.iter().filter(|done| done.contains("SPLIT")).count(), 1);
    assert_eq!(pulse.next_deadline(), Some(secs(3)));
    let last = ["partner active: resending arps", "announce", "send Running"];
    assert_eq!(does(&mut pulse, Event::Tick, secs(3)), last);
    assert_eq!(pulse.next_deadline(), Some(secs(5)));
    let over = ["! split brain is over: this one is the only active director", "announce"];
    assert_eq!(does(&mut pulse, Event::Heard(Word::Stopped), secs(4)), over);
    assert!(does(&mut pulse, Event::Heard(Word::Stopped), secs(5)).is_empty());
}

#[test]
fn the_backup_says_when_it_is_over() {
    let mut pulse = in_state(false, State::Active);
    pulse.handle(Event::Heard(Word::Running), secs(2));
    let over = ["! split brain is over: the peer is the only active director"];
    assert_eq!(does(&mut pulse, Event::Heard(Word::Running), secs(4)), over);
    assert!(does(&mut pulse, Event::Heard(Word::Running), secs(6)).is_empty());
}

#[test]
fn cables_are_said_one_by_one_and_the_node_together() {
    let mut pulse = in_state(false, State::Active);
    let private = Event::Links { public: true, private: false };
    let both = Event::Links { public: false, private: false };
    let lost = does(&mut pulse, private, secs(2));
    assert_eq!(lost[..2], ["Private NIC: link down", "! Local NIC link failure: Pulse disabled"]);
    assert_eq!(
        lost[2..],
        ["! local link failure: deactivating LVS", "become Standby", "send Stopped"]
    );
    assert_eq!(does(&mut pulse, both, secs(3)), ["Primary NIC: link down"]);
    assert!(does(&mut pulse, LOST, secs(4)).is_empty());
    assert_eq!(does(&mut pulse, Event::Force, secs(5)), ["local link failure: not forced active"]);
    let found = ["! Local NIC link(s) restored: Pulse enabled"];
    assert_eq!(does(&mut pulse, FOUND, secs(20)), found);
    // deadtime begins anew: the peer could not be heard
    pulse.handle(Event::Tick, secs(24));
    assert_eq!(pulse.role(), Role::Standby);
    pulse.handle(Event::Tick, secs(25));
    assert_eq!(pulse.role(), Role::Active);
}

#[test]
fn a_stop_says_goodbye_after_the_addresses_are_down_and_is_the_end() {
    for state in STATES {
        let mut pulse = in_state(true, state);
        assert_eq!(does(&mut pulse, Event::Stop, secs(2)), ["become Standby", "send Stopped"]);
        assert_eq!(pulse.next_deadline(), None);
        for event in [Event::Tick, Event::Heard(Word::Stopped), Event::Force, Event::Stop] {
            assert!(does(&mut pulse, event, secs(100)).is_empty());
        }
    }
}

#[test]
fn a_changed_file_keeps_the_role() {
    let mut pulse = in_state(true, State::Active);
    let mut changed = rules(true, true);
    changed.keepalive = secs(30);
    changed.deadtime = secs(18);
    let said = does(&mut pulse, Event::Rules(changed), secs(2));
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("keepalive is longer than deadtime"));
    assert!(does(&mut pulse, Event::Rules(changed), secs(2)).is_empty());
    assert_eq!(pulse.role(), Role::Active);
    assert_eq!(pulse.next_deadline(), Some(secs(3)));
    assert_eq!(does(&mut pulse, Event::Tick, secs(3)), ["send Running"]);
    assert_eq!(pulse.next_deadline(), Some(secs(20)));
    // no peer any more
    assert!(does(&mut pulse, Event::Rules(rules(true, false)), secs(4)).is_empty());
    assert!(does(&mut pulse, Event::Tick, secs(9)).is_empty());
    assert_eq!(pulse.role(), Role::Active);
}

#[test]
fn two_that_break_do_not_hand_over_for_ever() {
    let (mut ours, mut theirs) = (primary(), backup());
    let mut tries = Vec::new();
    let mut heard = Word::Stopped;
    for second in 1..36_000 {
        let now = secs(second);
        for pulse in [&mut ours, &mut theirs] {
            let mut done = pulse.handle(Event::Heard(heard), now);
            done.extend(pulse.handle(Event::Tick, now));
            if pulse.role() == Role::Active {
                tries.push(second);
                done.extend(pulse.handle(Event::Broken("it died".to_owned()), now));
            }
            for action in done {
                if let Action::Send(word) = action {
                    heard = word;
                }
            }
        }
    }
    let late = tries.iter().filter(|second| **second > 18_000).count();
    assert!(tries.len() < 100 && (8..=16).contains(&late), "{tries:?}");
}
