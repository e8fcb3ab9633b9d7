//! Debian's ldirectord, with a process of its own for each virtual service (`fork=yes`), so that one
//! that hangs or dies keeps no other waiting. Its verdict is the weight in the kernel's table.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::process::{FOLDER, Process, shell};
use super::services::Case;
use super::verdict::Verdict;
use super::wait::wait_until;

/// ldirectord at work.
pub(crate) struct Ldirectord {
    process: Process,
    /// The virtual services whose check does not end.
    hanging: BTreeSet<String>,
}

impl Ldirectord {
    /// Starts it, and waits until it has a process for each virtual service.
    ///
    /// It checks all by itself once before, and what one check does to that process, such as to end
    /// it, would be done to all: so it finds all servers in maintenance then, and a table in which
    /// nothing is missing, and each process knows only its own check.
    pub(crate) fn start(config: &str, cases: &[&Case]) -> Ldirectord {
        fs::create_dir_all(format!("{FOLDER}/maintenance")).expect("a folder");
        let files = cases.iter().map(|case| format!("{FOLDER}/maintenance/{}", case.real()));
        let files: BTreeSet<String> = files.collect();
        files.iter().for_each(|file| fs::write(file, "").expect("a file"));
        let table: String = cases.iter().map(|case| case.entry()).collect();
        fs::write(format!("{FOLDER}/table"), table).expect("a file");
        shell("ipvsadm -C; ipvsadm -R <table");
        // what it says is looked at while it runs
        fs::write(format!("{FOLDER}/Unbuffered.pm"), "$| = 1;\n").expect("a file");
        let command = format!("env PERL5LIB=. PERL5OPT=-MUnbuffered ldirectord {config} start");
        let process = Process::start("ldirectord", &command);
        let mut started = Ldirectord { process, hanging: BTreeSet::new() };
        wait_until("ldirectord has looked at all", START, || {
            started.process.must_run();
            let any = !started.children().is_empty();
            if any { Ok(()) } else { Err(started.process.said()) }
        });
        files.iter().for_each(|file| fs::remove_file(file).expect("our file"));
        wait_until("ldirectord has all its processes", START, || {
            started.process.must_run();
            let children = started.children();
            let missing = cases.iter().find(|case| !children.contains_key(&case.id()));
            missing.map_or(Ok(()), |case| {
                Err(format!("none for {}\n{}", case.id(), started.process.said()))
            })
        });
        started.rest();
        started
    }

    /// Lets none of its processes do anything, and none in the middle of a check: the next one is
    /// made of what is then.
    pub(crate) fn rest(&self) {
        self.process.freeze_when(|title| {
            let id = title.strip_prefix("ldirectord ")?.split(' ').next()?;
            Some(!title.contains(" checking ") || self.hanging.contains(id))
        });
    }

    /// Its verdicts of these cases, after another check of each; it rests before and after.
    pub(crate) fn verdicts(&mut self, cases: &[&Case]) -> Vec<Verdict> {
        let lines_then: Vec<usize> = cases.iter().map(|case| lines(case)).collect();
        let children_then = self.children();
        self.process.thaw();
        let begun = Instant::now();
        let seen = loop {
            self.process.must_run();
            let children = self.children();
            let seen = |(case, then): (&&Case, &usize)| {
                lines(case) > *then || children.get(&case.id()) > children_then.get(&case.id())
            };
            let seen: Vec<_> = cases.iter().zip(&lines_then).map(seen).collect();
            // who has not said a word by then is not slow
            if seen.iter().all(|&seen| seen) || begun.elapsed() > WORD {
                break seen;
            }
            thread::sleep(Duration::from_millis(200));
        };
        let silent = cases.iter().zip(&seen).filter(|&(_, &seen)| !seen);
        self.hanging = silent.map(|(case, _)| case.id()).collect();
        self.rest();
        let (weights, children, titles) = (weights(), self.children(), self.process.titles());
        let verdict = |(case, &seen): (&&Case, &bool)| {
            let id = case.id();
            // a death may be noticed by its parent only after this
            let alive = titles.iter().any(|title| title.split(' ').nth(1) == Some(&id));
            if !alive || children.get(&id) > children_then.get(&id) {
                return Verdict::Dies;
            }
            match (seen, weights.get(&id)) {
                (false, _) => Verdict::Hangs,
                (_, Some(0)) => Verdict::Down,
                (_, Some(_)) => Verdict::Up,
                (_, None) => panic!("{id} is not in the kernel's table: {weights:?}"),
            }
        };
        cases.iter().zip(&seen).map(verdict).collect()
    }

    /// What it said last of a case.
    pub(crate) fn last_words(&self, case: &Case) -> String {
        let log = self.process.said();
        let address = format!("({})", case.address);
        let mut words: Vec<&str> = log.lines().filter(|line| line.contains(&address)).collect();
        words.drain(..words.len().saturating_sub(2));
        let outcomes = fs::read(case.monitor_file()).unwrap_or_default();
        let outcomes = String::from_utf8_lossy(&outcomes);
        words.extend(outcomes.lines().last());
        words.join("\n    ")
    }

    /// How many processes it has started for each virtual service.
    fn children(&self) -> HashMap<String, usize> {
        let mut children = HashMap::new();
        for line in self.process.said().lines() {
            if let Some((_, spawned)) = line.split_once("Spawned child ")
                && let Some((id, _)) = spawned.split_once(' ')
            {
                *children.entry(id.to_owned()).or_default() += 1;
            }
        }
        children
    }
}

fn lines(case: &Case) -> usize {
    let text = fs::read(case.monitor_file()).unwrap_or_default();
    text.iter().filter(|&&byte| byte == b'\n').count()
}

/// The weight of each virtual service's only real server.
fn weights() -> HashMap<String, u32> {
    let output = Command::new("ipvsadm").arg("-Sn").output().expect("ipvsadm starts");
    assert!(output.status.success(), "{output:?}");
    let table = String::from_utf8(output.stdout).expect("text");
    let reals = table.lines().filter_map(|line| {
        let mut words = line.strip_prefix("-a ")?.split(' ');
        let protocol = if words.next()? == "-u" { "udp" } else { "tcp" };
        let id = format!("{protocol}:{}", words.next()?);
        let weight = words.skip_while(|&word| word != "-w").nth(1)?;
        Some((id, weight.parse().ok()?))
    });
    reals.collect()
}

const START: Duration = Duration::from_secs(180);
/// Longer than the longest check that ends.
const WORD: Duration = Duration::from_secs(45);
