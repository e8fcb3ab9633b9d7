//! Pacemaker with our agent as a promotable clone on two nodes: one director is promoted, the other has
//! its table. It is killed, told to leave, has its file broken, loses its servers.

use std::thread;
use std::time::{Duration, Instant};

use super::cluster::Cluster;
use super::machine::in_a_machine;
use super::own::{FILE, directors, install, is, status};
use super::pair::has_services;
use super::times::seconds;
use super::wait::wait_until;

#[test]
fn one_of_two_is_promoted() {
    in_a_machine(("launchers", "1G"), LIMIT, || {
        let cluster = Cluster::start_with(install);
        let mut scene = Scene { cluster, rows: Vec::new() };
        let (first, second) = scene.begin();
        scene.killed(first);
        scene.leaves(first, second);
        scene.broken(second);
        scene.forsaken(second, first);
        scene.print();
    });
}

struct Scene {
    cluster: Cluster,
    rows: Vec<(&'static str, Duration, Duration)>,
}

impl Scene {
    /// Gives Pacemaker the clone; which node is promoted, and which is not.
    fn begin(&mut self) -> (usize, usize) {
        let begun = Instant::now();
        self.cluster.give(CLONE);
        let active = wait_until("one is promoted", PATIENCE, || {
            thread::sleep(BETWEEN_LOOKS);
            let active = [1, 2].into_iter().find(|&n| is(self.cluster.node(n), true).is_ok());
            active.ok_or_else(|| self.cluster.seen())
        });
        self.rest("clone given", active, begun);
        (active, 3 - active)
    }

    /// Its address stays behind, and is given up before anybody else has it.
    fn killed(&mut self, active: usize) {
        let node = self.cluster.node(active);
        let old = self.director(active);
        let begun = Instant::now();
        node.run(&format!("kill -9 {old}"));
        wait_until("Pacemaker has seen it", PATIENCE, || {
            thread::sleep(BETWEEN_LOOKS);
            let new = directors(node).iter().any(|director| director.pid != old);
            if new { Ok(()) } else { Err(self.cluster.seen()) }
        });
        let active = self.promoted();
        self.rest("director killed", active, begun);
        let seen = self.cluster.seen();
        assert!(seen.contains("Failed Resource Actions"), "{seen}");
        self.cluster.node(1).run("crm_resource --cleanup --resource lvs");
        self.to(active);
    }

    /// A node that stands by runs nothing; when it is back it has its table, and no address.
    fn leaves(&mut self, active: usize, other: usize) {
        let begun = Instant::now();
        let standby = format!("crm_attribute --node node{active} --name standby");
        self.cluster.node(other).run(&format!("{standby} --update on"));
        self.becomes(other, true);
        self.silent("told to leave", begun);
        wait_until("nothing runs where it was", PATIENCE, || {
            let left = directors(self.cluster.node(active));
            if left.is_empty() { Ok(()) } else { Err(format!("{left:?}")) }
        });
        let begun = Instant::now();
        self.cluster.node(other).run(&format!("{standby} --delete"));
        self.becomes(active, false);
        self.rest("is back", other, begun);
    }

    /// A file that breaks is no failure to Pacemaker.
    fn broken(&mut self, active: usize) {
        let begun = Instant::now();
        let node = self.cluster.node(active);
        let old = self.director(active);
        node.shell(&format!("sed -i 's/^virtual=/virtuall=/' {FILE}"));
        node.run(&format!("kill -HUP {old}"));
        wait_until("it knows", PATIENCE, || {
            let said = status(node);
            if said.contains("is refused") { Ok(()) } else { Err(said) }
        });
        // a monitor has looked meanwhile, for it looks every 2 s
        let looked = Instant::now();
        wait_until("monitors have looked", PATIENCE, || {
            thread::sleep(BETWEEN_LOOKS);
            if looked.elapsed() > 3 * MONITOR { Ok(()) } else { Err(String::new()) }
        });
        assert_eq!(self.director(active), old);
        self.rest("file broken", active, begun);
        let seen = self.cluster.seen();
        assert!(!seen.contains("Failed"), "{seen}");
        self.cluster.node(active).shell(&format!("sed -i 's/^virtuall=/virtual=/' {FILE}"));
    }

    /// Where it sees no live real server and the other one does, that one is promoted.
    fn forsaken(&mut self, active: usize, other: usize) {
        let begun = Instant::now();
        let node = self.cluster.node(active);
        node.shell(&format!("sed -i 's/checktype=connect/&\\n\\tcheckport=9/' {FILE}"));
        node.run(&format!("kill -HUP {}", self.director(active)));
        self.becomes(other, true);
        self.becomes(active, false);
        let said = status(self.cluster.node(active));
        assert!(said.contains("UNFIT since "), "{said}");
        self.silent("no live server", begun);
    }

    /// Moves the clone to where the story goes on.
    fn to(&mut self, active: usize) {
        self.becomes(active, true);
    }

    fn promoted(&self) -> usize {
        wait_until("one is promoted", PATIENCE, || {
            thread::sleep(BETWEEN_LOOKS);
            let active = [1, 2].into_iter().find(|&n| is(self.cluster.node(n), true).is_ok());
            active.ok_or_else(|| self.cluster.seen())
        })
    }

    fn director(&self, n: usize) -> u32 {
        let running = directors(self.cluster.node(n));
        let [director] = &running[..] else { panic!("one director on node{n}: {running:?}") };
        director.pid
    }

    /// Waits until a node has this role, and its table.
    fn becomes(&self, n: usize, active: bool) {
        let node = self.cluster.node(n);
        wait_until(&format!("node{n} is as it should be"), PATIENCE, || {
            thread::sleep(BETWEEN_LOOKS);
            is(node, active).map_err(|said| format!("{said}\n{}", self.cluster.seen()))
        });
    }

    /// Waits until all is at rest with one node promoted and the other not, both with their tables.
    fn rest(&mut self, step: &'static str, active: usize, begun: Instant) {
        self.silent(step, begun);
        self.becomes(active, true);
        self.becomes(3 - active, false);
        for n in [1, 2] {
            wait_until("both have their tables", PATIENCE, || {
                let node = self.cluster.node(n);
                if has_services(&node.host) { Ok(()) } else { Err(status(node)) }
            });
        }
        let seen = self.cluster.seen();
        let words = format!("Promoted: [ node{active} ]");
        let older = format!("Masters: [ node{active} ]");
        assert!(seen.contains(&words) || seen.contains(&older), "{step}: {words}:\n{seen}");
    }

    fn silent(&mut self, step: &'static str, begun: Instant) {
        let silent = self.cluster.rests(begun);
        self.rows.push((step, silent, begun.elapsed()));
    }

    fn print(&self) {
        println!("Pacemaker promotes lvs-director; seconds");
        println!("{:18} silent  at rest", "");
        for (step, silent, rest) in &self.rows {
            println!("{step:18} {:>6} {:>8}", seconds(*silent), seconds(*rest));
        }
    }
}

const CLONE: &str = r#"<configuration>
  <resources>
    <clone id="directors">
      <meta_attributes id="directors-meta">
        <nvpair id="directors-promotable" name="promotable" value="true"/>
        <nvpair id="directors-notify" name="notify" value="true"/>
      </meta_attributes>
      <primitive id="lvs" class="ocf" provider="lvs" type="lvs-director">
        <operations>
          <op id="lvs-start" name="start" interval="0" timeout="60s"/>
          <op id="lvs-stop" name="stop" interval="0" timeout="60s"/>
          <op id="lvs-promote" name="promote" interval="0" timeout="90s"/>
          <op id="lvs-demote" name="demote" interval="0" timeout="90s"/>
          <op id="lvs-monitor" name="monitor" interval="3s" timeout="30s"/>
          <op id="lvs-monitor-p" name="monitor" interval="2s" timeout="30s" role="Master"/>
        </operations>
      </primitive>
    </clone>
  </resources>
</configuration>
"#;

const MONITOR: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(90);
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);
const LIMIT: u32 = 400;
