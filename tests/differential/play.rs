//! In the laboratory's machine: cases are played, several at a time.

use std::fs;
use std::os::unix::fs::symlink;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use rustix::process::Signal;
use serde::{Deserialize, Serialize};

use super::aspect::{Aspect, Sight, only};
use super::case::{Case, Deed, Step};
use super::farm::{Farm, Mood};
use super::host::feed;
use super::judge::faults;
use super::settle::settle;
use super::side::{FOLDER, Side};
use super::unlogged::unlogged;

/// What came of one step: printed by one half of the test, read by the other.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) case: String,
    pub(crate) step: String,
    /// Of each aspect that differs, the lines of theirs alone and of ours alone.
    pub(crate) differs: Vec<(Aspect, Vec<String>, Vec<String>)>,
    /// How many lines are the same.
    pub(crate) same: usize,
    /// How many lines ldirectord's table has.
    pub(crate) table: usize,
    pub(crate) milliseconds: u128,
    /// Why there is nothing to compare.
    pub(crate) fault: Option<String>,
}

/// Plays a machine's share of the cases.
pub(crate) fn play_all(only: &str, number: usize, machines: usize) {
    feed("modprobe -a ip_vs veth bridge", "");
    fs::create_dir_all(FOLDER).expect("a folder");
    symlink("/run/syslog", "/dev/log").expect("a link");
    fs::write("/etc/hosts", HOSTS).expect("a file");
    let folder = format!("/host{}/tests/differential/files", env!("CARGO_MANIFEST_DIR"));
    let cases = Case::all(Path::new(&folder), only);
    let queue = Mutex::new(cases.iter().skip(number).step_by(machines));
    let odd = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let mut readers = None;
                loop {
                    let next = queue.lock().expect("no panic while it is held").next();
                    let Some(case) = next else { break };
                    let records = match case.is_error() {
                        true => caught(case, || {
                            play(case, readers.get_or_insert_with(|| Site::build(&case.name)))
                        }),
                        false => caught(case, || play(case, &mut Site::build(&case.name))),
                    };
                    match faults(&case.name, records.iter()) {
                        wrong if wrong.is_empty() => records.iter().for_each(say),
                        wrong => odd.lock().expect("as above").push((case, records, wrong)),
                    }
                }
            });
        }
    });
    again(odd.into_inner().expect("as above"));
}

/// Plays the cases again in which there was something wrong, one at a time: on a machine that had
/// no time for them, what somebody sees may be chance. What is really there is there again.
fn again(odd: Vec<(&Case, Vec<Record>, Vec<String>)>) {
    let many = odd.len() > MOST_ODD;
    for (case, records, wrong) in odd {
        if many {
            records.iter().for_each(say);
            continue;
        }
        wrong.iter().for_each(|wrong| println!("{AGAIN}{}", wrong.replace('\n', " / ")));
        let alone = || play(case, &mut Site::build(&format!("{}-again", case.name)));
        caught(case, alone).iter().for_each(say);
    }
}

/// What was played, and a panic as a fault.
fn caught(case: &Case, played: impl FnOnce() -> Vec<Record>) -> Vec<Record> {
    catch_unwind(AssertUnwindSafe(played)).unwrap_or_else(|why| {
        let why = why.downcast_ref::<String>().cloned();
        vec![Record::fault(case, why.unwrap_or_else(|| "a panic".to_owned()))]
    })
}

/// Both directors and what they look at. Where a file is only read, one serves many cases.
struct Site {
    farm: Farm,
    sides: [Side; 2],
}

impl Site {
    fn build(case: &str) -> Site {
        let (farm, [theirs, ours]) = Farm::build(case);
        Site { farm, sides: [Side::theirs(theirs, case), Side::ours(ours, case)] }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.sides.iter().for_each(Side::end);
    }
}

fn play(case: &Case, Site { farm, sides }: &mut Site) -> Vec<Record> {
    let mut records = Vec::new();
    sides.iter_mut().for_each(|side| side.take(&case.name));
    sides.iter().for_each(|side| side.save(&case.text));
    let mut reals = count_reals(&case.text);
    let mut before = Vec::new();
    for step in &case.steps {
        let begun = Instant::now();
        if let Some(text) = &step.text {
            sides.iter().for_each(|side| side.save(text));
            reals = reals.max(count_reals(text));
        }
        turn(farm, &step.deed);
        let said = thread::scope(|scope| {
            let both = sides.each_ref().map(|side| scope.spawn(|| act(side, &step.deed)));
            both.map(|side| side.join().expect("no panic"))
        });
        let rests = case.is_error() || settle(&sides.each_ref(), reals);
        let mut said = said.into_iter();
        let [theirs, ours] =
            sides.each_mut().map(|side| side.sight(said.next().unwrap_or_default(), farm));
        let none = Vec::new();
        let [table, log] =
            [Aspect::Table, Aspect::Log].map(|aspect| ours.get(&aspect).unwrap_or(&none));
        let by_hand = matches!(step.deed, Deed::Ipvsadm(_));
        let unsaid = unlogged(&before, table, log).filter(|_| !by_hand);
        before.clone_from(table);
        let fault = match rests {
            false => Some("never came to rest".to_owned()),
            true => unsaid.map(|line| format!("not a word of {line}")),
        };
        records.push(Record::new(case, step, (&theirs, &ours), begun, fault));
    }
    records
}

/// What a step does to the network.
fn turn(farm: &mut Farm, deed: &Deed) {
    let mut mood = |reals: &[usize], mood| reals.iter().for_each(|&real| farm.mood(real, mood));
    match deed {
        Deed::Fail(reals) => mood(reals, Mood::Refusing),
        Deed::Wrong(reals) => mood(reals, Mood::Wrong),
        Deed::Recover(reals) => mood(reals, Mood::Right),
        Deed::Silent(reals) => reals.iter().for_each(|&real| farm.silence(real)),
        _ => {}
    }
}

/// What a step does on one side.
fn act(side: &Side, deed: &Deed) -> Vec<String> {
    match deed {
        Deed::Error => return side.act("status"),
        Deed::Action(action) => return side.act(action),
        Deed::Ipvsadm(words) => {
            let words: Vec<&str> =
                ["ipvsadm"].into_iter().chain(words.split_whitespace()).collect();
            return side.call(&words);
        }
        Deed::Hup => side.signal(Signal::HUP),
        Deed::Touch(path) => side.touch(path),
        Deed::Remove(path) => side.remove(path),
        Deed::Save | Deed::Fail(_) | Deed::Wrong(_) | Deed::Silent(_) | Deed::Recover(_) => {}
    }
    Vec::new()
}

impl Record {
    fn new(
        case: &Case,
        step: &Step,
        (theirs, ours): (&Sight, &Sight),
        begun: Instant,
        fault: Option<String>,
    ) -> Record {
        let mut record = Record {
            case: case.name.clone(),
            step: step.title.clone(),
            differs: Vec::new(),
            same: 0,
            table: theirs[&Aspect::Table].len(),
            milliseconds: begun.elapsed().as_millis(),
            fault,
        };
        let none = Vec::new();
        for aspect in Aspect::ALL {
            let [theirs, ours] = [theirs, ours].map(|sight| sight.get(&aspect).unwrap_or(&none));
            let (theirs_only, ours_only) = (only(theirs, ours), only(ours, theirs));
            record.same += theirs.len() - theirs_only.len();
            if !theirs_only.is_empty() || !ours_only.is_empty() {
                record.differs.push((aspect, theirs_only, ours_only));
            }
        }
        record
    }

    fn fault(case: &Case, why: String) -> Record {
        Record {
            case: case.name.clone(),
            step: String::new(),
            differs: Vec::new(),
            same: 0,
            table: 0,
            milliseconds: 0,
            fault: Some(why),
        }
    }
}

fn say(record: &Record) {
    println!("{RECORD}{}", serde_json::to_string(record).expect("plain values"));
}

/// How many checks a round has, at most: ranges count once.
fn count_reals(text: &str) -> u64 {
    text.lines().filter(|line| line.trim_start().starts_with("real")).count() as u64
}

/// What a record's line begins with.
pub(crate) const RECORD: &str = "RECORD ";
/// What the line begins with of something wrong that was not there when the case was played again.
pub(crate) const AGAIN: &str = "PLAYED AGAIN: ";
/// If more cases than these go wrong in a machine, it is no chance.
const MOST_ODD: usize = 8;
const AT_ONCE: usize = 6;
const HOSTS: &str = "127.0.0.1 localhost
10.1.0.10 www.example.org www
10.1.0.11 rs1.example.org rs1
10.1.0.12 rs2.example.org rs2
10.1.0.13 rs3.example.org rs3
10.1.0.14 rs4.example.org rs4
10.1.0.5 mail.example.org mail
fd01::10 www6.example.org www6
fd01::11 rs1six.example.org rs1six
fd01::12 rs2six.example.org rs2six
";
