//! Two hundred connections live through the loss of a director and its return: half of them talk all
//! the while, half say nothing, as people do; half are masqueraded, half directly routed.

use std::time::Duration;

use super::super::client::Held;
use super::super::director::Director;
use super::super::host::Host;
use super::super::machine::in_the_lab;
use super::super::traffic::Traffic;
use super::super::wait::wait_until;
use super::network::{Network, TARGETS, config, services, wait_for_all, with};

#[test]
fn sessions_survive_a_power_loss_and_the_takeback_with_vrrp() {
    in_the_lab(|| {
        let site = Network::build();
        let (first, second) = (vrrp(150), vrrp(100));
        let primary = Director::start(&site.primary, &first);
        wait_for_all(&site.primary, true);
        let backup = Director::start(&site.backup, &second);
        backup.wait_for_log("Entering BACKUP STATE");
        let people = People::meet(&site.client);
        wait_for_connections(&site.backup, &people);

        site.lose_power(primary);
        backup.wait_for_log("Entering MASTER STATE");
        wait_for_all(&site.backup, true);
        people.chat();

        assert_eq!(established(&site.primary), 0, "it has forgotten all");
        site.mend(&site.primary, &["eth1", "eth0"]);
        let primary = Director::start(&site.primary, &first);
        wait_for_all(&site.primary, true);
        let log = primary.log();
        let [told, master] =
            ["connections: ", "Entering MASTER STATE"].map(|words| log.find(words));
        assert!(told.is_some() && told < master, "it takes over when it has them: {log}");
        people.chat();
        people.part();
        drop((primary, backup));
    });
}

#[test]
fn sessions_survive_a_killed_director_and_the_next_handover_with_pulse() {
    in_the_lab(|| {
        let site = Network::build();
        let file = with(&config(), "syncdaemon = 1\nsyncd_iface = eth1\nsyncd_id = 7\n");
        let (primary, backup) = site.start(&file);
        let people = People::meet(&site.client);
        wait_for_connections(&site.backup, &people);

        site.cut(&site.primary, &["eth1", "eth0"]);
        primary.kill();
        backup.wait_for_log("partner dead: activating lvs");
        wait_for_all(&site.backup, true);
        people.chat();

        // what it has left behind, addresses and connections, is the next one's to sort out
        let primary = Director::start(&site.primary, &file);
        wait_for_all(&site.primary, false);
        site.mend(&site.primary, &["eth1", "eth0"]);
        primary.wait_for_log("connections: ");
        wait_for_connections(&site.primary, &people);
        assert!(backup.stop().success());
        wait_for_all(&site.primary, true);
        people.chat();
        people.part();
    });
}

/// Those who are connected.
struct People {
    chatting: Vec<Traffic>,
    idle: Vec<(Held, String)>,
}

impl People {
    /// All connect, and have said something.
    fn meet(client: &Host) -> People {
        let [masq, gate, _] = TARGETS;
        let mut idle = Vec::new();
        for to in [masq, gate] {
            for _ in 0..EACH {
                let mut held = Held::open(client, to);
                let name = held.talk().expect("an answer");
                idle.push((held, name));
            }
        }
        let chatting = [masq, gate].map(|to| Traffic::start(client, to, EACH));
        People { chatting: chatting.into(), idle }
    }

    /// Each of those who talk has talked twice more.
    fn chat(&self) {
        self.chatting.iter().for_each(Traffic::a_round);
        self.chatting.iter().for_each(Traffic::a_round);
    }

    /// The idle ones speak again, and nobody has lost anything.
    fn part(self) {
        for (mut held, name) in self.idle {
            assert_eq!(held.talk().ok(), Some(name));
        }
        for people in self.chatting {
            let failures = people.end();
            assert!(failures.is_empty(), "{failures:#?}");
        }
    }
}

/// Waits until a standby has been told of all.
fn wait_for_connections(standby: &Host, people: &People) {
    let all = people.idle.len() + people.chatting.len() * EACH;
    wait_until("the standby knows all connections", LIMIT, || {
        let known = established(standby);
        if known >= all { Ok(()) } else { Err(format!("{known} of {all}")) }
    });
}

fn established(host: &Host) -> usize {
    let known = host.run("cat /proc/net/ip_vs_conn");
    known.lines().filter(|line| line.contains("ESTABLISHED")).count()
}

fn vrrp(priority: u8) -> String {
    format!(
        "service = lvs\nnetwork = nat\nnat_router = 10.2.0.254 eth1:1\n\
         nat_nmask = 255.255.255.0\ncluster vrrp {{\n interface = eth0\n id = 51\n \
         priority = {priority}\n interval = 0.2\n syncinterface = eth1\n syncid = 7\n}}\n{}",
        services()
    )
}

/// Connections of each kind and each forwarding method.
const EACH: usize = 50;
const LIMIT: Duration = Duration::from_secs(30);
