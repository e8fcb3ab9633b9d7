//! A director as pulse and lvsd start it: their file, their words for what is wrong with it, in the
//! foreground or behind.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tracing::{error, info};

use crate::config::{Diagnostic, Dialect, Severity};
use crate::daemon::{Error, Loaded, Manners, Options, Part, RUN_DIR, Ready, Shell, Watch, load};
use crate::model::{Facility, Failover, Logfile, Model};
use crate::observe::log::{self, Log, Manner, Sink};
use crate::observe::voice::Voice;

use super::pid_file::{PidFile, Standing};
use super::popt::{Given, Opt, Takes};
use super::{background, complain, options_among, whole};

/// pulse, lvsd, or fos.
pub(super) struct Program {
    /// Its name: in its command line, and in the system log.
    pub(super) name: &'static str,
    /// What it calls itself in what it says.
    pub(super) alias: &'static str,
    /// What `--version` says first.
    pub(super) version: &'static str,
    /// Its options.
    pub(super) options: &'static [Opt],
    /// The file with its process.
    pub(super) pid_file: &'static str,
    /// How it tells of changes.
    pub(super) voice: Voice,
    /// `NAME: error parsing FILE at line N: TEXT`, the words about the place; lvsd has no text.
    pub(super) wrong: fn(file: &str, line: usize, text: &str) -> String,
    /// What it does of the file.
    pub(super) part: fn(&Given) -> Part,
    /// Whether it minds that there is nothing to do.
    pub(super) minds: bool,
    /// What fos does, whose end is all that it says; `None` for a director.
    pub(super) watch: Option<fn(&Given) -> Watch>,
}

/// Takes the command line of this process, does what it says, and returns the exit status: 0 done,
/// 1 not done.
pub(super) fn main(program: &Program) -> ExitCode {
    let mut words: Vec<OsString> = std::env::args_os().collect();
    let detached = words.pop_if(|last| *last == *DETACHED).is_some();
    let mut words = words.into_iter();
    let called = whole(words.next().unwrap_or_default());
    let words: Vec<OsString> = words.collect();
    let given = match options_among(program.alias, program.version, program.options, words.clone())
    {
        Ok(given) => given,
        Err(status) => return status,
    };
    let call = Call { program, given, pid_file: pid_file(program), detached };
    let done = call.read().and_then(|loaded| match call.is_here() {
        true => call.serve(loaded),
        false => call.start(called, words),
    });
    done.map_or_else(
        |words| {
            words.iter().for_each(complain);
            if !call.is_here() {
                call.log(&words);
            }
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

/// The pid file, of a process that is called either name: that of lvsd may be `lvs`.
fn pid_file(program: &Program) -> PidFile {
    PidFile::new(program.pid_file.into(), [program.name, program.alias])
}

/// What a call has to work with.
struct Call<'a> {
    program: &'a Program,
    given: Given,
    pid_file: PidFile,
    detached: bool,
}

/// Why nothing is done: lines for who has called, none if they know.
type Failure = Vec<String>;

impl Call<'_> {
    /// Reads the file; what is odd in it is told once, by who was called.
    fn read(&self) -> Result<Loaded, Failure> {
        let Program { alias, wrong, minds, .. } = self.program;
        let file = self.file();
        let path = file.display();
        let loaded = load(&file, Some(Dialect::Lvs)).map_err(|why| {
            vec![format!("{alias}: failed to open {path}"), format!("{path}: {why}")]
        })?;
        let Some(model) = &loaded.reading.model else {
            let first = loaded.reading.diagnostics.iter().find(|d| d.severity == Severity::Error);
            let first = first.map(|first| {
                let (line, _) = first.position(&loaded.text);
                wrong(&loaded.path, line, text(first))
            });
            return Err(first.into_iter().chain([loaded.complaints()]).collect());
        };
        if *minds && is_idle(model) {
            let services = services(&loaded.text);
            return Err(vec![format!("{alias}: no active {services} services defined in {path}")]);
        }
        if self.program.watch.is_some() && failovers(model).is_empty() {
            let why = match services(&loaded.text) {
                "fos" => format!("No Failover Services defined in {path}."),
                _ => format!("Service type is not \"fos\" in {path}"),
            };
            return Err(vec![format!("{alias}: {why}")]);
        }
        if !self.detached && !loaded.reading.diagnostics.is_empty() {
            complain(loaded.complaints());
        }
        Ok(loaded)
    }

    /// The file that was named, or the one of this version or an older one.
    fn file(&self) -> PathBuf {
        if let Some(file) = self.given.text("configfile") {
            return file.into();
        }
        let there = FILES.iter().find(|file| Path::new(file).is_file());
        there.unwrap_or(&FILES[0]).into()
    }

    /// Whether this process is to be the director.
    fn is_here(&self) -> bool {
        self.detached || self.is_shown() || self.given.has("nofork")
    }

    /// Whether it tells all on standard output. What only would be done has no place in the log of
    /// what is.
    fn is_shown(&self) -> bool {
        self.given.has("nodaemon") || self.given.has("test-start")
    }

    /// Has a process of its own run the director.
    fn start(&self, called: OsString, mut words: Vec<OsString>) -> Result<(), Failure> {
        if let Standing::Running(pid) = self.pid_file.standing() {
            return Err(self.running(&format!(" with pid {pid}")));
        }
        words.push(DETACHED.into());
        match background::start(&called, words, Some(&self.pid_file)) {
            Ok(()) => Ok(()),
            // it has said why
            Err(background::Failure { status: Some(1), .. }) => Err(Vec::new()),
            Err(failure) => Err(vec![format!("{}: {}", self.program.alias, failure.words)]),
        }
    }

    /// Writes why nothing is started to the log: what a boot says on standard error is lost. The
    /// file's own text, which stands in what has several lines, may be secret.
    fn log(&self, words: &Failure) {
        let _log = log::start(self.manner(), None);
        let own = format!("{}: ", self.program.alias);
        let lines = words.iter().filter(|line| !line.contains('\n'));
        lines.for_each(|line| error!("{}", line.strip_prefix(&own).unwrap_or(line)));
    }

    /// Is the director, until it is told to stop.
    fn serve(&self, loaded: Loaded) -> Result<(), Failure> {
        let logfile = loaded.reading.model.as_ref().and_then(|m| m.settings.logfile.as_ref());
        let manner = self.manner();
        let log = log::start(manner.clone(), logfile);
        self.run(loaded, manner, log).or_else(|why| {
            match &why {
                Failed::Daemon(why) if why.is_intended() => {
                    info!("{why}");
                    return Ok(());
                }
                Failed::Daemon(why) if !self.is_shown() => error!("{why}"),
                _ if !self.is_shown() => self.log(&self.words(&why)),
                _ => {}
            }
            Err(self.words(&why))
        })
    }

    /// Why no director runs, for who has called.
    fn words(&self, why: &Failed) -> Failure {
        let alias = self.program.alias;
        match why {
            Failed::Running => self.running(""),
            Failed::Claim(why) => {
                vec![format!("{alias}: cannot write {}: {why}", self.program.pid_file)]
            }
            Failed::Place(why) => vec![format!("{alias}: {why}")],
            Failed::Daemon(Error::Heartbeat(why)) => vec![
                format!("{alias}: cannot create heartbeat socket. running as root?"),
                format!("{alias}: {why}"),
            ],
            Failed::Daemon(why) => vec![format!("{alias}: {why}")],
        }
    }

    fn run(&self, loaded: Loaded, manner: Manner, log: Log) -> Result<(), Failed> {
        let shell = Shell::new(Manners::Director).map_err(Failed::Daemon)?;
        let dry_run = self.given.has("test-start");
        let _claim = match dry_run {
            true => None,
            false => Some(self.pid_file.claim().map_err(Failed::Claim)?.ok_or(Failed::Running)?),
        };
        if let (Some(watch), Some(model)) = (self.program.watch, &loaded.reading.model) {
            shell.fos(failovers(model), watch(&self.given), dry_run, self.ready());
            return Ok(());
        }
        // by its whole path, for a process that will be elsewhere
        let config = std::path::absolute(self.file()).map_err(Failed::Place)?;
        let options = Options {
            config,
            run_dir: RUN_DIR.into(),
            log: manner,
            dry_run,
            waits: false,
            part: (self.program.part)(&self.given),
        };
        shell.run(options, loaded, log, self.ready()).map_err(Failed::Daemon)
    }

    fn ready(&self) -> Ready {
        match (self.detached, self.is_shown()) {
            (true, _) => {
                background::leave_caller(self.program.name);
                Box::new(background::tell_ready)
            }
            (false, true) => Box::new(|| {}),
            (false, false) => {
                background::leave_caller(self.program.name);
                Box::new(background::let_go)
            }
        }
    }

    fn manner(&self) -> Manner {
        Manner {
            sink: self.is_shown().then_some(Sink::Named),
            unasked: Some(Logfile::Facility(Facility::Daemon)),
            identity: self.program.name,
            name: self.program.alias.to_owned(),
            voice: self.program.voice,
            verbose: self.given.has("verbose"),
        }
    }

    fn running(&self, pid: &str) -> Failure {
        let Program { alias, name, pid_file, .. } = self.program;
        vec![format!("{alias}: {name} is running already{pid}, by {pid_file}")]
    }
}

/// Why a director does not run.
enum Failed {
    /// Another one does.
    Running,
    /// The pid file cannot be written.
    Claim(io::Error),
    /// Nobody knows where this is.
    Place(io::Error),
    /// The daemon says why.
    Daemon(Error),
}

/// What is wrong, in piranha's words if it has any.
fn text(diagnostic: &Diagnostic) -> &str {
    diagnostic.fault.map_or(diagnostic.message.as_str(), |fault| fault.text())
}

fn is_idle(model: &Model) -> bool {
    model.virtuals.is_empty() && failovers(model).is_empty()
}

fn failovers(model: &Model) -> &[Failover] {
    model.cluster.as_ref().map_or(&[], |pair| &pair.failovers)
}

/// What a file is for: a model without any service does not tell. In a block `service` has other values.
fn services(text: &str) -> &'static str {
    let is_fos = |line: &str| {
        let value = line.trim_start().strip_prefix("service");
        let value = value.and_then(|rest| rest.trim_start().strip_prefix('='));
        let word = value.and_then(|value| value.split_whitespace().next());
        word.is_some_and(|word| word.trim_matches(['"', '\'']) == "fos")
    };
    if text.split(['\n', '\r']).any(is_fos) { "fos" } else { "lvs" }
}

// the options that they have in common
pub(super) const CONFIGFILE: Opt =
    Opt::new('c', &["configfile"], Takes::Text("FILE"), "Configuration file");
pub(super) const NODAEMON: Opt = Opt::new(
    'n',
    &["nodaemon"],
    Takes::Nothing,
    "Stay in the foreground, and tell all on standard output",
);
pub(super) const NOFORK: Opt =
    Opt::long(&["nofork"], Takes::Nothing, "Be the daemon without a process of its own");
pub(super) const TEST_START: Opt = Opt::new(
    't',
    &["test-start", "norun"],
    Takes::Nothing,
    "Change nothing, and tell what would be done",
);
pub(super) const VERBOSE: Opt =
    Opt::new('v', &["verbose"], Takes::Nothing, "Tell of every check and command, too");
pub(super) const VERSION: Opt =
    Opt::long(&["version"], Takes::Nothing, "Display the program's version");

/// Where the file is: since 2001, in Fedora 14, before 2001.
const FILES: [&str; 3] = ["/etc/sysconfig/ha/lvs.cf", "/etc/piranha/lvs.cf", "/etc/lvs.cf"];
/// Marks the process in the background; it is nobody's to use.
pub(super) const DETACHED: &str = "--detached";
