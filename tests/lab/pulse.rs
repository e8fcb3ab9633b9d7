//! The program in piranha's place: called as pulse and as lvsd, alone on this machine.

use std::fs;
use std::net::UdpSocket;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use super::called::{Answer, Foreground, LIMIT, table, wait_for_table};
use super::host::feed;
use super::machine::{director, in_the_lab};
use super::wait::wait_until;

#[test]
fn a_lone_pulse_starts_follows_its_file_and_stops() {
    in_the_lab(|| {
        install();
        let log = Log::start();
        save(PAIRLESS, 1);
        assert_eq!(call(PULSE, ""), done());
        let pid = running(PULSE_PID).expect("it runs");
        wait_for_table(1);
        log.wait_for("STARTING PULSE AS MASTER");
        log.wait_for("partner dead: activating lvs");
        log.wait_for("starting virtual service v1 active: 80");
        log.wait_for("[ active ] making 127.0.0.1:81 available");
        wait_for_addresses(&["192.0.2.1"]);
        log.wait_for("gratuitous lvs arps finished");
        for line in log.lines() {
            let head = line.split_once(": ").expect("a frame").0;
            assert!(head.ends_with(&format!(" pulse[{pid}]")), "{line}");
            // daemon.info, or what is odd
            assert!(head.starts_with("<30>") || head.starts_with("<28>"), "{line}");
        }
        // a second one
        let second = call(PULSE, "");
        assert_eq!((second.status, second.output.as_str()), (Some(1), ""));
        let words = format!("pulse: pulse is running already with pid {pid}, by {PULSE_PID}\n");
        assert_eq!(second.complaint, words);
        let second = call(PULSE, "--nofork");
        assert_eq!(second.status, Some(1));
        assert!(second.complaint.starts_with("pulse: pulse is running already"), "{second:?}");
        // what only would be done disturbs nobody
        let mut test = Foreground::of(PULSE, "-t");
        test.wait_for("pulse: would raise 192.0.2.1 on front:1");
        drop(test);
        assert_eq!(running(PULSE_PID), Ok(pid));
        // a reload takes addresses as well
        save(PAIRLESS, 2);
        kill_process(pid, Signal::HUP).expect("it runs");
        log.wait_for("rereading configuration file");
        wait_for_table(2);
        wait_for_addresses(&["192.0.2.1", "192.0.2.2"]);
        fs::write(FILE, "primary = nowhere\n").expect("a file");
        kill_process(pid, Signal::HUP).expect("it runs");
        log.wait_for("the configuration is refused, the last good one is followed");
        assert_eq!((running(PULSE_PID), table()), (Ok(pid), 2));
        kill_process(pid, Signal::TERM).expect("it runs");
        log.wait_for("Terminating due to signal 15");
        wait_for_end(PULSE_PID);
        assert!(!Path::new(PULSE_PID).exists());
        assert_eq!(table(), 0);
        wait_for_addresses(&[]);
    });
}

#[test]
fn the_foreground_tells_all_on_standard_output() {
    in_the_lab(|| {
        install();
        save(PAIRLESS, 1);
        let mut pulse = Foreground::of(PULSE, "-nv --forceactive --lvsd /usr/sbin/lvsd");
        pulse.wait_for("pulse: Forced active on startup: activating lvs");
        pulse.wait_for("pulse: [ active ] making 127.0.0.1:81 available");
        pulse.wait_for("pulse: gratuitous lvs arps finished");
        let pid = running(PULSE_PID).expect("it has a pid file");
        assert_eq!(u32::try_from(pid.as_raw_pid()), Ok(pulse.child.id()));
        kill_process(pid, Signal::INT).expect("it runs");
        pulse.wait_for("pulse: Terminating due to signal 2");
        assert_eq!(pulse.child.wait().expect("our child").code(), Some(0));
        let others: Vec<_> =
            pulse.seen.iter().filter(|line| !line.starts_with("pulse: ")).collect();
        assert!(others.is_empty(), "{others:?}");
        assert!(!Path::new(PULSE_PID).exists());
    });
}

#[test]
fn a_backup_that_is_not_to_be_ends() {
    in_the_lab(|| {
        install();
        let log = Log::start();
        save("primary = 192.0.2.200\nbackup = 127.0.0.1\nbackup_active = 0\n", 1);
        let answer = call(PULSE, "");
        assert_eq!((answer.status, answer.output.as_str()), (Some(0), ""));
        assert!(answer.complaint.contains("pulse will not start on it, but ends"), "{answer:?}");
        log.wait_for("We are backup node and backup is marked inactive -- exiting pulse");
        assert!(!Path::new(PULSE_PID).exists());
        assert_eq!(table(), 0);
    });
}

#[test]
fn a_port_that_is_taken_is_said_in_the_words_of_pulse() {
    in_the_lab(|| {
        install();
        save("primary = 127.0.0.1\nbackup = 127.0.0.2\nbackup_active = 1\n", 1);
        let _taken = UdpSocket::bind("127.0.0.1:539").expect("a socket");
        let _log = Log::start();
        let answer = call(PULSE, "");
        assert_eq!(answer.status, Some(1));
        let first = "pulse: cannot create heartbeat socket. running as root?\npulse: ";
        assert!(answer.complaint.starts_with(first), "{answer:?}");
        assert!(answer.complaint.contains("Address already in use"), "{answer:?}");
        assert!(!Path::new(PULSE_PID).exists());
    });
}

#[test]
fn lvsd_serves_at_once_and_alone() {
    in_the_lab(|| {
        install();
        let log = Log::start();
        save(
            "primary = 192.0.2.200\nbackup = 192.0.2.201\nbackup_active = 1\ndeadtime = 9999\n",
            2,
        );
        assert_eq!(call(LVSD, ""), done());
        let pid = running(LVSD_PID).expect("it runs");
        wait_for_table(2);
        log.wait_for("[ active ] making 127.0.0.1:81 available");
        wait_for_addresses(&[]);
        assert!(log.lines().iter().all(|line| line.contains(&format!(" lvsd[{pid}]: "))));
        let second = call(LVSD, "");
        let words = format!("lvs: lvsd is running already with pid {pid}, by {LVSD_PID}\n");
        assert_eq!((second.status, second.complaint), (Some(1), words));
        save("primary = 192.0.2.200\n", 1);
        kill_process(pid, Signal::HUP).expect("it runs");
        wait_for_table(1);
        kill_process(pid, Signal::TERM).expect("it runs");
        log.wait_for("shutting down due to signal 15");
        wait_for_end(LVSD_PID);
        assert_eq!((table(), Path::new(LVSD_PID).exists()), (0, false));
        // by its oldest name, too, there is one of it
        assert_eq!(call(LVS, ""), done());
        let pid = running(LVSD_PID).expect("it runs");
        assert_eq!(call(LVS, "").status, Some(1));
        kill_process(pid, Signal::TERM).expect("it runs");
        wait_for_end(LVSD_PID);
    });
}

/// What sites call, with the exit codes that the original's script has.
#[test]
fn the_init_script_has_every_verb() {
    in_the_lab(|| {
        install();
        let _log = Log::start();
        let script = |verb: &str| {
            let script = concat!("/host", env!("CARGO_MANIFEST_DIR"), "/packaging/init.d/pulse");
            let script = script.replace("/host/host", "/host");
            let mut command = Command::new("sh");
            let output = command.args([&script, verb]).env("PULSE", PULSE).output();
            output.expect("sh starts").status.code()
        };
        assert_eq!((script("start"), script("status")), (Some(6), Some(3)));
        save(PAIRLESS, 1);
        assert_eq!(
            (script("stop"), script("reload"), script("condrestart")),
            (Some(0), Some(7), Some(0))
        );
        fs::create_dir_all("/var/lock/subsys").expect("a folder");
        fs::create_dir_all("/etc/sysconfig").expect("a folder");
        fs::write("/etc/sysconfig/pulse", "OPTIONS=\"-v --forceactive\"\nDELAY=0\n")
            .expect("a file");
        assert_eq!(
            (script("start"), script("status"), script("start")),
            (Some(0), Some(0), Some(0))
        );
        let pid = running(PULSE_PID).expect("it runs");
        assert!(Path::new("/var/lock/subsys/pulse").exists());
        let line = fs::read(format!("/proc/{pid}/cmdline")).expect("a process");
        assert!(line.starts_with(format!("{PULSE}\0-v\0--forceactive\0").as_bytes()));
        save(PAIRLESS, 2);
        assert_eq!(script("reload"), Some(0));
        wait_for_table(2);
        assert_eq!(script("restart"), Some(0));
        let next = running(PULSE_PID).expect("it runs");
        assert_ne!(next, pid);
        assert_eq!(script("condrestart"), Some(0));
        let last = running(PULSE_PID).expect("it runs");
        assert_ne!(last, next);
        kill_process(last, Signal::KILL).expect("it runs");
        wait_for_end(PULSE_PID);
        assert_eq!(script("status"), Some(1));
        assert_eq!(
            (script("start"), script("stop"), script("status")),
            (Some(0), Some(0), Some(3))
        );
        assert_eq!((table(), script("begin")), (0, Some(1)));
        fs::remove_file(PULSE).expect("a link");
        assert_eq!(script("start"), Some(5));
    });
}

/// The system log.
struct Log {
    socket: UnixDatagram,
    lines: std::cell::RefCell<Vec<String>>,
}

impl Log {
    fn start() -> Log {
        let _ = fs::remove_file("/dev/log");
        let socket = UnixDatagram::bind("/dev/log").expect("no other log");
        socket.set_nonblocking(true).expect("a socket");
        Log { socket, lines: Vec::new().into() }
    }

    /// All there is so far.
    fn lines(&self) -> Vec<String> {
        let mut line = [0; 4096];
        while let Ok(length) = self.socket.recv(&mut line) {
            let text = String::from_utf8_lossy(&line[..length]).into_owned();
            self.lines.borrow_mut().push(text);
        }
        self.lines.borrow().clone()
    }

    fn wait_for(&self, words: &str) {
        wait_until(words, LIMIT, || {
            let lines = self.lines();
            let found = lines.iter().any(|line| line.ends_with(words));
            if found { Ok(()) } else { Err(lines.join("\n")) }
        });
    }
}

/// Makes the links and folders that a package would, and an interface for the addresses.
fn install() {
    for name in [PULSE, LVSD, LVS] {
        fs::create_dir_all(Path::new(name).parent().expect("a folder")).expect("a folder");
        symlink(director(), name).expect("a link");
    }
    fs::create_dir_all("/etc/sysconfig/ha").expect("a folder");
    feed("ip link add front type dummy", "");
    feed("ip link set front up", "");
}

/// A file with services that need no server.
fn save(head: &str, services: u8) {
    let service = |n: u8| {
        format!(
            "virtual v{n} {{\n active = 1\n address = 192.0.2.{n} front:{n}\n port = 80\n \
             checktype = on\n server s {{\n address = 127.0.0.1\n port = 81\n active = 1\n }}\n}}\n"
        )
    };
    let text: String = (1..=services).map(service).collect();
    fs::write("/etc/sysconfig/ha/new", format!("{head}{text}")).expect("a file");
    fs::rename("/etc/sysconfig/ha/new", FILE).expect("a rename");
}

fn call(program: &str, words: &str) -> Answer {
    let mut command = Command::new(program);
    let output = command.args(words.split_whitespace()).output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Answer {
        status: output.status.code(),
        output: text(&output.stdout),
        complaint: text(&output.stderr),
    }
}

fn done() -> Answer {
    Answer { status: Some(0), output: String::new(), complaint: String::new() }
}

fn running(pid_file: &str) -> Result<Pid, String> {
    let text = fs::read_to_string(pid_file).map_err(|why| why.to_string())?;
    let pid = text.trim().parse().ok().and_then(Pid::from_raw).ok_or("no number")?;
    let line = fs::read(format!("/proc/{pid}/cmdline")).map_err(|why| why.to_string())?;
    if line.is_empty() { Err("it has ended".to_owned()) } else { Ok(pid) }
}

fn wait_for_end(pid_file: &str) {
    wait_until("it has ended", LIMIT, || match running(pid_file) {
        Ok(pid) => Err(pid.to_string()),
        Err(_) => Ok(()),
    });
}

fn wait_for_addresses(wanted: &[&str]) {
    wait_until("the addresses are as wanted", LIMIT, || {
        let shown = feed("ip -4 -o addr show dev front", "");
        let mut words = shown.split_whitespace();
        let mut have = Vec::new();
        while words.by_ref().any(|word| word == "inet") {
            have.extend(words.next().and_then(|address| address.split('/').next()));
        }
        have.sort_unstable();
        if have == wanted { Ok(()) } else { Err(shown.clone()) }
    });
}

/// A director without a peer that waits no longer than a second.
const PAIRLESS: &str = "primary = 127.0.0.1\nkeepalive = 1\ndeadtime = 1\n";
const PULSE: &str = "/opt/lvs/pulse";
const LVSD: &str = "/opt/lvs/lvsd";
const LVS: &str = "/opt/lvs/lvs";
const FILE: &str = "/etc/sysconfig/ha/lvs.cf";
const PULSE_PID: &str = "/var/run/pulse.pid";
const LVSD_PID: &str = "/var/run/lvs.pid";
