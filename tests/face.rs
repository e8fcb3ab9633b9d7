//! The program called as ldirectord: what it says before it touches anything, and its manual page.

#![allow(clippy::unwrap_used, reason = "a test may end where it fails")]

#[path = "shared/call.rs"]
mod call;
#[path = "shared/page.rs"]
mod page;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use lvs_director::face::ldirectord::{ACTIONS, OPTIONS};
use page::part;

#[test]
fn the_name_that_it_is_called_by_picks_the_face() {
    for name in ["ldirectord", "/usr/sbin/ldirectord", "/etc/ha.d/resource.d/ldirectord"] {
        let (status, output, complaint) = call::call(name, &["-v"]);
        assert_eq!((status, complaint.as_str()), (0, ""));
        assert_eq!(output.lines().next(), Some("Linux Director v1.186-ha"));
    }
    for name in ["lvs-director", "ldirectord.real", "/usr/sbin/ldirectord/"] {
        // the last one is a name all the same
        let ours = call::call(name, &["--version"]).1.starts_with("lvs-director ");
        assert_eq!(ours, !name.ends_with('/'), "{name}");
    }
}

#[test]
fn a_wrong_command_line_is_answered_with_the_right_one() {
    for (words, complaint) in [
        (&[][..], ""),
        (&["-d"], ""),
        (&["x.cf"], ""),
        (&["x.cf", "begin"], ""),
        (&["start", "-d"], ""),
        (&["-x", "start"], "Unknown option: x\n"),
        (
            &["-yz", "--no", "x.cf", "status"],
            "Unknown option: y\nUnknown option: z\nUnknown option: no\n",
        ),
        (&["--debug=3", "status"], "Option debug does not take an argument\n"),
    ] {
        let (status, output, complained) = call(words);
        assert_eq!((status, complained.as_str()), (255, complaint), "{words:?}");
        assert!(output.starts_with("Usage:\n    ldirectord "), "{words:?}: {output}");
    }
}

#[test]
fn help_is_printed_and_nothing_done() {
    for words in [&["-h"][..], &["-?"], &["--help"], &["-h", "start"], &["-dhv"]] {
        let (status, output, complaint) = call(words);
        assert_eq!((status, complaint.as_str()), (0, ""), "{words:?}");
        for (action, _) in ACTIONS {
            assert!(output.contains(&format!("\n    {action} ")), "{action}");
        }
    }
}

#[test]
fn a_broken_file_is_2_for_all_but_stop() {
    let folder = tempfile::tempdir().unwrap();
    let [file, log] = ["broken-face-test.cf", "log"].map(|name| folder.path().join(name));
    let text = format!("logfile={}\nquiescnt=yes\ncheckinterval=0\n", log.display());
    fs::write(&file, text).unwrap();
    let path = file.to_str().unwrap();
    for (action, _) in ACTIONS {
        let (status, output, complaint) = call(&[path, action]);
        assert_eq!(
            (status, output.as_str()),
            (if *action == "stop" { 0 } else { 2 }, ""),
            "{action}"
        );
        let errors: Vec<_> = complaint.lines().filter(|line| line.starts_with("Error [")).collect();
        assert_eq!(errors.len(), 2, "{complaint}");
        for (line, error) in errors.iter().enumerate() {
            let frame = format!("] reading file {path} at line {}: ", line + 2);
            assert!(error.contains(&frame), "{error}");
        }
        let log = fs::read_to_string(&log).unwrap_or_default();
        let exit = "] Exiting with exit_status 2: config_error: Configuration Error\n";
        assert_eq!(log.ends_with(exit), *action != "stop", "{action}: {log}");
        fs::write(folder.path().join("log"), "").unwrap();
    }
}

#[test]
fn a_director_that_does_not_run_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let [file, log] = ["stopped-face-test.cf", "log"].map(|name| folder.path().join(name));
    let path = file.to_str().unwrap();
    fs::write(&file, format!("logfile={}\n", log.display())).unwrap();
    let stopped = format!("ldirectord is stopped for {path}\n");
    for (action, status, output, reason) in [
        (
            "status",
            3,
            stopped.as_str(),
            "Exiting with exit_status 3: Exiting from ldirectord status",
        ),
        ("stop", 0, "", "Invoking ldirectord invoked as: ldirectord PATH stop "),
        ("try-restart", 0, "", "Invoking ldirectord invoked as: ldirectord PATH try-restart "),
        ("reload", 1, "", "Exiting with exit_status 1: Exiting from ldirectord reload"),
        ("force-reload", 1, "", "Exiting with exit_status 1: Exiting from ldirectord force-reload"),
    ] {
        assert_eq!(call(&[path, action]), (status, output.to_owned(), String::new()), "{action}");
        let log = fs::read_to_string(&log).unwrap();
        let last = log.lines().last().unwrap().replace(path, "PATH");
        assert!(last.ends_with(&format!("] {reason}")), "{action}: {last:?}");
        assert!(last.contains("|stopped-face-test.cf|"), "{last}");
    }
}

/// The log says it, and a cluster looks for it among the processes.
#[test]
fn a_name_that_was_found_in_path_is_the_whole_path() {
    let folder = tempfile::tempdir().unwrap();
    let [file, log, link] =
        ["path-face-test.cf", "log", "ldirectord"].map(|name| folder.path().join(name));
    fs::write(&file, format!("logfile={}\n", log.display())).unwrap();
    symlink(env!("CARGO_BIN_EXE_lvs-director"), &link).unwrap();
    for name in ["ldirectord".as_ref(), link.as_os_str()] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lvs-director"));
        command.arg0(name).arg(&file).arg("stop").env("PATH", folder.path());
        assert!(command.status().unwrap().success());
        let log = fs::read_to_string(&log).unwrap();
        let whole = format!("invoked as: {} {} stop ", link.display(), file.display());
        assert!(log.lines().last().unwrap().ends_with(&whole), "{name:?}: {log}");
    }
}

/// A folder that is not there is wrong for everybody; one that is another's is not for who asks.
#[test]
fn a_log_that_cannot_be_written_is_an_error_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("logfile-face-test.cf");
    let check = |log: &Path| {
        fs::write(&file, format!("logfile=\"{}\"\n", log.display())).unwrap();
        let output = call::call("lvs-director", &["check", file.to_str().unwrap()]);
        (output.0, output.1)
    };
    let missing = folder.path().join("missing/x.log");
    let (status, said) = check(&missing);
    assert!(status == 2 && said.contains("unable to open logfile"), "{said}");
    let (status, said) = check(folder.path());
    assert!(status == 2 && said.contains("s a directory"), "{said}");
    let new = folder.path().join("new.log");
    assert_eq!(check(&new).0, 0);
    assert!(!new.exists(), "it is made by asking");
    fs::write(&new, "").unwrap();
    assert_eq!(check(&new).0, 0);
    // what root may write, nobody else needs to
    assert_eq!(check(Path::new("/var/log/ldirectord.log")).0, 0);
}

#[test]
fn the_manual_page_has_every_action_option_and_exit_status() {
    let page = read("man/ldirectord.8");
    let synopsis = part(&page, "SYNOPSIS");
    let actions: Vec<_> = ACTIONS.iter().map(|(action, _)| *action).collect();
    let shown = synopsis.lines().find_map(|line| line.strip_prefix(".Cm ")).unwrap();
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(set(&shown.split(" | ").collect::<Vec<_>>()), set(&actions));
    let entries = |section: &str, mark: &str| -> Vec<String> {
        let lines = part(&page, section).lines();
        lines.filter_map(|line| line.strip_prefix(mark)).map(str::to_owned).collect()
    };
    let shown = entries("ACTIONS", ".It Cm ");
    assert_eq!(shown.into_iter().collect::<BTreeSet<_>>(), set(&actions));
    let options: Vec<String> = OPTIONS
        .iter()
        .map(|(long, letters)| {
            let letters: String = letters.chars().map(|letter| format!("{letter} , Fl ")).collect();
            format!("{letters}-{long}")
        })
        .collect();
    assert_eq!(entries("DESCRIPTION", ".It Fl "), options);
    let (_, help, _) = call(&["--help"]);
    let told = help.split("Exit status:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let told: Vec<_> = told.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let told: Vec<_> = told.into_iter().filter(|word| word.parse::<u8>().is_ok()).collect();
    assert_eq!(entries("EXIT STATUS", ".It "), told);
    assert_eq!(told, ["0", "1", "2", "3", "255"]);
}

fn call(words: &[&str]) -> call::Answer {
    call::call("ldirectord", words)
}

fn read(file: &str) -> String {
    fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
