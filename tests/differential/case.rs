//! A case: an ldirectord.cf, and what happens to it.
//!
//! All before the first line that begins with `#:` is the file as it is at first. Each such line is
//! a step; what stands between it and the next one is what the file becomes in it. Without any, the
//! steps are `start`, `fail 1`, `fail`, `recover`, `stop`.

use std::fs;
use std::path::Path;

/// A file and its story.
pub(crate) struct Case {
    /// The name of its file without the `.cf`.
    pub(crate) name: String,
    /// The ldirectord.cf as it is at first.
    pub(crate) text: String,
    pub(crate) steps: Vec<Step>,
}

/// One thing that happens to both directors.
pub(crate) struct Step {
    /// As it stands in the file.
    pub(crate) title: String,
    pub(crate) deed: Deed,
    /// What the ldirectord.cf becomes before.
    pub(crate) text: Option<String>,
}

/// What happens.
#[derive(Debug)]
pub(crate) enum Deed {
    /// `error`: the file is read, and that is all: `ldirectord FILE status`.
    Error,
    /// `start`, `stop`, `status` …: the program is called so.
    Action(String),
    /// `save`: the file is saved, and nobody is told.
    Save,
    /// `hup`: the daemon is sent SIGHUP.
    Hup,
    /// `fail 1 2`: these reals refuse connections, or all.
    Fail(Vec<usize>),
    /// `wrong 1`: the answers are wrong.
    Wrong(Vec<usize>),
    /// `silent 1`: nothing is answered at all, not even a ping.
    Silent(Vec<usize>),
    /// `recover 1`: all is as it was.
    Recover(Vec<usize>),
    /// `touch maintenance/10.1.0.11`: this file is made, under /srv.
    Touch(String),
    /// `remove maintenance/10.1.0.11`: it is removed.
    Remove(String),
    /// `ipvsadm -e …`: somebody edits the table by hand.
    Ipvsadm(String),
}

impl Case {
    /// All cases of a folder whose names begin with one of these, apart by commas; sorted.
    pub(crate) fn all(folder: &Path, only: &str) -> Vec<Case> {
        let files =
            fs::read_dir(folder).expect("the cases").map(|entry| entry.expect("a file").path());
        let mut files: Vec<_> =
            files.filter(|path| path.extension().is_some_and(|e| e == "cf")).collect();
        files.sort();
        let cases = files.iter().map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = fs::read(path).expect("a case");
            Case::parse(name, &String::from_utf8(text).expect("UTF-8"))
        });
        let wanted = |case: &Case| only.split(',').any(|part| case.name.starts_with(part));
        cases.filter(wanted).collect()
    }

    fn parse(name: String, all: &str) -> Case {
        let mut text = String::new();
        let mut steps: Vec<Step> = Vec::new();
        for line in all.split_inclusive('\n') {
            match (line.strip_prefix("#:"), steps.last_mut()) {
                (Some(title), _) => {
                    let title = title.trim().to_owned();
                    let deed = deed(&title).unwrap_or_else(|| panic!("{name}: #: {title}?"));
                    steps.push(Step { title, deed, text: None });
                }
                (None, Some(step)) => *step.text.get_or_insert_default() += line,
                (None, None) => text += line,
            }
        }
        if steps.is_empty() {
            let plain = |title: &str| Step {
                title: title.to_owned(),
                deed: deed(title).expect("a step"),
                text: None,
            };
            steps = ["start", "fail 1", "fail", "recover", "stop"].map(plain).into();
        }
        Case { name, text, steps }
    }

    /// Whether the file is only read.
    pub(crate) fn is_error(&self) -> bool {
        self.steps.iter().all(|step| matches!(step.deed, Deed::Error))
    }
}

fn deed(title: &str) -> Option<Deed> {
    let (verb, rest) = title.split_once(' ').unwrap_or((title, ""));
    let reals = || {
        let named: Vec<usize> =
            rest.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        if named.is_empty() { super::farm::REALS.collect() } else { named }
    };
    Some(match verb {
        "error" => Deed::Error,
        "start" | "stop" | "restart" | "try-restart" | "reload" | "force-reload" | "status" => {
            Deed::Action(verb.to_owned())
        }
        "save" => Deed::Save,
        "hup" => Deed::Hup,
        "fail" => Deed::Fail(reals()),
        "wrong" => Deed::Wrong(reals()),
        "silent" => Deed::Silent(reals()),
        "recover" => Deed::Recover(reals()),
        "touch" => Deed::Touch(rest.to_owned()),
        "remove" => Deed::Remove(rest.to_owned()),
        "ipvsadm" => Deed::Ipvsadm(rest.to_owned()),
        _ => return None,
    })
}
