//! The global part, as far as it concerns the program and not one virtual.

use std::path::{Path, PathBuf};

use super::alert::alert;
use super::commands::{command, execute};
use super::load::load_monitor;
use super::lookup::Lookup;
use super::section::Section;
use super::writable::unwritable;
use crate::config::near_miss::near_miss;
use crate::config::{Diagnostic, Resolver, Severity};
use crate::model::{Facility, Logfile, Settings, Timeouts};

/// Lowers the global part; what is wrong is noted.
pub(super) fn settings(
    globals: &Section<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Settings {
    let lookup = Lookup { own: globals, globals };
    // what is wrong with the mail is said even if no virtual would send any, and so with a command
    let alert = alert(lookup, notes);
    command(lookup, "fallbackcommand", resolver, notes);
    load_monitor(lookup, resolver, notes);
    let called = lookup.text("callback").is_some_and(|text| !text.is_empty());
    Settings {
        autoreload: lookup.yes_no("autoreload").unwrap_or(false),
        maintenance: maintenance(lookup, resolver, notes),
        logfile: logfile(lookup, resolver, notes),
        supervised: lookup.yes_no("supervised").unwrap_or(false),
        alert,
        mail_from: lookup.text("emailalertfrom").map(str::to_owned),
        callback: called.then(|| command(lookup, "callback", resolver, notes)).flatten(),
        execute: execute(globals, notes),
        timeouts: timeouts(lookup),
        hard_shutdown: false,
    }
}

/// The folder, which need not be there yet. ldirectord looks for it from the root, where its daemon
/// is at work.
fn maintenance(
    lookup: Lookup<'_, '_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<PathBuf> {
    let text = lookup.text("maintenancedir")?;
    let folder = Path::new("/").join(text);
    if let Err(why) = resolver.folder(&folder) {
        let span = lookup.given("maintenancedir")?.span.clone();
        let message = "maintenance directory does not exist";
        let missing = Diagnostic::warning(span, message);
        notes.push(missing.hint(format!("{}: {why}; it may come later", folder.display())));
    }
    Some(folder)
}

/// Those that are given; the kernel's own stay where none is, or 0.
fn timeouts(lookup: Lookup<'_, '_>) -> Option<Timeouts> {
    let [tcp, tcp_fin, udp] =
        ["tcptimeout", "tcpfintimeout", "udptimeout"].map(|name| lookup.number(name).unwrap_or(0));
    (tcp | tcp_fin | udp != 0).then_some(Timeouts { tcp, tcp_fin, udp })
}

fn logfile(
    lookup: Lookup<'_, '_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Logfile> {
    let span = lookup.given("logfile")?.span.clone();
    let text = lookup.text("logfile")?;
    if text.starts_with('/') {
        let wrong = unwritable("logfile", text, &span, resolver);
        notes.extend(wrong.map(|wrong| match wrong.severity {
            Severity::Warning => wrong,
            Severity::Error => {
                wrong.hint("name a file in a folder that is there, or a facility such as `local0`")
            }
        }));
        return Some(Logfile::Path(text.into()));
    }
    let known = FACILITIES.iter().find(|(name, _)| *name == text);
    if known.is_none() {
        let message = format!("the system log has no facility `{text}`: it is told as user");
        let warning = Diagnostic::warning(span, message);
        notes.push(match near_miss(text, FACILITIES.iter().map(|(name, _)| *name)) {
            Some(meant) => warning.hint(format!("did you mean `{meant}`?")),
            None => {
                warning.hint("`logfile` takes an absolute path, or a facility such as `local0`")
            }
        });
    }
    Some(Logfile::Facility(known.map_or(Facility::User, |(_, facility)| *facility)))
}

/// The facilities of syslog(3), by name.
const FACILITIES: &[(&str, Facility)] = &[
    ("auth", Facility::Auth),
    ("authpriv", Facility::Authpriv),
    ("cron", Facility::Cron),
    ("daemon", Facility::Daemon),
    ("ftp", Facility::Ftp),
    ("kern", Facility::Kern),
    ("lpr", Facility::Lpr),
    ("mail", Facility::Mail),
    ("news", Facility::News),
    ("syslog", Facility::Syslog),
    ("user", Facility::User),
    ("uucp", Facility::Uucp),
    ("local0", Facility::Local(0)),
    ("local1", Facility::Local(1)),
    ("local2", Facility::Local(2)),
    ("local3", Facility::Local(3)),
    ("local4", Facility::Local(4)),
    ("local5", Facility::Local(5)),
    ("local6", Facility::Local(6)),
    ("local7", Facility::Local(7)),
];
