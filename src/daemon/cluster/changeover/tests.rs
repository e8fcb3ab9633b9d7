use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;

use tokio::time::Instant;

use super::*;
use crate::daemon::cluster::setup::{self, cluster, here_with};
use crate::model::{Cluster, Command, VirtualAddress};

/// A changeover with a test in the place of all that it is joined to.
struct Stage {
    setups: watch::Sender<Arc<Setup>>,
    orders: watch::Sender<Order>,
    settled: watch::Receiver<u64>,
    inputs: mpsc::Receiver<Input<'static>>,
    requests: mpsc::Receiver<Request>,
    held: watch::Receiver<Held>,
    reports: mpsc::UnboundedSender<Report>,
    holding: watch::Receiver<Holding>,
    hurry: watch::Sender<bool>,
    /// Who tells the connections; nobody takes anything from it.
    partings: mpsc::Receiver<oneshot::Sender<()>>,
}

impl Stage {
    fn begin(cluster: &Cluster) -> Stage {
        let setup = Setup::of(cluster, &here_with("10.0.0.1")).unwrap();
        let (setups, setups_seen) = watch::channel(Arc::new(setup));
        let (orders, orders_seen) = watch::channel(Order::first());
        let (settled_told, settled) = watch::channel(0);
        let (tell, inputs) = mpsc::channel(8);
        let (ask, requests) = mpsc::channel(8);
        let (hold, held) = watch::channel(Held::default());
        let (reports, reported) = mpsc::unbounded_channel();
        let (show, holding) = watch::channel(Holding::default());
        let (hurry, hurried) = watch::channel(false);
        let (part, partings) = mpsc::channel(1);
        let joints = Joints {
            setups: setups_seen,
            orders: orders_seen,
            settled: settled_told,
            inputs: tell,
            requests: ask,
            held: hold,
            reports: reported,
            holding: show,
            hurry: hurried,
            part,
        };
        let changeover = Changeover::new(joints, false);
        let (for_table, for_addresses) = (SOON, SOON);
        tokio::spawn(Changeover { for_table, for_addresses, ..changeover }.run());
        Stage { setups, orders, settled, inputs, requests, held, reports, holding, hurry, partings }
    }

    /// One that has found nothing to be lowered, and waits for its first order.
    async fn ready(cluster: &Cluster) -> Stage {
        let mut stage = Stage::begin(cluster);
        stage.partings.close();
        stage.begun().await;
        stage
    }

    async fn begun(&mut self) {
        assert!(!self.asked().await.up);
        self.done();
        self.settled.wait_for(|settled| *settled == 1).await.unwrap();
    }

    fn order(&self, change: impl FnOnce(&mut Order)) -> u64 {
        self.orders.send_modify(|order| {
            order.number += 1;
            change(order);
        });
        self.orders.borrow().number
    }

    /// What the addresses' owner is asked for next.
    async fn asked(&mut self) -> Held {
        self.held.changed().await.unwrap();
        self.held.borrow_and_update().clone()
    }

    /// The addresses' owner has done it.
    fn done(&self) {
        self.report(|_| {});
    }

    /// The addresses' owner tells what became of the latest asking.
    fn report(&self, change: impl FnOnce(&mut Report)) {
        let mut report = Report { number: self.held.borrow().number, ..Report::default() };
        change(&mut report);
        self.reports.send(report).unwrap();
    }

    /// Control is asked for a role's table.
    async fn table(&mut self) -> (Role, oneshot::Sender<()>) {
        match self.requests.recv().await.unwrap() {
            Request::Role(role, done) => (role, done),
            Request::Mail(text) => panic!("mail: {text}"),
        }
    }

    fn is_quiet(&mut self) -> bool {
        !self.held.has_changed().unwrap() && self.requests.is_empty()
    }
}

fn pair() -> Cluster {
    let address = IpAddr::from(Ipv4Addr::new(10, 0, 0, 100));
    let interface = "eth0".parse().unwrap();
    let label = Some("eth0:1".to_owned());
    let address = VirtualAddress { address, prefix: Some(24), interface, label };
    Cluster { addresses: vec![address], ..cluster(true, false) }
}

/// Long enough for all that is ready, and not for who waits.
const SOON: Duration = Duration::from_millis(300);

/// A file with what is logged as long as the guard is there.
fn log() -> (tempfile::NamedTempFile, tracing::subscriber::DefaultGuard) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let paper = Mutex::new(log.reopen().unwrap());
    let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(paper).finish();
    (log, tracing::subscriber::set_default(lines))
}

/// Lets the changeover do all that it can do now.
async fn breathe() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_was_left_behind_and_what_was_taken_off_is_said_aloud() {
    let (log, _guard) = log();
    let last = || {
        let text = std::fs::read_to_string(log.path()).unwrap();
        let line = text.lines().rfind(|line| line.contains("raised") || line.contains("lowered"));
        line.unwrap_or_default().to_owned()
    };
    let mut stage = Stage::begin(&pair());
    stage.partings.close();
    assert!(!stage.asked().await.up);
    stage.report(|report| report.lowered = pair().addresses);
    stage.settled.wait_for(|settled| *settled == 1).await.unwrap();
    let left = "lowered 10.0.0.100 on eth0:1, which was left from before the start";
    assert!(last().contains("WARN") && last().contains(left), "{}", last());

    stage.order(|order| order.role = Role::Active);
    stage.table().await.1.send(()).unwrap();
    assert!(stage.asked().await.up);
    for (again, refused) in [(false, false), (true, false), (true, true)] {
        if refused {
            let why = || "not now".to_owned();
            let all = pair().addresses.into_iter().map(|address| (address, why()));
            stage.holding.mark_unchanged();
            stage.report(|report| report.refused = all.collect());
            stage.holding.changed().await.unwrap();
        }
        stage.holding.mark_unchanged();
        stage.report(|report| report.raised = pair().addresses);
        stage.holding.changed().await.unwrap();
        let said = last();
        let is_loud = said.contains("WARN") && said.contains(" again: somebody has taken it off");
        assert!(said.contains("raised 10.0.0.100 on eth0:1"), "{said}");
        assert_eq!(is_loud, again && !refused, "{said}");
    }
}

#[tokio::test]
async fn many_addresses_are_one_line() {
    let (log, _guard) = log();
    let some = |count: u8| {
        let address =
            |n| VirtualAddress { address: [10, 0, 1, n].into(), ..pair().addresses[0].clone() };
        (1..=count).map(address).collect::<Vec<_>>()
    };
    let mut stage = Stage::ready(&pair()).await;
    for (raised, lowered) in [(16, 17), (17, 16)] {
        stage.order(|order| order.role = Role::Active);
        stage.table().await.1.send(()).unwrap();
        assert!(stage.asked().await.up);
        stage.report(|report| report.raised = some(raised));
        let number = stage.order(|order| order.role = Role::Standby);
        assert!(!stage.asked().await.up);
        stage.report(|report| report.lowered = some(lowered));
        stage.settled.wait_for(|settled| *settled == number).await.unwrap();
        assert_eq!(stage.table().await.0, Role::Standby);
    }
    let text = std::fs::read_to_string(log.path()).unwrap();
    for done in ["raised", "lowered"] {
        let some = "the first 10.0.1.1 on eth0:1, the last 10.0.1.17 on eth0:1";
        assert_eq!(text.matches(&format!("{done} 17 addresses, {some}")).count(), 1, "{text}");
        assert_eq!(text.matches(&format!("{done} 10.0.1.")).count(), 16, "{text}");
    }
}

#[tokio::test]
async fn addresses_come_after_the_table_and_go_before_the_goodbye() {
    let mut stage = Stage::ready(&pair()).await;
    stage.order(|order| order.role = Role::Active);
    let (role, programmed) = stage.table().await;
    assert_eq!(role, Role::Active);
    breathe().await;
    assert!(stage.is_quiet(), "no address before the kernel has the table");
    programmed.send(()).unwrap();
    assert!(stage.asked().await.up);
    stage.done();
    stage.holding.wait_for(|holding| !holding.addresses.is_empty()).await.unwrap();

    let number = stage.order(|order| order.role = Role::Standby);
    assert!(!stage.asked().await.up);
    breathe().await;
    assert!(stage.requests.is_empty(), "no table is emptied before the addresses are down");
    assert!(*stage.settled.borrow() < number, "nor is the peer told");
    stage.done();
    stage.settled.wait_for(|settled| *settled == number).await.unwrap();
    assert_eq!(stage.table().await.0, Role::Standby);
    assert!(stage.holding.borrow().addresses.is_empty());
}

#[tokio::test]
async fn where_the_table_is_there_the_addresses_wait_for_nobody() {
    let active_command = Command::new("sleep 1");
    let cluster = Cluster { standby_table: true, active_command, ..pair() };
    let mut stage = Stage::ready(&cluster).await;
    let before = Instant::now();
    let number = stage.order(|order| order.role = Role::Active);
    assert!(stage.asked().await.up, "neither for the command nor for the kernel");
    assert!(before.elapsed() < SOON);
    breathe().await;
    assert!(stage.is_quiet(), "nor is anybody busy with anything else");
    assert!(*stage.settled.borrow() < number, "they are not up yet");
    stage.done();
    assert_eq!(stage.table().await.0, Role::Active, "the sync daemon follows the role");
    stage.settled.wait_for(|settled| *settled == number).await.unwrap();
    assert!(before.elapsed() >= Duration::from_secs(1), "and the command has ended");
}

#[tokio::test]
async fn addresses_that_take_long_hold_nobody_up() {
    let cluster = Cluster { standby_table: true, ..pair() };
    let mut stage = Stage::ready(&cluster).await;
    let number = stage.order(|order| order.role = Role::Active);
    assert!(stage.asked().await.up);
    assert_eq!(stage.table().await.0, Role::Active);
    assert!(*stage.settled.borrow() < number, "they are not up yet");
    stage.done();
    stage.settled.wait_for(|settled| *settled == number).await.unwrap();
}

#[tokio::test]
async fn who_is_overtaken_before_the_addresses_are_up_is_active_for_nobody() {
    let cluster = Cluster { standby_table: true, ..pair() };
    let mut stage = Stage::ready(&cluster).await;
    stage.order(|order| order.role = Role::Active);
    assert!(stage.asked().await.up);
    let number = stage.order(|order| order.role = Role::Standby);
    stage.done();
    assert!(!stage.asked().await.up);
    stage.done();
    stage.settled.wait_for(|settled| *settled == number).await.unwrap();
    assert_eq!(stage.table().await.0, Role::Standby, "no table of an active one was asked for");
}

#[tokio::test]
async fn who_does_not_check_as_a_standby_has_no_table_that_is_there() {
    let cluster = Cluster { standby_table: true, standby_checks: false, ..pair() };
    let mut stage = Stage::ready(&cluster).await;
    stage.order(|order| order.role = Role::Active);
    let (_, programmed) = stage.table().await;
    breathe().await;
    assert!(stage.is_quiet(), "no address before the kernel has the table");
    programmed.send(()).unwrap();
    assert!(stage.asked().await.up);
}

#[tokio::test]
async fn a_kernel_that_takes_no_table_hands_over() {
    let mut stage = Stage::ready(&pair()).await;
    stage.order(|order| order.role = Role::Active);
    let (_, _programmed) = stage.table().await;
    let before = Instant::now();
    let Some(Input::Broken(why)) = stage.inputs.recv().await else { panic!("it is not broken") };
    assert_eq!(why, "the kernel has not taken the table within 300ms");
    assert!(before.elapsed() >= SOON);
    assert!(stage.is_quiet(), "no address was raised");
    stage.order(|order| order.role = Role::Standby);
    assert!(!stage.asked().await.up);
}

#[tokio::test]
async fn where_nobody_could_take_over_a_slow_kernel_is_waited_for() {
    let mut stage = Stage::ready(&pair()).await;
    stage.order(|order| order.role = Role::Active);
    let (_, programmed) = stage.table().await;
    assert!(matches!(stage.inputs.recv().await, Some(Input::Broken(_))));
    breathe().await;
    assert!(stage.is_quiet(), "no address before the kernel has the table");
    programmed.send(()).unwrap();
    assert!(stage.asked().await.up);
}

#[tokio::test]
async fn a_newer_order_overtakes_a_takeover() {
    let mut stage = Stage::ready(&pair()).await;
    stage.order(|order| order.role = Role::Active);
    let (_, _programmed) = stage.table().await;
    let before = Instant::now();
    let number = stage.order(|order| order.role = Role::Standby);
    assert!(!stage.asked().await.up);
    stage.done();
    stage.settled.wait_for(|settled| *settled == number).await.unwrap();
    assert!(before.elapsed() < SOON);
}

#[tokio::test]
async fn who_cannot_tell_the_connections_holds_no_changeover_up() {
    let mut stage = Stage::begin(&pair());
    stage.begun().await;
    for _ in 0..3 {
        stage.order(|order| order.role = Role::Active);
        let programmed = loop {
            let asked = timeout(Duration::from_secs(10), stage.table()).await;
            if let (Role::Active, programmed) = asked.expect("it waits for who tells nothing") {
                break programmed;
            }
        };
        programmed.send(()).unwrap();
        assert!(stage.asked().await.up);
        stage.done();
        let number = stage.order(|order| order.role = Role::Standby);
        assert!(!stage.asked().await.up);
        stage.done();
        stage.settled.wait_for(|settled| *settled == number).await.unwrap();
    }
}

#[tokio::test]
async fn addresses_that_do_not_go_hold_the_goodbye_up_for_a_while_only() {
    let mut stage = Stage::ready(&pair()).await;
    stage.order(|order| order.role = Role::Active);
    stage.table().await.1.send(()).unwrap();
    assert!(stage.asked().await.up);
    let before = Instant::now();
    let number = stage.order(|order| {
        order.role = Role::Standby;
        order.last = true;
    });
    assert!(!stage.asked().await.up);
    stage.settled.wait_for(|settled| *settled == number).await.unwrap();
    assert!(before.elapsed() >= SOON);
    assert!(stage.requests.recv().await.is_none(), "at the end control empties the table");
}

#[tokio::test]
async fn who_is_in_a_hurry_lowers_the_addresses_and_waits_for_no_command() {
    let cluster = Cluster { inactive_command: Command::new("sleep 9"), ..pair() };
    let mut stage = Stage::begin(&cluster);
    breathe().await;
    assert!(stage.is_quiet(), "inactive_cmd comes first");
    let before = Instant::now();
    stage.hurry.send_replace(true);
    assert!(!stage.asked().await.up);
    assert!(before.elapsed() < Duration::from_secs(9));
}

#[tokio::test]
async fn another_setup_changes_what_is_held_and_not_the_role() {
    let mut stage = Stage::ready(&pair()).await;
    let other = |addresses| {
        Arc::new(Setup::of(&Cluster { addresses, ..pair() }, &here_with("10.0.0.1")).unwrap())
    };
    stage.setups.send_replace(other(Vec::new()));
    let standby = stage.asked().await;
    assert!(!standby.up && standby.ours.is_empty());
    stage.order(|order| order.role = Role::Active);
    stage.table().await.1.send(()).unwrap();
    assert!(stage.asked().await.up);
    stage.setups.send_replace(other(pair().addresses));
    let active = stage.asked().await;
    assert!(active.up && *active.ours == pair().addresses);
    assert!(stage.requests.is_empty());
}

#[tokio::test]
async fn the_neighbours_are_told_again_once_for_each_time_it_is_ordered() {
    let mut stage = Stage::ready(&pair()).await;
    stage.order(|order| order.role = Role::Active);
    stage.table().await.1.send(()).unwrap();
    assert_eq!(stage.asked().await.announcements, 0);
    for n in 1..=2 {
        stage.order(|order| order.announcements += 1);
        let held = stage.asked().await;
        assert!(held.up && held.announcements == n);
    }
}

#[tokio::test]
async fn who_has_lost_the_owner_of_the_addresses_ends() {
    let stage = Stage::ready(&pair()).await;
    let Stage { reports, mut settled, orders, setups, .. } = stage;
    drop(reports);
    while settled.changed().await.is_ok() {}
    drop((orders, setups));
}

#[tokio::test]
async fn a_lone_director_takes_nothing_off_that_it_finds() {
    let mut stage =
        Stage::begin(&Cluster { addresses: pair().addresses, ..setup::cluster(false, false) });
    stage.settled.wait_for(|settled| *settled == 1).await.unwrap();
    assert!(stage.is_quiet());
    stage.order(|order| order.role = Role::Active);
    stage.table().await.1.send(()).unwrap();
    assert!(stage.asked().await.up);
}
