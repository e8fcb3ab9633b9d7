//! The program called as ucarp: what it says before it touches anything, and its manual page.

#![allow(clippy::unwrap_used, reason = "a test may end where it fails")]

#[path = "shared/call.rs"]
mod call;
#[path = "shared/page.rs"]
mod page;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use call::call;
use lvs_director::face::getopt::Opt;
use lvs_director::face::ucarp::OPTIONS;
use page::part;

#[test]
fn who_asks_for_what_there_is_not_is_told_of_what_there_is() {
    for (words, complaint) in [
        (&[][..], ""),
        (&["-h"], ""),
        (&["-q"], "/usr/sbin/ucarp: invalid option -- 'q'\n"),
        (&["--pass"], "/usr/sbin/ucarp: option '--pass' requires an argument\n"),
    ] {
        let (status, output, said) = call("/usr/sbin/ucarp", words);
        assert_eq!((status, said.as_str()), (0, complaint), "{words:?}");
        assert!(output.starts_with("\nucarp 1.5.2 "), "{output}");
        for Opt { letter, name, takes } in OPTIONS {
            // the original names it so as well
            let name = if *letter == 'm' { "mcast" } else { name };
            let long = takes.map_or(name.to_owned(), |value| format!("{name}=<{value}>"));
            assert!(output.contains(&format!("\n--{long} (-{letter}")), "{name}: {output}");
        }
    }
}

#[test]
fn what_cannot_be_is_1_or_2() {
    let whole = "-i lo -s 127.0.0.1 -v 1 -p x -a 10.0.0.1 -u /up -d /down";
    for (words, status, said) in [
        ("-i lo".to_owned(), 1, "You must supply a valid virtual host id"),
        (format!("{whole} -v 256"), 1, "vhid must be between 1 and 255."),
        (format!("{whole} -r 0"), 1, "Dead ratio can't be zero"),
        (format!("{whole} -p 12345678901234567890"), 2, "Password too long"),
        (whole.to_owned(), 2, "Unable to find MAC address of [lo]"),
    ] {
        let words = format!("-f none {words}");
        let (code, output, complaint) = call("ucarp", &words.split(' ').collect::<Vec<_>>());
        assert_eq!((code, output.as_str()), (status, ""), "{words}");
        let (time, line) = complaint.split_once(": ").unwrap();
        assert_eq!(line, format!("[ERROR] {said}\n"), "{words}");
        // 2026-11-21T18:57:24.242232
        assert!(time.len() == 26 && time.as_bytes()[10] == b'T', "{time}");
    }
}

#[test]
fn what_is_missing_does_not_end_it_but_is_said() {
    let words = "-f none -i nosuch0 -s 127.0.0.1 -v 1 -p x -a 10.0.0.1 -b 257";
    let (status, _, complaint) = call("ucarp", &words.split(' ').collect::<Vec<_>>());
    assert_eq!(status, 2);
    for said in [
        "[WARNING] advbase is 0 to 255: of 257 the last 8 bits are taken, 1\n",
        "[WARNING] Warning: no script called when going up\n",
        "[WARNING] Warning: no script called when going down\n",
        "[ERROR] Unable to get hardware info about an interface: No such device\n",
        "[ERROR] Unable to find MAC address of [nosuch0]\n",
    ] {
        assert!(complaint.contains(said), "{said}: {complaint}");
    }
}

/// A password that is not read as it is would sign adverts that no other host believes.
#[test]
fn what_is_no_utf_8_is_refused_and_not_shown() {
    let mut ucarp = Command::new(env!("CARGO_BIN_EXE_lvs-director"));
    let output = ucarp.arg0("ucarp").arg("-p").arg(OsStr::from_bytes(b"gr\xfcn")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("--passfile") && !said.contains("gr"), "{said}");
}

/// The options of the page are those of the program.
#[test]
fn the_manual_page_has_every_option() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/man/ucarp.8")).unwrap();
    let shown = part(&page, "OPTIONS").lines().filter_map(|line| line.strip_prefix(".It Fl "));
    let entry = |opt: &Opt| {
        let value = opt.takes.map_or(String::new(), |value| format!(" Ar {value}"));
        format!("{} , Fl -{}{value}", opt.letter, opt.name)
    };
    let shown: Vec<_> = shown.map(str::to_owned).collect();
    let mut known: Vec<_> = OPTIONS.iter().map(entry).collect();
    assert_eq!(shown.len(), known.len());
    known.retain(|known| !shown.contains(known));
    assert!(known.is_empty(), "{known:?}");
    let words: BTreeSet<_> = part(&page, "SYNOPSIS").split_whitespace().collect();
    for Opt { name, .. } in OPTIONS {
        assert!(words.contains(&*format!("-{name}")), "{name}");
    }
    let statuses = part(&page, "EXIT STATUS").lines();
    assert!(statuses.filter_map(|line| line.strip_prefix(".It ")).eq(["0", "1", "2"]));
}
