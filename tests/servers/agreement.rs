//! The table: service by state, our verdict and ldirectord's.

use std::fs;
use std::time::Instant;

use super::differences::{DIFFERENCES, Difference};
use super::machine::in_a_machine;
use super::ours;
use super::process::{FOLDER, shell};
use super::servers;
use super::services::{Case, SERVICES, cases, config};
use super::theirs::Ldirectord;
use super::verdict::{Family, Verdict};

#[test]
fn with_ldirectord() {
    in_a_machine(("servers", "4G"), LIMIT, || {
        servers::prepare();
        shell(TRUST);
        let cases = cases(SERVICES);
        let (right, wrong): (Vec<&Case>, Vec<&Case>) =
            cases.iter().partition(|case| case.wrong.is_none());
        let mut run = Run { rows: Vec::new(), begun: Instant::now() };
        let all = servers::start();
        run.say("the servers serve");

        for (cases, number) in wrong.chunks(AT_ONCE).zip(1..) {
            let mut both = Both::start(&format!("wrong-{number}"), cases);
            run.say("ldirectord runs");
            run.look("", &mut both);
        }
        let mut both = Both::start("right", &right);
        run.say("ldirectord runs");
        run.look("up", &mut both);
        servers::freeze(&all);
        run.look("frozen", &mut both);
        servers::kill(all);
        run.look("killed", &mut both);
        let all = servers::start();
        run.look("up again", &mut both);
        servers::stop(all);
        run.look("refused", &mut both);
        run.judge();
    });
}

/// Both programs and what they are asked.
struct Both<'a> {
    cases: &'a [&'a Case],
    file: String,
    theirs: Ldirectord,
}

impl<'a> Both<'a> {
    fn start(name: &str, cases: &'a [&'a Case]) -> Both<'a> {
        let file = format!("{FOLDER}/{name}.cf");
        fs::write(&file, config(cases, 5)).expect("a file");
        let theirs = Ldirectord::start(&file, cases);
        Both { cases, file, theirs }
    }
}

/// What has been seen so far.
struct Run {
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
    their_words: String,
}

impl Run {
    fn say(&self, what: &str) {
        println!("{:>4} s  {what}", self.begun.elapsed().as_secs());
    }

    /// Has both programs look at these cases while the servers are in a state.
    fn look(&mut self, state: &'static str, both: &mut Both<'_>) {
        self.say(state);
        let theirs = both.theirs.verdicts(both.cases);
        self.say("    ldirectord has looked");
        let ours = ours::verdicts(&both.file, both.cases);
        self.say("    we have looked");
        for ((case, theirs), (ours, because)) in both.cases.iter().zip(theirs).zip(ours) {
            self.rows.push(Row {
                service: case.service.name,
                state: case.wrong.unwrap_or(state),
                family: case.family,
                ours,
                theirs,
                because,
                their_words: both.theirs.last_words(case),
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
            let must_be_up = ["up", "up again"].contains(&row.state) && row.ours != Verdict::Up;
            if !as_known || must_be_up {
                faults
                    .push(format!("{row}\n    we say {:?}\n    {}", row.because, row.their_words));
            }
        }
        for known in DIFFERENCES {
            if !self.rows.iter().any(|row| row.is(known)) {
                faults.push(format!("{} {:?}: listed, never seen", known.service, known.states));
            }
        }
        assert!(faults.is_empty(), "not as listed:\n{}", faults.join("\n"));
    }
}

impl Row {
    fn is(&self, known: &Difference) -> bool {
        known.service == self.service
            && (known.states.is_empty() || known.states.contains(&self.state))
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

/// ldirectord has no word for an authority: it is the system's.
const TRUST: &str = "cat authority.pem >>/etc/ssl/certs/ca-certificates.crt
    cp authority.pem /etc/ssl/certs/$(openssl x509 -hash -noout -in authority.pem).0";

/// Seconds: a machine that runs nothing else needs far less.
const LIMIT: u32 = 600;

/// ldirectord reads the whole table for each change to it: many services take long to start.
const AT_ONCE: usize = 40;
