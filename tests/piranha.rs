//! The program called as pulse and as lvsd: what it says before it touches anything, and its manual
//! pages.

#![allow(clippy::unwrap_used, reason = "a test may end where it fails")]

#[path = "shared/call.rs"]
mod call;
#[path = "shared/option.rs"]
mod option;
#[path = "shared/page.rs"]
mod page;

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use call::call;
use lvs_director::config::{self, Numbers};
use lvs_director::director::{Change, Subject, What};
use lvs_director::face::popt::Opt;
use lvs_director::face::{lvsd, pulse};
use lvs_director::model::{Phase, Role};
use lvs_director::observe::voice::Voice;
use option::entry;
use page::part;

/// By what they are called, what they call themselves, and their options.
const FACES: [(&str, &str, &[Opt]); 2] =
    [("pulse", "pulse", pulse::OPTIONS), ("lvsd", "lvs", lvsd::OPTIONS)];

#[test]
fn the_name_that_it_is_called_by_picks_the_face() {
    for (name, version) in [
        ("pulse", "pulse 1.56"),
        ("/usr/sbin/pulse", "pulse 1.56"),
        ("/usr/sbin/lvsd", "lvs 1.38"),
        // before 0.8.0
        ("lvs", "lvs 1.38"),
    ] {
        let (status, output, complaint) = call(name, &["--version"]);
        assert_eq!((status, complaint.as_str()), (0, ""));
        let lines: Vec<_> = output.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0], format!("Program Version:\t{version}"));
        let ours = format!("A component of:\t\tlvs-director-{}", env!("CARGO_PKG_VERSION"));
        assert_eq!(lines[2], ours);
    }
}

#[test]
fn a_wrong_command_line_is_1() {
    for (name, alias, _) in FACES {
        for (words, complaint) in [
            (&["-z"][..], "bad argument -z: unknown option"),
            (&["-nz"], "bad argument -nz: unknown option"),
            (&["--configfile"], "bad argument --configfile: missing argument"),
            (&["-vc"], "bad argument -vc: missing argument"),
            (&["-n=1"], "bad argument -n=1: option does not take an argument"),
            (&["start"], "unexpected arguments"),
            (&["--version", "start"], "unexpected arguments"),
        ] {
            let answer = (1, String::new(), format!("{alias}: {complaint}\n"));
            assert_eq!(call(name, words), answer, "{words:?}");
        }
    }
}

#[test]
fn help_and_usage_have_every_option() {
    for (name, alias, options) in FACES {
        for words in [&["-?"][..], &["--help"], &["-n?"], &["--usage"], &["-c", "/x", "--help"]] {
            let (status, output, complaint) = call(name, words);
            assert_eq!((status, complaint.as_str()), (0, ""), "{words:?}");
            assert!(output.starts_with(&format!("Usage: {alias} ")), "{output}");
            for known in options.iter().flat_map(|option| option.names) {
                assert!(output.contains(&format!("--{known}")), "{known}: {output}");
            }
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_1() {
    for (name, alias, _) in FACES {
        for words in [["-c", "/nowhere/lvs.cf"], ["-nvc", "/nowhere/lvs.cf"]] {
            let (status, output, complaint) = call(name, &words);
            assert_eq!((status, output.as_str()), (1, ""));
            let mut lines = complaint.lines();
            let first = format!("{alias}: failed to open /nowhere/lvs.cf");
            assert_eq!(lines.next(), Some(&*first));
            assert!(lines.next().unwrap().contains("No such file or directory"), "{complaint}");
        }
    }
}

/// What there is none of is said by the kind of service that the file is for, however it says that.
#[test]
fn a_file_without_an_active_service_is_1() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lvs.cf");
    for (text, kind) in [
        ("serial_no = 1\n", "lvs"),
        ("service = fos\n", "fos"),
        ("service=\"fos\" # once\r", "fos"),
        ("virtual a {\nservice = http\n}\n", "lvs"),
    ] {
        fs::write(&file, format!("primary = 127.0.0.1\n{text}")).unwrap();
        let path = file.to_str().unwrap();
        let (status, _, complaint) = call("pulse", &["-t", "-c", path]);
        let expected = format!("pulse: no active {kind} services defined in {path}\n");
        assert_eq!((status, complaint), (1, expected), "{text}");
    }
}

/// What pulse refuses, `check` calls not usable, and judges by the file's name what is damaged.
#[test]
fn what_is_refused_is_not_usable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lvs.cf");
    let path = file.to_str().unwrap();
    let service = "virtual a {\nactive = 1\naddress = 192.0.2.1 lo:1\nserver s {\nactive = 1\n\
                   address = 192.0.2.2\n}\n}\n";
    for (text, status, said) in [
        ("", 2, "the file is empty"),
        ("primary = 127.0.0.1\nservice = lvs\n", 2, "NOT usable: no active services defined in"),
        ("primary = 127.0.0.1\nvirtual=192.0.2.1:80\n", 2, "NOT usable"),
        (&format!("primary = 127.0.0.1\n{service}"), 0, "usable; virtual services: 1"),
        (
            &format!("primary = 127.0.0.1\nheartbeat_key_file = /nowhere/key\n{service}"),
            1,
            "would not start on this machine: the secret of the directors cannot be read: /nowhere/key: No such",
        ),
        (
            &format!("primary = 192.0.2.7\nbackup = 192.0.2.8\nbackup_active = 1\n{service}"),
            1,
            "would not start on this machine: this machine has neither the address of `primary`",
        ),
        (&format!("primary = 192.0.2.7\n{service}"), 0, "usable; virtual services: 1"),
    ] {
        fs::write(&file, text).unwrap();
        let answer = call("lvs-director", &["check", path]);
        assert!(answer.0 == status && answer.1.contains(said), "{text}: {answer:?}");
    }
}

/// The options of a page are those of the program, in its order.
#[test]
fn the_manual_pages_have_every_option() {
    for (name, _, options) in FACES {
        let page = fs::read_to_string(page(name)).unwrap();
        let shown: Vec<_> = entries(&page, "OPTIONS", ".It Fl ");
        assert_eq!(
            shown,
            options.iter().map(entry).chain(HELP.map(str::to_owned)).collect::<Vec<_>>()
        );
        let synopsis = part(&page, "SYNOPSIS");
        let words: BTreeSet<_> = synopsis.split_whitespace().collect();
        for known in options.iter().filter_map(|option| option.names.first()) {
            assert!(words.contains(&*format!("-{known}")), "{name}: {known}");
        }
    }
}

#[test]
fn the_manual_pages_name_the_files() {
    for (name, pid_file) in [("pulse", "/var/run/pulse.pid"), ("lvsd", "/var/run/lvs.pid")] {
        let page = fs::read_to_string(page(name)).unwrap();
        let files = entries(&page, "FILES", ".It Pa ");
        for file in ["/etc/sysconfig/ha/lvs.cf", pid_file] {
            assert!(files.contains(&file.to_owned()), "{name}: {file}");
        }
        assert_eq!(entries(&page, "EXIT STATUS", ".It "), ["0", "1"]);
    }
}

/// The lines under LOGGING that tell of changes and signals are what the program writes.
#[test]
fn the_manual_pages_have_the_lines_of_the_log() {
    let text = "virtual web {\nactive = 1\naddress = 192.0.2.10 eth0:1\n}\n";
    let model = config::read(text, &Numbers).model.unwrap();
    let site = Arc::new(model.virtuals.into_iter().next().unwrap());
    let real = Subject::Real("10.0.0.1:80".parse().unwrap());
    for (name, voice) in [("pulse", Voice::Pulse), ("lvsd", Voice::Lvsd)] {
        let changes = [
            (Subject::Virtual, What::Added { weight: 0 }),
            (real, What::Added { weight: 1 }),
            (real, What::Removed),
            (Subject::Virtual, What::Purged),
        ];
        let mut written: Vec<String> = changes
            .map(|(subject, what)| {
                let (because, phase, role) = (String::new(), Phase::Running, Role::Active);
                let r#virtual = Arc::clone(&site);
                let done = role == Role::Active;
                voice.change(&Change { r#virtual, subject, what, because, phase, role, done })
            })
            .into();
        written.push(voice.reloading().to_owned());
        written.push(voice.stopping("TERM"));
        let page = fs::read_to_string(page(name)).unwrap();
        let shown: Vec<_> = part(&page, "LOGGING").lines().collect();
        let at = shown.windows(written.len()).any(|lines| lines == written);
        assert!(at, "{name}: {written:#?}");
    }
}

fn page(name: &str) -> String {
    format!("{}/man/{name}.8", env!("CARGO_MANIFEST_DIR"))
}

fn entries(page: &str, section: &str, mark: &str) -> Vec<String> {
    let lines = part(page, section).lines();
    lines.filter_map(|line| line.strip_prefix(mark)).map(str::to_owned).collect()
}

/// What every program of popt's has.
const HELP: [&str; 2] = ["? , Fl -help", "-usage"];
