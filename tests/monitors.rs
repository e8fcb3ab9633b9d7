//! The program called as nanny and as fos: what it says before it touches anything, and its manual
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

use call::call;
use lvs_director::face::popt::Opt;
use lvs_director::face::{fos, nanny};
use option::entry;
use page::part;

/// By what they are called, their versions, and their options.
const FACES: [(&str, &str, &[Opt]); 2] =
    [("nanny", "nanny 1.46", nanny::OPTIONS), ("fos", "fos 1.13", fos::OPTIONS)];

#[test]
fn version_and_help() {
    for (name, version, options) in FACES {
        let (status, output, complaint) = call(&format!("/usr/sbin/{name}"), &["--version"]);
        assert_eq!((status, complaint.as_str()), (0, ""));
        assert_eq!(output.lines().next(), Some(&*format!("Program Version:\t{version}")));
        for words in [&["-?"][..], &["--help"], &["--usage"], &["-v?"]] {
            let (status, output, complaint) = call(name, words);
            assert_eq!((status, complaint.as_str()), (0, ""), "{words:?}");
            for known in options.iter().flat_map(|option| option.names) {
                assert!(output.contains(&format!("--{known}")), "{known}: {output}");
            }
        }
    }
}

#[test]
fn a_wrong_command_line_of_nanny_is_1() {
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

#[test]
fn what_fos_cannot_do_is_1() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let head = "primary = 127.0.0.1\nservice = ";
    let lvs = file("lvs", &format!("{head}lvs\n{}", service("127.0.0.1", "true", "true")));
    let none = file("none", &format!("{head}fos\n"));
    let broken = file("broken", &format!("{head}fos\nkeepalive = x\n"));
    for (words, complaint) in [
        (&["-fF"][..], "Cannot specifiy both -f and -F!".to_owned()),
        (&["-n"], "Either --monitor (-f) or --active (-F) required!".to_owned()),
        (&["-F", "-c", "/nowhere"], "failed to open /nowhere".to_owned()),
        (&["-nF", "-c", &lvs], format!("Service type is not \"fos\" in {lvs}")),
        (&["-nf", "-c", &none], format!("No Failover Services defined in {none}.")),
        (&["-nf", "-c", &broken], format!("error parsing {broken} on line 3.")),
    ] {
        let (status, output, complaints) = call("fos", words);
        assert_eq!((status, output.as_str()), (1, ""), "{words:?}");
        assert_eq!(complaints.lines().next(), Some(&*format!("fos: {complaint}")));
    }
}

/// The partner's service is not there.
#[test]
fn fos_stops_what_is_here_and_ends_when_the_partners_service_fails() {
    let folder = tempfile::tempdir().unwrap();
    let [path, log] = ["lvs.cf", "did"].map(|name| folder.path().join(name));
    let stop = format!("echo stop >> {}", log.display());
    let services = [service("127.0.0.1", "true", &stop), service("127.0.0.2", "true", "false")];
    let text = format!("primary = 127.0.0.1\nservice = fos\n{}", services.concat());
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let (status, output, _) = call("fos", &["-ftvc", path]);
    assert_eq!(status, 0);
    assert!(!log.exists() && output.contains("fos: would run: stop_cmd `echo stop"), "{output}");
    assert!(output.contains(&format!("{}` (by the shell)\n", log.display())), "{output}");
    let first = "fos: Stopping local services (if any)\n\
                 fos: Shutting down local service 127.0.0.1:1 \n";
    assert!(output.starts_with(first), "{output}");
    for line in [
        "Starting monitor for 127.0.0.1:1 running as pid ",
        "Timeout waiting for remote service -- triggering failover!\n",
        "exited. This is a failover condition!\n",
        "fos: Shutting down monitor for x 127.0.0.",
    ] {
        assert!(output.contains(line), "{line}: {output}");
    }
    assert!(output.ends_with("fos: will now exit to notify pulse...\n"), "{output}");
}

fn service(address: &str, start: &str, stop: &str) -> String {
    format!(
        "failover x {{\n active = 1\n address = {address} lo:1\n port = 1\n timeout = 1\n \
         start_cmd = \"{start}\"\n stop_cmd = \"{stop}\"\n}}\n"
    )
}

/// The options of the pages are those of the programs, in their order.
#[test]
fn the_manual_pages_have_every_option() {
    for (name, _, options) in FACES {
        let file = format!("{}/man/{name}.8", env!("CARGO_MANIFEST_DIR"));
        let page = fs::read_to_string(file).unwrap();
        let shown = part(&page, "OPTIONS").lines().filter_map(|line| line.strip_prefix(".It Fl "));
        let help = ["? , Fl -help", "-usage"].map(str::to_owned);
        let shown: Vec<_> = shown.map(str::to_owned).collect();
        assert_eq!(shown, options.iter().map(entry).chain(help).collect::<Vec<_>>());
        let words: BTreeSet<_> = part(&page, "SYNOPSIS").split_whitespace().collect();
        for known in options.iter().filter_map(|option| option.names.first()) {
            assert!(words.contains(&*format!("-{known}")), "{name}: {known}");
        }
        let statuses = part(&page, "EXIT STATUS").lines();
        assert!(statuses.filter_map(|line| line.strip_prefix(".It ")).eq(["0", "1"]), "{name}");
    }
}
