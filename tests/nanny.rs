//! The program called as nanny: what it says before it touches anything, and its manual page.

#![allow(clippy::unwrap_used, reason = "a test may end where it fails")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;

use lvs_director::face::nanny::OPTIONS;
use lvs_director::face::popt::{Opt, Takes};

#[test]
fn version_and_help() {
    let (status, output, complaint) = call("/usr/sbin/nanny", &["--version"]);
    assert_eq!((status, complaint.as_str()), (0, ""));
    assert_eq!(output.lines().next(), Some("Program Version:\tnanny 1.46"));
    for words in [&["-?"][..], &["--help"], &["--usage"], &["-v?"]] {
        let (status, output, complaint) = call("nanny", words);
        assert_eq!((status, complaint.as_str()), (0, ""), "{words:?}");
        for known in OPTIONS.iter().flat_map(|option| option.names) {
            assert!(output.contains(&format!("--{known}")), "{known}: {output}");
        }
    }
}

#[test]
fn a_wrong_command_line_is_1() {
    for (line, complaint) in [
        ("--lvs", "No address supplied. Use '--help' for help. "),
        ("--lvs -h web1", "bad IP address -- web1"),
        ("-h 10.0.0.1 -V 192.0.2.1", "unknown service type"),
        ("--lvs -h 10.0.0.1", "no service: --virtaddress or --fwmark is needed"),
        ("--lvs -h 10.0.0.1 -f 7 -t 0", "bad interval -- 0: 1 or more is expected"),
        ("--lvs -h 10.0.0.1 -t x", "bad argument x: invalid numeric value"),
        ("--lvs -h 10.0.0.1 -z", "bad argument -z: unknown option"),
        ("--lvs -h 10.0.0.1 now", "unexpected arguments"),
    ] {
        let words: Vec<_> = line.split(' ').collect();
        let answer = (1, String::new(), format!("nanny: {complaint}\n"));
        assert_eq!(call("nanny", &words), answer, "{line}");
    }
}

/// Nothing listens on the port: what a script without a kernel to tell sees.
#[test]
fn a_failover_service_that_never_answers_is_1() {
    let line = "--fos -n -h 127.0.0.1 -V 127.0.0.2 -p 1 -t 1";
    let (status, output, _) = call("nanny", &line.split(' ').collect::<Vec<_>>());
    assert_eq!(status, 1);
    let lines = [
        "Failover service monitor for 127.0.0.2:1 started",
        "No service active & available...",
        "No service active & available...",
        "Timeout waiting for remote service -- triggering failover!",
    ];
    assert_eq!(output, lines.map(|line| format!("nanny: {line}\n")).concat());
}

/// The options of the page are those of the program, in its order.
#[test]
fn the_manual_page_has_every_option() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/man/nanny.8")).unwrap();
    let shown = part(&page, "OPTIONS").lines().filter_map(|line| line.strip_prefix(".It Fl "));
    let help = ["? , Fl -help", "-usage"].map(str::to_owned);
    assert!(shown.map(str::to_owned).eq(OPTIONS.iter().map(entry).chain(help)));
    let words: BTreeSet<_> = part(&page, "SYNOPSIS").split_whitespace().collect();
    for known in OPTIONS.iter().filter_map(|option| option.names.first()) {
        assert!(words.contains(&*format!("-{known}")), "{known}");
    }
    let statuses = part(&page, "EXIT STATUS").lines().filter_map(|line| line.strip_prefix(".It "));
    assert!(statuses.eq(["0", "1"]));
}

/// As mdoc has it: `h , Fl -server Ar ip`.
fn entry(option: &Opt) -> String {
    let value = match option.takes {
        Takes::Nothing => String::new(),
        Takes::Text(value) | Takes::Number(value) => format!(" Ar {}", value.to_lowercase()),
    };
    let letter = option.letter.map(|letter| letter.to_string());
    let names = option.names.iter().map(|name| format!("-{name}"));
    let forms: Vec<_> = letter.into_iter().chain(names).collect();
    forms.join(" , Fl ") + &value
}

fn call(name: &str, words: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lvs-director"));
    let output = command.arg0(name).args(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The text of a section.
fn part<'a>(page: &'a str, section: &str) -> &'a str {
    let behind = page.split(&format!("\n.Sh {section}\n")).nth(1).unwrap();
    behind.split("\n.Sh ").next().unwrap()
}
