use std::net::Ipv4Addr;
use std::time::Duration;

use super::*;

fn secs(seconds: u64) -> Time {
    Duration::from_secs(seconds)
}

fn node(last: u8) -> Node {
    Node { public: Ipv4Addr::new(10, 0, 0, last), private: Some(Ipv4Addr::new(10, 9, 0, last)) }
}

fn rules_of(services: &[u16]) -> Rules {
    Rules {
        part: Part { keepalive: secs(2), deadtime: secs(5), is_master: false, has_peer: true },
        peer: Some(node(1)),
        key: None,
        services: services.iter().map(|port| ([10, 0, 0, 100], *port).into()).collect(),
        session: 1 << 64,
    }
}

/// A backup that has begun.
fn backup(services: &[u16]) -> Pulse {
    let mut pulse = Pulse::new(rules_of(services), secs(0));
    pulse.opening(secs(0));
    pulse
}

fn says(pulse: &mut Pulse, from: [u8; 4], bytes: &[u8], now: Time) -> Vec<Action> {
    let packet =
        Packet { from: from.into(), to: [10, 0, 0, 2].into(), hops: 0, path: Path::Public, bytes };
    pulse.handle(Input::Packet(packet), now)
}

fn hears(pulse: &mut Pulse, word: Word, now: Time) -> Vec<Action> {
    says(pulse, [10, 0, 0, 1], &word.bytes(Service::Lvs), now)
}

/// The words that are sent by the public cable.
fn words(actions: &[Action]) -> Vec<Word> {
    let word = |action: &Action| match action {
        Action::Send(To::Path(Path::Public), bytes) => {
            Word::read(*bytes.first_chunk()?, Service::Lvs)
                .or_else(|| Word::read(*bytes.first_chunk()?, Service::Fos))
        }
        _ => None,
    };
    actions.iter().filter_map(word).collect()
}

fn became(actions: &[Action]) -> Option<Role> {
    actions.iter().rev().find_map(|action| match action {
        Action::Become(role) => Some(*role),
        _ => None,
    })
}

#[test]
fn nothing_is_said_before_what_an_earlier_run_left_is_down() {
    let mut pulse = backup(&[]);
    assert_eq!(words(&pulse.handle(Input::Tick, secs(2))), []);
    assert_eq!(words(&pulse.handle(Input::Settled, secs(3))), [Word::Stopped]);
    assert_eq!(words(&pulse.handle(Input::Settled, secs(3))), [], "it is said once");
}

#[test]
fn who_takes_over_says_so_at_once_and_who_gives_up_when_the_addresses_are_down() {
    let mut pulse = backup(&[]);
    pulse.handle(Input::Settled, secs(0));
    let actions = hears(&mut pulse, Word::Stopped, secs(1));
    assert_eq!((became(&actions), words(&actions)), (Some(Role::Active), vec![Word::Running]));
    pulse.handle(Input::Settled, secs(1));

    let actions = pulse.handle(Input::Stop, secs(2));
    assert_eq!((became(&actions), words(&actions)), (Some(Role::Standby), vec![]));
    assert!(!pulse.is_over());
    // its last word was RUNNING, at 1 s
    assert_eq!(pulse.next_deadline(), Some(secs(3)));
    assert_eq!(words(&pulse.handle(Input::Tick, secs(3))), [Word::Running]);
    assert_eq!(pulse.next_deadline(), Some(secs(5)));
    assert_eq!(words(&pulse.handle(Input::Settled, secs(4))), [Word::Stopped]);
    assert!(pulse.is_over());
    assert_eq!(pulse.next_deadline(), None);
}

#[test]
fn a_service_is_started_when_its_address_is_there() {
    let mut pulse = backup(&[80]);
    let stop = Step { command: Command::Stop, service: 0 };
    pulse.handle(Input::Ran(stop, Ok(())), secs(0));
    pulse.handle(Input::Settled, secs(0));
    let actions = pulse.handle(Input::Told(Role::Active), secs(1));
    assert_eq!(became(&actions), Some(Role::Active));
    assert!(actions.contains(&Action::Run(stop)), "{actions:?}");
    let start = Action::Run(Step { command: Command::Start, service: 0 });
    assert!(!pulse.handle(Input::Ran(stop, Ok(())), secs(2)).contains(&start));
    assert_eq!(pulse.handle(Input::Settled, secs(3)), [start]);
}

#[test]
fn whose_word_does_not_count_is_shown_and_said_once() {
    let mut pulse = backup(&[]);
    let running = Word::Running.bytes(Service::Lvs);
    let stranger = [10, 0, 0, 7];
    let said = says(&mut pulse, stranger, &running, secs(1));
    let text = "heartbeat from 10.0.0.7, which is not the primary (10.0.0.1) of this file: ignored";
    assert_eq!(said, [Action::Say(Line::logged(text).warning())]);
    assert_eq!(says(&mut pulse, stranger, &running, secs(2)), []);
    let view = pulse.view();
    assert_eq!(view.doubt.as_deref(), Some("they come from another address, 10.0.0.7"));
    assert_eq!(view.refused, [("of another address", 2)]);
    assert_eq!(view.peer, None);

    says(&mut pulse, [10, 9, 0, 1], &running, secs(3));
    let view = pulse.view();
    assert_eq!(view.doubt, None, "the private address is the peer's, too");
    assert_eq!(view.peer.as_ref().and_then(|peer| peer.role), Some(Role::Active));
    says(&mut pulse, stranger, &running, secs(4));
    assert_eq!(pulse.view().doubt, None, "the peer is heard all the same");
    says(&mut pulse, [10, 0, 0, 1], &[1], secs(5));
    let view = pulse.view();
    assert_eq!(view.doubt.as_deref(), Some("too short"));
    assert_eq!(view.refused, [("too short", 1), ("of another address", 3)]);
}

#[test]
fn who_is_unfit_gives_its_peer_one_chance() {
    let mut pulse = backup(&[]);
    pulse.handle(Input::Settled, secs(0));
    let why = "no gateway answers".to_owned();
    assert_eq!(pulse.handle(Input::Unfit(Some(why.clone())), secs(1)), [], "it is the standby");
    let dead = pulse.handle(Input::Tick, secs(5));
    assert_eq!(became(&dead), Some(Role::Active), "nobody else is");
    pulse.handle(Input::Settled, secs(5));
    let actions = hears(&mut pulse, Word::Stopped, secs(6));
    assert_eq!(actions.first(), Some(&Action::Say(Line::mailed(why).warning())));
    assert_eq!(became(&actions), Some(Role::Standby));
    pulse.handle(Input::Settled, secs(6));
    // the peer does not want it, either
    let again = hears(&mut pulse, Word::Stopped, secs(20));
    assert_eq!(became(&again), Some(Role::Active));
    assert_eq!(became(&hears(&mut pulse, Word::Stopped, secs(21))), None, "it had its chance");
}

#[test]
fn who_is_unfit_does_not_take_a_goodbye_for_a_peer_that_is_there() {
    let mut pulse = backup(&[]);
    pulse.handle(Input::Settled, secs(0));
    pulse.handle(Input::Unfit(Some("no gateway answers".to_owned())), secs(1));
    let goodbye = hears(&mut pulse, Word::Stopped, secs(2));
    assert_eq!(became(&goodbye), Some(Role::Active));
    // by the other cable
    let again = hears(&mut pulse, Word::Stopped, secs(2));
    assert_eq!(became(&again), None);
    let heartbeat = hears(&mut pulse, Word::Stopped, secs(5));
    assert_eq!(became(&heartbeat), Some(Role::Standby), "it is there");
}

#[test]
fn who_is_unfit_and_alone_goes_on() {
    let mut pulse = backup(&[]);
    pulse.handle(Input::Settled, secs(0));
    assert_eq!(became(&pulse.handle(Input::Tick, secs(5))), Some(Role::Active));
    let actions = pulse.handle(Input::Unfit(Some("no gateway answers".to_owned())), secs(6));
    let text = "no gateway answers; there is no peer that could serve: staying active";
    assert_eq!(actions, [Action::Say(Line::mailed(text).warning())]);
    let actions = hears(&mut pulse, Word::Stopped, secs(7));
    assert_eq!(became(&actions), Some(Role::Standby), "now there is one");
}

#[test]
fn who_is_told_to_be_standby_waits_for_another_for_a_while() {
    let mut pulse = backup(&[]);
    pulse.handle(Input::Settled, secs(0));
    pulse.handle(Input::Told(Role::Active), secs(1));
    pulse.handle(Input::Settled, secs(1));
    let actions = pulse.handle(Input::Told(Role::Standby), secs(2));
    assert_eq!(became(&actions), Some(Role::Standby));
    assert_eq!(words(&pulse.handle(Input::Settled, secs(2))), [Word::Stopped]);
    assert_eq!(became(&hears(&mut pulse, Word::Stopped, secs(3))), None);
    assert_eq!(pulse.handle(Input::Told(Role::Standby), secs(4)), []);
    // three times deadtime later nobody else has wanted it
    assert_eq!(became(&hears(&mut pulse, Word::Stopped, secs(18))), Some(Role::Active));
}

#[test]
fn another_kind_of_service_needs_a_restart() {
    let mut pulse = backup(&[]);
    let changed = |services: &[u16]| Input::Rules(rules::Rules::Pulse(rules_of(services)));
    assert_eq!(pulse.handle(changed(&[]), secs(1)), []);
    let text = "`service` is another one now; a restart is needed for that";
    let actions = pulse.handle(changed(&[80]), secs(1));
    assert_eq!(actions, [Action::Say(Line::logged(text).warning())]);
}
