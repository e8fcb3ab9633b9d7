//! vqalive 1.1: a machine that takes services over which it finds dead, by the scripts of its file.
//!
//! Of the original's command line nothing is known; this one is ours.

use std::ffi::OsString;
use std::fmt::Display;
use std::path::PathBuf;
use std::process::ExitCode;

use tracing::error;

use crate::config::Dialect;
use crate::daemon::{Loaded, Manners, Options, Part, RUN_DIR, Ready, Shell, load};
use crate::model::{Facility, Logfile};
use crate::observe::log::{self, Manner, Sink};
use crate::observe::voice::Voice;

use super::pid_file::{PidFile, Standing};
use super::piranha::{DETACHED, VERBOSE, VERSION};
use super::popt::{self, Given, Line, Opt, Takes};
use super::{background, complain, say, whole};

/// Takes the command line of this process, does what it says, and returns the exit status: 0 done,
/// or under way; 1 not done.
pub fn main() -> ExitCode {
    let mut words: Vec<OsString> = std::env::args_os().collect();
    let detached = words.pop_if(|last| *last == *DETACHED).is_some();
    let mut words = words.into_iter();
    let called = whole(words.next().unwrap_or_default());
    let words: Vec<OsString> = words.collect();
    let given = match popt::read(NAME, OPTIONS, words.clone()) {
        Line::Given(given) if given.has("version") => return told(CALLED),
        Line::Given(given) => given,
        Line::Help => return told(popt::help(NAME, OPTIONS)),
        Line::Usage => return told(popt::usage(NAME, OPTIONS)),
        Line::Wrong(complaint) => {
            complain(complaint);
            return ExitCode::FAILURE;
        }
    };
    let pid_file = given.text("pidfile").map_or_else(|| PID_FILE.into(), PathBuf::from);
    // it is removed in another folder
    let pid_file = std::path::absolute(&pid_file).unwrap_or(pid_file);
    let pid_file = PidFile::new(pid_file, [NAME; 2]);
    let call = Call { given, pid_file, detached };
    let done = call.read().and_then(|loaded| match (call.given.has("test"), call.is_here()) {
        (true, _) => {
            say(format_args!("{}: usable\n", loaded.path));
            Ok(())
        }
        (false, true) => call.serve(loaded),
        (false, false) => call.start(called, words),
    });
    done.map_or_else(
        |why| {
            complain(format_args!("{NAME}: {why}"));
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

/// Who only asks is answered.
fn told(text: impl Display) -> ExitCode {
    say(text);
    ExitCode::SUCCESS
}

/// What a call has to work with.
struct Call {
    given: Given,
    pid_file: PidFile,
    detached: bool,
}

impl Call {
    /// Reads the file; what is odd in it is told once, by who was called.
    fn read(&self) -> Result<Loaded, String> {
        let file = self.file();
        let loaded = load(&file, Some(Dialect::Vqalive))
            .map_err(|why| format!("{}: {why}", file.display()))?;
        if loaded.reading.model.is_none() {
            let why = format!("{} cannot be used", loaded.path);
            if !self.detached {
                complain(loaded.complaints());
            }
            self.log(&why);
            return Err(why);
        }
        if !self.detached && !loaded.reading.diagnostics.is_empty() {
            complain(loaded.complaints());
        }
        Ok(loaded)
    }

    fn file(&self) -> PathBuf {
        self.given.text("config").map_or_else(|| FILE.into(), PathBuf::from)
    }

    /// Whether this process is to be the daemon.
    fn is_here(&self) -> bool {
        self.detached || self.given.has("foreground")
    }

    /// Has a process of its own be the daemon.
    fn start(&self, called: OsString, mut words: Vec<OsString>) -> Result<(), String> {
        if let Standing::Running(pid) = self.pid_file.standing() {
            return Err(self.running(&format!(" with pid {pid}")));
        }
        words.push(DETACHED.into());
        let started = background::start(&called, words, Some(&self.pid_file));
        started.map_err(|failure| failure.words)
    }

    /// Is the daemon, until it is told to stop.
    fn serve(&self, loaded: Loaded) -> Result<(), String> {
        let log = log::start(self.manner(), None);
        let done = self.run(loaded, log);
        if let Err(why) = &done {
            error!("{why}");
        }
        done
    }

    fn run(&self, loaded: Loaded, log: log::Log) -> Result<(), String> {
        let shell = Shell::new(Manners::Director).map_err(|why| why.to_string())?;
        let claim = self.pid_file.claim();
        let claim = claim
            .map_err(|why| format!("cannot write {}: {why}", self.pid_file.path().display()))?;
        let _claim = claim.ok_or_else(|| self.running(""))?;
        // by its whole path, for a process that will be elsewhere
        let config = std::path::absolute(self.file()).map_err(|why| why.to_string())?;
        let options = Options {
            config,
            run_dir: RUN_DIR.into(),
            log: self.manner(),
            dry_run: false,
            waits: false,
            part: Part::Pair { forced: false },
        };
        shell.run(options, loaded, log, self.ready()).map_err(|why| why.to_string())
    }

    fn ready(&self) -> Ready {
        match self.detached {
            true => {
                background::leave_caller(NAME);
                Box::new(background::tell_ready)
            }
            false => Box::new(|| {}),
        }
    }

    /// Writes why nothing is started to the log: what a boot says on standard error is lost.
    fn log(&self, why: &str) {
        if !self.given.has("test") && !self.given.has("foreground") {
            let _log = log::start(self.manner(), None);
            error!("{why}");
        }
    }

    fn manner(&self) -> Manner {
        Manner {
            sink: self.given.has("foreground").then(Sink::guess),
            unasked: Some(Logfile::Facility(Facility::Daemon)),
            identity: NAME,
            name: NAME.to_owned(),
            voice: Voice::Lvsd,
            verbose: self.given.has("verbose"),
        }
    }

    fn running(&self, pid: &str) -> String {
        format!("it is running already{pid}, by {}", self.pid_file.path().display())
    }
}

const NAME: &str = "vqalive";
const CALLED: &str = concat!("vqalive 1.1, as lvs-director ", env!("CARGO_PKG_VERSION"), "\n");
const FILE: &str = "/etc/vqalive.conf";
const PID_FILE: &str = "/var/run/vqalive.pid";

/// The options.
pub const OPTIONS: &[Opt] = &[
    Opt::new('c', &["config"], Takes::Text("FILE"), "The configuration [/etc/vqalive.conf]"),
    Opt::new('f', &["foreground"], Takes::Nothing, "Stay in the foreground, and log there"),
    Opt::new('p', &["pidfile"], Takes::Text("FILE"), "The pid file [/var/run/vqalive.pid]"),
    Opt::new('t', &["test"], Takes::Nothing, "Say what is wrong with the file, and end"),
    VERBOSE,
    VERSION,
];
