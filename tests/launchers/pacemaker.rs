//! Pacemaker with the OCF agent `ocf:heartbeat:ldirectord` on two nodes: start, the director's death,
//! a node told to stand by, a broken file, a node's death.

use std::time::{Duration, Instant};

use super::cluster::{Cluster, Times};
use super::machine::in_a_machine;
use super::program::Program;
use super::times::seconds;

#[test]
fn with_ours() {
    in_a_machine(("launchers", "1G"), LIMIT, || story(Program::Ours));
}

#[test]
#[ignore = "what Debian's ldirectord does: make launchers"]
fn with_theirs() {
    in_a_machine(("launchers", "1G"), LIMIT, || story(Program::Theirs));
}

fn story(program: Program) {
    let booted = Instant::now();
    let mut cluster = Cluster::start(program);
    let mut rows = vec![("both nodes online", None, booted.elapsed())];
    let mut row = |step, times: Times| rows.push((step, Some(times), booted.elapsed()));

    let begun = Instant::now();
    cluster.give_group();
    row("group given", cluster.moved("group given", 1, NONE, begun));
    no_failures(&cluster);

    let old = cluster.director(1);
    let begun = Instant::now();
    cluster.node(1).run(&format!("kill -9 {old}"));
    let times = cluster.moved("director killed", 1, old, begun);
    row("director killed", times);
    // Debian's deletes and adds what is there
    assert!(program == Program::Theirs || times.whole, "{times:?}");
    has_failed(&cluster, "lvs 2s-interval monitor on node1 returned 'not running'");
    clean_up(&cluster);

    let begun = Instant::now();
    cluster.node(1).run("crm_attribute --node node1 --name standby --update on");
    row("node1 stands by", cluster.moved("node1 stands by", 2, NONE, begun));
    assert_eq!(cluster.node(1).host.table(), [""; 0]);
    cluster.node(1).run("crm_attribute --node node1 --name standby --delete");
    cluster.are_online("node1 node2");
    no_failures(&cluster);

    // monitor says that the file is broken, which is a failure to Pacemaker, whose start then fails
    let begun = Instant::now();
    cluster.node(2).shell("sed -i s/^virtual=/virtuall=/ /etc/ha.d/ldirectord.cf");
    row("file broken", cluster.moved("file broken", 1, NONE, begun));
    has_failed(&cluster, "lvs start on node2 returned 'error'");
    cluster.node(2).shell("sed -i s/^virtuall=/virtual=/ /etc/ha.d/ldirectord.cf");
    clean_up(&cluster);

    let begun = Instant::now();
    cluster.power_off(1);
    row("node1 dies", cluster.moved("node1 dies", 2, NONE, begun));
    no_failures(&cluster);
    print(program, &rows);
}

fn clean_up(cluster: &Cluster) {
    cluster.node(1).run("crm_resource --cleanup --resource lvs");
    cluster.node(1).run("crm_resource --wait --timeout 90");
    no_failures(cluster);
}

fn no_failures(cluster: &Cluster) {
    let seen = cluster.seen();
    assert!(!seen.contains("Failed"), "{seen}");
}

fn has_failed(cluster: &Cluster, words: &str) {
    let seen = cluster.seen();
    assert!(seen.contains(words), "{words:?}:\n{seen}");
}

fn print(program: Program, rows: &[(&str, Option<Times>, Duration)]) {
    println!("Pacemaker starts {}; seconds since", program.name());
    println!("{:18} address  services  director  at rest  silent  always whole  since boot", "");
    for (step, times, since_boot) in rows {
        let since_boot = seconds(*since_boot);
        let Some(times) = times else {
            println!("{step:18} {since_boot:>62}");
            continue;
        };
        let [held, programmed, begun, idle, silent] =
            [times.held, times.programmed, times.begun, times.idle, times.silent].map(seconds);
        let whole = if times.whole { "yes" } else { "" };
        println!(
            "{step:18} {held:>7} {programmed:>9} {begun:>9} {idle:>8} {silent:>7} {whole:>13} {since_boot:>11}"
        );
    }
}

/// No director's pid.
const NONE: u32 = 0;
const LIMIT: u32 = 400;
