//! Stories: hours of a site's life in milliseconds, told as text that a stranger can read.
//!
//! Each `tests/stories/*.story` is played against the director and a kernel in memory. A line at
//! the margin is what happens, `| ` lines under it are a file's text, and the lines set in are what
//! follows: steps in ipvsadm's words, `:` what people are told, and `!` what is run.
//! `config as standby` begins as the standby of the two directors that an lvs.cf names; behind `with`
//! stands what it does else: `its table` in the kernel, `a live real` to be fit.
//! `STORIES=rewrite cargo test --test stories` writes down what follows now, to be read before it
//! is believed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may end where it fails"
)]

use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use checkers::Outcome;
use lvs_director::config::{self, Numbers};
use lvs_director::director::{Director, Effect, Event};
use lvs_director::health::{Busy, Checked, Maintenance, Weighed};
use lvs_director::kernel::{Kernel, Memory, Reconciler, Report};
use lvs_director::model::{Model, RealId, Role, Time};
use lvs_director::observe::line::line;
use lvs_director::plan::{Step, Table, words};

#[test]
fn every_story_comes_true() {
    let rewrite = std::env::var("STORIES").is_ok_and(|v| v == "rewrite");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut told = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let story = fs::read_to_string(&path).unwrap();
        let played = play(&story);
        if rewrite {
            fs::write(&path, played).unwrap();
        } else {
            for (at, (came, told)) in played.lines().zip(story.lines()).enumerate() {
                assert_eq!(came, told, "{}:{} went otherwise:\n{played}", path.display(), at + 1);
            }
            assert_eq!(played, story, "{} ended otherwise", path.display());
        }
        told += 1;
    }
    assert!(told >= 10, "only {told} stories were found");
}

/// The story with what follows from it.
fn play(story: &str) -> String {
    let mut out = String::new();
    let mut stage: Option<Stage> = None;
    let mut kernel = Memory::default();
    let mut lines = story.lines().peekable();
    while let Some(head) = lines.next() {
        if head.starts_with("  ") {
            continue;
        }
        writeln!(out, "{head}").unwrap();
        let mut text = String::new();
        while let Some(quoted) = lines.next_if(|line| line.starts_with('|')) {
            writeln!(out, "{quoted}").unwrap();
            let bare = quoted.trim_start_matches('|');
            writeln!(text, "{}", bare.strip_prefix(' ').unwrap_or(bare)).unwrap();
        }
        match (head, &mut stage) {
            ("", _) => {}
            (comment, _) if comment.starts_with('#') => {}
            ("kernel", _) => kernel = Memory::holding(words::parse_table(&text).unwrap()),
            (config, None) if config.starts_with("config") => {
                let config = config.trim_start_matches("config");
                let (role, config) = match config.strip_prefix(" as standby") {
                    Some(rest) => (Role::Standby, rest),
                    None => (Role::Active, config),
                };
                let (reals, with) = config.split_once(" with ").unwrap_or((config, ""));
                let (mut begun, told) =
                    Stage::begin(model(&text), role, with, std::mem::take(&mut kernel));
                out.push_str(&told);
                out.push_str(&begun.maintenance(reals));
                stage = Some(begun);
            }
            (what, Some(stage)) => {
                let told = stage.act(what, &text);
                out.push_str(&told);
            }
            (what, None) => panic!("nothing is configured yet: {what}"),
        }
    }
    out
}

struct Stage {
    /// What the cluster does else.
    with: String,
    director: Director,
    reconciler: Reconciler,
    now: Time,
}

impl Stage {
    fn begin(model: Model, role: Role, with: &str, mut kernel: Memory) -> (Self, String) {
        let model = clustered(model, with);
        let found = kernel.read().unwrap();
        let (director, effects) = Director::new(model, &found, role, Time::ZERO);
        let reconciler = Reconciler::new(Box::new(kernel));
        let mut stage = Stage { with: with.to_owned(), director, reconciler, now: Time::ZERO };
        let told = stage.carry(effects);
        (stage, told)
    }

    /// `at 5s WHAT`: outcomes, `reload`, `stop`, `tick`, its role from now on, who is in maintenance, or what somebody does
    /// with ipvsadm.
    fn act(&mut self, line: &str, text: &str) -> String {
        let (at, what) = line.strip_prefix("at ").and_then(|l| l.split_once(' ')).expect(line);
        let seconds: f64 = at.strip_suffix('s').expect("seconds").parse().expect("a number");
        self.now = Duration::from_secs_f64(seconds);
        match what.trim() {
            "reload" => self.reload(text, None),
            "maintenance over" => self.handle(Event::Maintenance(Maintenance::new())),
            "stop" => self.handle(Event::Stop),
            "active" => self.handle(Event::Role(Role::Active)),
            "standby" => self.handle(Event::Role(Role::Standby)),
            "tick" => {
                let due = self.director.next_deadline().is_some_and(|due| due <= self.now);
                if due { self.handle(Event::Tick) } else { "  nothing is due\n".to_owned() }
            }
            "quiet" => {
                let table = self.director.table().clone();
                let done = self.reconciler.repair(&table, false).unwrap();
                report(&done) + &self.removed(&done)
            }
            what => match what.split_once(':') {
                Some(("maintenance", reals)) => self.maintenance(reals),
                Some(("reload, maintenance", reals)) => self.reload(text, Some(maintenance(reals))),
                Some(("somebody", words)) => {
                    let step = words::parse_step(words.trim()).unwrap();
                    self.reconciler.kernel().apply(&[step]).unwrap()[0].clone().unwrap();
                    String::new()
                }
                _ => {
                    let event = self.readings(what).map(Event::Weighed).unwrap_or_else(|| {
                        let outcomes = what.split(" · ").flat_map(|outcome| self.outcomes(outcome));
                        Event::Checked(outcomes.collect())
                    });
                    self.handle(event)
                }
            },
        }
    }

    /// What the director makes of quiesced reals that somebody took out.
    fn removed(&mut self, report: &Report) -> String {
        let back = report.repaired.iter().filter_map(|step| match step {
            Step::AddDestination(id, destination) => Some((*id, destination.address)),
            _ => None,
        });
        let back = self.handle(Event::Readded(back.collect()));
        let left = report.left_out.iter().map(|(_, at)| format!("  left out: {at}\n"));
        left.collect::<String>() + &self.handle(Event::LeftOut(report.left_out.clone())) + &back
    }

    /// `10.0.0.1:80` and more of them: these are in maintenance now, and no others.
    fn maintenance(&mut self, reals: &str) -> String {
        self.handle(Event::Maintenance(maintenance(reals)))
    }

    /// With a folder that nobody can read, unless it is said who is in maintenance.
    fn reload(&mut self, text: &str, maintenance: Option<Maintenance>) -> String {
        let reading = config::read(text, &Numbers);
        match reading.model.clone() {
            Some(model) => {
                let model = clustered(model, &self.with);
                self.handle(Event::Reload(Box::new(model), maintenance))
            }
            None => {
                let rendered = reading.render("ldirectord.cf", text, false);
                rendered.lines().map(|line| format!("  : {line}\n").replace(" \n", "\n")).collect()
            }
        }
    }

    /// `10.0.0.1:80 load 0.10` and more like it, if that is what it is.
    fn readings(&self, what: &str) -> Option<Vec<Weighed>> {
        let mut readings = Vec::new();
        for one in what.split(" · ") {
            let (address, told) = one.trim().split_once(' ')?;
            let busy = busy(told)?;
            let reals = self.reals(address.parse().ok()?);
            readings.extend(reals.map(|real| Weighed { real, busy: busy.clone() }));
        }
        Some(readings)
    }

    fn reals(&self, address: SocketAddr) -> impl Iterator<Item = RealId> {
        let asked = self.director.duties().into_iter().map(|duty| duty.real);
        asked.filter(move |real| real.address == address)
    }

    /// `10.0.0.1:80 up` or `10.0.0.1:80 down connection refused`, wherever that real serves; behind a
    /// ` ! ` what is warned of.
    fn outcomes(&self, outcome: &str) -> Vec<Checked> {
        let (said, warning) = outcome.split_once(" ! ").unzip();
        let mut words = said.unwrap_or(outcome).trim().splitn(3, ' ');
        let address: SocketAddr = words.next().unwrap().parse().expect(outcome);
        let up = words.next().expect("up or down") == "up";
        let message = words.next().unwrap_or("well");
        let reals: Vec<RealId> = self.reals(address).collect();
        assert!(!reals.is_empty(), "nobody asks {address}");
        let say = if up { Outcome::up } else { Outcome::down };
        let warning = warning.map(|words| words.trim().to_owned());
        let outcome = Outcome { warning, ..say(message, Duration::ZERO) };
        reals.into_iter().map(|real| Checked { real, outcome: outcome.clone() }).collect()
    }

    fn handle(&mut self, event: Event) -> String {
        let effects = self.director.handle(event, self.now);
        self.carry(effects)
    }

    fn carry(&mut self, effects: Vec<Effect>) -> String {
        let mut told = String::new();
        for effect in effects {
            match effect {
                Effect::Tell(change) => {
                    writeln!(told, "  : {}, {}", line(&change), change.because).unwrap();
                }
                Effect::Program => {
                    let table: Table = self.director.table().clone();
                    let kept_out = self.director.kept_out();
                    self.reconciler.keep_out(&kept_out);
                    told.push_str(&report(&self.reconciler.program(&table).unwrap()));
                    let ours = |id: &_| table.get(id).is_some() || kept_out.contains(id);
                    assert_eq!(self.reconciler.kernel().read().unwrap().only(ours), table);
                }
                Effect::Run(hook) => writeln!(told, "  ! {hook}").unwrap(),
                Effect::Nannies => {}
                Effect::Unfit(Some(why)) => writeln!(told, "  unfit: {why}").unwrap(),
                Effect::Unfit(None) => told.push_str("  fit\n"),
            }
        }
        told
    }
}

fn report(report: &Report) -> String {
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    let done = report.done.iter().map(|step| format!("  {}\n", words::step(step)));
    let repaired =
        report.repaired.iter().map(|step| format!("  repaired: {}\n", words::step(step)));
    done.chain(repaired).collect()
}

fn maintenance(reals: &str) -> Maintenance {
    let real = |real: &str| (real.parse().unwrap(), format!("maintenance: /m/{real}"));
    reals.split_whitespace().map(real).collect()
}

/// `load 0.10`, `agent 75%`, or `load ?` and why it cannot be told.
fn busy(told: &str) -> Option<Result<Busy, String>> {
    let (who, what) = told.split_once(' ')?;
    Some(match (who, what.strip_prefix('?')) {
        ("load", Some(why)) => Err(why.trim().to_owned()),
        ("load", None) => Ok(Busy::Load(what.parse().expect("a load"))),
        ("agent", _) => Ok(Busy::Share(what.trim_end_matches('%').parse().expect("a share"))),
        _ => return None,
    })
}

/// A site whose cluster does this else.
fn clustered(mut model: Model, with: &str) -> Model {
    if let Some(cluster) = &mut model.cluster {
        cluster.standby_table = with.contains("its table");
        cluster.fitness.needs_live_real = with.contains("a live real");
    }
    model
}

fn model(text: &str) -> Model {
    let reading = config::read(text, &Numbers);
    let rendered = reading.render("ldirectord.cf", text, false);
    reading.model.unwrap_or_else(|| panic!("{rendered}"))
}
