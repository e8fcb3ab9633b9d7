//! What people read first says what the program does: the manual page lvs-director(8) against its
//! `--help`, its JSON and its log; the commands of the README against both.

#![allow(clippy::unwrap_used, reason = "a test may end where it fails")]

#[path = "shared/page.rs"]
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lvs_director::config::{self, Numbers};
use lvs_director::director::{Change, Subject, What};
use lvs_director::health::Standing;
use lvs_director::model::{Phase, Role, Virtual};
use lvs_director::observe::line::line;
use lvs_director::observe::status::{
    FallbackStatus, PairStatus, PeerStatus, RealStatus, Status, VirtualStatus, text,
};
use page::part;
use serde_json::Value;

#[test]
fn the_manual_page_has_every_verb_and_option_and_no_other() {
    let page = read("man/lvs-director.8");
    let verbs = verbs();
    let shown: BTreeSet<_> = sections(&page, "VERBS").into_keys().collect();
    assert_eq!(shown, verbs);
    let synopsis = part(&page, "SYNOPSIS");
    let shown = synopsis.lines().filter_map(|line| line.strip_prefix(".Cm "));
    assert_eq!(shown.map(str::to_owned).collect::<BTreeSet<_>>(), verbs);
    for (verb, section) in sections(&page, "VERBS") {
        let entries = section.iter().filter(|line| line.starts_with(".It Fl "));
        let options: BTreeSet<_> = entries.flat_map(|line| flags(line)).collect();
        assert_eq!(options, options_of(&verb), "the section of {verb}");
        if verb != "help" {
            let lines = synopsis.lines().skip_while(|line| *line != format!(".Cm {verb}"));
            let lines = lines.take_while(|line| !line.starts_with(".Nm"));
            let options: BTreeSet<_> = lines.flat_map(flags).collect();
            assert_eq!(options, options_of(&verb), "the synopsis of {verb}");
        }
    }
}

#[test]
fn the_manual_page_has_every_value_and_default() {
    let page = read("man/lvs-director.8");
    for (verb, section) in sections(&page, "VERBS").iter().filter(|(verb, _)| *verb != "help") {
        let help = help(&[verb]);
        let values = help.lines().filter_map(|line| line.trim().strip_prefix("- "));
        let values: Vec<_> = values.filter_map(|line| line.split_once(':')).map(|v| v.0).collect();
        let shown = section.iter().any(|line| line.ends_with(&values.join(" | ")));
        assert!(shown, "{verb}: {values:?}");
        for default in help.split("[default: /").skip(1) {
            let default = default.split(']').next().unwrap();
            let shown = section.iter().any(|line| line.contains(&format!("/{default}")));
            assert!(shown, "{verb}: /{default}");
        }
    }
}

/// Each field by its path, with the types that it has.
#[test]
fn the_manual_page_has_every_field_of_the_json() {
    let mut fields = BTreeMap::new();
    let lone = Status { pair: Some(PairStatus { peer: None, ..pair() }), ..idle() };
    for page in [busy(), idle(), lone, Status { pair: Some(pair()), ..idle() }] {
        collect(&mut fields, "", &serde_json::to_value(page).unwrap());
    }
    let types = |types: &BTreeSet<_>| types.iter().copied().collect::<Vec<_>>().join(" or ");
    let fields: BTreeSet<_> =
        fields.iter().map(|(path, seen)| format!("{path} Pq {}", types(seen))).collect();
    let page = read("man/lvs-director.8");
    let shown: BTreeSet<_> = entries(&sections(&page, "STATUS")["JSON"], ".It Va ");
    assert_eq!(shown, fields);
}

#[test]
fn manual_page_and_readme_have_the_columns_of_status() {
    let status = text(&busy(), &TimeZone::UTC);
    let head = status.lines().find(|line| line.contains("STANDING")).unwrap();
    let columns: Vec<_> = head.split_whitespace().collect();
    let page = read("man/lvs-director.8");
    let shown = part(&page, "STATUS").lines().filter_map(|line| line.strip_prefix(".It Li "));
    let shown: Vec<_> = shown.collect();
    assert_eq!(shown, columns);
    for text in [page, read("README.md")] {
        assert!(text.lines().any(|line| line.split_whitespace().eq(columns.iter().copied())));
    }
}

/// The lines under LOGGING are what the program writes, every kind of it.
#[test]
fn the_manual_page_has_every_line_of_the_log() {
    let page = read("man/lvs-director.8");
    let lines_shown = part(&page, "LOGGING").lines().skip_while(|line| !line.starts_with(".Bd"));
    let shown = lines_shown.skip(1).take_while(|line| *line != ".Ed").map(str::to_owned);
    assert_eq!(shown.collect::<BTreeSet<_>>(), lines());
}

/// The commands that the README shows can be typed.
#[test]
fn the_readme_shows_commands_that_there_are() {
    let readme = read("README.md");
    let mut shown = BTreeSet::new();
    for command in commands(&readme, "lvs-director ") {
        let mut words = command.split_whitespace().map(|word| word.trim_end_matches('`'));
        let verb = words.next().unwrap().to_owned();
        assert!(verbs().contains(&verb), "{command}");
        for option in words.filter(|word| word.starts_with('-')) {
            assert!(options_of(&verb).contains(option), "{command}");
        }
        shown.insert(verb);
    }
    assert!(["check", "plan", "run", "status"].iter().all(|verb| shown.contains(*verb)));
}

/// And so can what is to be made.
#[test]
fn what_is_to_be_made_can_be_made() {
    let makefile = read("Makefile");
    for file in ["README.md", "CONTRIBUTING.md"] {
        let text = read(file);
        let targets = commands(&text, "make ").filter_map(|c| c.split_whitespace().next());
        let targets: BTreeSet<_> = targets.map(|target| target.trim_end_matches('`')).collect();
        assert!(targets.contains("test"), "{file}: {targets:?}");
        for target in targets {
            let made = makefile.lines().any(|line| line.starts_with(&format!("{target}:")));
            assert!(made, "{file}: make {target}");
        }
    }
}

/// What a text, within code, shows behind the name of a program.
fn commands<'a>(text: &'a str, program: &'a str) -> impl Iterator<Item = &'a str> {
    // every other part between the marks is code
    let fenced = text.split("```").skip(1).step_by(2).flat_map(str::lines);
    let quoted = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let behind = move |code: &'a str| code.split_once(program).map(|(_, command)| command);
    let command = |text: &&str| text.starts_with(|c: char| c.is_ascii_lowercase());
    fenced.chain(quoted).filter_map(behind).filter(command)
}

/// The verbs that the program lists.
fn verbs() -> BTreeSet<String> {
    let help = help(&[]);
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    listed.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// The options of a verb, without those for help; for `help`, those of no verb.
fn options_of(verb: &str) -> BTreeSet<String> {
    let help = if verb == "help" { help(&[]) } else { help(&[verb]) };
    let options = help.lines().map(str::trim).filter(|line| line.starts_with('-'));
    let names = options.flat_map(|line| {
        let words = line.split_whitespace().map(|word| word.trim_end_matches(','));
        words.take_while(|word| word.starts_with('-') && *word != "-").map(str::to_owned)
    });
    names.filter(|name| verb == "help" || !["-h", "--help"].contains(&name.as_str())).collect()
}

fn help(verb: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_lvs-director");
    let output = Command::new(program).args(verb).arg("--help").output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// The options in a line of mdoc: `.It Fl v , Fl -verbose`, `.Op Fl -log Ar where`.
fn flags(line: &str) -> Vec<String> {
    let Some((_, line)) = line.split_once("Fl ").filter(|_| line.starts_with('.')) else {
        return Vec::new();
    };
    let words = line.split_whitespace().take_while(|word| *word != "Ar");
    words.filter(|word| !["Fl", ",", "|"].contains(word)).map(|word| format!("-{word}")).collect()
}

/// The subsections of a section, by name.
fn sections<'a>(page: &'a str, section: &str) -> BTreeMap<String, Vec<&'a str>> {
    let mut found: BTreeMap<String, Vec<_>> = BTreeMap::new();
    let mut name = None;
    for line in part(page, section).lines() {
        match (line.strip_prefix(".Ss "), &name) {
            (Some(next), _) => name = Some(next.to_owned()),
            (None, Some(name)) => found.entry(name.clone()).or_default().push(line),
            (None, None) => {}
        }
    }
    found
}

fn entries(section: &[&str], mark: &str) -> BTreeSet<String> {
    section.iter().filter_map(|line| line.strip_prefix(mark)).map(str::to_owned).collect()
}

fn collect(fields: &mut BTreeMap<String, BTreeSet<&'static str>>, path: &str, value: &Value) {
    match value {
        Value::Object(inner) => {
            for (name, value) in inner {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                fields.entry(path.clone()).or_default().insert(kind(value));
                collect(fields, &path, value);
            }
        }
        Value::Array(inner) => {
            inner.iter().for_each(|value| collect(fields, &format!("{path}[]"), value));
        }
        _ => {}
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A status in which everything that may be there is.
fn busy() -> Status {
    let real = RealStatus {
        warning: Some("it expires".to_owned()),
        certificate_until: Some(Timestamp::UNIX_EPOCH),
        load: Some("load 0.10".to_owned()),
        weight: Some(1),
        active: Some(2),
        inactive: Some(3),
        ..idle().virtuals.remove(0).reals.remove(0)
    };
    let r#virtual = VirtualStatus {
        persistent: Some(60),
        reals: vec![real],
        fallback: Some(FallbackStatus { address: "127.0.0.1:80".to_owned(), serves: false }),
        ..idle().virtuals.remove(0)
    };
    let heard = PeerStatus {
        address: Some("192.0.2.2".to_owned()),
        heard: Some(Timestamp::UNIX_EPOCH),
        role: Some(Role::Active),
        claim: Some("priority 150".to_owned()),
        disbelieved: Some("wrong signature".to_owned()),
    };
    Status {
        role: Some(Role::Standby),
        refused_config: Some("no such file".to_owned()),
        kernel_trouble: Some("no such scheduler".to_owned()),
        virtuals: vec![r#virtual],
        pair: Some(PairStatus {
            master: Some(true),
            unfit: Some("no real server is alive".to_owned()),
            unfit_since: Some(Timestamp::UNIX_EPOCH),
            split_brain: Some(Timestamp::UNIX_EPOCH),
            peer: Some(heard),
            ..pair()
        }),
        ..idle()
    }
}

/// A status in which all that may be missing is.
fn idle() -> Status {
    let real = RealStatus {
        address: "10.0.0.12:80".to_owned(),
        forwarding: "masq".to_owned(),
        standing: Standing::Unknown,
        since: Timestamp::UNIX_EPOCH,
        because: "not checked yet".to_owned(),
        warning: None,
        certificate_until: None,
        failures: 0,
        successes: 0,
        successes_needed: 1,
        configured_weight: 1,
        slow_start: false,
        load: None,
        weight: None,
        active: None,
        inactive: None,
    };
    let r#virtual = VirtualStatus {
        protocol: "tcp".to_owned(),
        address: "192.0.2.10:80".to_owned(),
        scheduler: "wrr".to_owned(),
        persistent: None,
        up: 0,
        total: 1,
        reals: vec![real],
        fallback: None,
    };
    Status {
        version: "0".to_owned(),
        config: "ldirectord.cf".to_owned(),
        pid: 1,
        started: Timestamp::UNIX_EPOCH,
        now: Timestamp::UNIX_EPOCH,
        phase: "starting".to_owned(),
        role: None,
        pair: None,
        refused_config: None,
        kernel_trouble: None,
        checks_ended: false,
        virtuals: vec![r#virtual],
    }
}

/// One of a pair that has not heard its peer yet.
fn pair() -> PairStatus {
    PairStatus {
        protocol: "vrrp".to_owned(),
        master: None,
        role: Role::Standby,
        settled: true,
        since: Timestamp::UNIX_EPOCH,
        because: String::new(),
        unfit: None,
        unfit_since: None,
        split_brain: None,
        ignored: BTreeMap::new(),
        peer: Some(PeerStatus {
            address: None,
            heard: None,
            role: None,
            claim: None,
            disbelieved: None,
        }),
        addresses: Vec::new(),
        refused: Vec::new(),
    }
}

/// A line for everything that can happen to whom it can happen to.
fn lines() -> BTreeSet<String> {
    let real = Subject::Real("10.0.0.12:80".parse().unwrap());
    let fallback = Subject::Fallback("127.0.0.1:80".parse().unwrap());
    let purged = [Subject::Virtual, real].into_iter().flat_map(|subject| {
        [Phase::Running, Phase::Stopping].map(|phase| (subject, What::Purged, phase))
    });
    let standby = [
        (Subject::Virtual, What::HandedOver),
        (real, What::Added { weight: 1 }),
        (real, What::Changed { weight: 1 }),
        (real, What::Quiesced),
        (real, What::Removed),
        (real, What::Purged),
        (real, What::SoftFailure { failures: 1, of: 2 }),
    ];
    [
        (Subject::Virtual, What::Added { weight: 0 }),
        (Subject::Virtual, What::Changed { weight: 0 }),
        (real, What::Added { weight: 1 }),
        (real, What::Changed { weight: 1 }),
        (real, What::Quiesced),
        (real, What::Readded),
        (real, What::Removed),
        (real, What::SoftFailure { failures: 1, of: 2 }),
        (real, What::SoftFailuresReset),
        (real, What::Inaccessible),
        (real, What::Warned { again: false }),
        (real, What::Warned { again: true }),
        (real, What::WarningOver),
        (real, What::Weighed { weight: 6 }),
        (real, What::LoadUnknown),
        (real, What::LoadKnown),
        (real, What::Maintenance),
        (real, What::MaintenanceOver),
        (fallback, What::Added { weight: 1 }),
        (fallback, What::Removed),
    ]
    .into_iter()
    .map(|(subject, what)| (subject, what, Phase::Running))
    .chain(purged)
    .map(|(subject, what, phase)| (subject, what, phase, Role::Active, true))
    .chain(standby.map(|(subject, what)| (subject, what, Phase::Running, Role::Standby, false)))
    .chain([(real, What::Quiesced, Phase::Running, Role::Standby, true)])
    .map(|(subject, what, phase, role, done)| {
        let (r#virtual, because) = (site(), String::new());
        line(&Change { r#virtual, subject, what, because, phase, role, done })
    })
    .collect()
}

fn site() -> Arc<Virtual> {
    let text = "virtual=192.0.2.10:80\n\treal=10.0.0.12:80 masq\n";
    Arc::new(config::read(text, &Numbers).model.unwrap().virtuals.remove(0))
}

fn read(file: &str) -> String {
    fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
