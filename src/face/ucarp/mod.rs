//! ucarp 1.5.2: one virtual host of CARP by a command line, whose scripts raise and lower its address.
//!
//! `line` reads the command line, `site` makes a model of it; what runs then is the ordinary director,
//! on a model without virtual services.

mod line;
mod site;
mod text;

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::PathBuf;
use std::process::ExitCode;

use tracing::{debug, error, info, warn};

use crate::daemon::{Loaded, Manners, Options, Part, RUN_DIR, Ready, Shell};
use crate::model::{Logfile, Model};
use crate::observe::log::{self, Log, Manner, Sink};
use crate::observe::voice::Voice;

use super::{background, complain, say, whole};
use line::{Call, Level, Line, Note};
use site::{Failure, RUN, SETUP};

pub use line::OPTIONS;

/// Takes the command line of this process, does what it says, and returns the exit status: 0 done, 1
/// the command line asks for what cannot be, 2 it cannot be begun. Who asks for an option that there is
/// not is told of those that there are, and gets 0, as from the original.
pub fn main() -> ExitCode {
    let mut words: Vec<OsString> = env::args_os().collect();
    let detached = words.pop_if(|last| *last == *DETACHED).is_some();
    let texts: Option<Vec<_>> = words.iter().map(|word| word.to_str().map(str::to_owned)).collect();
    let Some(texts) = texts else {
        complain("an argument is no UTF-8; --passfile takes a password of any bytes");
        return ExitCode::FAILURE;
    };
    let mut texts = texts.into_iter();
    let called = texts.next().unwrap_or_default();
    match line::read(&called, texts.collect()) {
        Line::Help(complaint) => {
            complaint.into_iter().for_each(complain);
            say(text::usage());
            ExitCode::SUCCESS
        }
        Line::Given(call) => Ucarp { call: *call, detached }.main(words),
    }
}

/// A call, and who is called.
struct Ucarp {
    call: Call,
    /// This is the process in the background that another one has made.
    detached: bool,
}

impl Ucarp {
    fn main(&self, words: Vec<OsString>) -> ExitCode {
        let manner = self.manner();
        let log = log::start(manner.clone(), None);
        let done = self.prepare().and_then(|model| match self.call.daemonize && !self.detached {
            true => start(words),
            false => self.serve(model, manner, log),
        });
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(Failure { status, words }) => {
                if let Some(words) = words {
                    error!("{words}");
                    if self.detached {
                        // the log is not where the caller looks
                        complain(words);
                    }
                }
                ExitCode::from(status)
            }
        }
    }

    /// What the command line asks for, and everything that is to be said of it, in the original's order.
    fn prepare(&self) -> Result<Model, Failure> {
        let Call { notes, wrong, .. } = &self.call;
        if !self.detached {
            notes.iter().for_each(tell);
        }
        if let Some(wrong) = wrong {
            return Err(Failure::wrong(wrong));
        }
        let password = self.call.password()?;
        let interface = self.interface()?;
        let plan = self.call.plan(interface, password)?;
        if !self.detached {
            self.call.doubts().iter().for_each(tell);
        }
        plan.model(&self.call)
    }

    /// The interface that was named; or the one that has the source address, or the first there is.
    fn interface(&self) -> Result<String, Failure> {
        if let Some(named) = self.call.interface.clone().filter(|named| !named.is_empty()) {
            return Ok(named);
        }
        let found = site::default_interface(self.call.srcip);
        let found = found.ok_or_else(|| Failure::wrong("You must supply a network interface"))?;
        if !self.detached {
            info!("Using [{found}] as a network interface");
        }
        Ok(found)
    }

    /// Is the director, until it is told to stop.
    fn serve(&self, model: Model, manner: Manner, log: Log) -> Result<(), Failure> {
        site::look(&model)?;
        let name = site::name(&model);
        debug!("its status: lvs-director status {}", name.display());
        let manners = Manners::Ucarp { shutdown: self.call.shutdown };
        let shell = Shell::new(manners).map_err(failed)?;
        let loaded = Loaded::given(&name, model);
        shell.run(options(name, manner), loaded, log, self.ready()).map_err(failed)
    }

    fn ready(&self) -> Ready {
        if !self.detached {
            return Box::new(|| {});
        }
        background::leave_caller(NAME);
        Box::new(background::tell_ready)
    }

    fn manner(&self) -> Manner {
        Manner {
            sink: Some(if self.detached { Sink::LeveledSyslog } else { Sink::Leveled }),
            unasked: self.call.facility.map(Logfile::Facility),
            identity: NAME,
            name: NAME.to_owned(),
            voice: Voice::Ucarp,
            verbose: self.call.debug,
        }
    }
}

/// Has a process of its own be the director.
fn start(mut words: Vec<OsString>) -> Result<(), Failure> {
    let called = whole(words.drain(..1).next().unwrap_or_default());
    words.push(DETACHED.into());
    background::start(&called, words, None).map_err(|failure| match failure.status {
        // it has said why
        Some(status) => Failure { status: u8::try_from(status).unwrap_or(SETUP), words: None },
        None => Failure { status: SETUP, words: Some(failure.words) },
    })
}

fn options(config: PathBuf, log: Manner) -> Options {
    let part = Part::Pair { forced: false };
    Options { config, run_dir: RUN_DIR.into(), log, dry_run: false, waits: false, part }
}

fn failed(why: impl Display) -> Failure {
    Failure { status: RUN, words: Some(why.to_string()) }
}

fn tell(Note { level, text }: &Note) {
    match level {
        Level::Warning => warn!("{text}"),
        Level::Error => error!("{text}"),
    }
}

const NAME: &str = "ucarp";
/// Marks the process in the background; it is nobody's to use.
const DETACHED: &str = "--detached";
