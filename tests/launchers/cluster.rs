//! Debian's corosync and Pacemaker on a pair of nodes: one group of an address and a director.

use std::thread;
use std::time::{Duration, Instant};

use super::asker::Asker;
use super::node::Node;
use super::pair::{CONFIG, Pair, has_services, holds_address, table};
use super::program::{Program, daemons, pid_files};
use super::times::note;
use super::wait::wait_until;

/// Two nodes in one cluster, and a client that asks.
pub(crate) struct Cluster {
    asker: Asker,
    nodes: [Option<Node>; 2],
    _pair: Pair,
}

/// Times since a step began, of the node to which all moves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// It has the address.
    pub(crate) held: Duration,
    /// It has the services, with all reals.
    pub(crate) programmed: Duration,
    /// Its director runs, another one than before.
    pub(crate) begun: Duration,
    /// Pacemaker has nothing more to do.
    pub(crate) idle: Duration,
    /// The longest the client had no answer.
    pub(crate) silent: Duration,
    /// Whether the node had all its services at every look.
    pub(crate) whole: bool,
}

impl Cluster {
    /// Turns both nodes on, with a program; they are members of an empty cluster then.
    pub(crate) fn start(program: Program) -> Cluster {
        Cluster::start_with(|node| {
            node.shell(CONFIG);
            program.install(node);
        })
    }

    /// The same with whatever is put on each node.
    pub(crate) fn start_with(install: impl Fn(&Node)) -> Cluster {
        let pair = Pair::build();
        let asker = Asker::start(&pair.client);
        let nodes = [1, 2].map(|n| {
            let node = Node::boot(n);
            node.shell(SETTINGS);
            install(&node);
            node.run("corosync");
            node
        });
        for node in &nodes {
            wait_until("both nodes are members", PATIENCE, || {
                let output = node.try_run("corosync-quorumtool -s");
                let said = String::from_utf8_lossy(&output.stdout).into_owned();
                if said.contains("Nodes:            2") { Ok(()) } else { Err(said) }
            });
        }
        for node in &nodes {
            node.shell("PCMK_logfacility=none pacemakerd >/dev/null 2>&1 &");
        }
        let cluster = Cluster { asker, nodes: nodes.map(Some), _pair: pair };
        cluster.are_online("node1 node2");
        cluster
    }

    /// A node, counted from 1.
    pub(crate) fn node(&self, n: usize) -> &Node {
        self.nodes[n - 1].as_ref().expect("a running node")
    }

    /// Takes a node's power off.
    pub(crate) fn power_off(&mut self, n: usize) {
        self.nodes[n - 1].take().expect("a running node").power_off();
    }

    /// The pid of the one director on a node.
    pub(crate) fn director(&self, n: usize) -> u32 {
        let running = daemons(self.node(n));
        let [daemon] = &running[..] else { panic!("one director on node{n}: {running:?}") };
        daemon.pid
    }

    /// Gives Pacemaker the group.
    pub(crate) fn give_group(&self) {
        self.give(GROUP);
    }

    /// Gives Pacemaker what an administrator has written.
    pub(crate) fn give(&self, configuration: &str) {
        self.node(1).shell(&format!("cat >/tmp/given.xml <<'END'\n{configuration}END"));
        let modify = "cibadmin --modify --allow-create --scope configuration";
        self.node(1).run(&format!("{modify} --xml-file /tmp/given.xml"));
    }

    /// Waits until the client is answered, and Pacemaker has nothing more to do; the longest the client
    /// had no answer since a step began.
    pub(crate) fn rests(&self, begun: Instant) -> Duration {
        let asked = Instant::now();
        wait_until("the client is answered", PATIENCE, || {
            if self.asker.answered_since(asked) { Ok(()) } else { Err(self.seen()) }
        });
        let node = self.nodes.iter().flatten().next().expect("a running node");
        node.run(&format!("crm_resource --wait --timeout {}", PATIENCE.as_secs()));
        self.asker.longest_silence(begun).0
    }

    /// Waits until these nodes are online, and no others.
    pub(crate) fn are_online(&self, nodes: &str) {
        let words = format!("Online: [ {nodes} ]");
        wait_until(&words, PATIENCE, || {
            // a process, and not a small one
            thread::sleep(5 * BETWEEN_LOOKS);
            let seen = self.seen();
            if seen.contains(&words) { Ok(()) } else { Err(seen) }
        });
    }

    /// What `crm_mon` says.
    pub(crate) fn seen(&self) -> String {
        let node = self.nodes.iter().flatten().next().expect("a running node");
        let output = node.try_run("crm_mon -1");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Waits until a node has all by a director that is none of `old`, the client is answered and
    /// Pacemaker is at rest; panics when it, or the other node, is then not as it should be.
    pub(crate) fn moved(&self, step: &str, to: usize, old: u32, begun: Instant) -> Times {
        let node = self.node(to);
        let [mut held, mut programmed, mut started] = [None; 3];
        let mut whole = true;
        let last = wait_until(&format!("{step}: node{to} has all"), PATIENCE, || {
            thread::sleep(BETWEEN_LOOKS);
            let complete = has_services(&node.host);
            whole &= complete;
            note(&mut held, holds_address(&node.host), begun);
            note(&mut programmed, complete, begun);
            let named = |pid: Option<u32>| pid.is_some_and(|pid| pid != old);
            note(&mut started, pid_files(node).into_iter().any(|(_, pid)| named(pid)), begun);
            let all = [held, programmed, started];
            let last = all.iter().flatten().max().copied().unwrap_or_default();
            let answered = self.asker.answered_since(begun + last);
            if complete && answered && all.iter().all(Option::is_some) {
                Ok(last)
            } else {
                Err(format!("{all:?}\n{}", complaints(node)))
            }
        });
        node.run(&format!("crm_resource --wait --timeout {}", PATIENCE.as_secs()));
        let idle = begun.elapsed();
        self.look(step, to);
        Times {
            held: held.unwrap_or(last),
            programmed: programmed.unwrap_or(last),
            begun: started.unwrap_or(last),
            idle,
            silent: self.asker.longest_silence(begun).0,
            whole,
        }
    }

    /// Looks at the nodes: one has the address, the services and one director, the other has
    /// neither address nor director, and Pacemaker says so.
    fn look(&self, step: &str, holder: usize) {
        let running = self.nodes.iter().zip(1..).filter_map(|(node, n)| Some((node.as_ref()?, n)));
        for (node, n) in running {
            let holds = n == holder;
            wait_until(&format!("{step}: node{n} is as it should be"), PATIENCE, || {
                let (have, directors) = (node.host.table(), daemons(node));
                let well =
                    directors.len() == usize::from(holds) && (!holds || have == table(REALS));
                if well && holds_address(&node.host) == holds {
                    return Ok(());
                }
                Err(format!("{have:?}\n{directors:?}\n{}", complaints(node)))
            });
        }
        let seen = self.seen();
        for resource in ["vip\t(ocf:heartbeat:IPaddr2)", "lvs\t(ocf:heartbeat:ldirectord)"] {
            let words = format!("{resource}:\t Started node{holder}");
            assert!(seen.contains(&words), "{step}: {words:?}:\n{seen}");
        }
    }
}

/// What a node's Pacemaker is unhappy about.
fn complaints(node: &Node) -> String {
    let log = node.read("/var/log/pacemaker/pacemaker.log");
    let words = ["error:", "warning:"];
    let lines: Vec<&str> =
        log.lines().filter(|line| words.iter().any(|word| line.contains(word))).collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}

/// The same files on both nodes. Each has a memory of its own that its processes share, and a
/// cluster that does not wait 20 s for others before it begins, and leaves what runs where it is.
const SETTINGS: &str = r#"
mount -t tmpfs -o mode=1777 shm /dev/shm
mkdir -p /var/log/corosync /var/log/pacemaker
cat >/etc/corosync/corosync.conf <<END
totem {
	version: 2
	cluster_name: lab
	transport: udpu
}
nodelist {
	node {
		name: node1
		nodeid: 1
		ring0_addr: 10.1.0.1
	}
	node {
		name: node2
		nodeid: 2
		ring0_addr: 10.1.0.2
	}
}
quorum {
	provider: corosync_votequorum
	two_node: 1
}
logging {
	to_logfile: yes
	logfile: /var/log/corosync/corosync.log
	to_stderr: no
	to_syslog: no
}
system {
	sched_rr: no
}
END
cat >/var/lib/pacemaker/cib/cib.xml <<END
<cib validate-with="pacemaker-3.0" admin_epoch="0" epoch="1" num_updates="0">
  <configuration>
    <crm_config>
      <cluster_property_set id="options">
        <nvpair id="options-1" name="stonith-enabled" value="false"/>
        <nvpair id="options-2" name="no-quorum-policy" value="ignore"/>
        <nvpair id="options-3" name="dc-deadtime" value="2s"/>
      </cluster_property_set>
    </crm_config>
    <nodes/>
    <resources/>
    <constraints/>
    <rsc_defaults>
      <meta_attributes id="defaults">
        <nvpair id="defaults-1" name="resource-stickiness" value="100"/>
      </meta_attributes>
    </rsc_defaults>
  </configuration>
  <status/>
</cib>
END
chown hacluster:haclient /var/lib/pacemaker/cib/cib.xml
chmod 600 /var/lib/pacemaker/cib/cib.xml
"#;

/// What an administrator gives the cluster: a group that prefers node1.
const GROUP: &str = r#"<configuration>
  <resources>
    <group id="director">
      <primitive id="vip" class="ocf" provider="heartbeat" type="IPaddr2">
        <instance_attributes id="vip-parameters">
          <nvpair id="vip-ip" name="ip" value="10.1.0.10"/>
          <nvpair id="vip-mask" name="cidr_netmask" value="32"/>
          <nvpair id="vip-nic" name="nic" value="eth0"/>
        </instance_attributes>
        <operations>
          <op id="vip-start" name="start" interval="0" timeout="60s"/>
          <op id="vip-stop" name="stop" interval="0" timeout="60s"/>
          <op id="vip-monitor" name="monitor" interval="10s" timeout="30s"/>
        </operations>
      </primitive>
      <primitive id="lvs" class="ocf" provider="heartbeat" type="ldirectord">
        <instance_attributes id="lvs-parameters">
          <nvpair id="lvs-file" name="configfile" value="/etc/ha.d/ldirectord.cf"/>
        </instance_attributes>
        <operations>
          <op id="lvs-start" name="start" interval="0" timeout="60s"/>
          <op id="lvs-stop" name="stop" interval="0" timeout="60s"/>
          <op id="lvs-monitor" name="monitor" interval="2s" timeout="30s"/>
        </operations>
      </primitive>
    </group>
  </resources>
  <constraints>
    <rsc_location id="at-home" rsc="director" node="node1" score="10"/>
  </constraints>
</configuration>
"#;

const REALS: &[u8] = &[11, 12, 13];
const PATIENCE: Duration = Duration::from_secs(90);
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
