//! The log: to the terminal, to syslog or to the journal.

use std::ffi::CStr;
use std::io::IsTerminal;
use std::path::Path;

use syslog_tracing::{Options, Syslog};
use tracing::level_filters::LevelFilter;
use tracing::{info, warn};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::director::{Change, What};
use crate::model::Facility;

use super::line::line;

/// Where the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sink {
    /// Standard error, for a person or for whoever collects it.
    Terminal,
    /// The system log, under the configuration's facility, or daemon.
    Syslog,
    /// The journal, with its fields.
    Journal,
}

impl Sink {
    /// The journal when it is what standard error is connected to, else standard error.
    pub fn guess() -> Self {
        if std::env::var_os("JOURNAL_STREAM").is_some() && !std::io::stderr().is_terminal() {
            Sink::Journal
        } else {
            Sink::Terminal
        }
    }
}

/// Starts the log, once in the life of the process. Falls back to standard error, and says so,
/// where the sink cannot be had.
pub fn start(sink: Sink, facility: Facility, verbose: bool) {
    let level = if verbose { LevelFilter::DEBUG } else { LevelFilter::INFO };
    // libraries have much to say that is of no use here
    let ours = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_targets(["lvs_director", "checkers", "ipvs"].map(|target| (target, level)));
    let registry = tracing_subscriber::registry().with(ours);
    let terminal = || {
        tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .with_timer(LocalTime)
    };
    // a second start, as in a test, keeps the first log
    let _ = match sink {
        Sink::Terminal => registry.with(terminal()).try_init(),
        Sink::Journal => match tracing_journald::layer() {
            Ok(journal) => {
                let journal = journal.with_field_prefix(None);
                registry.with(journal.with_syslog_identifier(NAME.to_owned())).try_init()
            }
            Err(why) => {
                let started = registry.with(terminal()).try_init();
                warn!("the journal cannot be reached, logging here: {why}");
                started
            }
        },
        // syslog(3) says nothing where nobody listens
        Sink::Syslog if !Path::new(SYSLOG).exists() => {
            let started = registry.with(terminal()).try_init();
            warn!("there is no system log ({SYSLOG}), logging here");
            started
        }
        Sink::Syslog => {
            let syslog = Syslog::new(IDENTITY, Options::LOG_PID, code(facility));
            let layer = syslog.map(|syslog| {
                tracing_subscriber::fmt::layer()
                    .with_writer(syslog)
                    .without_time()
                    .with_level(false)
                    .with_ansi(false)
                    .with_target(false)
            });
            registry.with(layer).try_init()
        }
    };
}

/// Writes a change down, with its reason.
pub fn tell(change: &Change) {
    let line = line(change);
    let because = change.because.as_str();
    match change.what {
        What::Quiesced
        | What::Readded
        | What::Removed
        | What::SoftFailure { .. }
        | What::Inaccessible
        | What::Warned { .. } => warn!(because, "{line}"),
        _ => info!(because, "{line}"),
    }
}

/// The time as the administrator's clock shows it.
struct LocalTime;

impl FormatTime for LocalTime {
    fn format_time(&self, w: &mut Writer<'_>) -> std::fmt::Result {
        write!(w, "{}", jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S%.3f"))
    }
}

fn code(facility: Facility) -> syslog_tracing::Facility {
    use syslog_tracing::Facility as F;
    match facility {
        Facility::Auth => F::Auth,
        Facility::Authpriv => F::AuthPriv,
        Facility::Cron => F::Cron,
        Facility::Daemon => F::Daemon,
        Facility::Ftp => F::Ftp,
        // kern and syslog are for the kernel and the logger alone
        Facility::Kern | Facility::Syslog | Facility::User => F::User,
        Facility::Lpr => F::Lpr,
        Facility::Mail => F::Mail,
        Facility::News => F::News,
        Facility::Uucp => F::Uucp,
        Facility::Local(0) => F::Local0,
        Facility::Local(1) => F::Local1,
        Facility::Local(2) => F::Local2,
        Facility::Local(3) => F::Local3,
        Facility::Local(4) => F::Local4,
        Facility::Local(5) => F::Local5,
        Facility::Local(6) => F::Local6,
        Facility::Local(_) => F::Local7,
    }
}

const NAME: &str = "lvs-director";
const SYSLOG: &str = "/dev/log";
const IDENTITY: &CStr = c"lvs-director";
