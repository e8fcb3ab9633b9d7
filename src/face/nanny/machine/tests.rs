use std::time::Duration;

use checkers::Load;

use super::*;
use crate::model::{Alert, CheckPolicy, LoadMonitor, Service, ServiceId};

/// A nanny whose server has this weight, checked every 10 s.
fn nanny(weight: u32, threshold: u32, load: bool) -> Story {
    let id = ServiceId::Address {
        protocol: crate::model::Protocol::Tcp,
        address: ([192, 0, 2, 10], 80).into(),
    };
    let monitor = LoadMonitor::Program(Load { words: vec!["rup".to_owned()] });
    let interval = Duration::from_secs(10);
    let service = Virtual {
        service: Service::new(id, "wlc".parse().unwrap()),
        reals: Vec::new(),
        fallback: None,
        fallback_command: None,
        fallback_command_stop: false,
        quiescent: false,
        readd_quiescent: false,
        cleanstop: true,
        check: CheckPolicy {
            interval,
            timeout: interval,
            failure_count: 1,
            recovery_count: threshold,
        },
        slow_start: true,
        load: load.then_some(monitor),
        alert: Alert::default(),
    };
    let rules = Rules { server: "10.0.0.11:80".to_owned(), weight, scale: 10, service };
    Story { machine: Machine::new(rules, Duration::ZERO), seconds: 0 }
}

/// A machine and its clock.
struct Story {
    machine: Machine,
    seconds: u64,
}

impl Story {
    /// What an event leads to, in a word for each action.
    fn tell(&mut self, event: Event) -> String {
        let actions = self.machine.handle(event, Duration::from_secs(self.seconds));
        let word = |action: &Action| match action {
            Action::Say(line, _) => line.split(' ').next().unwrap().to_owned(),
            Action::Keep(Keep::Serving(weight)) => weight.to_string(),
            Action::Keep(Keep::Resting) => "rest".to_owned(),
            Action::Keep(Keep::Out) => "out".to_owned(),
            Action::AskLoad => "load?".to_owned(),
        };
        actions.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    /// A line of checks, 10 s apart, and what each leads to.
    fn checks(&mut self, verdicts: &str) -> Vec<String> {
        let mut told = Vec::new();
        for verdict in verdicts.chars() {
            let outcome = match verdict {
                '+' => Outcome::up("connected", Duration::ZERO),
                _ => Outcome::down("connection refused", Duration::ZERO),
            };
            told.push(self.tell(Event::Checked(outcome)));
            self.seconds += 10;
        }
        told
    }

    /// Lets the time pass until the machine wants nothing more, `limit` at most; what happened when.
    fn pass(&mut self, limit: u64) -> Vec<(u64, String)> {
        let mut told = Vec::new();
        while let Some(due) = self.machine.next_deadline().map(|due| due.as_secs())
            && due <= limit
        {
            self.seconds = due;
            told.push((due, self.tell(Event::Tick)));
        }
        told
    }
}

#[test]
fn the_first_success_lets_it_in_at_once() {
    assert_eq!(nanny(1, 3, false).checks("++"), ["[ 1", ""]);
}

#[test]
fn one_failure_takes_it_out_and_some_successes_let_it_in_again() {
    let mut nanny = nanny(1, 3, false);
    assert_eq!(nanny.checks("+-++-+++"), ["[ 1", "[inactive] out", "", "", "", "", "", "[ 1"]);
}

/// It is none of the original's lines, for it has never served.
#[test]
fn who_fails_the_first_check_is_taken_out_without_a_word() {
    assert_eq!(nanny(1, 2, false).checks("--++"), ["out", "", "", "[ 1"]);
}

#[test]
fn a_dead_one_rests_where_that_is_wanted() {
    let mut nanny = nanny(1, 1, false);
    nanny.machine.rules.service.quiescent = true;
    assert_eq!(nanny.checks("+-"), ["[ 1", "[inactive] rest"]);
    assert_eq!(nanny.tell(Event::Stop(15)), "Terminating", "it stays");
}

#[test]
fn a_hundred_comes_as_in_the_original() {
    let mut nanny = nanny(100, 1, false);
    assert_eq!(nanny.tell(Event::Checked(Outcome::up("connected", Duration::ZERO))), "[ 3");
    let weights = [(0, "6"), (20, "12"), (40, "24"), (60, "48"), (80, "96"), (100, "100")];
    assert_eq!(nanny.pass(1000), weights.map(|(at, weight)| (at, weight.to_owned())));
}

#[test]
fn an_idle_server_drifts_up_and_a_busy_one_no_lower_than_its_weight() {
    let mut nanny = nanny(4, 1, true);
    let loads = |story: &mut Story, load: f64| story.tell(Event::Load(Ok(load)));
    assert_eq!(nanny.checks("+"), ["[ 1"]);
    assert_eq!(nanny.pass(0), [(0, "2".to_owned())]);
    assert_eq!(nanny.pass(20), [(20, "4 load?".to_owned())]);
    assert_eq!(
        ["5", "6", "7"],
        [0.1, 0.1, 0.1].map(|load| loads(&mut nanny, load)).each_ref().map(String::as_str)
    );
    assert_eq!(loads(&mut nanny, 9.0), "4");
    let said = nanny.tell(Event::Load(Err("failed to read remote load: x".to_owned())));
    assert_eq!(said, "failed");
    nanny.checks("-");
    assert_eq!(loads(&mut nanny, 0.1), "", "it is out");
    assert_eq!(nanny.machine.next_deadline(), None);
}

#[test]
fn the_scale_is_the_ceiling() {
    let mut nanny = nanny(1, 1, true);
    nanny.machine.rules.scale = 2;
    nanny.checks("+");
    for _ in 0..5 {
        nanny.tell(Event::Load(Ok(0.0)));
    }
    assert!(nanny.machine.pace.as_ref().unwrap().weight() <= 2);
}

#[test]
fn glasses() {
    let mut nanny = nanny(100, 3, false);
    assert_eq!(nanny.checks("+"), ["[ 3"]);
    assert_eq!(nanny.tell(Event::Glasses(Some(Glasses::Opaque))), "opaque out");
    assert!(!nanny.machine.checks());
    assert_eq!(nanny.checks("+-"), ["", ""], "nobody looks");
    assert_eq!(nanny.pass(1000), []);
    assert_eq!(nanny.tell(Event::Glasses(Some(Glasses::RoseColored))), "rose-colored 100");
    assert_eq!(nanny.tell(Event::Glasses(None)), "DEBUG");
    assert_eq!(nanny.checks("-"), ["[inactive] out"]);
    assert_eq!(nanny.tell(Event::Glasses(Some(Glasses::Opaque))), "opaque out");
    assert_eq!(nanny.tell(Event::Glasses(None)), "DEBUG");
    assert_eq!(nanny.checks("+"), ["[ 3"], "the first success is enough");
    assert_eq!(nanny.tell(Event::Stop(2)), "Terminating out");
}
