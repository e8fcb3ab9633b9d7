//! The table: service by state, our verdict and ldirectord's.

use std::fs;
use std::time::Instant;

use super::differences::{DIFFERENCES, Difference};
use super::machine::in_a_machine;
use super::ours;
use super::process::FOLDER;
use super::servers;
use super::services::{Case, cases, config};
use super::theirs::Ldirectord;
use super::verdict::{Family, Verdict};

#[test]
fn with_ldirectord() {
    in_a_machine("servers", LIMIT, || {
        servers::prepare();
        let cases = cases();
        let file = format!("{FOLDER}/ldirectord.cf");
        fs::write(&file, config(&cases)).expect("a file");
        let mut run = Run { file, rows: Vec::new(), theirs: None, begun: Instant::now() };

        let all = servers::start();
        run.say("the servers serve");
        run.theirs = Some(Ldirectord::start(&run.file, &cases));
        run.say("ldirectord runs");
        let every: Vec<&Case> = cases.iter().collect();
        let right: Vec<&Case> = cases.iter().filter(|case| case.wrong.is_none()).collect();
        run.look("up", &every);
        servers::freeze(&all);
        run.look("frozen", &right);
        servers::kill(all);
        run.look("killed", &right);
        let all = servers::start();
        run.look("up again", &right);
        servers::stop(all);
        run.look("refused", &right);
        run.judge();
    });
}

/// What has been seen so far.
struct Run {
    file: String,
    theirs: Option<Ldirectord>,
    rows: Vec<Row>,
    begun: Instant,
}

/// One server in one state over one version of IP, and what was said of it.
struct Row {
    service: &'static str,
    state: &'static str,
    family: Family,
    ours: Verdict,
    theirs: Verdict,
    because: String,
    their_line: String,
}

impl Run {
    fn say(&self, what: &str) {
        println!("{:>4} s  {what}", self.begun.elapsed().as_secs());
    }

    /// Has both programs look at these cases while the servers are in a state.
    fn look(&mut self, state: &'static str, cases: &[&Case]) {
        self.say(state);
        let theirs = self.theirs.as_mut().expect("it runs").verdicts(cases);
        self.say("    ldirectord has looked");
        let ours = ours::verdicts(&self.file, cases);
        self.say("    we have looked");
        for ((case, theirs), (ours, because)) in cases.iter().zip(theirs).zip(ours) {
            self.rows.push(Row {
                service: case.service.name,
                state: case.wrong.unwrap_or(state),
                family: case.family,
                ours,
                theirs,
                because,
                their_line: Ldirectord::last_line(case),
            });
        }
    }

    /// Prints the table, and panics if it is not as it should be.
    fn judge(&self) {
        println!("{:14} {:16} {:5} {:6} {:11}", "service", "state", "", "ours", "ldirectord's");
        let mut faults = Vec::new();
        for row in &self.rows {
            let known = DIFFERENCES.iter().find(|known| row.is(known));
            let remark = match known {
                Some(known) => known.why,
                None if row.ours == row.theirs => "",
                None => "NOT LISTED",
            };
            println!("{row} {remark}");
            let as_known = known
                .map_or(row.ours == row.theirs, |k| (k.ours, k.theirs) == (row.ours, row.theirs));
            if !as_known {
                faults.push(format!("{row}\n    we say {:?}\n    {}", row.because, row.their_line));
            }
        }
        for known in DIFFERENCES {
            if !self.rows.iter().any(|row| row.is(known)) {
                faults.push(format!("{} {}: listed, never seen", known.service, known.state));
            }
        }
        assert!(faults.is_empty(), "not as listed:\n{}", faults.join("\n"));
    }
}

impl Row {
    fn is(&self, known: &Difference) -> bool {
        known.service == self.service
            && known.state == self.state
            && known.family.is_none_or(|family| family == self.family)
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Row { service, state, family, ours, theirs, .. } = self;
        let sign = if ours == theirs { "same" } else { "DIFFERS" };
        write!(formatter, "{service:14} {state:16} {family:5} {ours:6} {theirs:6} {sign:8}")
    }
}

/// Seconds: a machine that runs nothing else needs far less.
const LIMIT: u32 = 600;
