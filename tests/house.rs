//! The floor plan, enforced: which room may use which, and what the pure ones may not touch.

#![allow(clippy::unwrap_used, reason = "a test may end where it fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in the order in which data flows; each may use those before it and no other.
const ROOMS: [&str; 11] = [
    "model", "config", "health", "failover", "plan", "director", "kernel", "observe", "daemon",
    "cli", "face",
];

/// Rooms and files that decide: they are given all they need and touch nothing.
const PURE: [&str; 34] = [
    "model",
    "config",
    "plan",
    "director",
    "director.rs",
    "failover",
    "health/duty.rs",
    "health/judge.rs",
    "health/maintenance.rs",
    "health/pace.rs",
    "health/rota.rs",
    "health/sentry.rs",
    "daemon/cluster/connections/asker.rs",
    "daemon/cluster/connections/teller.rs",
    "daemon/cluster/connections/word.rs",
    "daemon/cluster/filter/rules.rs",
    "kernel/addresses/difference.rs",
    "kernel/connections/ways.rs",
    "observe/line.rs",
    "observe/voice.rs",
    "cli/probe/choice.rs",
    "cli/probe/dialogue.rs",
    "cli/probe/json.rs",
    "cli/probe/questions.rs",
    "cli/probe/text.rs",
    "face/getopt.rs",
    "daemon/cluster/scout/reach.rs",
    "daemon/cluster/script.rs",
    "face/ldirectord/line.rs",
    "face/nanny/line.rs",
    "face/nanny/machine.rs",
    "face/nanny/order.rs",
    "face/popt.rs",
    "face/ucarp/line.rs",
];

/// What nothing pure may name: clocks, files, sockets, tasks, processes, the environment, the log.
const OUTSIDE: [&str; 26] = [
    "std::fs",
    "std::io",
    "std::env",
    "std::os",
    "std::process",
    "std::thread",
    "Instant",
    "SystemTime",
    "File",
    "ToSocketAddrs",
    "TcpListener",
    "TcpStream",
    "UdpSocket",
    "UnixDatagram",
    "UnixListener",
    "UnixStream",
    "Socket",
    "jiff",
    "Timestamp::now",
    "lettre",
    "reqwest",
    "rustix",
    "tokio",
    "tracing",
    "println",
    "eprintln",
];

#[test]
fn every_room_uses_only_the_rooms_before_it() {
    for (floor, room) in ROOMS.iter().enumerate() {
        for path in files(room) {
            for used in rooms(&code(&path)) {
                let above = ROOMS[floor + 1..].contains(&used.as_str()) || used == "*";
                assert!(!above, "{} uses {used}", path.display());
            }
        }
    }
}

#[test]
fn no_room_is_missing_from_the_plan() {
    let map = fs::read_to_string(source("lib.rs")).unwrap();
    let rooms = map.lines().filter_map(|line| line.strip_prefix("pub mod "));
    let mut rooms: Vec<_> = rooms.map(|room| room.trim_end_matches(';')).collect();
    rooms.sort_unstable();
    let mut planned = ROOMS.to_vec();
    planned.sort_unstable();
    assert_eq!(rooms, planned);
    for room in ROOMS {
        assert!(map.contains(&format!("[`{room}`]")), "the map does not show {room}");
    }
}

#[test]
fn what_decides_touches_nothing() {
    for path in PURE.iter().flat_map(|place| files(place)) {
        let text = code(&path);
        for outside in OUTSIDE {
            assert!(!names(&text, outside), "{} names {outside}", path.display());
        }
    }
}

#[test]
fn only_the_kernel_room_talks_to_the_kernel() {
    for room in ROOMS.iter().filter(|room| **room != "kernel") {
        for path in files(room) {
            assert!(!names(&code(&path), "ipvs::Ipvs"), "{} talks to the kernel", path.display());
        }
    }
}

/// The source files of a room, or of a file.
fn files(place: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut places = vec![source(place), source(&format!("{place}.rs"))];
    while let Some(path) = places.pop() {
        if path.ends_with("tests") {
            // nothing of it is in the program
        } else if path.is_dir() {
            places.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.is_file() && path.file_name().is_some_and(|name| name != "tests.rs") {
            found.push(path);
        }
    }
    assert!(!found.is_empty(), "there is no {place}");
    found
}

/// A file without its comments, and without its tests, which are its end.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let (code, tests) = text.split_once("#[cfg(test)]\nmod tests").unwrap_or((&text, ";"));
    let end = tests.find("\n}\n").map_or(tests.trim_end() == ";", |at| at + 3 == tests.len());
    assert!(end, "{} goes on behind its tests", path.display());
    uncommented(code)
}

fn uncommented(code: &str) -> String {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line.split(" // ").next().unwrap(), "\n"]).collect()
}

fn source(place: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(place)
}

/// Whether a path of the code has these names in a row.
fn names(code: &str, what: &str) -> bool {
    paths(code).iter().any(|path| format!("::{path}::").contains(&format!("::{what}::")))
}

/// What the code reaches from the house's own roots: the first name behind `crate` or `super`.
fn rooms(code: &str) -> Vec<String> {
    let root = |name: &&str| matches!(*name, "crate" | "self" | "super");
    let own = |path: &String| root(&path.split("::").next().unwrap());
    let first = |path: String| path.split("::").find(|name| !root(name)).map(str::to_owned);
    paths(code).into_iter().filter(own).filter_map(first).collect()
}

/// The paths that a code names, groups spread out: `a::{b, c::d}` is `a::b` and `a::c::d`.
/// Words by themselves count as well, even keywords: nobody asks for them.
fn paths(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    // what stands before each open brace; nothing, if that is no group
    let mut groups = vec![String::new()];
    let mut path = String::new();
    for token in tokens(code) {
        let word = token.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if token == "::" || path.ends_with("::") && (word || token == "*") {
            path.push_str(token);
        } else if token == "{" && path.ends_with("::") {
            groups.push(std::mem::take(&mut path));
        } else {
            paths.push(std::mem::take(&mut path));
            match token {
                "{" => groups.push(String::new()),
                "}" => drop(groups.pop()),
                _ if word => path = groups.last().cloned().unwrap_or_default() + token,
                _ => {}
            }
        }
    }
    paths.push(path);
    paths.retain(|path| !path.is_empty());
    paths
}

/// Words, `::`, and any other character by itself.
fn tokens(code: &str) -> impl Iterator<Item = &str> {
    let mut rest = code;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = match word {
            0 if rest.starts_with("::") => 2,
            0 => rest.chars().next()?.len_utf8(),
            length => length,
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        Some(token)
    })
}

#[test]
fn groups_are_spread_out() {
    let group = "use a::{self, b, c::{d, e::*},};\nfn f() { g::h::<i::j>() }";
    let long: Vec<_> = paths(group).into_iter().filter(|path| path.contains("::")).collect();
    assert_eq!(long, ["a::self", "a::b", "a::c::d", "a::c::e::*", "g::h::", "i::j"]);
}

#[test]
fn whoever_reaches_outside_is_seen() {
    for code in [
        "use std::fs;",
        "use std::{fs, net::IpAddr};",
        "use std::{\n    collections::BTreeMap,\n    fs::{self, Metadata},\n};",
        "fn f() { let text = std::fs::read(path); }",
        "use ::std::fs as disk;",
        "use std::collections::{BTreeMap, // a note\n};\nuse std::fs;",
    ] {
        assert!(names(&uncommented(code), "std::fs"), "{code}");
    }
    assert!(names("fn f(to: &str) { TcpStream::connect(to) }", "TcpStream"));
    assert!(names("use std::net::{IpAddr, UdpSocket};", "UdpSocket"));
    for code in
        ["use std::net::IpAddr;", "use std::{fsx, net::fs};", "// std::fs", "x(); // std::fs"]
    {
        assert!(!names(&uncommented(code), "std::fs"), "{code}");
    }
}

#[test]
fn whoever_reaches_another_room_is_seen() {
    for code in [
        "use crate::daemon;",
        "use crate::{model::Time, daemon};",
        "use crate::{\n    model::{Real, Time},\n    daemon::{self, Load},\n};",
        "fn f(load: &crate::daemon::Load) {}",
        "use super::super::daemon::Load;",
        "pub(crate) use crate::daemon::*;",
    ] {
        assert!(rooms(code).contains(&"daemon".to_owned()), "{code}");
    }
    for code in ["use crate::model::daemon;", "use daemon::x;", "let daemon = crate::model;"] {
        assert!(!rooms(code).contains(&"daemon".to_owned()), "{code}");
    }
    assert_eq!(rooms("use super::*;"), ["*"]);
}
