//! The log: to the terminal, to a file, to syslog or to the journal.

mod lines;
mod system_log;

use std::io::IsTerminal;
use std::path::PathBuf;

use tracing::level_filters::LevelFilter;
use tracing::{info, warn};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::reload::{self, Handle};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt};

use crate::director::{Change, What};
use crate::model::{Facility, Logfile};

use super::voice::Voice;
use lines::{Lines, Paper};

/// Where the log is written, whatever the configuration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sink {
    /// Standard error, for a person or for whoever collects it.
    Terminal,
    /// Standard output, as ldirectord writes there.
    #[value(skip)]
    Output,
    /// Standard output, each line behind the name of who writes, as pulse does.
    #[value(skip)]
    Named,
    /// The same, and the system log as well, as nanny does.
    #[value(skip)]
    NamedAndSyslog,
    /// Standard output, or from warnings on standard error, each line behind time and level; and the
    /// system log, if it is asked for; as ucarp writes.
    #[value(skip)]
    Leveled,
    /// Only that system log.
    #[value(skip)]
    LeveledSyslog,
    /// The system log, under the configuration's facility, or daemon.
    Syslog,
    /// The journal, with its fields.
    Journal,
}

impl Sink {
    /// The journal when it is what standard error is connected to, else standard error.
    pub fn guess() -> Self {
        let told = std::env::var_os("JOURNAL_STREAM").is_some();
        if told && !std::io::stderr().is_terminal() { Sink::Journal } else { Sink::Terminal }
    }
}

/// How a log is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Where it is written; `None` for where the configuration says.
    pub sink: Option<Sink>,
    /// Where it is written if the configuration says nothing; without that the journal if standard
    /// error is connected to it, else standard error.
    pub unasked: Option<Logfile>,
    /// Who writes, in the system log and in the journal.
    pub identity: &'static str,
    /// Who writes, in a file and where lines begin with a name.
    pub name: String,
    /// Whose words are used.
    pub voice: Voice,
    /// Every command to the kernel and every check, too.
    pub verbose: bool,
}

/// A log that has been started.
pub struct Log {
    manner: Manner,
    place: Place,
    handle: Handle<Boxed, Registry>,
}

/// One place to write to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Terminal,
    Output,
    Named,
    NamedAndSyslog,
    Leveled { shown: bool, facility: Option<Facility> },
    Journal,
    Syslog(Facility),
    File(PathBuf),
}

type Boxed = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts the log, once in the life of the process; a second start, as in a test, keeps the first.
pub fn start(manner: Manner, logfile: Option<&Logfile>) -> Log {
    let level = if manner.verbose { LevelFilter::DEBUG } else { LevelFilter::INFO };
    // libraries have much to say that is of no use here
    let ours = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_targets(["lvs_director", "checkers", "ipvs"].map(|target| (target, level)));
    let place = manner.place(logfile);
    let (layer, trouble) = manner.layer(&place);
    let (layer, handle) = reload::Layer::new(layer);
    let _ = tracing_subscriber::registry().with(layer).with(ours).try_init();
    if let Some(trouble) = trouble {
        warn!("{trouble}");
    }
    Log { manner, place, handle }
}

impl Log {
    /// Writes where the configuration says from now on.
    pub fn follow(&mut self, logfile: Option<&Logfile>) {
        let place = self.manner.place(logfile);
        if place == self.place {
            return;
        }
        let (layer, trouble) = self.manner.layer(&place);
        if self.handle.reload(layer).is_ok() {
            self.place = place;
        }
        if let Some(trouble) = trouble {
            warn!("{trouble}");
        }
    }

    /// Writes a change down, with its reason.
    pub fn tell(&self, change: &Change) {
        let line = self.manner.voice.change(change);
        let because = change.because.as_str();
        match change.what {
            What::Quiesced
            | What::Readded
            | What::Removed
            | What::SoftFailure { .. }
            | What::Inaccessible
            | What::LoadUnknown
            | What::Warned { .. } => warn!(because, "{line}"),
            _ => info!(because, "{line}"),
        }
    }
}

impl Manner {
    fn place(&self, logfile: Option<&Logfile>) -> Place {
        let facility = match &self.unasked {
            Some(Logfile::Facility(facility)) => Some(*facility),
            Some(Logfile::Path(_)) | None => None,
        };
        match (self.sink, logfile) {
            (Some(Sink::Terminal), _) => Place::Terminal,
            (Some(Sink::Output), _) => Place::Output,
            (Some(Sink::Named), _) => Place::Named,
            (Some(Sink::NamedAndSyslog), _) => Place::NamedAndSyslog,
            (Some(Sink::Leveled), _) => Place::Leveled { shown: true, facility },
            (Some(Sink::LeveledSyslog), _) => Place::Leveled { shown: false, facility },
            (Some(Sink::Journal), _) => Place::Journal,
            (_, Some(Logfile::Facility(facility))) => Place::Syslog(*facility),
            (Some(Sink::Syslog), _) => Place::Syslog(Facility::Daemon),
            (None, Some(Logfile::Path(file))) => Place::File(file.clone()),
            (None, None) => match &self.unasked {
                Some(Logfile::Path(file)) => Place::File(file.clone()),
                Some(Logfile::Facility(facility)) => Place::Syslog(*facility),
                None if Sink::guess() == Sink::Journal => Place::Journal,
                None => Place::Terminal,
            },
        }
    }

    /// What writes there, or else to standard error, and why.
    fn layer(&self, place: &Place) -> (Boxed, Option<String>) {
        match place {
            Place::Terminal => (terminal(), None),
            Place::Output => (Lines::new(Paper::Output).boxed(), None),
            Place::Named => (Lines::new(Paper::Named(self.name.clone())).boxed(), None),
            Place::NamedAndSyslog => {
                let named = Lines::new(Paper::Named(self.name.clone()));
                let syslog = Lines::new(Paper::syslog(Facility::Daemon, self.identity));
                (Layer::<Registry>::and_then(named, syslog).boxed(), None)
            }
            Place::Leveled { shown, facility } => {
                let shown = shown.then(|| Lines::new(Paper::Leveled));
                let syslog = facility
                    .map(|facility| Lines::new(Paper::leveled_syslog(facility, self.identity)));
                (Layer::<Registry>::and_then(shown, syslog).boxed(), None)
            }
            Place::File(file) => {
                (Lines::new(Paper::file(file.clone(), self.name.clone())).boxed(), None)
            }
            Place::Syslog(facility) => {
                (Lines::new(Paper::syslog(*facility, self.identity)).boxed(), None)
            }
            Place::Journal => match tracing_journald::layer() {
                Ok(journal) => {
                    let journal = journal.with_field_prefix(None);
                    (journal.with_syslog_identifier(self.identity.to_owned()).boxed(), None)
                }
                Err(why) => (
                    terminal(),
                    Some(format!("the journal cannot be reached, logging here: {why}")),
                ),
            },
        }
    }
}

fn terminal() -> Boxed {
    fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .with_timer(LocalTime)
        .boxed()
}

/// The time as the administrator's clock shows it.
struct LocalTime;

impl FormatTime for LocalTime {
    fn format_time(&self, w: &mut Writer<'_>) -> std::fmt::Result {
        write!(w, "{}", jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S%.3f"))
    }
}
