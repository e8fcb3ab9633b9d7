//! piranha's unit under systemd: a director without a peer, as `systemctl` starts, reloads and stops
//! it.

use std::time::Duration;

use super::machine::in_a_machine;
use super::node::Node;
use super::pair::{Pair, holds_address};
use super::program::Program;
use super::systemd::{boot, verify};
use super::wait::wait_until;

#[test]
fn the_unit_of_pulse() {
    in_a_machine(("launchers", "1G"), LIMIT, || {
        let _pair = Pair::build();
        let node = boot(Program::Ours);
        node.run("ln -sfn lvs-director /usr/sbin/pulse");
        node.shell(&format!("cat >/etc/systemd/system/pulse.service <<'END'\n{UNIT}\nEND"));
        node.run("systemctl daemon-reload");
        // Debian's ldirectord has a unit here as well, which is complained of
        let complaints = verify(&node, "/etc/systemd/system/pulse.service");
        assert!(!complaints.contains("pulse"), "{complaints}");

        save(&node, &lone(&[11, 12]));
        node.run("systemctl start pulse");
        let pid = serves(&node, "start", 2);

        save(&node, &lone(&[11, 12, 13]));
        node.run("systemctl reload pulse");
        assert_eq!(serves(&node, "reload", 3), pid);

        save(&node, "virtual web {\n nonsense = 1\n}\n");
        assert!(!node.try_run("systemctl reload pulse").status.success());
        assert_eq!(serves(&node, "reload of a broken file", 3), pid);

        save(&node, &lone(&[11]));
        node.run("systemctl restart pulse");
        assert_ne!(serves(&node, "restart", 1), pid);

        node.run("systemctl stop pulse");
        assert_eq!(node.try_run("systemctl is-active pulse").stdout, b"inactive\n");
        assert_eq!(node.host.table(), Vec::<String>::new());
        assert!(!holds_address(&node.host));

        // this node is the backup, and there is to be none: it has ended well, once for all
        save(&node, &lone(&[11]).replace("10.1.0.1\n", "10.1.0.2\nbackup = 10.1.0.1\n"));
        node.run("systemctl start pulse");
        wait_until("the inactive backup has ended", PATIENCE, || {
            let state = node.run("systemctl show -p ActiveState,NRestarts,Result pulse");
            let ended = ["ActiveState=inactive", "NRestarts=0", "Result=success"];
            if ended.iter().all(|word| state.contains(word)) { Ok(()) } else { Err(state) }
        });
    });
}

/// A site of one director and these reals.
fn lone(reals: &[u8]) -> String {
    let server = |n: &u8| {
        format!(" server r{n} {{\n  address = 10.1.0.{n}\n  active = 1\n  weight = 1\n }}\n")
    };
    let servers: String = reals.iter().map(server).collect();
    format!(
        "primary = 10.1.0.1\nbackup_active = 0\ndeadtime = 1\nkeepalive = 1\nnetwork = direct\n\
         virtual web {{\n active = 1\n address = 10.1.0.10 eth0:1\n vip_nmask = 255.255.255.255\n \
         port = 80\n scheduler = rr\n timeout = 1\n reentry = 1\n send = \"x\"\n{servers}}}\n"
    )
}

fn save(node: &Node, text: &str) {
    node.shell(&format!(
        "mkdir -p /etc/sysconfig/ha; cat >/etc/sysconfig/ha/lvs.cf <<'END'\n{text}END"
    ));
}

/// Waits until the unit's process holds the address and so many reals; its pid.
fn serves(node: &Node, step: &str, reals: usize) -> u32 {
    wait_until(&format!("{step}: the director serves"), PATIENCE, || {
        let table = node.host.table();
        let pid = node.run("systemctl show --property MainPID --value pulse").trim().parse();
        let there = table.len() == reals + 1 && holds_address(&node.host);
        match pid {
            Ok(pid) if pid != 0 && there => Ok(pid),
            _ => Err(format!("{pid:?} {table:?}")),
        }
    })
}

const UNIT: &str = include_str!("../../packaging/systemd/pulse.service");
const PATIENCE: Duration = Duration::from_secs(60);
const LIMIT: u32 = 300;
