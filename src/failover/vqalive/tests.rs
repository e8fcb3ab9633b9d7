use std::net::IpAddr;

use super::*;
use crate::model::protocol::{self, VqaliveConflict, VqaliveMode};

const VIRTUAL: &str = "192.0.2.9";
const INTERVAL: u64 = 5;
const LOW: Mac = [2, 0, 0, 0, 0, 1];
const HIGH: Mac = [2, 0, 0, 0, 0, 2];

fn secs(seconds: u64) -> Time {
    Duration::from_secs(seconds)
}

fn millis(millis: u64) -> Time {
    Duration::from_millis(millis)
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// What a file of version 1.1 says, but that the first takeover is not put off.
fn rules() -> protocol::Vqalive {
    protocol::Vqalive {
        addresses: vec![address(VIRTUAL)],
        ports: vec![25, 80],
        interval: secs(INTERVAL),
        timeout: secs(3),
        fails: 3,
        mode: VqaliveMode::All,
        banner: None,
        start_delay: Some(secs(0)),
        conflict: VqaliveConflict::Warn,
        own_fails: 0,
        witness: None,
        announcements: 0,
        drop_hold: secs(45),
        promote_timeout: secs(120),
        demote_timeout: secs(120),
    }
}

fn changed(change: impl FnOnce(&mut protocol::Vqalive)) -> protocol::Vqalive {
    let mut rules = rules();
    change(&mut rules);
    rules
}

/// Actions as a person reads them; mailed lines have a `!` before them.
fn shown(actions: &[Action]) -> Vec<String> {
    let show = |action: &Action| match action {
        Action::Say(Line { text, mailed: false, .. }) => text.clone(),
        Action::Say(Line { text, mailed: true, .. }) => format!("! {text}"),
        Action::Become(role) => format!("become {role:?}"),
        Action::Reason(why) => format!("because {why}"),
        Action::Probe(_) => "probe".to_owned(),
        Action::Ping(whom) => format!("ping {}", whom.unwrap()),
        Action::Seek { claims: true, .. } => "claim".to_owned(),
        Action::Seek { claims: false, .. } => "seek".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    };
    actions.iter().map(show).collect()
}

/// A machine and its clock.
struct Rig {
    machine: Vqalive,
    now: Time,
}

impl Rig {
    /// A standby, whose first round has begun.
    fn standby(vqalive: protocol::Vqalive) -> Rig {
        let machine = Vqalive::new(Rules { vqalive, chance: 500 }, secs(0));
        let mut rig = Rig { machine, now: secs(0) };
        let opening = shown(&rig.machine.opening(secs(0)));
        assert_eq!(&opening[1..], ["because start", "become Standby"]);
        assert_eq!(rig.tell(Input::Settled), ["probe"]);
        rig
    }

    fn active(vqalive: protocol::Vqalive) -> Rig {
        let mut rig = Rig::standby(vqalive);
        rig.dies();
        assert_eq!(rig.tell(Input::Owned(None)).last().unwrap(), "become Active");
        assert_eq!(rig.tell(Input::Settled), ["! is active", "seek"]);
        assert_eq!(rig.tell(Input::Owned(None)), ["probe"]);
        assert!(rig.own(true).is_empty());
        rig
    }

    fn tell(&mut self, input: Input<'_>) -> Vec<String> {
        shown(&self.machine.handle(input, self.now))
    }

    /// Goes to the next deadline, and ticks.
    fn tick(&mut self) -> Vec<String> {
        self.now = self.machine.next_deadline().unwrap();
        self.tell(Input::Tick)
    }

    /// A standby's round: whether the ports answer.
    fn probed(&mut self, answers: [bool; 2]) -> Vec<String> {
        self.tell(Input::Probed { held: Vec::new(), answers: vec![answers.to_vec()] })
    }

    /// An active one's round: whether its own services answer.
    fn own(&mut self, answers: bool) -> Vec<String> {
        let held = vec![address(VIRTUAL)];
        self.tell(Input::Probed { held, answers: vec![vec![answers, answers]] })
    }

    /// The round that has begun and two more fail.
    fn dies(&mut self) -> Vec<String> {
        self.probed([false, false]);
        for _ in 0..1 {
            assert_eq!(self.tick(), ["probe"]);
            self.probed([false, false]);
        }
        assert_eq!(self.tick(), ["probe"]);
        self.probed([false, false])
    }

    /// The next round, in which somebody else has the address.
    fn meets(&mut self, own: Mac, mac: Mac) -> Vec<String> {
        assert_eq!(self.tick(), ["seek"]);
        self.tell(Input::Owned(Some(owner(own, mac))))
    }

    fn state(&self) -> State {
        self.machine.state
    }
}

fn owner(own: Mac, mac: Mac) -> Owner {
    Owner { address: address(VIRTUAL), mac, own, real: Some(address("192.0.2.2")) }
}

#[test]
fn it_takes_over_what_has_failed_so_many_rounds_in_a_row() {
    let mut rig = Rig::standby(rules());
    let dead = "192.0.2.9:25, 192.0.2.9:80";
    assert_eq!(rig.probed([false, false]), [format!("check 1 of 3 failed: {dead}")]);
    assert_eq!(rig.tick(), ["probe"]);
    assert_eq!(rig.now, secs(INTERVAL));
    // connections time out: the next round is an interval after this one began
    rig.now = secs(INTERVAL + 3);
    assert_eq!(rig.probed([false, false]), [format!("check 2 of 3 failed: {dead}")]);
    assert_eq!(rig.tick(), ["probe"]);
    assert_eq!(rig.now, secs(2 * INTERVAL));
    assert_eq!(
        rig.probed([false, false]),
        [format!("check 3 of 3 failed: {dead}"), "claim".into()]
    );
    let promoted =
        ["! promoting: 3 checks in a row have failed", "because failure", "become Active"];
    assert_eq!(rig.tell(Input::Owned(None)), promoted);
    assert_eq!(rig.tell(Input::Settled), ["! is active", "seek"]);
}

#[test]
fn one_round_that_has_not_failed_counts_for_all_before_it() {
    let mut rig = Rig::standby(rules());
    rig.probed([false, false]);
    rig.tick();
    rig.probed([false, false]);
    rig.tick();
    assert_eq!(rig.probed([false, true]), ["the services answer again"]);
    rig.tick();
    assert_eq!(rig.dies().last().unwrap(), "claim");
}

#[test]
fn when_a_round_has_failed() {
    let two = |a: [bool; 2], b: [bool; 2]| vec![a.to_vec(), b.to_vec()];
    let cases = [
        (two([true, true], [true, true]), [false, false, false]),
        (two([true, false], [true, true]), [false, false, true]),
        (two([false, false], [true, true]), [false, true, true]),
        (two([false, false], [false, false]), [true, true, true]),
        (Vec::new(), [false, false, false]),
        (vec![Vec::new()], [false, false, false]),
    ];
    let modes = [VqaliveMode::All, VqaliveMode::Address, VqaliveMode::Any];
    for (answers, expected) in cases {
        let failed = modes.map(|mode| round::has_failed(mode, &answers));
        assert_eq!(failed, expected, "{answers:?}");
    }
}

#[test]
fn the_first_takeover_is_put_off() {
    let mut rig = Rig::standby(changed(|rules| rules.start_delay = None));
    // a round, and half of one by chance: the third round is later than that
    assert_eq!(rig.machine.hold, Duration::from_millis(7500));
    assert_eq!(rig.dies().last().unwrap(), "claim");
    let mut rig = Rig::standby(changed(|rules| rules.start_delay = Some(secs(60))));
    rig.dies();
    while rig.now < secs(60) {
        assert_eq!(rig.tick(), ["probe"]);
        let said = rig.probed([false, false]);
        assert_eq!(said.last().is_some_and(|last| last == "claim"), rig.now >= secs(60));
    }
}

#[test]
fn the_witness_is_asked_and_must_answer() {
    let witness = address("192.0.2.254");
    let mut rig = Rig::standby(changed(|rules| rules.witness = Some(witness)));
    assert_eq!(rig.dies().last().unwrap(), "ping 192.0.2.254");
    let text =
        "! not taking over: the witness does not answer, the fault may be this machine's own";
    assert_eq!(rig.tell(Input::Answers(false)), [text]);
    rig.tick();
    assert_eq!(rig.probed([false, false]), ["ping 192.0.2.254"]);
    assert!(rig.tell(Input::Answers(false)).is_empty(), "that is said once");
    rig.tick();
    assert_eq!(rig.probed([false, false]), ["ping 192.0.2.254"]);
    assert_eq!(rig.tell(Input::Answers(true)), ["claim"]);
}

#[test]
fn somebody_who_has_an_address_whose_service_is_dead() {
    let mut rig = Rig::standby(rules());
    rig.dies();
    let actions = rig.tell(Input::Owned(Some(owner(HIGH, LOW))));
    let nevertheless = "! 192.0.2.9 is at card 02:00:00:00:00:01 (192.0.2.2) still, \
                        but nothing answers there: taking over nevertheless";
    assert_eq!((actions[0].as_str(), actions[3].as_str()), (nevertheless, "become Active"));
    // it is given some rounds to yield
    rig.tell(Input::Settled);
    let taken = "192.0.2.9 is at card 02:00:00:00:00:01 (192.0.2.2) still, from which it was taken: \
                 it is to yield";
    assert_eq!(rig.tell(Input::Owned(Some(owner(HIGH, LOW)))), [taken, "probe"]);
    for _ in 0..2 {
        assert_eq!(rig.own(true), ["announce"]);
        assert_eq!(rig.machine.view().split_since, None);
        assert_eq!(rig.meets(HIGH, LOW), ["probe"]);
    }
    rig.own(true);
    assert!(rig.meets(HIGH, LOW)[0].starts_with("! SPLIT BRAIN: this machine is active, but"));
    assert!(rig.machine.view().split_since.is_some());

    let mut rig = Rig::standby(changed(|rules| rules.conflict = VqaliveConflict::Strict));
    rig.dies();
    let refused = "! not taking over: 192.0.2.9 is at card 02:00:00:00:00:01 (192.0.2.2) still, \
                   and conflict_check is strict";
    assert_eq!(rig.tell(Input::Owned(Some(owner(HIGH, LOW)))), [refused]);
    assert_eq!(rig.state(), State::Standby);

    let mut rig = Rig::standby(changed(|rules| rules.conflict = VqaliveConflict::Off));
    assert_eq!(rig.dies().last().unwrap(), "become Active");
}

#[test]
fn of_two_that_are_about_to_take_over_the_lower_card_goes_on() {
    for (own, other, state) in [(LOW, HIGH, State::Promoting), (HIGH, LOW, State::Standby)] {
        let mut rig = Rig::standby(rules());
        rig.dies();
        rig.tell(Input::Seen(owner(own, other), Sign::Claims));
        rig.tell(Input::Owned(None));
        assert_eq!(rig.state(), state);
    }
}

#[test]
fn one_who_promotes_says_so_and_a_standby_waits_for_it() {
    let mut rig = Rig::standby(rules());
    rig.dies();
    rig.tell(Input::Owned(None));
    for _ in 0..3 {
        assert_eq!(rig.tick(), ["claim"]);
    }
    let mut rig = Rig::standby(rules());
    rig.probed([false, false]);
    rig.tick();
    rig.probed([false, false]);
    let waits =
        "another machine takes over: card 02:00:00:00:00:02 (192.0.2.2); waiting for its services";
    assert_eq!(rig.tell(Input::Seen(owner(LOW, HIGH), Sign::Claims)), [waits]);
    rig.tick();
    assert!(rig.probed([false, false]).is_empty(), "it counts from one, and says each once");
    rig.tick();
    assert!(rig.probed([false, false]).is_empty());
    rig.tick();
    assert_eq!(rig.probed([false, false]).last().unwrap(), "claim");
}

#[test]
fn who_has_become_active_has_a_moment_for_its_services() {
    let quick = changed(|rules| (rules.interval, rules.fails) = (millis(500), 2));
    let mut rig = Rig::standby(quick);
    rig.tell(Input::Seen(owner(LOW, HIGH), Sign::Announces));
    let mut said = rig.probed([false, false]);
    while said.last().is_none_or(|last| last != "claim") {
        assert_eq!(rig.tick(), ["probe"]);
        said = rig.probed([false, false]);
    }
    assert_eq!(rig.now, secs(5));
}

#[test]
fn claims_that_nothing_comes_of_hold_nobody_off_for_ever() {
    let mut rig = Rig::standby(rules());
    let mut claimed = Vec::new();
    while rig.now < secs(200) && rig.state() == State::Standby {
        claimed = rig.probed([false, false]);
        rig.tell(Input::Seen(owner(HIGH, LOW), Sign::Claims));
        if claimed.last().is_some_and(|last| last == "claim") && rig.machine.step == Step::Seeking {
            rig.tell(Input::Owned(None));
        } else {
            rig.tick();
        }
    }
    assert_eq!(claimed.last().unwrap(), "claim");
    let patience = rig.machine.rules.patience();
    assert!(rig.now >= patience && rig.now <= patience + secs(4 * INTERVAL), "{:?}", rig.now);
}

#[test]
fn a_promotion_that_fails_is_undone_and_tried_again_ever_later() {
    let mut rig = Rig::standby(rules());
    let mut waits = Vec::new();
    for _ in 0..8 {
        let mut said = rig.probed([false, false]);
        while said.last().is_none_or(|last| last != "claim") {
            rig.tick();
            said = rig.probed([false, false]);
        }
        rig.tell(Input::Owned(None));
        let failed = rig.tell(Input::Broken("promote_script failed".into()));
        assert!(
            failed[0].starts_with("! promotion has failed: promote_script failed; "),
            "{failed:?}"
        );
        assert_eq!(&failed[1..], ["because failure", "become Standby"]);
        assert!(rig.tell(Input::Settled).contains(&"probe".to_owned()));
        waits.push((rig.machine.hold - rig.now).as_secs());
    }
    assert_eq!(waits, [30, 60, 120, 240, 480, 600, 600, 600]);
    rig.probed([true, true]);
    assert_eq!(rig.machine.backoff.fail(secs(15), secs(0)), secs(30), "who serves is forgiven");
}

#[test]
fn a_drop_is_not_taken_back_before_the_hold_is_over() {
    let mut rig = Rig::active(rules());
    let dropped = [
        "! dropping the addresses, as asked; not taken back for 45 s",
        "because signal",
        "become Standby",
    ];
    assert_eq!(rig.tell(Input::Told(Role::Standby)), dropped);
    let start = rig.now;
    rig.tell(Input::Settled);
    let mut said = rig.probed([false, false]);
    let mut waits = Vec::new();
    while said.last().is_none_or(|last| last != "claim") {
        assert_eq!(rig.tick(), ["probe"]);
        said = rig.probed([false, false]);
        waits.extend(said.iter().filter(|line| line.starts_with("not taking over yet")).cloned());
    }
    assert_eq!(rig.now - start, secs(45));
    assert_eq!(waits, ["not taking over yet: this machine stands back for 35 s more"]);
}

#[test]
fn one_that_promotes_is_dropped_as_well() {
    let mut rig = Rig::standby(rules());
    rig.dies();
    rig.tell(Input::Owned(None));
    assert_eq!(rig.tell(Input::Told(Role::Standby)).last().unwrap(), "become Standby");
    assert!(rig.tell(Input::Broken("promote_script was left".into())).is_empty());
    assert_eq!(rig.tell(Input::Settled), ["probe"]);
}

#[test]
fn who_is_told_to_be_active_is_unless_somebody_serves() {
    let mut rig = Rig::standby(changed(|rules| rules.start_delay = Some(secs(600))));
    rig.probed([true, true]);
    assert_eq!(rig.tell(Input::Told(Role::Active)), ["probe"]);
    let refused =
        "not taking over, though asked: the services answer elsewhere; drop them there first";
    assert_eq!(rig.probed([true, true]), [refused]);
    assert_eq!(rig.tell(Input::Told(Role::Active)), ["probe"]);
    assert_eq!(rig.probed([false, false]).last().unwrap(), "claim");
    let promoted = ["! promoting, as asked", "because signal", "become Active"];
    assert_eq!(rig.tell(Input::Owned(None)), promoted);
}

#[test]
fn an_address_that_a_standby_has_itself_is_lowered_once() {
    let mut rig = Rig::standby(rules());
    let held = || Input::Probed { held: vec![address(VIRTUAL)], answers: vec![vec![false, false]] };
    let lowered = [
        "! 192.0.2.9 on this machine, which is standby: demoting again",
        "because conflict",
        "become Standby",
    ];
    assert_eq!(rig.tell(held()), lowered);
    assert_eq!(rig.tell(Input::Settled), ["probe"]);
    let still = "! 192.0.2.9 still on this machine after demote_script: \
                 lower it; nothing is taken over before";
    assert_eq!(rig.tell(held()), [still]);
    for _ in 0..10 {
        assert_eq!(rig.tick(), ["probe"]);
        assert!(rig.tell(held()).is_empty());
    }
    rig.tick();
    assert_eq!(rig.dies().last().unwrap(), "claim");
}

#[test]
fn of_two_that_are_active_the_lower_card_stays() {
    let split = "! SPLIT BRAIN: this machine is active, but \
                 192.0.2.9 is at card 02:00:00:00:00:02 (192.0.2.2), too";
    let mut rig = Rig::active(rules());
    assert_eq!(rig.meets(LOW, HIGH), [split, "probe"]);
    assert!(rig.machine.view().split_since.is_some());
    assert_eq!(rig.own(true), ["announce"]);
    assert_eq!(rig.meets(LOW, HIGH), ["probe"], "it is said once");
    assert_eq!(rig.own(true), ["announce"]);
    assert_eq!(rig.tick(), ["seek"]);
    let over = "! split brain is over: nobody else has the addresses";
    assert_eq!(rig.tell(Input::Owned(None)), [over, "announce"]);
    assert_eq!(rig.machine.view().split_since, None);

    let mut rig = Rig::active(rules());
    rig.meets(HIGH, LOW);
    assert!(rig.own(true).is_empty(), "it makes sure");
    let before = rig.now;
    rig.meets(HIGH, LOW);
    assert_eq!(rig.now - before, secs(1));
    let yields = [
        "! split brain is over: this machine yields",
        "! yielding to card 02:00:00:00:00:01 (192.0.2.2): the lower card stays",
        "because conflict",
        "become Standby",
    ];
    assert_eq!(rig.own(true), yields);
}

#[test]
fn an_active_one_that_cannot_serve_yields_whatever_its_card() {
    let mut rig = Rig::active(rules());
    rig.meets(LOW, HIGH);
    let yields =
        "! yielding to card 02:00:00:00:00:02 (192.0.2.2): nothing answers on this machine";
    assert_eq!(rig.own(false)[1], yields);

    let mut rig = Rig::active(rules());
    rig.meets(LOW, HIGH);
    let gone = Input::Probed { held: Vec::new(), answers: vec![vec![true, true]] };
    let yields = "! yielding to card 02:00:00:00:00:02 (192.0.2.2): this machine has it no more";
    assert_eq!(rig.tell(gone)[1], yields);
}

#[test]
fn an_active_one_that_slept_yields_whatever_its_card() {
    let mut rig = Rig::active(rules());
    rig.now += secs(60);
    assert_eq!(rig.tell(Input::Tick), ["seek"]);
    rig.tell(Input::Owned(Some(owner(LOW, HIGH))));
    let yields = "! yielding to card 02:00:00:00:00:02 (192.0.2.2): this machine was not running for a while";
    assert_eq!(rig.own(true)[1], yields);
}

#[test]
fn who_took_over_from_a_dead_service_yields_only_to_a_machine_that_speaks_up() {
    let mut rig = Rig::standby(rules());
    rig.dies();
    rig.tell(Input::Owned(Some(owner(HIGH, LOW))));
    assert_eq!(rig.tell(Input::Settled), ["! is active", "seek"]);
    rig.tell(Input::Owned(Some(owner(HIGH, LOW))));
    assert_eq!(rig.own(true), ["announce"]);
    // what it says before it knows of the other one, and of its own services, is not heeded
    rig.tell(Input::Seen(owner(HIGH, LOW), Sign::Announces));
    for _ in 0..5 {
        rig.meets(HIGH, LOW);
        assert_eq!(rig.own(true), ["announce"]);
    }
    rig.now += secs(2);
    assert_eq!(rig.tell(Input::Seen(owner(HIGH, LOW), Sign::Announces)), ["seek"]);
    rig.tell(Input::Owned(Some(owner(HIGH, LOW))));
    assert_eq!(rig.own(true).last().unwrap(), "become Standby");
}

#[test]
fn its_own_services_are_checked_if_the_file_says_so() {
    let mut rig = Rig::active(changed(|rules| rules.own_fails = 2));
    assert_eq!(rig.tick(), ["seek"]);
    assert_eq!(rig.tell(Input::Owned(None)), ["probe"]);
    let dead = "192.0.2.9:25, 192.0.2.9:80 dead here";
    assert_eq!(rig.own(false), [format!("own check 1 of 2 failed: {dead}")]);
    rig.tick();
    rig.tell(Input::Owned(None));
    assert!(rig.own(true).is_empty());
    rig.tell(Input::Unfit(Some("no gateway".into())));
    rig.tick();
    rig.tell(Input::Owned(None));
    assert_eq!(rig.own(true), ["own check 1 of 2 failed: no gateway"]);
    rig.tick();
    rig.tell(Input::Owned(None));
    let demoted = [
        "! own check 2 of 2 failed: no gateway; demoting, and standing back for 30 s",
        "because own-check",
        "become Standby",
    ];
    assert_eq!(rig.own(true), demoted);

    let mut rig = Rig::active(rules());
    assert_eq!(rig.tick(), ["seek"]);
    assert!(rig.tell(Input::Owned(None)).is_empty(), "and not else");
}

#[test]
fn one_that_is_not_fit_gives_others_one_chance() {
    let mut rig = Rig::active(changed(|rules| rules.own_fails = 1));
    rig.tell(Input::Unfit(Some("no live real".into())));
    rig.tick();
    rig.tell(Input::Owned(None));
    assert_eq!(rig.own(true).last().unwrap(), "become Standby");
    rig.tell(Input::Settled);
    // nobody takes it
    rig.tell(Input::Told(Role::Active));
    rig.probed([false, false]);
    assert_eq!(rig.tell(Input::Owned(None)).last().unwrap(), "become Active");
    rig.tell(Input::Settled);
    rig.tell(Input::Owned(None));
    assert!(rig.own(true).is_empty(), "nobody is fitter");
}

#[test]
fn one_that_is_not_fit_gives_others_twice_the_time() {
    let mut rig = Rig::standby(rules());
    rig.tell(Input::Unfit(Some("no live real".into())));
    assert!(rig.dies().last().unwrap().starts_with("check 3 of 6"));
    rig.tick();
    assert_eq!(rig.dies().last().unwrap(), "claim");
}

#[test]
fn without_a_cable_nothing_counts() {
    let mut rig = Rig::standby(rules());
    rig.tell(Input::Links { public: false, private: true });
    assert_eq!(rig.probed([false, false]), ["nothing can be checked: the cable is out"]);
    for _ in 0..10 {
        rig.tick();
        assert!(rig.probed([false, false]).is_empty());
    }
    rig.tell(Input::Links { public: true, private: true });
    rig.tick();
    assert_eq!(rig.dies().last().unwrap(), "claim");
}

#[test]
fn neighbours_are_told_so_often() {
    let mut rig = Rig::standby(changed(|rules| rules.announcements = 3));
    rig.dies();
    rig.tell(Input::Owned(None));
    assert_eq!(rig.tell(Input::Settled), ["! is active", "announce", "seek"]);
    rig.tell(Input::Owned(None));
    rig.own(true);
    let mut told = 1;
    while rig.now < secs(60) {
        let actions = rig.tick();
        told += actions.iter().filter(|action| *action == "announce").count();
        if actions.contains(&"seek".to_owned()) {
            rig.tell(Input::Owned(None));
        }
    }
    assert_eq!(told, 3);
}

#[test]
fn what_the_promote_script_has_not_raised_is_told() {
    let mut rig = Rig::standby(rules());
    rig.dies();
    rig.tell(Input::Owned(None));
    rig.tell(Input::Settled);
    rig.tell(Input::Owned(None));
    let missing = "! promote_script has ended well, but 192.0.2.9 not on this machine: \
                   does it raise every check_ip?";
    assert_eq!(rig.probed([true, true]), [missing]);
}

#[test]
fn a_stop_demotes_who_is_active_and_nobody_else() {
    let mut rig = Rig::standby(rules());
    assert!(rig.tell(Input::Stop).is_empty());
    assert!(rig.machine.is_over());
    assert_eq!(rig.machine.next_deadline(), None);

    let mut rig = Rig::active(rules());
    let stops = ["! stopping: the addresses are given up", "because signal", "become Standby"];
    assert_eq!(rig.tell(Input::Stop), stops);
    assert!(!rig.machine.is_over());
    rig.tell(Input::Settled);
    assert!(rig.machine.is_over());
}

#[test]
fn answers_that_nobody_waits_for_change_nothing() {
    let mut rig = Rig::standby(rules());
    assert!(rig.tell(Input::Answers(true)).is_empty());
    assert!(rig.tell(Input::Owned(None)).is_empty());
    rig.probed([true, true]);
    assert!(rig.probed([false, false]).is_empty());
    assert!(rig.tell(Input::Settled).is_empty());
    assert!(rig.tell(Input::Broken("late".into())).is_empty());
    assert_eq!(rig.state(), State::Standby);
}

#[test]
fn another_file_is_followed() {
    let mut rig = Rig::standby(rules());
    rig.probed([true, true]);
    let vqalive = changed(|rules| (rules.interval, rules.fails) = (secs(1), 1));
    rig.tell(Input::Rules(Any::Vqalive(Rules { vqalive, chance: 0 })));
    assert_eq!(rig.tick(), ["probe"]);
    assert_eq!(rig.now, secs(1));
    assert_eq!(rig.probed([false, false]).last().unwrap(), "claim");
}
