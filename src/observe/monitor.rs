//! The monitor files: a line for each check, as ldirectord writes them.
//!
//! In: [`Record`]s. Out: lines at the ends of files. A thread of its own writes them, so that a slow
//! disk, or one that is gone, holds up nobody else. A file is opened for each batch of lines, which
//! lets logrotate rename it. One that cannot be written is a warning, and another word when it can.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::thread::{self, JoinHandle};

use checkers::{Timestamp, Verdict};
use jiff::tz::TimeZone;
use rustix::fs::OFlags;
use tracing::{info, warn};

use crate::director::{Change, Subject, What};
use crate::health::{Record, Records};

/// Starts the thread that writes; it ends when there is nobody left who records.
///
/// # Errors
/// The system starts no thread.
pub fn start(mut records: Records) -> io::Result<JoinHandle<()>> {
    let write = move || {
        let mut failing = BTreeSet::new();
        while let Some((batch, lost)) = records.take() {
            write(&batch, &mut failing);
            if lost > 0 {
                info!("monitor files: {lost} checks were not written down, the next ones are");
            }
        }
    };
    thread::Builder::new().name("monitor".to_owned()).spawn(write)
}

/// What a change is worth, if anything: a real that goes into maintenance, which no check tells.
pub fn record(change: &Change, at: Timestamp) -> Option<Record> {
    let (Subject::Real(address), What::Maintenance) = (change.subject, change.what) else {
        return None;
    };
    let real = change.r#virtual.reals.iter().find(|real| real.address == address)?;
    let monitor = real.monitor.clone()?;
    Some(Record { monitor, at, verdict: Verdict::Down, message: MAINTENANCE.to_owned() })
}

/// `failing` are the files that could not be written the last time.
fn write(batch: &[Record], failing: &mut BTreeSet<String>) {
    let (zone, process) = (TimeZone::system(), std::process::id());
    let mut lines: BTreeMap<&str, String> = BTreeMap::new();
    for record in batch {
        *lines.entry(&record.monitor.file).or_default() += &line(record, &zone, process);
    }
    for (file, lines) in lines {
        match append(file, &lines) {
            Ok(()) if failing.remove(file) => info!("monitor file {file} is written again"),
            Ok(()) => {}
            Err(why) if failing.insert(file.to_owned()) => {
                warn!("monitor file {file} cannot be written: {why}");
            }
            Err(_) => {}
        }
    }
}

fn append(file: &str, lines: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    // a pipe that nobody reads must not be waited for
    options.append(true).create(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    options.open(file)?.write_all(lines.as_bytes())
}

/// `[Sat Nov 21 03:07:43 2026] [28219] connect tcp 127.0.0.2 80 1 masq /  [down] refused`
fn line(record: &Record, zone: &TimeZone, process: u32) -> String {
    let date = record.at.to_zoned(zone.clone()).strftime("%a %b %e %H:%M:%S %Y").to_string();
    let state = if record.verdict == Verdict::Up { "up" } else { "down" };
    let message = escaped(&record.message);
    format!("[{date}] [{process}] {} [{state}] {message}\n", record.monitor.identity)
}

/// As in ldirectord: what would end the line or a field of it is a number.
fn escaped(message: &str) -> String {
    if message.is_empty() {
        return "-".to_owned();
    }
    let mut out = String::with_capacity(message.len());
    for c in message.chars() {
        match c {
            '%' => out.push_str("%25"),
            '|' => out.push_str("%7c"),
            '\r' => out.push_str("%0d"),
            '\n' => out.push_str("%0a"),
            c => out.push(c),
        }
    }
    out
}

const MAINTENANCE: &str = "Server in maintenance";

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use super::*;
    use crate::config::{self, Numbers};
    use crate::health::records;
    use crate::model::{Monitor, Phase, Role};

    fn record(file: &str, message: &str) -> Record {
        Record {
            monitor: Arc::new(Monitor {
                file: file.to_owned(),
                identity: "connect tcp 127.0.0.2 80 1 masq / ".to_owned(),
            }),
            at: "2026-11-01T03:07:43Z".parse().unwrap(),
            verdict: Verdict::Down,
            message: message.to_owned(),
        }
    }

    #[test]
    fn a_line_is_ldirectords() {
        let line = |message| line(&record("/m", message), &TimeZone::UTC, 28219);
        assert_eq!(
            line(""),
            "[Sun Nov  1 03:07:43 2026] [28219] connect tcp 127.0.0.2 80 1 masq /  [down] -\n"
        );
        let said = line("Test Page 100% | a\nsecond line\r\n");
        assert!(said.ends_with("[down] Test Page 100%25 %7c a%0asecond line%0d%0a\n"), "{said}");
    }

    #[test]
    fn maintenance_is_written_down_when_it_begins() {
        let text = "virtual=192.0.2.10:80\n real=10.0.0.1:80 masq\n real=10.0.0.2:80 masq\n \
                    monitorfile=/m\nvirtual=192.0.2.11:80\n real=10.0.0.1:80 masq\n";
        let virtuals = config::read(text, &Numbers).model.unwrap().virtuals;
        let [watched, other] = [0, 1].map(|n| Arc::new(virtuals[n].clone()));
        let record = |r#virtual: &Arc<_>, what| {
            let r#virtual = Arc::clone(r#virtual);
            let subject = Subject::Real("10.0.0.1:80".parse().unwrap());
            let because = "a file".to_owned();
            let (phase, role) = (Phase::Running, Role::Active);
            let change = Change { r#virtual, subject, what, because, phase, role, done: true };
            super::record(&change, Timestamp::UNIX_EPOCH)
        };
        let line = line(&record(&watched, What::Maintenance).unwrap(), &TimeZone::UTC, 7);
        let expected = "[Thu Jan  1 00:00:00 1970] [7] negotiate http tcp 10.0.0.1 80 1 masq /  \
                        [down] Server in maintenance\n";
        assert_eq!(line, expected);
        assert_eq!(record(&watched, What::MaintenanceOver), None);
        assert_eq!(record(&watched, What::Removed), None);
        assert_eq!(record(&other, What::Maintenance), None);
    }

    #[test]
    fn a_file_that_was_renamed_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let [file, old] = ["m", "m.1"].map(|name| folder.path().join(name));
        let path = file.to_str().unwrap();
        let mut failing = BTreeSet::new();
        write(&[record(path, "one"), record(path, "two")], &mut failing);
        fs::rename(&file, &old).unwrap();
        write(&[record(path, "three")], &mut failing);
        let said = |file| {
            let text = fs::read_to_string(file).unwrap();
            let words = text.lines().map(|line| line.rsplit(' ').next().unwrap().to_owned());
            words.collect::<Vec<_>>()
        };
        assert_eq!(
            (said(&old), said(&file)),
            (vec!["one".into(), "two".into()], vec!["three".into()])
        );
    }

    #[test]
    fn a_file_that_fails_holds_up_no_other_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let [good, lost] = ["good", "gone/bad"].map(|name| folder.path().join(name));
        let [good, lost] = [&good, &lost].map(|path| path.to_str().unwrap());
        let mut failing = BTreeSet::new();
        write(&[record(lost, "1"), record(good, "1")], &mut failing);
        assert_eq!(failing.iter().collect::<Vec<_>>(), [lost]);
        assert!(fs::read_to_string(good).unwrap().ends_with("[down] 1\n"));
        fs::create_dir(folder.path().join("gone")).unwrap();
        write(&[record(lost, "2")], &mut failing);
        assert!(failing.is_empty());
        assert!(fs::read_to_string(lost).unwrap().ends_with("[down] 2\n"));
    }

    #[test]
    fn a_pipe_that_nobody_reads_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RWXU,
            0,
        )
        .unwrap();
        let mut failing = BTreeSet::new();
        write(&[record(pipe.to_str().unwrap(), "1")], &mut failing);
        assert_eq!(failing.len(), 1);
    }

    #[test]
    fn all_is_written_before_the_thread_ends() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("m");
        let (recorder, records) = records();
        let thread = start(records).unwrap();
        (0..1000).for_each(|n| recorder.record(record(file.to_str().unwrap(), &n.to_string())));
        drop(recorder);
        thread.join().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let said: Vec<_> = text.lines().map(|line| line.rsplit(' ').next().unwrap()).collect();
        assert_eq!(said, (0..1000).map(|n| n.to_string()).collect::<Vec<_>>());
    }
}
