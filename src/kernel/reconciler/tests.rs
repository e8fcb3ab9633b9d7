use super::*;
use crate::kernel::{Connections, Memory};
use crate::plan::words;

const ONE: &str = "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1\n";
const FOREIGN: &str = "-A -t 192.0.2.9:80 -s rr\n";

fn table(text: &str) -> Table {
    words::parse_table(text).unwrap()
}

fn lines(report: &Report) -> Vec<String> {
    report.done.iter().map(|step| words::step(step).to_string()).collect()
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
    assert!(report.drift);
    assert_eq!(lines(&report), ["-e -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1"]);
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

/// A kernel that refuses the first step it is given, once.
struct Grumpy {
    memory: Memory,
    refusals: u32,
}

impl Kernel for Grumpy {
    fn read(&mut self) -> Result<Table, Error> {
        self.memory.read()
    }

    fn apply(&mut self, steps: &[Step]) -> Result<Vec<Result<(), String>>, Error> {
        if self.refusals == 0 {
            return self.memory.apply(steps);
        }
        self.refusals -= 1;
        let mut results = self.memory.apply(&steps[1..])?;
        results.insert(0, Err("cannot allocate memory".to_owned()));
        Ok(results)
    }

    fn fingerprint(&mut self) -> Option<u64> {
        None
    }

    fn connections(&mut self) -> Result<Connections, Error> {
        self.memory.connections()
    }
}

#[test]
fn what_is_refused_is_told_and_tried_again() {
    let mut reconciler =
        Reconciler::new(Box::new(Grumpy { memory: Memory::default(), refusals: 1 }));
    let report = reconciler.program(&table(ONE)).unwrap();
    assert_eq!(report.refused[0].why, "cannot allocate memory");
    assert_eq!(report.refused.len(), 2, "the destination had no service to go to");
    assert_eq!(lines(&reconciler.program(&table(ONE)).unwrap()).len(), 2);
    assert_eq!(reconciler.kernel().read().unwrap(), table(ONE));
}
