use std::fs;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::daemon::cluster::setup::{cluster, here_with};
use crate::daemon::cluster::sockets::Transport;
use crate::failover::pulse::wire::{Service, Word};
use crate::model::protocol::{FailoverProtocol, Pulse};
use crate::model::{Cluster, Node};

/// A heartbeat, and a peer that the test speaks for.
struct Stage {
    peer: UdpSocket,
    port: u16,
    setups: watch::Sender<Arc<Setup>>,
    inputs: mpsc::Sender<Input<'static>>,
    settled: watch::Sender<u64>,
    orders: watch::Receiver<Order>,
    beat: watch::Receiver<Beat>,
    requests: mpsc::Receiver<Request>,
}

/// The primary is 127.0.0.1, its peer 127.0.0.2.
fn pair(port: u16) -> Cluster {
    let node = |n| Node { public: Ipv4Addr::new(127, 0, 0, n), private: None };
    let pulse = Pulse {
        primary: node(1),
        backup: Some(node(2)),
        port,
        keepalive: KEEPALIVE,
        deadtime: Duration::from_secs(3600),
        secret: None,
    };
    Cluster { protocol: FailoverProtocol::Pulse(pulse), ..cluster(true, false) }
}

fn setup(cluster: &Cluster) -> Arc<Setup> {
    Arc::new(Setup::of(cluster, &here_with("127.0.0.1")).unwrap())
}

impl Stage {
    fn begin() -> Stage {
        let peer = UdpSocket::bind("127.0.0.2:0").unwrap();
        peer.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let port = peer.local_addr().unwrap().port();
        Stage::of(peer, setup(&pair(port)))
    }

    fn of(peer: UdpSocket, setup: Arc<Setup>) -> Stage {
        let port = peer.local_addr().unwrap().port();
        let (setups, setups_seen) = watch::channel(setup);
        let (inputs, told) = mpsc::channel(8);
        let (settled, settled_seen) = watch::channel(0);
        let (order, orders) = watch::channel(Order::first());
        let (ask, requests) = mpsc::channel(8);
        let (beats, beat) = watch::channel(Beat::first());
        let joints = Joints {
            setups: setups_seen,
            inputs: told,
            settled: settled_seen,
            orders: order,
            requests: ask,
            beat: beats,
            synced: watch::channel(true).1,
        };
        start(joints, false).unwrap();
        Stage { peer, port, setups, inputs, settled, orders, beat, requests }
    }

    fn says(&self, word: Word) {
        let heart = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), self.port);
        self.peer.send_to(&word.bytes(Service::Lvs), heart).unwrap();
    }

    /// The next word that the peer hears; `None` for none within some heartbeats.
    fn hears(&self, limit: Duration) -> Option<Word> {
        self.peer.set_read_timeout(Some(limit)).unwrap();
        let mut bytes = [0; 4];
        self.peer.recv(&mut bytes).ok()?;
        Some(Word::read(bytes, Service::Lvs).unwrap())
    }

    /// Reads on until the peer hears this.
    fn hears_at_last(&self, word: Word) {
        while self.hears(LONG).expect("a heartbeat") != word {}
    }

    async fn ordered(&mut self, role: Role) -> Order {
        self.orders.wait_for(|order| order.role == role && order.number > 1).await.unwrap().clone()
    }
}

const LONG: Duration = Duration::from_secs(10);
const KEEPALIVE: Duration = Duration::from_millis(20);

#[tokio::test]
async fn nothing_is_said_before_what_an_earlier_director_left_is_down() {
    let stage = Stage::begin();
    assert_eq!(stage.hears(Duration::from_millis(200)), None);
    stage.settled.send_replace(1);
    assert_eq!(stage.hears(LONG), Some(Word::Stopped));
}

#[tokio::test]
async fn who_hears_that_its_peer_has_stopped_is_active_and_says_so() {
    let mut stage = Stage::begin();
    stage.settled.send_replace(1);
    stage.says(Word::Stopped);
    stage.ordered(Role::Active).await;
    stage.hears_at_last(Word::Running);
    let shown = |beat: &Beat| beat.role == Role::Active && beat.heard.is_some();
    let beat = stage.beat.wait_for(shown).await.unwrap().clone();
    assert_eq!(beat.because, "backup inactive: activating lvs");
    let Some(Request::Mail(text)) = stage.requests.recv().await else { panic!("no mail") };
    assert_eq!(text, beat.because);
}

#[tokio::test]
async fn why_nothing_is_heard_of_the_peer_is_shown_until_something_is() {
    let mut stage = Stage::begin();
    stage.settled.send_replace(1);
    let heart = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 1), stage.port);
    let stranger = UdpSocket::bind("127.0.0.3:0").unwrap();
    stranger.send_to(&Word::Running.bytes(Service::Lvs), heart).unwrap();
    let from = "they come from another address, 127.0.0.3";
    stage.beat.wait_for(|beat| beat.doubt.as_deref() == Some(from)).await.unwrap();
    stage.peer.send_to(&Word::Running.bytes(Service::Fos), heart).unwrap();
    let other = "incompatible, of other services";
    stage.beat.wait_for(|beat| beat.doubt.as_deref() == Some(other)).await.unwrap();
    stage.says(Word::Running);
    let beat = stage.beat.wait_for(|beat| beat.heard.is_some()).await.unwrap().clone();
    assert_eq!((beat.doubt, beat.peer), (None, Some(Role::Active)));
}

#[tokio::test]
async fn two_that_are_active_are_shown_until_one_is_not() {
    let mut stage = Stage::begin();
    stage.settled.send_replace(1);
    stage.inputs.send(Input::Told(Role::Active)).await.unwrap();
    stage.ordered(Role::Active).await;
    stage.says(Word::Running);
    stage.beat.wait_for(|beat| beat.split.is_some()).await.unwrap();
    stage.says(Word::Stopped);
    stage.beat.wait_for(|beat| beat.split.is_none()).await.unwrap();
}

#[tokio::test]
async fn the_goodbye_waits_until_the_addresses_are_down_and_the_peer_with_it() {
    let mut stage = Stage::begin();
    stage.settled.send_replace(1);
    stage.inputs.send(Input::Told(Role::Active)).await.unwrap();
    let active = stage.ordered(Role::Active).await;
    stage.settled.send_replace(active.number);
    stage.hears_at_last(Word::Running);
    stage.inputs.send(Input::Stop).await.unwrap();
    let last = stage.orders.wait_for(|order| order.last).await.unwrap().clone();
    assert_eq!(last.role, Role::Standby);
    assert_eq!(last.number, active.number + 1, "the last order is one");
    // a peer that heard nothing would take what is still up here
    let before = Instant::now();
    while before.elapsed() < KEEPALIVE * 10 {
        assert_eq!(stage.hears(LONG), Some(Word::Running));
    }
    stage.settled.send_replace(last.number);
    stage.hears_at_last(Word::Stopped);
    assert!(stage.requests.recv().await.is_none_or(|request| matches!(request, Request::Mail(_))));
    while stage.beat.changed().await.is_ok() {}
}

#[tokio::test]
async fn a_flood_keeps_no_heartbeat_waiting() {
    let stage = Stage::begin();
    stage.settled.send_replace(1);
    let (ended, heart) = (Arc::new(AtomicBool::new(false)), stage.port);
    let flood = {
        let ended = Arc::clone(&ended);
        thread::spawn(move || {
            let stranger = UdpSocket::bind("127.0.0.3:0").unwrap();
            while !ended.load(Ordering::Relaxed) {
                let _ = stranger.send_to(b"flood", (Ipv4Addr::new(127, 0, 0, 1), heart));
            }
        })
    };
    for _ in 0..50 {
        assert_eq!(stage.hears(LONG), Some(Word::Stopped));
    }
    let counted = |beat: &Beat| beat.refused.iter().any(|(_, count)| *count > 1000);
    assert!(counted(&stage.beat.borrow()), "{:?}", stage.beat.borrow());
    ended.store(true, Ordering::Relaxed);
    flood.join().unwrap();
}

#[tokio::test]
async fn its_thread_comes_before_others_where_it_may() {
    let may = thread::spawn(|| setpriority_process(None, PRECEDENCE).is_ok()).join().unwrap();
    let stage = Stage::begin();
    stage.settled.send_replace(1);
    stage.hears_at_last(Word::Stopped);
    let nice = fs::read_dir("/proc/self/task").unwrap().filter_map(|task| {
        let stat = fs::read_to_string(task.ok()?.path().join("stat")).ok()?;
        let (_, numbers) = stat.split_once("(failover) ")?;
        numbers.split(' ').nth(16)?.parse::<i32>().ok()
    });
    let nice: Vec<i32> = nice.collect();
    assert!(nice.contains(&if may { PRECEDENCE } else { 0 }), "{nice:?}");
}

#[tokio::test]
async fn what_it_has_to_know_may_come_later() {
    let peer = UdpSocket::bind("127.0.0.2:0").unwrap();
    let setup = setup(&pair(peer.local_addr().unwrap().port()));
    let missing = Setup {
        rules: Err("there is no interface eth7".to_owned()),
        transport: Transport::Nothing,
        ..Setup::clone(&setup)
    };
    let mut stage = Stage::of(peer, Arc::new(missing));
    let said = "there is no interface eth7: waiting for that";
    stage.beat.wait_for(|beat| beat.because == said).await.unwrap();
    stage.setups.send_replace(setup);
    stage.settled.send_replace(1);
    stage.hears_at_last(Word::Stopped);
    assert_eq!(stage.beat.borrow().because, "what it waited for is there");
    stage.inputs.send(Input::Told(Role::Active)).await.unwrap();
    stage.ordered(Role::Active).await;
}

#[tokio::test]
async fn what_counts_against_it_is_not_lost_on_one_that_begins_later() {
    let peer = UdpSocket::bind("127.0.0.2:0").unwrap();
    let setup = setup(&pair(peer.local_addr().unwrap().port()));
    let rules = Err("there is no interface eth7".to_owned());
    let missing = Setup { rules, transport: Transport::Nothing, ..Setup::clone(&setup) };
    let mut stage = Stage::of(peer, Arc::new(missing));
    stage.inputs.send(Input::Unfit(Some("no canary answers".to_owned()))).await.unwrap();
    // it has been taken when there is room for all again
    while stage.inputs.capacity() < stage.inputs.max_capacity() {
        tokio::task::yield_now().await;
    }
    stage.setups.send_replace(setup);
    stage.settled.send_replace(1);
    stage.hears_at_last(Word::Stopped);
    // who is fit stays active when the peer is there and is not
    stage.says(Word::Stopped);
    let active = stage.ordered(Role::Active).await;
    stage.settled.send_replace(active.number);
    let end = Instant::now() + LONG;
    while stage.orders.borrow().role == Role::Active {
        assert!(Instant::now() < end, "it takes itself for fit");
        stage.hears_at_last(Word::Running);
        stage.says(Word::Stopped);
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.beat.borrow().because, "no canary answers");
}

#[tokio::test]
async fn another_port_and_deadtime_are_followed_without_a_change_of_the_role() {
    let mut stage = Stage::begin();
    stage.settled.send_replace(1);
    stage.hears_at_last(Word::Stopped);
    stage.peer = UdpSocket::bind("127.0.0.2:0").unwrap();
    stage.port = stage.peer.local_addr().unwrap().port();
    stage.setups.send_replace(setup(&pair(stage.port)));
    stage.hears_at_last(Word::Stopped);
    assert_eq!(stage.orders.borrow().role, Role::Standby);
    let deadtime = Duration::from_millis(100);
    stage.setups.send_replace({
        let mut pair = pair(stage.port);
        if let FailoverProtocol::Pulse(pulse) = &mut pair.protocol {
            pulse.deadtime = deadtime;
        }
        setup(&pair)
    });
    stage.ordered(Role::Active).await;
    assert_eq!(stage.beat.borrow().because, "partner dead: activating lvs");
}

#[tokio::test]
async fn what_was_to_be_said_of_another_role_is_not_said_any_more() {
    let mut stage = Stage::begin();
    // it is about to say STOPPED when it may
    tokio::time::sleep(KEEPALIVE * 3).await;
    stage.inputs.send(Input::Told(Role::Active)).await.unwrap();
    let active = stage.ordered(Role::Active).await;
    stage.hears_at_last(Word::Running);
    stage.settled.send_replace(active.number);
    for _ in 0..10 {
        assert_eq!(stage.hears(LONG), Some(Word::Running));
    }
}

#[tokio::test]
async fn who_has_nobody_to_carry_its_orders_out_is_silent() {
    let stage = Stage::begin();
    stage.settled.send_replace(1);
    stage.hears_at_last(Word::Stopped);
    let Stage { settled, mut beat, .. } = stage;
    drop(settled);
    while beat.changed().await.is_ok() {}
}
