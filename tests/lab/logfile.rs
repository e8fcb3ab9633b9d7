//! Where the log goes, by the configuration.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::called::{
    FILE, LIMIT, LOG, OURS, call, install, running, save, service, table, wait_for_table,
};
use super::host::feed;
use super::machine::{director, in_the_lab};
use super::wait::wait_until;

#[test]
fn the_log_goes_where_the_file_says_at_once() {
    in_the_lab(|| {
        install();
        let system_log = SystemLog::listen();
        let (first, second) = ("/tmp/first.log", "/tmp/second.log");
        let lines = |file: &str| fs::read_to_string(file).unwrap_or_default();
        let has = |file: &'static str, what: &'static str| {
            wait_until(&format!("{file} has {what}"), LIMIT, || {
                let text = lines(file);
                if text.contains(what) { Ok(()) } else { Err(text) }
            });
        };
        save(&format!("logfile=\"{first}\"\n"));
        call(OURS, "x.cf start");
        has(first, "] Added real server: 127.0.0.1:81 (127.0.0.1:80) (Weight set to 1)\n");
        has(first, "]  - not checked\n");
        // rotated without a word
        fs::rename(first, "/tmp/first.log.1").expect("it is there");
        let follow = |head: &str| {
            save(head);
            call(OURS, "x.cf reload");
        };
        follow(&format!("logfile=\"{second}\"\n{}", service(82)));
        has(first, "Reloading Linux Director Daemon config on signal\n");
        has(second, "] Added virtual server: 127.0.0.1:82\n");
        assert!(!lines(first).contains("Added"));
        follow("logfile=\"local3\"\n");
        let line = system_log.wait_for("Purged virtual server (start): 127.0.0.1:82");
        // local3 is 19, info is 6
        let pid = running().expect("it runs");
        assert!(
            line.starts_with("<158>") && line.contains(&format!(" ldirectord[{pid}]: ")),
            "{line}"
        );
        assert!(line.ends_with(": Purged virtual server (start): 127.0.0.1:82"), "{line}");
        follow(&format!("logfile=\"{first}\"\n{}", service(83)));
        has(first, "] Added virtual server: 127.0.0.1:83\n");
        follow("");
        has(LOG, "] Purged virtual server (start): 127.0.0.1:83\n");
        // a folder that is not there is an error, and changes nothing
        save("logfile=\"/nowhere/x.log\"\n");
        let answer = call(OURS, "x.cf status");
        assert_eq!(answer.status, Some(2));
        assert!(
            answer.complaint.contains("unable to open logfile /nowhere/x.log: No such file"),
            "{answer:?}"
        );
        assert!(!Path::new("/nowhere").exists());
        // one that goes away later, and one that nobody reads, stop nothing
        fs::create_dir("/tmp/gone").expect("a folder");
        save("logfile=\"/tmp/gone/x.log\"\n");
        call(OURS, "x.cf restart");
        fs::remove_dir_all("/tmp/gone").expect("a folder");
        feed("mkfifo /tmp/pipe", "");
        follow(&format!("logfile=\"/tmp/pipe\"\n{}", service(84)));
        wait_for_table(2);
        assert_eq!(call(OURS, "x.cf stop").status, Some(0));
        assert_eq!(table(), 0);
    });
}

#[test]
fn lvs_director_run_follows_it_too() {
    in_the_lab(|| {
        install();
        let log = "/tmp/run.log";
        save(&format!("logfile={log}\n"));
        let mut director = Command::new(director()).args(["run", FILE]).spawn().expect("it starts");
        wait_until("the file says what changes", LIMIT, || {
            let text = fs::read_to_string(log).unwrap_or_default();
            let frame =
                format!("|lvs-director|{}] Added virtual server: 127.0.0.1:80\n", director.id());
            if text.contains(&frame) { Ok(()) } else { Err(text) }
        });
        director.kill().expect("our child");
        director.wait().expect("our child");
    });
}

/// Who takes the lines of the system log.
struct SystemLog {
    socket: UnixDatagram,
}

impl SystemLog {
    fn listen() -> SystemLog {
        let _ = fs::remove_file("/dev/log");
        let socket = UnixDatagram::bind("/dev/log").expect("no other log");
        socket.set_read_timeout(Some(LIMIT)).expect("a time");
        SystemLog { socket }
    }

    fn wait_for(&self, words: &str) -> String {
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            let mut line = [0; 2048];
            let length = self.socket.recv(&mut line).expect("a line in time");
            let line = String::from_utf8_lossy(&line[..length]).into_owned();
            if line.contains(words) {
                return line;
            }
        }
        panic!("the system log does not say {words}");
    }
}
