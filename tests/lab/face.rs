//! The program in ldirectord's place: called by that name, beside Debian's own.

use std::fs;
use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use super::called::{
    Answer, FILE, Foreground, LIMIT, LOG, OURS, PID, THEIRS, call, config, install, running, save,
    service, table, wait_for_table,
};
use super::host::feed;
use super::machine::{in_a_machine, in_the_lab};
use super::wait::wait_until;

/// Each call, to ours and to Debian's: exit status, both streams, and the lines of the log.
#[test]
fn it_answers_as_the_original_does() {
    in_a_machine(("packages", "1G"), 300, || {
        install();
        let [theirs, ours] = [THEIRS, OURS].map(|program| {
            save("");
            let said = sequence(program);
            let log = fs::read_to_string(LOG).expect("a log");
            fs::remove_file(LOG).expect("a log");
            (said, told(program, &log))
        });
        for (theirs, ours) in theirs.0.iter().zip(&ours.0) {
            assert_eq!(ours, theirs);
        }
        assert_eq!(ours.1, theirs.1);
    });
}

/// What scripts may call, in an order that shows every answer.
fn sequence(program: &str) -> Vec<(String, Answer)> {
    let mut said = Vec::new();
    let mut call = |words: &str| {
        let answer = call(program, words);
        let running = fs::read_to_string(PID).unwrap_or_default();
        let mask = |text: &str| match running.trim() {
            "" => text.to_owned(),
            pid => text.replace(pid, "PID"),
        };
        // what Perl itself has to say about an empty pid file
        let lines = answer.complaint.lines().filter(|line| !line.starts_with("Use of uninit"));
        let complaint = lines.map(|line| mask(line) + "\n").collect();
        let answer = Answer { complaint, ..answer };
        said.push((words.to_owned(), answer));
    };
    for words in
        ["x.cf status", "x.cf stop", "x.cf try-restart", "x.cf reload", "nowhere.cf status"]
    {
        call(words);
    }
    fs::write(PID, "999999\n").expect("a file");
    call("x.cf status");
    call("x.cf stop");
    call("x.cf reload");
    fs::write(PID, "").expect("a file");
    call("x.cf status");
    call("x.cf start");
    wait_until("it runs", LIMIT, running);
    for words in
        ["x.cf status", "x.cf start", "x.cf status -d more", "-- x.cf status", "x.cf reload"]
    {
        call(words);
    }
    for words in ["x.cf force-reload", "x.cf try-restart", "x.cf restart"] {
        call(words);
        wait_until("it runs", LIMIT, running);
    }
    call("x.cf stop");
    wait_until("it has stopped", LIMIT, || match Path::new(PID).exists() {
        true => Err("there is a pid file".to_owned()),
        false => Ok(()),
    });
    call("x.cf stop");
    call("nowhere.cf stop");
    said
}

/// The lines of a log that are told by who is called, without time, process and program.
fn told(program: &str, log: &str) -> Vec<String> {
    let mut told = Vec::new();
    for line in log.lines() {
        let (head, message) = line.split_once("] ").expect("a frame");
        let parts: Vec<_> = head.trim_start_matches('[').split('|').collect();
        let [date, name, pid] = parts[..] else { panic!("{line}") };
        assert!(is_date(date) && pid.parse::<u32>().is_ok(), "{line}");
        let words = [
            "Invoking",
            "Starting Linux",
            "Exiting",
            "Config file",
            "ldirectord ",
            "Linux",
            "Reloading",
        ];
        if words.iter().any(|word| message.starts_with(word)) {
            let message = message.replace(program, "PROGRAM");
            let pid = message.rsplit(' ').next().filter(|_| message.contains("with pid: "));
            let message = pid.map_or(message.clone(), |pid| message.replace(pid, "PID"));
            told.push(format!("{name}: {message}"));
        }
    }
    // a daemon and who is called write side by side
    told.sort();
    told
}

/// `Sat Nov 21 03:06:50 2026`, the day padded with a blank.
fn is_date(text: &str) -> bool {
    let date = feed("date +%a|%b|%e|%Y", "");
    let parts: Vec<_> = date.trim_end().split('|').collect();
    text.len() == 24 && parts.iter().all(|part| text.contains(part))
}

#[test]
fn a_start_has_started_when_it_returns() {
    in_the_lab(|| {
        install();
        save("");
        for _ in 0..5 {
            assert_eq!(call(OURS, "x.cf start").status, Some(0));
            let answer = call(OURS, "x.cf status");
            assert_eq!(answer.status, Some(0), "{answer:?}");
            assert_eq!(call(OURS, "x.cf stop").status, Some(0));
            assert_eq!(call(OURS, "x.cf status").status, Some(3));
        }
        call(OURS, "x.cf start");
        let pid = running().expect("it runs");
        // what the cluster's agent and people look for
        let found = feed(&format!("pgrep -x -f {OURS}.x.cf.start.*"), "");
        assert_eq!(found.trim(), pid.to_string());
        assert_eq!(feed(&format!("ps -o comm= -p {pid}"), "").trim(), "ldirectord");
        assert_eq!(
            feed(&format!("ps -o sid=,tty= -p {pid}"), "").split_whitespace().collect::<Vec<_>>(),
            [pid.to_string().as_str(), "?"]
        );
        let link = |name: &str| fs::read_link(format!("/proc/{pid}/{name}")).expect("a link");
        assert_eq!(link("cwd"), Path::new("/"));
        for n in 0..3 {
            assert_eq!(link(&format!("fd/{n}")), Path::new("/dev/null"));
        }
        wait_for_table(1);
        call(OURS, "x.cf stop");
        assert_eq!(table(), 0);
    });
}

#[test]
fn one_word_has_a_name_of_its_own() {
    in_the_lab(|| {
        install();
        fs::write("/etc/ha.d/ldirectord.cf", "").expect("a file");
        assert_eq!(call(OURS, "start").status, Some(0));
        let pid = fs::read_to_string("/var/run/ldirectord.ldirectord.pid").expect("a pid file");
        assert_eq!(
            call(OURS, "status").complaint,
            format!("ldirectord for /etc/ha.d/ldirectord.cf is running with pid: {pid}")
        );
        let line = fs::read(format!("/proc/{}/cmdline", pid.trim())).expect("a process");
        assert!(line.starts_with(format!("{OURS}\0start\0").as_bytes()));
        // the other name is stopped
        assert_eq!(call(OURS, "ldirectord.cf status").status, Some(3));
        assert!(!Path::new("/var/run/ldirectord.ldirectord.cf.pid").exists());
    });
}

/// As where Debian's unit is enabled, and a cluster starts the same file under its whole name.
#[test]
fn of_two_names_on_one_file_the_second_waits_for_its_turn() {
    in_the_lab(|| {
        install();
        let save = |services: std::ops::Range<u16>| {
            let text: String = services.map(service).collect();
            fs::write("/etc/ha.d/ldirectord.cf", text).expect("a file");
        };
        let said = |words: &str| call(OURS, words).status;
        save(80..81);
        assert_eq!(said("start"), Some(0));
        wait_for_table(1);
        for _ in 0..2 {
            assert_eq!(
                (said("ldirectord.cf start"), said("ldirectord.cf status")),
                (Some(0), Some(0))
            );
            let log = fs::read_to_string(LOG).expect("a log");
            assert!(log.contains("this one waits, and takes its place when it ends"), "{log}");
            // what ends it takes nothing away
            assert_eq!(
                (said("ldirectord.cf reload"), said("ldirectord.cf stop")),
                (Some(0), Some(0))
            );
            assert_eq!(
                (said("ldirectord.cf status"), said("status"), table()),
                (Some(3), Some(0), 1)
            );
        }
        // stopped or killed, the first is followed by the second, which knows the file as it is then
        assert_eq!(said("ldirectord.cf start"), Some(0));
        save(80..82);
        assert_eq!(said("stop"), Some(0));
        wait_for_table(2);
        assert_eq!((said("start"), said("status")), (Some(0), Some(0)));
        fs::write("/etc/ha.d/ldirectord.cf", "nonsense\n").expect("a file");
        let pid = fs::read_to_string("/var/run/ldirectord.ldirectord.cf.pid").expect("a pid file");
        let pid = pid.trim().parse().ok().and_then(Pid::from_raw).expect("a number");
        kill_process(pid, Signal::KILL).expect("it runs");
        let log = || fs::read_to_string(LOG).expect("a log");
        wait_until("it follows what it knows", LIMIT, || {
            let log = log();
            let follows = log.matches("holds 2 of its 2 services").count() == 1;
            if follows && log.contains("the last good one is followed") { Ok(()) } else { Err(log) }
        });
        assert_eq!((said("stop"), table()), (Some(0), 0));
    });
}

/// What it does first may take a while, and its pid is known by then.
#[test]
fn a_reload_during_the_start_ends_nobody() {
    in_the_lab(|| {
        install();
        // a name server that never answers
        let _silent = std::net::UdpSocket::bind("127.0.0.1:53").expect("a socket");
        fs::write("/etc/resolv.conf", "nameserver 127.0.0.1\n").expect("a file");
        fs::create_dir_all("/etc/ha.d/maintenance/web1").expect("a folder");
        let file = config("maintenancedir=/etc/ha.d/maintenance\n");
        fs::write(FILE, file.replace("real=127.0.0.1", "real=10.9.8.7")).expect("a file");
        for _ in 0..2 {
            let start = Command::new(OURS).args(["x.cf", "start"]).spawn();
            let mut start = start.expect("it starts");
            let pid = wait_until("it is known", LIMIT, running);
            kill_process(pid, Signal::HUP).expect("it runs");
            assert_eq!(
                start.try_wait().expect("our child"),
                None,
                "it has been too fast for this test"
            );
            assert_eq!(start.wait().expect("our child").code(), Some(0));
            assert_eq!(running(), Ok(pid));
            assert_eq!(call(OURS, "x.cf stop").status, Some(0));
            assert_eq!(running().ok(), None);
        }
    });
}

#[test]
fn a_relative_file_is_still_found_at_a_reload() {
    in_the_lab(|| {
        install();
        fs::create_dir("/tmp/here").expect("a folder");
        fs::write("/tmp/here/y.cf", config("")).expect("a file");
        let within = |words: &str| {
            let mut command = Command::new(OURS);
            let status = command.args(words.split(' ')).current_dir("/tmp/here").status();
            assert!(status.expect("it starts").success(), "{words}");
        };
        within("./y.cf start");
        wait_for_table(1);
        fs::write("/tmp/here/y.cf", format!("{}{}", config(""), service(81))).expect("a file");
        within("./y.cf reload");
        wait_for_table(2);
        within("y.cf stop");
    });
}

#[test]
fn a_broken_file_takes_nothing_away() {
    in_the_lab(|| {
        install();
        save("");
        call(OURS, "x.cf start");
        let pid = running().expect("it runs");
        wait_for_table(1);
        save("quiescnt=yes\n");
        for action in ["status", "start", "reload", "force-reload", "restart", "try-restart"] {
            let answer = call(OURS, &format!("x.cf {action}"));
            assert_eq!((answer.status, answer.output.as_str()), (Some(2), ""), "{action}");
            let frame =
                "] reading file /etc/ha.d/x.cf at line 2: /etc/ha.d/x.cf:2:1: error: unknown";
            assert!(answer.complaint.starts_with("Error ["), "{answer:?}");
            assert!(answer.complaint.contains(frame), "{answer:?}");
            assert!(answer.complaint.contains("did you mean `quiescent`?"), "{answer:?}");
            assert_eq!(running(), Ok(pid), "{action}");
            assert_eq!(table(), 1, "{action}");
        }
        kill_process(pid, Signal::HUP).expect("it runs");
        let frame = format!("|x.cf|{pid}] Error [{pid}] reading file {FILE} at line 2: ");
        wait_until("the log says what is wrong", LIMIT, || {
            let log = fs::read_to_string(LOG).expect("a log");
            if log.contains(&frame) { Ok(()) } else { Err(log) }
        });
        let answer = call(OURS, "x.cf stop");
        assert_eq!(answer.status, Some(0));
        assert!(answer.complaint.contains("x.cf:2:1: error"), "{answer:?}");
        assert_eq!(table(), 0);
        assert!(!Path::new(PID).exists());
        assert_eq!(call(OURS, "x.cf start").status, Some(2));
        assert!(!Path::new(PID).exists());
        // and one that is gone: who runs on it can still be stopped
        save("");
        call(OURS, "x.cf start");
        fs::remove_file(FILE).expect("it is there");
        assert_eq!(call(OURS, "x.cf status").status, Some(1));
        assert_eq!(call(OURS, "x.cf stop").status, Some(0));
        assert!(!Path::new(PID).exists());
    });
}

#[test]
fn whoever_the_pid_file_names_is_looked_at() {
    in_the_lab(|| {
        install();
        save("");
        // somebody who is none
        let mut stranger = Command::new("sleep").arg("100").spawn().expect("sleep starts");
        fs::write(PID, format!("{}\n", stranger.id())).expect("a file");
        let answer = call(OURS, "x.cf status");
        assert_eq!(answer.status, Some(1));
        assert_eq!(answer.output, "ldirectord is stopped for /etc/ha.d/x.cf\n");
        assert_eq!(
            answer.complaint,
            "ldirectord stale pid file /var/run/ldirectord.x.cf.pid for /etc/ha.d/x.cf\n"
        );
        assert_eq!(call(OURS, "x.cf stop").status, Some(0));
        assert!(stranger.try_wait().expect("our child").is_none(), "it was not asked to stop");
        assert_eq!(call(OURS, "x.cf start").status, Some(0), "a stale file is written over");
        let pid = running().expect("it runs");
        stranger.kill().expect("our child");
        stranger.wait().expect("our child");
        // killed: its file is stale, its traffic flows on, and the next one takes over
        wait_for_table(1);
        kill_process(pid, Signal::KILL).expect("it runs");
        wait_until("it is gone", LIMIT, || running().map_or(Ok(()), |pid| Err(pid.to_string())));
        assert_eq!((call(OURS, "x.cf status").status, table()), (Some(1), 1));
        assert_eq!(call(OURS, "x.cf restart").status, Some(0));
        assert_ne!(running().expect("it runs"), pid);
        call(OURS, "x.cf stop");
        // the original, under the same pid file
        assert_eq!(call(THEIRS, "x.cf start").status, Some(0));
        let theirs = wait_until("it runs", LIMIT, running);
        assert_eq!(
            call(OURS, "x.cf status").complaint,
            format!("ldirectord for {FILE} is running with pid: {theirs}\n")
        );
        assert_eq!(call(OURS, "x.cf start").status, Some(0));
        assert_eq!(running(), Ok(theirs));
        assert_eq!(call(OURS, "x.cf restart").status, Some(0));
        let ours = running().expect("it runs");
        assert_ne!(ours, theirs);
        // and the other way round
        assert_eq!(
            call(THEIRS, "x.cf status").complaint,
            format!("ldirectord for {FILE} is running with pid: {ours}\n")
        );
        assert_eq!(call(THEIRS, "x.cf stop").status, Some(0));
        wait_until("it has stopped", LIMIT, || {
            running().map_or(Ok(()), |pid| Err(pid.to_string()))
        });
    });
}

#[test]
fn of_starts_at_once_one_remains() {
    in_the_lab(|| {
        install();
        save("");
        fs::write(PID, "999999\n").expect("a file");
        for _ in 0..3 {
            let calls = (0..5).map(|_| Command::new(OURS).args(["x.cf", "start"]).spawn());
            let calls: Vec<_> = calls.map(|call| call.expect("it starts")).collect();
            for mut call in calls {
                assert_eq!(call.wait().expect("our child").code(), Some(0));
            }
            let pid = running().expect("it runs");
            let found = feed(&format!("pgrep -f {OURS}"), "");
            assert_eq!(found.trim(), pid.to_string());
            call(OURS, "x.cf stop");
        }
    });
}

#[test]
fn who_may_not_signal_it_is_told_so() {
    in_the_lab(|| {
        install();
        save("");
        call(OURS, "x.cf start");
        let pid = running().expect("it runs");
        for action in ["stop", "reload", "restart"] {
            let words = ["--reuid=65534", "--clear-groups", OURS, "x.cf", action];
            let output = Command::new("setpriv").args(words).output().expect("setpriv starts");
            let complaint = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{action}: {complaint}");
            let why = format!("pid {pid}, cannot be signalled: Operation not permitted");
            assert!(complaint.contains(&why), "{action}: {complaint}");
            assert_eq!(running(), Ok(pid), "{action}");
        }
    });
}

#[test]
fn what_fails_in_the_background_is_told_in_front() {
    in_the_lab(|| {
        install();
        save("");
        fs::create_dir_all("/var/run/ldirectord.x.cf.pid/full").expect("a folder");
        let answer = call(OURS, "x.cf start");
        assert_eq!(answer.status, Some(1), "{answer:?}");
        assert!(
            answer.complaint.contains("Can not open /var/run/ldirectord.x.cf.pid"),
            "{answer:?}"
        );
        assert_eq!((answer.output.as_str(), table()), ("", 0));
    });
}

#[test]
fn in_the_foreground_it_is_supervised() {
    in_the_lab(|| {
        install();
        for (head, debug) in [("supervised=yes\n", ""), ("supervised\n", ""), ("", "-d ")] {
            save(head);
            let mut first = Foreground::start(&format!("{debug}x.cf start"));
            first.wait_for("Starting Linux Director v1.186-ha with pid: ");
            first.wait_for("Added virtual server: 127.0.0.1:80");
            let pid = running().expect("a pid file all the same");
            assert_eq!(pid, Pid::from_child(&first.child));
            assert_eq!(call(OURS, "x.cf status").status, Some(0));
            // a second one neither waits nor runs
            let second = call(OURS, &format!("{debug}x.cf start"));
            assert_eq!(second.status, Some(0), "{second:?}");
            assert_eq!(running(), Ok(pid));
            assert_eq!(call(OURS, "x.cf reload").status, Some(0));
            first.wait_for("Reloading Linux Director Daemon config on signal");
            assert_eq!(call(OURS, "x.cf stop").status, Some(0));
            first.wait_for("Linux Director Daemon terminated on signal: TERM");
            assert!(first.child.wait().expect("our child").success());
            assert!(!Path::new(PID).exists());
            assert!(!Path::new(LOG).exists() || debug == "-d ", "the log goes to standard output");
            if debug.is_empty() {
                let line = first.seen.iter().find(|line| line.contains("Starting"));
                let line = line.expect("it was waited for");
                assert!(
                    line.starts_with('[') && is_date(&line[1..25]) && &line[25..27] == "] ",
                    "{line}"
                );
            }
        }
    });
}

#[test]
fn a_second_signal_does_not_stop_the_stop() {
    in_the_lab(|| {
        install();
        for signals in [
            [Signal::TERM, Signal::TERM],
            [Signal::INT, Signal::TERM],
            [Signal::QUIT, Signal::INT],
            [Signal::XCPU, Signal::QUIT],
        ] {
            save("");
            call(OURS, "x.cf start");
            wait_for_table(1);
            let pid = running().expect("it runs");
            for signal in signals {
                // the second may find it gone already
                let _ = kill_process(pid, signal);
            }
            wait_until("it has stopped", LIMIT, || {
                running().map_or(Ok(()), |pid| Err(pid.to_string()))
            });
            assert_eq!(table(), 0);
            assert!(!Path::new(PID).exists());
        }
        let log = fs::read_to_string(LOG).expect("a log");
        let ends = log.lines().filter(|line| line.contains("terminated on signal: "));
        assert_eq!(ends.count(), 4, "{log}");
    });
}
