//! Debian's heartbeat with our resource script on two nodes: the directors stay, and their role goes
//! where heartbeat says: start, hand-over, fail-back, power loss; and the script by hand.

use std::thread;
use std::time::{Duration, Instant};

use super::asker::Asker;
use super::heartbeat::{HEARTBEAT, SETTINGS};
use super::machine::in_a_machine;
use super::node::Node;
use super::own::{FILE, SCRIPT, directors, install, is, status};
use super::pair::{Pair, has_services, holds_address};
use super::times::seconds;
use super::wait::wait_until;

#[test]
fn what_it_says_and_does() {
    in_a_machine(("launchers", "1G"), LIMIT, || {
        let _pair = Pair::build();
        let node = Node::boot(1);
        install(&node);
        by_hand(&node);
        a_plain_file(&node);
    });
}

/// heartbeat goes by what is printed, whatever the exit status.
fn by_hand(node: &Node) {
    says(node, "status", "stopped");
    does(node, "stop");
    for _ in 0..2 {
        does(node, "start");
        is(node, true).expect("the active one");
        says(node, "status", "running");
    }
    let director = only_director(node);
    for _ in 0..2 {
        does(node, "stop");
        is(node, false).expect("a standby");
        says(node, "status", "stopped");
    }
    assert_eq!(only_director(node), director, "it goes on");
    does(node, "start");
    node.run(&format!("kill -9 {director}"));
    wait_until("it is dead", PATIENCE, || match directors(node).is_empty() {
        true => Ok(()),
        false => Err("it lives".to_owned()),
    });
    says(node, "status", "stopped");
    assert!(holds_address(&node.host), "this is what is to be cleared away");
    does(node, "stop");
    assert!(!holds_address(&node.host));
    does(node, "start");
    node.run(&format!("kill -STOP {}", only_director(node)));
    does(node, "stop");
    assert!(!holds_address(&node.host));
    let refused = node.try_run(&format!("{SCRIPT} missing.cf start"));
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert_eq!(node.try_run(&format!("{SCRIPT} start")).status.code(), Some(2));
}

/// Without a cluster in the file it is the director itself that starts and stops.
fn a_plain_file(node: &Node) {
    node.shell(&format!("sed -i '/^cluster/,/address/d' {FILE}"));
    does(node, "start");
    says(node, "status", "running");
    wait_until("it has its table", PATIENCE, || {
        if has_services(&node.host) { Ok(()) } else { Err(status(node)) }
    });
    does(node, "stop");
    assert_eq!(directors(node), []);
    assert_eq!(node.host.table(), [""; 0]);
    says(node, "status", "stopped");
}

#[test]
fn the_role_goes_where_heartbeat_says() {
    in_a_machine(("launchers", "1G"), LIMIT, || {
        let pair = Pair::build();
        let asker = Asker::start(&pair.client);
        let mut scene = Scene { pair, asker, nodes: [None, None], rows: Vec::new() };
        scene.boot(1);
        scene.boot(2);
        let begun = Instant::now();
        scene.node(1).run(HEARTBEAT);
        scene.node(2).run(HEARTBEAT);
        scene.moved("both start", 1, begun);

        let begun = Instant::now();
        let stopping = scene.node(1).command(&format!("{HEARTBEAT} -k")).spawn();
        let mut stopping = stopping.expect("nsenter starts");
        scene.moved("node1 stops", 2, begun);
        assert!(stopping.wait().expect("our child").success());
        is(scene.node(1), false).expect("it stays, as a standby with its table");
        assert!(has_services(&scene.node(1).host));

        let begun = Instant::now();
        scene.node(1).run(HEARTBEAT);
        scene.moved("node1 starts", 1, begun);

        let begun = Instant::now();
        scene.nodes[0].take().expect("a running node").power_off();
        scene.moved("node1 dies", 2, begun);
        assert_eq!(scene.node(2).read("/var/log/reboots"), "");
        scene.print();
    });
}

/// Two nodes, and a client that asks.
struct Scene {
    pair: Pair,
    asker: Asker,
    nodes: [Option<Node>; 2],
    rows: Vec<(&'static str, Duration, Duration)>,
}

impl Scene {
    fn boot(&mut self, n: usize) {
        let node = Node::boot(n);
        node.shell(SETTINGS);
        node.shell("echo 'node1 lvs-director::ldirectord.cf' >/etc/ha.d/haresources");
        install(&node);
        self.nodes[n - 1] = Some(node);
    }

    fn node(&self, n: usize) -> &Node {
        self.nodes[n - 1].as_ref().expect("a running node")
    }

    /// Waits until a node is the active one, for the client as well, and the other one is not.
    fn moved(&mut self, step: &'static str, to: usize, begun: Instant) {
        wait_until(&format!("{step}: node{to} is active"), PATIENCE, || {
            thread::sleep(BETWEEN_LOOKS);
            let log = || self.node(to).read("/var/log/ha-log");
            is(self.node(to), true).map_err(|said| format!("{said}\n{}", log()))
        });
        let held = begun.elapsed();
        wait_until(&format!("{step}: the client is answered by it"), PATIENCE, || {
            let by = self.pair.seen_by_client();
            let answered = self.asker.answered_since(begun + held);
            if by == Some(to) && answered { Ok(()) } else { Err(format!("{by:?}")) }
        });
        if let Some(other) = &self.nodes[2 - to] {
            assert!(!holds_address(&other.host), "{step}: two have the address");
        }
        self.rows.push((step, held, self.asker.longest_silence(begun).0));
    }

    fn print(&self) {
        println!("heartbeat tells lvs-director its role; seconds");
        println!("{:14} active  silent", "");
        for (step, held, silent) in &self.rows {
            println!("{step:14} {:>6} {:>7}", seconds(*held), seconds(*silent));
        }
    }
}

#[track_caller]
fn only_director(node: &Node) -> u32 {
    let running = directors(node);
    let [director] = &running[..] else { panic!("one director runs: {running:?}") };
    director.pid
}

fn does(node: &Node, action: &str) {
    node.run(&format!("{SCRIPT} ldirectord.cf {action}"));
}

fn says(node: &Node, action: &str, words: &str) {
    assert_eq!(node.run(&format!("{SCRIPT} ldirectord.cf {action}")).trim_end(), words);
}

const PATIENCE: Duration = Duration::from_secs(60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
const LIMIT: u32 = 300;
