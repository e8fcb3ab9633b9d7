use proptest::prelude::*;

use super::*;
use crate::config::{self, Numbers};

const AGENT: LoadMonitor = LoadMonitor::Agent { port: 3333 };

fn program() -> LoadMonitor {
    LoadMonitor::Program(checkers::Load { words: vec!["rup".to_owned()] })
}

fn service(slow_start: bool, load: Option<LoadMonitor>) -> Virtual {
    let text = "virtual=192.0.2.10:80\n\treal=10.0.0.1:80 masq\n";
    let r#virtual = config::read(text, &Numbers).model.unwrap().virtuals.remove(0);
    Virtual { slow_start, load, ..r#virtual }
}

fn seconds(n: u64) -> Time {
    Time::from_secs(n)
}

/// The weights that slow start goes through, and when.
fn start(full: u32) -> Vec<(u64, u32)> {
    let r#virtual = service(true, None);
    let mut pace = Pace::settled(full);
    pace.admit(full, true, Time::ZERO);
    let mut seen = vec![(0, pace.weight())];
    while let Some(due) = pace.due() {
        pace.step(full, &r#virtual, due);
        seen.push((due.as_secs(), pace.weight()));
    }
    seen
}

#[test]
fn slow_start_is_a_32nd_and_then_twice_as_much_each_time() {
    let steps = [(0, 3), (0, 6), (20, 12), (40, 24), (60, 48), (80, 96), (100, 100)];
    assert_eq!(start(100), steps);
    assert_eq!(start(1), [(0, 1)], "there is nothing slower");
    assert_eq!(start(2), [(0, 1), (0, 2)]);
    assert_eq!(start(0), [(0, 0)], "the file wants nobody sent there");
    assert_eq!(start(i32::MAX as u32).len(), 7);
}

#[test]
fn steps_come_as_seldom_as_checks() {
    assert_eq!([1, 20, 45].map(|s| period(seconds(s)).as_secs()), [20, 20, 45]);
}

/// The example of the original, and the edges of the formula.
#[test]
fn the_load_moves_the_weight_as_nanny_does() {
    let weighed = |full, weight, load| {
        let mut pace = Pace::settled(full);
        pace.weight = weight;
        pace.weigh(full, Busy::Load(load));
        pace.weight()
    };
    for (full, weight, load, after) in [
        (4, 4, 0.10, 5),
        (4, 5, 0.10, 6),
        (4, 6, 0.10, 7),
        (100, 100, 0.0, 150),
        (100, 100, 1.0, 100),
        (100, 150, 2.0, 100),
        (100, 300, 2.0, 250),
        (100, 100, 9.0, 100),
        (100, 990, 0.0, 990),
        (100, 975, 0.0, 1000),
        (100, 100, 0.88, 100),
        (100, 100, 0.87, 125),
        (100, 200, 1.10, 200),
        (100, 200, 1.12, 175),
        (1, 1, 0.0, 1),
        (0, 0, 0.0, 0),
        (i32::MAX as u32, i32::MAX as u32, 0.0, i32::MAX as u32),
    ] {
        assert_eq!(weighed(full, weight, load), after, "{weight} of {full} at {load}");
    }
}

#[test]
fn an_agent_leaves_a_share_rounded_up() {
    for (share, after) in [(100, 7), (75, 6), (50, 4), (1, 1), (0, 0)] {
        let mut pace = Pace::settled(7);
        pace.weigh(7, Busy::Share(share));
        assert_eq!(pace.weight(), after, "{share}%");
    }
}

#[test]
fn slow_start_ends_at_an_agents_share_and_hears_no_load() {
    let r#virtual = service(true, Some(AGENT));
    let mut pace = Pace::settled(100);
    pace.admit(100, true, Time::ZERO);
    pace.weigh(100, Busy::Share(10));
    pace.step(100, &r#virtual, seconds(0));
    pace.step(100, &r#virtual, seconds(19));
    assert_eq!((pace.weight(), pace.due()), (6, Some(seconds(20))));
    pace.step(100, &r#virtual, seconds(20));
    assert_eq!((pace.weight(), pace.due()), (10, None));
    pace.admit(100, true, seconds(30));
    assert_eq!(pace.weight(), 3);
    pace.weigh(100, Busy::Load(0.0));
    assert_eq!(pace.weight(), 3);
    pace.settle(100);
    assert_eq!((pace.weight(), pace.due()), (10, None));
}

#[test]
fn what_was_found_is_kept_as_far_as_it_may_be() {
    let found = |full, weight, slow, load| {
        let pace = Pace::found(full, weight, &service(slow, load), seconds(5));
        (pace.weight(), pace.due().map(|due| due.as_secs()))
    };
    assert_eq!(found(100, 24, false, None), (100, None));
    assert_eq!(found(100, 24, true, None), (24, Some(25)));
    assert_eq!(found(100, 300, true, None), (100, None));
    assert_eq!(found(100, 300, true, Some(program())), (300, None));
    assert_eq!(found(100, 3000, false, Some(program())), (1000, None));
    assert_eq!(found(100, 30, false, Some(AGENT)), (30, None));
    assert_eq!(found(100, 300, false, Some(AGENT)), (100, None));
}

#[test]
fn a_reload_keeps_what_the_new_rules_allow() {
    let followed = |before: Pace, full, slow, load| {
        let pace = before.followed(full, &service(slow, load));
        (pace.weight(), pace.due().is_some())
    };
    let drifted = Pace { weight: 300, share: 100, due: None, scale: SCALE };
    assert_eq!(followed(drifted.clone(), 100, false, None), (100, false));
    assert_eq!(followed(drifted.clone(), 100, false, Some(program())), (300, false));
    assert_eq!(followed(drifted.clone(), 400, false, Some(program())), (400, false));
    assert_eq!(followed(drifted, 20, false, Some(program())), (200, false));
    let shared = Pace { weight: 50, share: 50, due: None, scale: SCALE };
    assert_eq!(followed(shared.clone(), 200, false, Some(AGENT)), (100, false));
    assert_eq!(followed(shared, 100, false, None), (100, false));
    let starting = Pace { weight: 12, share: 100, due: Some(seconds(20)), scale: SCALE };
    assert_eq!(followed(starting.clone(), 200, true, None), (12, true));
    assert_eq!(followed(starting.clone(), 10, true, None), (10, false));
    assert_eq!(followed(starting, 100, false, None), (100, false));
}

#[derive(Clone, Debug)]
enum Act {
    Admit(bool),
    Later(u64),
    Load(f64),
    Share(u8),
    Reload(u32, bool),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        any::<bool>().prop_map(Act::Admit),
        (0..60u64).prop_map(Act::Later),
        prop_oneof![0.0..3.0, 0.0..1e6, any::<f64>()].prop_map(Act::Load),
        any::<u8>().prop_map(Act::Share),
        (1..=i32::MAX as u32, any::<bool>()).prop_map(|(full, slow)| Act::Reload(full, slow)),
    ]
}

/// Plays a life of one real, and gives each weight it had with the configured one of that time.
fn lived(full: u32, load: Option<LoadMonitor>, acts: &[Act]) -> Vec<(u32, u32)> {
    let (mut full, mut now) = (full, Time::ZERO);
    let mut r#virtual = service(true, load);
    let mut pace = Pace::settled(full);
    let mut seen = Vec::new();
    for act in acts {
        match (act, &r#virtual.load) {
            (Act::Admit(slowly), _) => pace.admit(full, *slowly, now),
            (Act::Later(more), _) => {
                now += seconds(*more);
                pace.step(full, &r#virtual, now);
            }
            (Act::Load(load), Some(LoadMonitor::Program(_))) => pace.weigh(full, Busy::Load(*load)),
            (Act::Share(share), Some(LoadMonitor::Agent { .. })) => {
                pace.weigh(full, Busy::Share(*share));
            }
            (Act::Load(_) | Act::Share(_), _) => {}
            (Act::Reload(other, slow_start), _) => {
                full = *other;
                r#virtual.slow_start = *slow_start;
                pace = pace.followed(full, &r#virtual);
            }
        }
        seen.push((pace.weight(), full));
    }
    seen
}

proptest! {
    #[test]
    fn no_weight_is_out_of_bounds(
        full in prop_oneof![1..200u32, 1..=i32::MAX as u32],
        acts in prop::collection::vec(act(), 0..60),
    ) {
        for (weight, full) in lived(full, None, &acts) {
            prop_assert!((1..=full).contains(&weight), "{weight} of {full}");
        }
        for (weight, full) in lived(full, Some(program()), &acts) {
            prop_assert!((1..=Pace::settled(full).ceiling(full)).contains(&weight), "{weight} of {full}");
        }
        for (weight, full) in lived(full, Some(AGENT), &acts) {
            prop_assert!(weight <= full, "{weight} of {full}");
        }
    }

    /// Once slow start is over, a load never takes the weight below the configured one.
    #[test]
    fn no_load_takes_more_than_it_gave(
        full in 1..=i32::MAX as u32,
        loads in prop::collection::vec(any::<f64>(), 0..60),
    ) {
        let mut pace = Pace::settled(full);
        for load in loads {
            pace.weigh(full, Busy::Load(load));
            prop_assert!(pace.weight() >= full);
        }
    }
}
