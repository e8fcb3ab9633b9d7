use std::time::Duration;

use super::*;

fn secs(seconds: u64) -> Time {
    Duration::from_secs(seconds)
}

fn rules(is_master: bool, has_peer: bool) -> Part {
    Part { keepalive: secs(2), deadtime: secs(5), is_master, has_peer }
}

fn services(ports: &[u16]) -> Vec<SocketAddr> {
    ports.iter().map(|port| ([192, 0, 2, 1], *port).into()).collect()
}

/// Actions as a person reads them; mailed lines have a `!` before them.
fn shown(actions: &[Action]) -> Vec<String> {
    let show = |action: &Action| match action {
        Action::Send(word) => format!("send {word:?}"),
        Action::Become(role) => format!("become {role:?}"),
        Action::Announce => "announce".to_owned(),
        Action::Run(Step { command, service }) => format!("run {command:?} {service}"),
        Action::Monitor(on) => format!("monitor {on}"),
        Action::AskGateway => "ask gateway".to_owned(),
        Action::Adopt => "adopt".to_owned(),
        Action::Say(Line { text, mailed: false, .. }) => text.clone(),
        Action::Say(Line { text, mailed: true, .. }) => format!("! {text}"),
    };
    actions.iter().map(show).collect()
}

/// A machine whose commands end at once, unless one is to fail.
struct Site {
    fos: Fos,
    fails: Option<Step>,
}

impl Site {
    /// Its services are those of ports 80 and 81.
    fn new(is_master: bool, has_peer: bool) -> Site {
        let fos = Fos::new(rules(is_master, has_peer), services(&[80, 81]), secs(0));
        Site { fos, fails: None }
    }

    /// A standby whose peer says RUNNING since the first second, at ten.
    fn watching(is_master: bool) -> Site {
        let mut site = Site::new(is_master, true);
        site.open();
        for second in 1..=10 {
            site.does(Event::Heard(Word::Running, Path::Public), second);
        }
        site
    }

    fn active(is_master: bool) -> Site {
        let mut site = Site::new(is_master, true);
        site.open();
        site.does(Event::Heard(Word::Stopped, Path::Public), 1);
        assert_eq!(site.fos.role(), Role::Active);
        site
    }

    fn open(&mut self) -> Vec<String> {
        let actions = self.fos.opening(secs(0));
        self.end_commands(actions, 0)
    }

    fn does(&mut self, event: Event, second: u64) -> Vec<String> {
        let actions = self.fos.handle(event, secs(second));
        self.end_commands(actions, second)
    }

    fn hears(&mut self, word: Word, second: u64) -> Vec<String> {
        self.does(Event::Heard(word, Path::Public), second)
    }

    fn end_commands(&mut self, mut actions: Vec<Action>, second: u64) -> Vec<String> {
        let mut all = shown(&actions);
        while let Some(Action::Run(step)) = actions.last() {
            let failed = self.fails == Some(*step);
            let result = if failed { Err("error 1".to_owned()) } else { Ok(()) };
            actions = self.fos.handle(Event::Ran(*step, result), secs(second));
            all.extend(shown(&actions));
        }
        all
    }
}

const fn start(service: usize) -> Step {
    Step { command: Command::Start, service }
}

const fn stop(service: usize) -> Step {
    Step { command: Command::Stop, service }
}

const STOPS: [&str; 4] = [
    "Shutting down local service 192.0.2.1:80 ",
    "run Stop 0",
    "Shutting down local service 192.0.2.1:81 ",
    "run Stop 1",
];
const STARTS: [&str; 4] = [
    "Starting local service 192.0.2.1:80 ...",
    "run Start 0",
    "Starting local service 192.0.2.1:81 ...",
    "run Start 1",
];
const MONITORS: [&str; 2] = ["Starting Failover Service Monitors", "monitor true"];

#[test]
fn a_standby_stops_all_and_looks_at_the_peer() {
    let mut site = Site::new(false, true);
    let first = ["STARTING PULSE AS BACKUP", "become Standby"];
    assert_eq!(site.open(), [&first[..], &STOPS, &MONITORS].concat());
    assert_eq!(site.does(Event::Tick, 2), ["send Stopped"]);
}

#[test]
fn to_be_active_all_are_stopped_then_started_in_order_each_once() {
    let begin =
        ["monitor false", "become Active", "send Running", "Stopping local services (if any)"];
    for (is_master, line) in
        [(true, "! backup inactive: activating fos"), (false, "! primary inactive: activating fos")]
    {
        let mut site = Site::new(is_master, true);
        site.open();
        let done = site.hears(Word::Stopped, 1);
        assert_eq!(done, [&[line][..], &begin, &STOPS, &STARTS].concat());
        assert!(site.hears(Word::Stopped, 2).is_empty());
    }
    let mut site = Site::new(false, true);
    site.open();
    let mut done = site.does(Event::Tick, 5);
    assert_eq!(done.remove(0), "send Stopped");
    let dead = "! partner dead: activating failover services";
    assert_eq!(done, [&[dead][..], &begin, &STOPS, &STARTS].concat());
}

#[test]
fn who_is_alone_is_active_at_once_and_runs_what_can_be_run() {
    let mut site = Site::new(true, false);
    site.fails = Some(start(0));
    let done = site.open();
    let warning = "! Warning: FOS backup node not defined -- skipping checks";
    assert_eq!(done[..4], ["STARTING PULSE AS MASTER", "become Standby", warning, "become Active"]);
    let rest = ["! Failed to start service 192.0.2.1:80!", STARTS[2], STARTS[3]];
    assert_eq!(done[done.len() - 3..], rest);
    let stays = ["! it died; there is no peer that could serve: staying active"];
    assert_eq!(site.does(Event::Broken("it died".to_owned()), 1), stays);
    assert_eq!(site.fos.role(), Role::Active);
}

#[test]
fn a_stop_that_fails_is_a_warning() {
    let mut site = Site::new(true, true);
    site.fails = Some(stop(0));
    let warning = "Warning; shutdown of local service 192.0.2.1:80 returned error 1";
    assert_eq!(site.open()[4], warning);
    assert_eq!(site.fos.role(), Role::Standby);
}

#[test]
fn a_failing_start_hands_over_and_stands_back() {
    let mut site = Site::new(true, true);
    site.open();
    site.fails = Some(start(0));
    let done = site.hears(Word::Stopped, 1);
    let handed = [
        "! Failed to start service 192.0.2.1:80!",
        "Shutting down local service 192.0.2.1:80 ",
        "run Stop 0",
        "become Standby",
        "send Stopped",
        MONITORS[0],
        MONITORS[1],
    ];
    assert_eq!(done[done.len() - 7..], handed);
    // the peer has not begun yet: it is its turn
    assert!(site.hears(Word::Stopped, 2).is_empty());
    assert!(site.hears(Word::Running, 3).is_empty());
    // it has had it
    site.fails = None;
    assert_eq!(site.hears(Word::Stopped, 4)[0], "! backup inactive: activating fos");
    assert_eq!(site.fos.role(), Role::Active);
}

#[test]
fn after_a_failing_start_a_dead_peer_makes_it_try_again() {
    let mut site = Site::new(false, true);
    site.open();
    site.fails = Some(start(1));
    site.hears(Word::Stopped, 1);
    assert_eq!(site.fos.role(), Role::Standby);
    site.fails = None;
    assert_eq!(site.does(Event::Tick, 5), ["send Stopped"]);
    assert!(
        site.does(Event::Tick, 6)
            .contains(&"! partner dead: activating failover services".to_owned())
    );
}

#[test]
fn two_that_cannot_start_try_ever_more_seldom() {
    let mut sites = [Site::new(true, true), Site::new(false, true)];
    let mut heard = Word::Stopped;
    let mut tries = Vec::new();
    for site in &mut sites {
        site.open();
        site.fails = Some(start(0));
    }
    for second in 1..36_000 {
        for site in &mut sites {
            let mut done = site.hears(heard, second);
            done.extend(site.does(Event::Tick, second));
            tries.extend(done.iter().filter(|line| *line == "run Start 0").map(|_| second));
            for line in done {
                match line.as_str() {
                    "send Running" => heard = Word::Running,
                    "send Stopped" => heard = Word::Stopped,
                    _ => {}
                }
            }
        }
    }
    let late = tries.iter().filter(|second| **second > 18_000).count();
    assert!(tries.len() < 60 && (8..=16).contains(&late), "{tries:?}");
}

#[test]
fn a_peer_whose_service_fails_is_told_to_stop_and_then_replaced() {
    let mut site = Site::watching(false);
    let asks = [
        "! Monitor for service 192.0.2.1:81 exited. This is a failover condition!",
        "fos process exited -- checking network connectivity",
        "monitor false",
        "ask gateway",
    ];
    assert_eq!(site.does(Event::Failing(1), 10), asks);
    assert!(site.does(Event::Failing(1), 10).is_empty());
    let takes = [
        "remote service unavailable but we can see the gateway",
        "! seems like a remote network fault; performing service failover",
        "Notifying partner WE are taking control!",
        "send StopMe",
    ];
    assert_eq!(site.does(Event::Gateway(true), 11), takes);
    assert_eq!(site.hears(Word::Running, 12), ["partner active: we want control!"]);
    assert!(site.hears(Word::Running, 12).is_empty());
    assert_eq!(site.does(Event::Tick, 13), ["send StopMe"]);
    assert_eq!(site.fos.role(), Role::Standby);
    assert_eq!(site.hears(Word::Stopped, 14)[0], "! primary inactive: activating fos");
    assert_eq!(site.does(Event::Tick, 16), ["send Running"]);
}

#[test]
fn a_peer_that_dies_while_it_is_told_to_stop_is_replaced() {
    let mut site = Site::watching(true);
    site.does(Event::Failing(0), 10);
    site.does(Event::Gateway(true), 10);
    let done = site.does(Event::Tick, 15);
    assert_eq!(done[..2], ["send StopMe", "! partner dead: activating failover services"]);
}

#[test]
fn a_peer_has_deadtime_to_start_what_it_runs() {
    let mut site = Site::new(false, true);
    site.open();
    assert!(site.does(Event::Failing(0), 1).is_empty());
    site.hears(Word::Running, 2);
    assert!(site.does(Event::Failing(0), 6).is_empty());
    assert!(site.does(Event::Failing(7), 8).is_empty());
    assert!(site.does(Event::Gateway(true), 8).is_empty());
}

#[test]
fn a_network_fault_of_its_own_keeps_it_passive() {
    let mut site = Site::watching(false);
    site.does(Event::Failing(0), 10);
    let fault =
        ["remote service unavailable; gateway unavailable", "! I SEEM TO HAVE A NETWORK FAULT!"];
    assert_eq!(site.does(Event::Gateway(false), 11), fault);
    assert_eq!(site.does(Event::Tick, 15), ["send Stopped", "ask gateway"]);
    assert!(site.does(Event::Gateway(false), 16).is_empty());
    let over_private = Event::Heard(Word::Stopped, Path::Private);
    assert!(site.does(over_private, 17).is_empty());
    let fixed = ["! Network fault seems to be fixed", MONITORS[0], MONITORS[1]];
    assert_eq!(site.hears(Word::Running, 18), fixed);
}

#[test]
fn a_fault_that_ends_with_the_peer_dead_is_followed_by_a_takeover() {
    let mut site = Site::watching(false);
    site.does(Event::Failing(0), 10);
    site.does(Event::Gateway(false), 11);
    site.does(Event::Tick, 15);
    let done = site.does(Event::Gateway(true), 16);
    let first =
        ["! Network fault seems to be fixed", "! partner dead: activating failover services"];
    assert_eq!(done[..2], first);
}

#[test]
fn the_active_primary_obeys_stopme_and_others_take_it_for_running() {
    let down = [&STOPS[..], &["become Standby", "send Stopped"], &MONITORS].concat();
    let told = "! PARTNER HAS TOLD US TO GO INACTIVE!";
    assert_eq!(Site::active(true).hears(Word::StopMe, 2), [&[told][..], &down].concat());
    let yields = [
        "! SPLIT BRAIN: both directors are active: this one, the backup yields",
        "send Running",
        "! partner active: deactivating FOS",
    ];
    assert_eq!(Site::active(false).hears(Word::StopMe, 2), [&yields[..], &down].concat());
    assert!(Site::watching(true).hears(Word::StopMe, 11).is_empty());
}

#[test]
fn both_active_the_backup_yields_and_the_primary_stays() {
    let done = Site::active(false).hears(Word::Running, 2);
    assert_eq!(done[2], "! partner active: deactivating FOS");
    let mut primary = Site::active(true);
    let stays = [
        "! SPLIT BRAIN: both directors are active: this one, the primary stays",
        "partner active",
        "announce",
        "send Running",
    ];
    assert_eq!(primary.hears(Word::Running, 2), stays);
    assert!(primary.hears(Word::Running, 2).is_empty());
    assert_eq!(primary.does(Event::Tick, 3), stays[1..]);
}

#[test]
fn both_take_over_and_the_primary_lets_go() {
    let taking = |is_master| {
        let mut site = Site::watching(is_master);
        site.does(Event::Failing(0), 10);
        site.does(Event::Gateway(true), 10);
        site
    };
    let lets_go =
        ["! PARTNER HAS TOLD US TO GO INACTIVE!", "send Stopped", MONITORS[0], MONITORS[1]];
    assert_eq!(taking(true).hears(Word::StopMe, 11), lets_go);
    let mut backup = taking(false);
    assert_eq!(backup.hears(Word::StopMe, 11), ["partner active: we want control!"]);
    backup.hears(Word::Stopped, 11);
    assert_eq!(backup.fos.role(), Role::Active);
}

#[test]
fn the_addresses_and_running_are_kept_until_the_last_stop_has_ended() {
    let mut fos = Site::active(false).fos;
    let mut tell = |event| shown(&fos.handle(event, secs(4)));
    tell(Event::Heard(Word::Running, Path::Public));
    // RUNNING changes nothing any more, nor does a command that does not run
    assert!(tell(Event::Heard(Word::Running, Path::Public)).is_empty());
    assert!(tell(Event::Ran(stop(1), Ok(()))).is_empty());
    let mut tell = |event| shown(&fos.handle(event, secs(6)));
    assert_eq!(tell(Event::Tick), ["send Running"]);
    assert_eq!(tell(Event::Ran(stop(0), Ok(()))), STOPS[2..]);
    let down = ["become Standby", "send Stopped", MONITORS[0], MONITORS[1]];
    assert_eq!(tell(Event::Ran(stop(1), Ok(()))), down);
}

#[test]
fn a_start_under_way_is_awaited_and_what_was_started_is_stopped() {
    let mut fos = Fos::new(rules(false, false), services(&[80, 81]), secs(0));
    fos.opening(secs(0));
    for service in [0, 1] {
        fos.handle(Event::Ran(stop(service), Ok(())), secs(0));
    }
    assert!(fos.handle(Event::Stop, secs(1)).is_empty());
    assert!(!fos.is_over());
    let done = shown(&fos.handle(Event::Ran(start(0), Ok(())), secs(2)));
    assert_eq!(done, STOPS[..2]);
    assert_eq!(shown(&fos.handle(Event::Ran(stop(0), Ok(())), secs(3))), ["become Standby"]);
    assert!(fos.is_over());
    assert_eq!(fos.next_deadline(), None);
    assert!(fos.handle(Event::Force, secs(4)).is_empty());
}

#[test]
fn a_stop_stops_all_and_says_goodbye() {
    let mut site = Site::active(true);
    assert_eq!(
        site.does(Event::Stop, 2),
        [&STOPS[..], &["become Standby", "send Stopped"]].concat()
    );
    assert!(site.fos.is_over());
    let mut site = Site::watching(true);
    assert_eq!(site.does(Event::Stop, 11), ["monitor false", "become Standby", "send Stopped"]);
    assert!(site.fos.is_over());
}

#[test]
fn a_cable_that_is_out_ends_it() {
    let mut site = Site::active(true);
    let done = site.does(Event::Links { public: true, private: false }, 2);
    let lines = [
        "Private NIC: link down",
        "! Local NIC link failure: Pulse disabled",
        "! local link failure: deactivating FOS",
    ];
    assert_eq!(done[..3], lines);
    assert_eq!(site.fos.role(), Role::Standby);
    assert!(site.hears(Word::Stopped, 3).is_empty());
    assert_eq!(site.does(Event::Force, 3), ["local link failure: not forced active"]);
    site.does(Event::Links { public: true, private: true }, 4);
    assert_eq!(site.hears(Word::Stopped, 5)[0], "! backup inactive: activating fos");
}

#[test]
fn a_changed_file_stops_the_old_services_and_starts_the_new() {
    let mut site = Site::active(true);
    let same = Event::Rules(rules(true, true), services(&[80, 81]));
    assert_eq!(site.does(same, 2), ["adopt"]);
    let changed = Event::Rules(rules(true, true), services(&[90]));
    let new = [
        "adopt",
        "Shutting down local service 192.0.2.1:90 ",
        "run Stop 0",
        "Starting local service 192.0.2.1:90 ...",
        "run Start 0",
    ];
    assert_eq!(site.does(changed.clone(), 3), [&STOPS[..], &new].concat());
    assert_eq!(site.fos.role(), Role::Active);
    let mut site = Site::watching(true);
    assert_eq!(site.does(changed, 11), ["monitor false", "adopt", MONITORS[0], MONITORS[1]]);
}
