//! Debian's ldirectord, with a process of its own for each virtual service (`fork=yes`), so that one
//! that hangs or dies keeps no other waiting. Its verdict is the weight in the kernel's table.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::differences;
use super::process::{FOLDER, Process, shell};
use super::services::Case;
use super::verdict::Verdict;
use super::wait::wait_until;

/// ldirectord at work.
pub(crate) struct Ldirectord {
    process: Process,
}

impl Ldirectord {
    /// Starts it, and waits until it has a process for each virtual service.
    ///
    /// It checks all by itself once before, and one check that ends it would be the end of all:
    /// those servers it finds in maintenance then. And it finds a table in which nothing is missing.
    pub(crate) fn start(config: &str, cases: &[&Case]) -> Ldirectord {
        for folder in ["monitor", "maintenance"] {
            fs::create_dir_all(format!("{FOLDER}/{folder}")).expect("a folder");
        }
        let deadly = cases.iter().filter(|case| differences::ends_theirs(case));
        let files = deadly.map(|case| format!("{FOLDER}/maintenance/{}", case.real()));
        let files: BTreeSet<String> = files.collect();
        files.iter().for_each(|file| fs::write(file, "").expect("a file"));
        let table: String = cases.iter().map(|case| case.entry()).collect();
        fs::write(format!("{FOLDER}/table"), table).expect("a file");
        shell("ipvsadm -C; ipvsadm -R <table");
        // what it says is looked at while it runs
        fs::write(format!("{FOLDER}/Unbuffered.pm"), "$| = 1;\n").expect("a file");
        let command = format!("env PERL5LIB=. PERL5OPT=-MUnbuffered ldirectord {config} start");
        let process = Process::start("ldirectord", &command);
        let mut started = Ldirectord { process };
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
        started
    }

    /// Its verdicts of these cases, as the servers are now.
    ///
    /// A check may have begun before the servers were as they are: the next one counts.
    pub(crate) fn verdicts(&mut self, cases: &[&Case]) -> Vec<Verdict> {
        let lines_then: Vec<usize> = cases.iter().map(|case| lines(case)).collect();
        let children_then = self.children();
        let begun = Instant::now();
        loop {
            self.process.must_run();
            let new = cases.iter().zip(&lines_then).map(|(case, then)| (case, lines(case) - then));
            let done = new.clone().all(|(case, new)| new >= enough(case));
            // who has not said a word by then is not slow
            let silent = || new.clone().all(|(case, new)| new == 0 || new >= enough(case));
            if done || begun.elapsed() > WORD && silent() || begun.elapsed() > PASS {
                break;
            }
            thread::sleep(Duration::from_millis(200));
        }
        let weights = weights();
        let children = self.children();
        let verdict = |(case, then): (&&Case, &usize)| {
            let id = case.id();
            if children.get(&id) > children_then.get(&id) {
                return Verdict::Dies;
            }
            if lines(case) < then + enough(case) {
                return Verdict::Hangs;
            }
            match weights.get(&id) {
                Some(0) => Verdict::Down,
                Some(_) => Verdict::Up,
                None => panic!("{id} is not in the kernel's table: {weights:?}"),
            }
        };
        cases.iter().zip(&lines_then).map(verdict).collect()
    }

    /// Does something while ldirectord does nothing.
    pub(crate) fn pause<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        self.process.freeze();
        let done = meanwhile();
        self.process.thaw();
        done
    }

    /// What ldirectord said last of a case.
    pub(crate) fn last_line(case: &Case) -> String {
        let text = fs::read(case.monitor_file()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        text.lines().last().unwrap_or("nothing").to_owned()
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

/// The lines of a check that has perhaps begun before, and of one that has not.
fn enough(case: &Case) -> usize {
    // which say twice that they failed
    if case.service.name.starts_with("ldap") { 3 } else { 2 }
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
const WORD: Duration = Duration::from_secs(20);
const PASS: Duration = Duration::from_secs(90);
