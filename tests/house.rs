//! The floor plan, enforced: which room may use which, and what the pure ones may not touch.

#![allow(clippy::unwrap_used, reason = "a test may end where it fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in the order in which data flows; each may use those before it and no other.
const ROOMS: [&str; 9] =
    ["model", "config", "health", "plan", "director", "kernel", "observe", "daemon", "cli"];

/// Rooms and files that decide: they are given all they need and touch nothing.
const PURE: [&str; 8] = [
    "model",
    "config",
    "plan",
    "director",
    "director.rs",
    "health/duty.rs",
    "health/judge.rs",
    "observe/line.rs",
];

/// What nothing pure may name: clocks, files, sockets, tasks, processes, the environment.
const OUTSIDE: [&str; 12] = [
    "std::fs",
    "std::io",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "SystemTime",
    "Instant::now",
    "jiff",
    "tokio",
    "ToSocketAddrs",
    "Socket::",
];

#[test]
fn every_room_uses_only_the_rooms_before_it() {
    for (floor, room) in ROOMS.iter().enumerate() {
        for path in files(room) {
            let text = code(&path);
            for above in &ROOMS[floor + 1..] {
                for way in [
                    format!("crate::{above}::"),
                    format!("crate::{above};"),
                    format!("crate::{{{above}"),
                ] {
                    assert!(!text.contains(&way), "{} uses {above}", path.display());
                }
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
            assert!(!text.contains(outside), "{} names {outside}", path.display());
        }
    }
}

#[test]
fn only_the_kernel_room_talks_to_the_kernel() {
    for room in ROOMS.iter().filter(|room| **room != "kernel") {
        for path in files(room) {
            assert!(!code(&path).contains("ipvs::Ipvs"), "{} talks to the kernel", path.display());
        }
    }
}

/// The source files of a room, or of a file.
fn files(place: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut places = vec![source(place), source(&format!("{place}.rs"))];
    while let Some(path) = places.pop() {
        if path.is_dir() {
            places.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.is_file() && path.file_name().is_some_and(|name| name != "tests.rs") {
            found.push(path);
        }
    }
    assert!(!found.is_empty(), "there is no {place}");
    found
}

/// A file without its tests and comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn source(place: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(place)
}
