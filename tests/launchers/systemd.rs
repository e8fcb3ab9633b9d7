//! systemd as the first process of a node, with the unit of Debian's package and with ours.

use std::thread;
use std::time::Duration;

use super::machine::in_a_machine;
use super::node::Node;
use super::pair::{Pair, VIP, table};
use super::program::{Program, daemons, pid_files};
use super::wait::wait_until;

#[test]
fn units_with_ours() {
    in_a_machine(("launchers", "1G"), LIMIT, || {
        let _pair = Pair::build();
        let node = boot(Program::Ours);
        // of theirs it says what it always said, and nothing of the program
        let complaints = verify(&node, "/lib/systemd/system/ldirectord.service");
        let about_killing = complaints.contains("Unit uses KillMode=none");
        assert!(about_killing && complaints.lines().count() == 1, "{complaints}");
        life(&node);
        node.shell(&format!(
            "cat >/etc/systemd/system/ldirectord.service <<'END'\n{OUR_UNIT}\nEND"
        ));
        node.run("systemctl daemon-reload");
        assert_eq!(verify(&node, "/etc/systemd/system/ldirectord.service"), "");
        life(&node);
        killed(&node);
        broken(&node);
        executed(&node);
        strict(&node);
        supervised(&node);
    });
}

#[test]
#[ignore = "what Debian's ldirectord does: make launchers"]
fn unit_with_theirs() {
    in_a_machine(("launchers", "1G"), LIMIT, || {
        let _pair = Pair::build();
        life(&boot(Program::Theirs));
    });
}

/// start, again, status, reload, restart, stop, again, as systemctl does them.
fn life(node: &Node) {
    save(node, &[11, 12]);
    node.run("systemctl start ldirectord");
    let pid = runs(node, "start", &[11, 12]);
    node.run("systemctl start ldirectord");
    assert_eq!(runs(node, "start again", &[11, 12]), pid);
    let status = node.run("systemctl status --no-pager ldirectord");
    assert!(status.contains("active (running)"), "{status}");
    assert_eq!(main_pid(node), pid, "{status}");

    save(node, &[11, 12, 13]);
    node.run("systemctl reload ldirectord");
    assert_eq!(runs(node, "reload", &[11, 12, 13]), pid);

    node.run("systemctl restart ldirectord");
    let next = runs(node, "restart", &[11, 12, 13]);
    assert_ne!(next, pid);
    assert_eq!(main_pid(node), next);

    for step in ["stop", "stop again"] {
        node.run("systemctl stop ldirectord");
        is_gone(node, step);
        assert_eq!(node.try_run("systemctl is-active ldirectord").stdout, b"inactive\n");
    }
}

/// A daemon that is killed is followed by another; the table is there all the while.
fn killed(node: &Node) {
    save(node, &[11, 12]);
    node.run("systemctl start ldirectord");
    let pid = runs(node, "start", &[11, 12]);
    node.run(&format!("kill -KILL {pid}"));
    let next = wait_until("another daemon runs", PATIENCE, || {
        assert_eq!(node.host.table(), table(&[11, 12]));
        let running = daemons(node);
        match &running[..] {
            [daemon] if daemon.pid != pid && main_pid(node) == daemon.pid => Ok(daemon.pid),
            _ => Err(format!("{running:?}")),
        }
    });
    assert_eq!(runs(node, "restarted", &[11, 12]), next);
}

/// A file with an error: a reload goes wrong and harms nothing, `stop` stops, `start` fails and says
/// why, and when the file is mended it starts by itself.
fn broken(node: &Node) {
    let pid = runs(node, "before", &[11, 12]);
    node.shell("echo 'virtual=nonsense' >>/etc/ha.d/ldirectord.cf");
    assert!(!node.try_run("systemctl reload ldirectord").status.success());
    assert_eq!(runs(node, "reload of a broken file", &[11, 12]), pid);
    node.run("systemctl stop ldirectord");
    is_gone(node, "stop with a broken file");
    assert!(!node.try_run("systemctl start ldirectord").status.success());
    let said = node.run("journalctl --no-pager --unit ldirectord");
    assert!(said.contains("nonsense"), "{said}");
    save(node, &[11, 12]);
    wait_until("it starts by itself", PATIENCE, || {
        let running = daemons(node);
        if running.len() == 1 { Ok(()) } else { Err(format!("{running:?}")) }
    });
    runs(node, "mended", &[11, 12]);
    node.run("systemctl stop ldirectord");
    is_gone(node, "stop");
}

/// A director that another one starts, by `execute`, is its own master: it outlives a daemon that is
/// killed, and is there until the next one stops.
fn executed(node: &Node) {
    save(node, &[11, 12]);
    let other = "virtual=10.1.0.10:81\n real=10.1.0.11:80 masq\n checktype=on\n scheduler=rr\n";
    node.shell(&format!("printf '{other}' >/etc/ha.d/other.cf"));
    node.shell("sed -i '1iexecute=other.cf' /etc/ha.d/ldirectord.cf");
    node.run("systemctl start ldirectord");
    let [first, other] = two_run(node, "start of two");
    node.run(&format!("kill -KILL {first}"));
    let next = wait_until("another daemon runs", PATIENCE, || {
        let pid = main_pid(node);
        if pid != 0 && pid != first { Ok(pid) } else { Err(pid.to_string()) }
    });
    assert_eq!(two_run(node, "restarted beside the other"), [next, other]);
    node.run("systemctl stop ldirectord");
    is_gone(node, "stop of two");
    save(node, &[11, 12]);
}

/// Waits until the unit's daemon and that of other.cf run, with the services of both; their pids.
fn two_run(node: &Node, step: &str) -> [u32; 2] {
    let mut want = table(&[11, 12]);
    want.push("-A -t 10.1.0.10:81 -s rr".to_owned());
    want.push("-a -t 10.1.0.10:81 -r 10.1.0.11:80 -m -w 1".to_owned());
    want.sort();
    wait_until(step, PATIENCE, || {
        let (running, files, have) = (daemons(node), pid_files(node), node.host.table());
        let pid = |file| files.iter().find(|(name, _)| name == file)?.1;
        let pids = [pid("ldirectord.ldirectord.pid"), pid("ldirectord.other.cf.pid")];
        match pids {
            [Some(first), Some(other)] if running.len() == 2 && have == want => Ok([first, other]),
            _ => Err(format!("{running:?}\n{files:?}\n{have:?}")),
        }
    })
}

/// The settings that the unit offers to a site without scripts.
fn strict(node: &Node) {
    let offered: Vec<&str> =
        OUR_UNIT.lines().filter_map(|line| line.strip_prefix("#    ")).collect();
    assert!(offered.len() > 5, "{offered:?}");
    change(node, &offered.join("\n"));
    node.run("systemctl start ldirectord");
    runs(node, "start in a sandbox", &[11, 12]);
    node.run("systemctl reload ldirectord");
    node.run("systemctl stop ldirectord");
    is_gone(node, "stop in a sandbox");
}

/// A file that keeps the daemon in the foreground, with what the unit says to that.
fn supervised(node: &Node) {
    change(node, "Type=exec\nPIDFile=");
    save(node, &[11, 12]);
    node.shell("sed -i 1isupervised=yes /etc/ha.d/ldirectord.cf");
    node.run("systemctl start ldirectord");
    let pid = runs(node, "start in the foreground", &[11, 12]);
    assert_eq!(main_pid(node), pid);
    node.shell("sed -i s/10.1.0.12/10.1.0.13/ /etc/ha.d/ldirectord.cf");
    node.run("systemctl reload ldirectord");
    assert_eq!(runs(node, "reload in the foreground", &[11, 13]), pid);
    node.run("systemctl stop ldirectord");
    is_gone(node, "stop in the foreground");
}

/// Changes the unit as `systemctl edit` does, from nothing.
fn change(node: &Node, settings: &str) {
    let folder = "/etc/systemd/system/ldirectord.service.d";
    let file = format!("{folder}/override.conf");
    node.shell(&format!("mkdir -p {folder}; printf '[Service]\n%s\n' '{settings}' >{file}"));
    node.run("systemctl daemon-reload");
    let complaints = verify(node, "/etc/systemd/system/ldirectord.service");
    assert_eq!(complaints, "");
}

/// Turns on a node with systemd, and waits until it is up.
pub(super) fn boot(program: Program) -> Node {
    let node = Node::boot_with(1, SYSTEMD);
    program.install(&node);
    wait_until("systemd is up", PATIENCE, || {
        // it has much to do
        thread::sleep(Duration::from_millis(300));
        let state = node.try_run("systemctl is-system-running");
        if state.stdout == b"running\n" { Ok(()) } else { Err(format!("{state:?}")) }
    });
    node
}

/// What `systemd-analyze verify` complains of; the manual is not installed here.
pub(super) fn verify(node: &Node, unit: &str) -> String {
    let output = node.try_run(&format!("systemd-analyze --man=no verify {unit}"));
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

/// Waits until one daemon runs and has brought these reals; its pid.
fn runs(node: &Node, step: &str, reals: &[u8]) -> u32 {
    wait_until(&format!("{step}: the director runs"), PATIENCE, || {
        let (running, files, have) = (daemons(node), pid_files(node), node.host.table());
        let file = |pid| vec![("ldirectord.ldirectord.pid".to_owned(), Some(pid))];
        match &running[..] {
            [daemon] if files == file(daemon.pid) && have == table(reals) => Ok(daemon.pid),
            _ => Err(format!("{running:?}\n{files:?}\n{have:?}")),
        }
    })
}

fn is_gone(node: &Node, step: &str) {
    wait_until(&format!("{step}: nothing is left"), PATIENCE, || {
        let (running, files, have) = (daemons(node), pid_files(node), node.host.table());
        let gone = running.is_empty() && files.is_empty() && have.is_empty();
        if gone { Ok(()) } else { Err(format!("{running:?}\n{files:?}\n{have:?}")) }
    });
}

fn main_pid(node: &Node) -> u32 {
    let pid = node.run("systemctl show --property MainPID --value ldirectord");
    pid.trim().parse().expect("a pid")
}

fn save(node: &Node, reals: &[u8]) {
    let reals: String = reals.iter().map(|n| format!("\treal=10.1.0.{n}:80 gate\n")).collect();
    let file = format!(
        "checkinterval=1\n\
         virtual={VIP}\n{reals}\tservice=none\n\tchecktype=connect\n\tscheduler=rr\n"
    );
    node.shell(&format!("cat >/etc/ha.d/ldirectord.cf <<'END'\n{file}END"));
}

/// Without what belongs to hardware and logins.
const SYSTEMD: &str = "
hostname >/etc/hostname
export container=lab
exec /usr/lib/systemd/systemd --system --unit=basic.target
";

const OUR_UNIT: &str = include_str!("../../packaging/systemd/ldirectord.service");
const PATIENCE: Duration = Duration::from_secs(120);
const LIMIT: u32 = 600;
