//! Two machines that run vqalive, with scripts that raise an address and start a server on it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::called::Foreground;
use super::client::{Protocol, ask};
use super::host::{Host, feed};
use super::machine::{director, in_the_lab};
use super::net::Site;
use super::wait::wait_until;

#[test]
fn of_two_that_start_at_once_one_serves_and_the_other_when_its_service_is_dead() {
    in_the_lab(|| {
        let mut lan = Lan::build("");
        let (mut one, mut two) = (lan.start(0), lan.start(1));
        let active = lan.wait_for_one();
        assert_eq!(lan.answer(), format!("{}=1", NAMES[active]));
        for n in 0..2 {
            assert_eq!(lan.calls(n)[0], "demote start 10.1.0.9 25", "every start");
        }
        assert_eq!(lan.calls(active)[1..], ["promote failure 10.1.0.9 25"]);
        assert_eq!(lan.calls(1 - active).len(), 1, "{:?}", lan.calls(1 - active));
        // the service dies, its machine and its daemon live
        lan.kill_service(active);
        let (old, new) = match active {
            0 => (&mut one, &mut two),
            _ => (&mut two, &mut one),
        };
        new.wait_for("still, but nothing answers there: taking over nevertheless");
        old.wait_for("nothing answers on this machine");
        lan.wait_for(1 - active);
        assert_eq!(
            lan.calls(active).last().map(String::as_str),
            Some("demote conflict 10.1.0.9 25")
        );
        // it does not come back by itself
        lan.stays(1 - active);
        stop(&mut lan, 1 - active, new);
        assert_eq!(
            lan.calls(1 - active).last().map(String::as_str),
            Some("demote signal 10.1.0.9 25")
        );
        lan.wait_for(active);
        let calls = lan.calls(1 - active);
        stop(&mut lan, active, old);
        assert_eq!(lan.calls(1 - active), calls, "a standby has nothing to lower");
    });
}

#[test]
fn a_dead_machine_is_followed_and_a_drop_holds() {
    in_the_lab(|| {
        let mut lan = Lan::build("drop_hold 4\n");
        let mut one = lan.start(0);
        lan.wait_for(0);
        let mut two = lan.start(1);
        two.wait_for(
            "vqalive: checks 25 on 10.1.0.9 every 0.5 s, takes over after 2 failed rounds",
        );
        lan.stays(0);
        // a drop
        signal(&one, Signal::USR1);
        one.wait_for("dropping the addresses, as asked; not taken back for 4 s");
        lan.wait_for(1);
        assert_eq!(lan.calls(0).last().map(String::as_str), Some("demote signal 10.1.0.9 25"));
        signal(&two, Signal::USR2);
        two.wait_for("is active for ");
        signal(&one, Signal::USR2);
        one.wait_for("is standby for ");
        lan.stays(1);
        // the machine is dead
        lan.switch.run("ip link set two.eth0 down");
        two.child.kill().expect("our child");
        let dead = Instant::now();
        wait_until("the other one serves", LIMIT, || match lan.answer() {
            answer if answer == "one=1" => Ok(()),
            answer => Err(answer),
        });
        println!("served {:?} after the death", dead.elapsed());
        // what it has left behind is lowered before it says anything
        lan.switch.run("ip link set two.eth0 up");
        drop(two);
        let mut two = lan.start(1);
        lan.wait_for(0);
        stop(&mut lan, 0, &mut one);
        lan.wait_for(1);
        stop(&mut lan, 1, &mut two);
    });
}

#[test]
fn two_that_are_active_behind_a_partition_are_one_when_it_heals() {
    in_the_lab(|| {
        let mut lan = Lan::build("");
        // the higher card is the first to be active
        let mut two = lan.start(1);
        lan.wait_for(1);
        let mut one = lan.start(0);
        lan.stays(1);
        lan.switch.run("ip link set two.eth0 down");
        one.wait_for("is active");
        assert!(lan.holds(0) && lan.holds(1), "neither knows of the other");
        lan.switch.run("ip link set two.eth0 up");
        two.wait_for(
            "SPLIT BRAIN: this machine is active, but 10.1.0.9 is at card 02:00:00:00:00:01",
        );
        two.wait_for("yielding to card 02:00:00:00:00:01");
        lan.wait_for(0);
        one.wait_for("split brain is over: nobody else has the addresses");
        lan.stays(0);
        assert_eq!(lan.answer(), "one=1");
    });
}

#[test]
fn a_promote_script_that_fails_is_undone() {
    in_the_lab(|| {
        let mut lan = Lan::build("promote_timeout 2\n");
        fs::write("/tmp/one/fail", "").expect("a file");
        let mut one = lan.start(0);
        one.wait_for("promote_script: cannot promote");
        one.wait_for(
            "promotion has failed: promote_script `/tmp/one/promote` failed with exit status 3",
        );
        one.wait_for("this machine is standby, and waits 2 s");
        one.wait_for("this machine is standby, and waits 4 s");
        assert!(!lan.holds(0));
        let calls = lan.calls(0);
        let undone = ["promote failure 10.1.0.9 25", "demote failure 10.1.0.9 25"];
        assert_eq!(calls[1..5], [undone, undone].concat(), "each in its turn");
        // another one is better off
        let mut two = lan.start(1);
        lan.wait_for(1);
        // one that does not end is ended, and all that it has started
        fs::remove_file("/tmp/one/fail").expect("our file");
        fs::write("/tmp/one/hang", "").expect("a file");
        stop(&mut lan, 1, &mut two);
        one.wait_for("was terminated after 2s");
        // a stop waits for no promotion
        one.wait_for("this machine is standby, and waits 8 s");
        let before = one.seen.iter().filter(|line| line.contains("running promote_script")).count();
        wait_until("it promotes again", LIMIT * 2, || {
            one.wait_for("");
            match one.seen.iter().filter(|line| line.contains("running promote_script")).count() {
                more if more > before => Ok(()),
                _ => Err(one.seen.join("\n")),
            }
        });
        let stopped = Instant::now();
        stop(&mut lan, 0, &mut one);
        println!("stopped within {:?}", stopped.elapsed());
        assert!(!lan.holds(0));
    });
}

#[test]
fn the_background_its_pid_file_and_a_reload() {
    in_the_lab(|| {
        let lan = Lan::build("");
        let start = || lan.hosts[0].run("/tmp/vqalive -c /tmp/one.conf -p /tmp/one.pid");
        assert_eq!(start(), "");
        let pid = fs::read_to_string("/tmp/one.pid").expect("a pid file");
        wait_until("it serves", LIMIT, || if lan.holds(0) { Ok(()) } else { Err(String::new()) });
        let status = lan.hosts[0].run(&format!("{} status /tmp/one.conf", director().display()));
        assert!(status.contains("ACTIVE (vqalive)"), "{status}");
        let again = lan.hosts[0].inside(|| {
            let words = ["-c", "/tmp/one.conf", "-p", "/tmp/one.pid"];
            std::process::Command::new("/tmp/vqalive").args(words).output().expect("it starts")
        });
        let complaint = String::from_utf8_lossy(&again.stderr).into_owned();
        assert!(complaint.contains(&format!("it is running already with pid {}", pid.trim())));
        assert_eq!(again.status.code(), Some(1));
        // a file that cannot be used changes nothing, one that can does
        let text = fs::read_to_string("/tmp/one.conf").expect("a file");
        fs::write("/tmp/one.conf", "check_ip nowhere\n").expect("a file");
        let pid = Pid::from_raw(pid.trim().parse().expect("a number")).expect("a process");
        kill_process(pid, Signal::HUP).expect("it runs");
        let status = |words: &str| {
            let line = format!("{} status /tmp/one.conf", director().display());
            wait_until(words, LIMIT, || match lan.hosts[0].run(&line) {
                status if status.contains(words) => Ok(()),
                status => Err(status),
            });
        };
        status("refused");
        assert!(lan.holds(0));
        fs::write("/tmp/one.conf", text).expect("a file");
        kill_process(pid, Signal::HUP).expect("it runs");
        wait_until("the file is taken", LIMIT, || {
            let line = format!("{} status /tmp/one.conf", director().display());
            match lan.hosts[0].run(&line) {
                status if status.contains("refused") => Err(status),
                _ => Ok(()),
            }
        });
        kill_process(pid, Signal::TERM).expect("it runs");
        wait_until("it ends", LIMIT, || match Path::new("/tmp/one.pid").exists() {
            false => Ok(()),
            true => Err("its pid file is there".to_owned()),
        });
        assert!(!lan.holds(0));
    });
}

/// A switch, a client, and two machines that are to serve.
struct Lan {
    client: Host,
    switch: Host,
    hosts: [Host; 2],
}

impl Lan {
    /// `more` is written in both files.
    fn build(more: &str) -> Lan {
        feed("modprobe -a veth bridge", "");
        let mut site = Site::default();
        site.switch("front");
        let client = site.host("client");
        site.plug(&client, "eth0", "front", &["10.1.0.100/24"]);
        let hosts = [0, 1].map(|n| {
            let host = site.host(NAMES[n]);
            site.plug(&host, "eth0", "front", &[&format!("10.1.0.{}/24", n + 1)]);
            site.ip(&host, &format!("link set eth0 address 02:00:00:00:00:0{}", n + 1));
            host
        });
        site.build();
        symlink(director(), "/tmp/vqalive").expect("a link");
        fs::write("/tmp/server", SERVER).expect("a file");
        for name in NAMES {
            fs::create_dir(format!("/tmp/{name}")).expect("a folder");
            for (script, text) in [("promote", PROMOTE), ("demote", DEMOTE)] {
                let file = format!("/tmp/{name}/{script}");
                fs::write(&file, text.replace("NAME", name)).expect("a file");
                fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("our file");
            }
            let file = format!(
                "promote_script /tmp/{name}/promote\ndemote_script /tmp/{name}/demote\n\
                 check_ip 10.1.0.9\ncheck_port 25\ncheck_interval 0.5\ncheck_timeout 2\n\
                 check_fails 2\n{more}"
            );
            fs::write(format!("/tmp/{name}.conf"), file).expect("a file");
        }
        Lan { client, switch: Host { name: "sw-front".to_owned() }, hosts }
    }

    fn start(&mut self, n: usize) -> Foreground {
        let name = NAMES[n];
        let words = format!("-f -c /tmp/{name}.conf -p /tmp/{name}.pid");
        self.hosts[n].inside(|| Foreground::of("/tmp/vqalive", &words))
    }

    fn holds(&self, n: usize) -> bool {
        self.hosts[n].run("ip -4 -o address show dev eth0").contains("10.1.0.9/32")
    }

    fn holders(&self) -> [bool; 2] {
        [self.holds(0), self.holds(1)]
    }

    /// Who it is, once exactly one has the address and answers.
    fn wait_for_one(&self) -> usize {
        let one = wait_until("one of them serves", LIMIT, || {
            let seen = (self.holders(), self.answer());
            match seen {
                ([true, false], ref answer) if answer == "one=1" => Ok(0),
                ([false, true], ref answer) if answer == "two=1" => Ok(1),
                _ => Err(format!("{seen:?}")),
            }
        });
        self.stays(one);
        one
    }

    fn wait_for(&self, n: usize) {
        assert_eq!(self.wait_for_one(), n);
    }

    /// For as long as it takes to find a service dead, and some more, nothing changes.
    fn stays(&self, n: usize) {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(4) {
            assert_eq!(self.holders(), [n == 0, n == 1]);
            assert_eq!(self.answer(), format!("{}=1", NAMES[n]));
        }
    }

    fn answer(&self) -> String {
        ask(&self.client, Protocol::Tcp, "10.1.0.9:25".parse().expect("an address"), 1)
    }

    /// What the scripts were told, in turn.
    fn calls(&self, n: usize) -> Vec<String> {
        let text = fs::read_to_string(format!("/tmp/{}/calls", NAMES[n])).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn kill_service(&self, n: usize) {
        let pid = fs::read_to_string(format!("/tmp/{}/pid", NAMES[n])).expect("a pid file");
        let pid = Pid::from_raw(pid.trim().parse().expect("a number")).expect("a process");
        kill_process(pid, Signal::KILL).expect("it runs");
    }
}

fn signal(vqalive: &Foreground, signal: Signal) {
    let pid = Pid::from_child(&vqalive.child);
    kill_process(pid, signal).expect("it runs");
}

/// It ends well, and has nothing any more.
fn stop(lan: &mut Lan, n: usize, vqalive: &mut Foreground) {
    signal(vqalive, Signal::TERM);
    let ended = wait_until("it ends", LIMIT, || {
        vqalive.child.try_wait().expect("our child").ok_or_else(|| vqalive.seen.join("\n"))
    });
    assert!(ended.success());
    assert!(!lan.holds(n));
}

const NAMES: [&str; 2] = ["one", "two"];
const LIMIT: Duration = Duration::from_secs(30);

const PROMOTE: &str = "#!/bin/sh
echo $VQALIVE_STATE $VQALIVE_REASON $VQALIVE_CHECK_IPS $VQALIVE_CHECK_PORTS >>/tmp/NAME/calls
if [ -e /tmp/NAME/fail ]; then
    echo cannot promote >&2
    exit 3
fi
if [ -e /tmp/NAME/hang ]; then
    sleep 100
fi
ip address add 10.1.0.9/32 dev eth0 || exit 1
setsid perl /tmp/server NAME >/dev/null 2>&1 &
echo $! >/tmp/NAME/pid
";

const DEMOTE: &str = "#!/bin/sh
echo $VQALIVE_STATE $VQALIVE_REASON $VQALIVE_CHECK_IPS $VQALIVE_CHECK_PORTS >>/tmp/NAME/calls
[ -e /tmp/NAME/pid ] && kill -9 $(cat /tmp/NAME/pid) 2>/dev/null
rm -f /tmp/NAME/pid
ip address del 10.1.0.9/32 dev eth0 2>/dev/null
exit 0
";

/// Answers every line with its name in the place of `who`.
const SERVER: &str = "use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalAddr => '10.1.0.9', LocalPort => 25, Listen => 64,
    ReuseAddr => 1) or die;
$SIG{PIPE} = 'IGNORE';
while (1) {
    my $client = $server->accept or next;
    my $line = <$client>;
    next unless defined $line;
    $line =~ s/who/$ARGV[0]/;
    print $client $line;
}
";
