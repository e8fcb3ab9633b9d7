use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ipvs::{Daemon, Timeouts};

use super::*;
use crate::kernel::{Connections, Memory};
use crate::plan::words;

const ONE: &str = "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1\n";
const FOREIGN: &str = "-A -t 192.0.2.9:80 -s rr\n";

fn table(text: &str) -> Table {
    words::parse_table(text).unwrap()
}

fn lines(report: &Report) -> Vec<String> {
    words(&report.done)
}

fn words(steps: &[Step]) -> Vec<String> {
    steps.iter().map(|step| words::step(step).to_string()).collect()
}

#[test]
fn it_adopts_what_is_right_and_leaves_the_foreign_alone() {
    let mut reconciler =
        Reconciler::new(Box::new(Memory::holding(table(&format!("{ONE}{FOREIGN}")))));
    assert_eq!(reconciler.program(&table(ONE)).unwrap(), Report::default());
    let report = reconciler.program(&Table::default()).unwrap();
    assert_eq!(lines(&report), ["-D -t 192.0.2.1:80"]);
    assert_eq!(reconciler.kernel().read().unwrap(), table(FOREIGN));
}

#[test]
fn it_repairs_what_somebody_changed_and_says_so() {
    let mut reconciler = Reconciler::new(Box::new(Memory::default()));
    reconciler.program(&table(ONE)).unwrap();
    assert_eq!(lines(&reconciler.repair(&table(ONE), false).unwrap()), [""; 0]);
    let edit = words::parse_step("-e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 9").unwrap();
    reconciler.kernel().apply(&[edit]).unwrap();
    let report = reconciler.repair(&table(ONE), false).unwrap();
    assert_eq!(words(&report.repaired), ["-e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1"]);
    assert_eq!(reconciler.repair(&table(ONE), false).unwrap(), Report::default());
}

#[test]
fn a_deleted_service_that_somebody_adds_again_is_theirs() {
    let mut reconciler = Reconciler::new(Box::new(Memory::default()));
    reconciler.program(&table(ONE)).unwrap();
    reconciler.program(&Table::default()).unwrap();
    let theirs = words::parse_step("-A -t 192.0.2.1:80 -s wlc").unwrap();
    reconciler.kernel().apply(&[theirs]).unwrap();
    assert_eq!(lines(&reconciler.repair(&Table::default(), true).unwrap()), [""; 0]);
}

#[test]
fn what_is_to_be_kept_out_is_taken_out_however_it_came_in() {
    let both = table(&format!("{ONE}{FOREIGN}"));
    let mut reconciler = Reconciler::new(Box::new(Memory::holding(both)));
    let kept_out: BTreeSet<_> = table(ONE).ids().copied().collect();
    reconciler.keep_out(&kept_out);
    let report = reconciler.program(&Table::default()).unwrap();
    assert_eq!(lines(&report), ["-D -t 192.0.2.1:80"], "it is an earlier life's");
    let again = words::parse_step("-A -t 192.0.2.1:80 -s wlc").unwrap();
    reconciler.kernel().apply(&[again]).unwrap();
    let report = reconciler.repair(&Table::default(), false).unwrap();
    assert_eq!(words(&report.repaired), ["-D -t 192.0.2.1:80"], "it is somebody's");
    reconciler.keep_out(&BTreeSet::new());
    let report = reconciler.program(&table(ONE)).unwrap();
    assert_eq!(lines(&report).len(), 2, "it is wanted");
    assert_eq!(reconciler.kernel().read().unwrap(), table(&format!("{ONE}{FOREIGN}")));
}

/// A kernel that refuses every step on one service.
struct Grumpy {
    memory: Memory,
    grudge: ServiceId,
    reads: Arc<AtomicU32>,
}

impl Kernel for Grumpy {
    fn read(&mut self) -> Result<Table, Error> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.memory.read()
    }

    fn apply(&mut self, steps: &[Step]) -> Result<Vec<Result<(), String>>, Error> {
        let mut results = Vec::new();
        for step in steps {
            if *step.service() == self.grudge {
                results.push(Err("cannot allocate memory".to_owned()));
            } else {
                results.extend(self.memory.apply(std::slice::from_ref(step))?);
            }
        }
        Ok(results)
    }

    fn fingerprint(&mut self) -> Option<u64> {
        self.memory.fingerprint()
    }

    fn connections(&mut self) -> Result<Connections, Error> {
        self.memory.connections()
    }

    fn sync(&mut self, daemon: Option<&Daemon>) -> Result<(), String> {
        self.memory.sync(daemon)
    }

    fn set_timeouts(&mut self, timeouts: &Timeouts) -> Result<(), String> {
        self.memory.set_timeouts(timeouts)
    }
}

#[test]
fn what_is_refused_is_told_and_tried_again_and_hides_no_drift() {
    let refused = "-A -t 192.0.2.2:80 -s wrr\n";
    let want = table(&format!("{ONE}{refused}"));
    let grudge = *table(refused).ids().next().unwrap();
    let reads = Arc::new(AtomicU32::new(0));
    let grumpy = Grumpy { memory: Memory::default(), grudge, reads: Arc::clone(&reads) };
    let mut reconciler = Reconciler::new(Box::new(grumpy));
    let report = reconciler.program(&want).unwrap();
    assert_eq!(lines(&report).len(), 2);
    assert_eq!(report.refused[0].why, "cannot allocate memory");

    // looked at once; while nothing moves, only what was refused is tried
    for _ in 0..3 {
        let report = reconciler.repair(&want, false).unwrap();
        assert_eq!((report.done.len(), report.repaired.len(), report.refused.len()), (0, 0, 1));
    }
    assert_eq!(reads.load(Ordering::Relaxed), 2);

    let delete = words::parse_step("-d -t 192.0.2.1:80 -r 10.0.0.1:80").unwrap();
    reconciler.kernel().apply(&[delete]).unwrap();
    let report = reconciler.repair(&want, false).unwrap();
    assert_eq!(words(&report.repaired), ["-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1"]);
    assert_eq!(report.refused.len(), 1);
}

#[test]
fn what_is_loose_and_taken_out_stays_out_for_as_long_as_it_is_loose() {
    let quiesced = format!("{ONE}-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 0\n");
    let at = "10.0.0.2:80".parse().unwrap();
    let loose = |text: &str, is_loose: bool| {
        let mut want = table(text);
        let mut entry = want.entries().next().unwrap().clone();
        entry.loose.extend(is_loose.then_some(at));
        want.insert(entry);
        want
    };
    for is_loose in [true, false] {
        let want = loose(&quiesced, is_loose);
        let id = *want.ids().next().unwrap();
        let mut reconciler = Reconciler::new(Box::new(Memory::default()));
        assert_eq!(reconciler.program(&want).unwrap().done.len(), 3, "it is added at first");
        let delete = words::parse_step("-d -t 192.0.2.1:80 -r 10.0.0.2:80").unwrap();
        reconciler.kernel().apply(&[delete]).unwrap();
        let report = reconciler.repair(&want, false).unwrap();
        let back = "-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 0";
        if !is_loose {
            assert_eq!((words(&report.repaired), report.left_out), (vec![back.to_owned()], vec![]));
            continue;
        }
        assert_eq!((report.repaired, report.left_out), (vec![], vec![(id, at)]));
        assert_eq!(reconciler.repair(&want, true).unwrap(), Report::default(), "said once");
        // another table that still has it does not bring it back; one that has it firmly does
        let other = loose(&quiesced.replace("-w 1", "-w 5"), true);
        let report = reconciler.program(&other).unwrap();
        assert_eq!(lines(&report), ["-e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 5"]);
        let well = table(&quiesced.replace("-w 1", "-w 5").replace("-w 0", "-w 2"));
        let report = reconciler.program(&well).unwrap();
        assert_eq!(lines(&report), [back.replace("-w 0", "-w 2")]);
    }
}
