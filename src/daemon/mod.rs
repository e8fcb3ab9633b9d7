//! The one shell: it turns the world into events and carries the director's effects out.
//!
//! ```text
//!   signals, the file on disk ─▶ ┌─────────┐ ─▶ duties (watch, latest wins) ─▶ checks thread
//!   outcomes (4096; full: the    │ control │ ◀─────────── outcomes ─────────── one nanny a real
//!   nannies wait)              ─▶│         │ ─▶ table (watch, latest wins) ──▶ kernel thread
//!   maintenance files, names   ─▶│         │
//!   status socket              ─▶└─────────┘ ◀─────────── rounds ─────────────
//!   its side of a pair: roles ─────▶ ▲  └─▶ log, mail, the administrator's programs
//! ```
//!
//! Three threads, joined by channels of plain values only: control (this one), checks, kernel. One of
//! a pair has more, for its protocol, its cables and its addresses: `cluster.rs` has the picture.

mod autoreload;
mod canaries;
mod checks;
mod cluster;
mod control;
mod fos;
mod gateway;
mod hooks;
mod hosts;
mod instance;
mod load;
mod maintenance;
mod program;
mod reload;
mod resolver;
mod services;
mod signals;
mod socket;
mod turn;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::{self, Runtime};
use tokio::sync::mpsc;
use tracing::{info, warn};

use crate::director::{Director, Event};
use crate::failover::machine::Input;
use crate::health::Maintenance;
use crate::kernel::{self, Kernel, Late, Memory, Netlink};
use crate::model::{Model, Role, Time};
use crate::observe::log::{self, Log, Manner};
use crate::plan::Table;

pub use checks::ceiling;
pub use fos::Watch;
pub use instance::instance;
pub use load::{Loaded, load};
pub use signals::Manners;
pub use socket::{command, fetch, path as socket_path};

use cluster::{Pair, Places, Request};
use hosts::Hosts;
use maintenance::{Followed, look};
use signals::Signals;
use socket::Socket;
use turn::Turn;

/// How a director is to be run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The configuration file.
    pub config: PathBuf,
    /// The folder of the status socket.
    pub run_dir: PathBuf,
    /// How the log is kept.
    pub log: Manner,
    /// Check and decide as ever, and change nothing: neither the kernel nor anybody's mailbox, and
    /// run nobody's program but those of checks.
    pub dry_run: bool,
    /// Where another director runs on the same file, wait until it has ended, and take its place.
    pub waits: bool,
    /// What is done of a file that tells of a pair of directors.
    pub part: Part,
}

/// What a director does of a file that tells of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it: heartbeats, and the addresses and services while it is active.
    Pair {
        /// It is active at once, and does not wait for its peer.
        forced: bool,
    },
    /// The services, at once and for ever, as piranha's lvsd.
    Services,
}

impl Part {
    /// What is left of a model for this director.
    fn of(self, model: Model) -> Model {
        match self {
            Part::Pair { .. } => model,
            Part::Services => Model { cluster: None, ..model },
        }
    }
}

/// What is called when a director is ready.
pub type Ready = Box<dyn FnOnce()>;

/// The folder of the status socket where nothing else is said.
pub const RUN_DIR: &str = "/run/lvs-director";

/// Why a director does not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration cannot be followed; the text says what is wrong, line by line.
    #[error("{0}")]
    Config(String),
    /// The kernel cannot be told anything.
    #[error(transparent)]
    Kernel(#[from] kernel::Error),
    /// No other director can be heard, nor told anything.
    #[error("cannot create heartbeat socket: {0}")]
    Heartbeat(#[source] io::Error),
    /// This machine is none of the pair that the file names.
    #[error("{0}")]
    NoPart(String),
    /// Another director is at work on the same file.
    #[error("a director runs already on {file}{}", .pid.map_or(String::new(), |pid| format!(", pid {pid}")))]
    Running {
        /// The file.
        file: String,
        /// The director's process, if it says so.
        pid: Option<u32>,
    },
    /// Another director of this machine is at work in the same cluster, on another file.
    #[error("{0}")]
    Placed(String),
    /// The director has stopped, and the kernel's table is not as it should have been left.
    #[error("stopped, but the kernel was not told: {0}")]
    Untold(String),
    /// The folder of maintenance files cannot be read.
    #[error("the maintenance directory cannot be read: nobody is taken to be in it")]
    Unseen,
    /// A thread has ended that never should; the kernel's table is left as it is.
    #[error("the {0} thread has ended, which is a defect of this program")]
    Ended(&'static str),
    /// The system refuses something else.
    #[error("cannot {doing}: {why}")]
    System {
        /// What was to be done.
        doing: String,
        /// The system's words.
        why: io::Error,
    },
}

impl Error {
    /// Whether there is to be no director here, as the file says: nothing is to be mended then.
    pub fn is_intended(&self) -> bool {
        matches!(self, Error::NoPart(why) if why == cluster::INACTIVE)
    }

    /// The system's words under what was to be done.
    fn system(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
        let doing = doing.into();
        |why| Error::System { doing, why }
    }
}

/// Runs a director until it is told to stop.
pub fn run(options: Options) -> Result<(), Error> {
    let file = options.config.display();
    let loaded =
        load(&options.config, None).map_err(|why| Error::Config(format!("{file}: {why}")))?;
    let Some(model) = &loaded.reading.model else {
        return Err(Error::Config(loaded.complaints()));
    };
    let log = log::start(options.log.clone(), model.settings.logfile.as_ref());
    Shell::new(Manners::Director)?.run(options, loaded, log, Box::new(|| {}))
}

/// What a director runs in. Once it is there, no signal ends the process before it is heard.
pub struct Shell {
    runtime: Runtime,
    signals: Signals,
}

impl Shell {
    /// Takes the signals. This comes before anybody can know of the process.
    pub fn new(manners: Manners) -> Result<Self, Error> {
        let runtime = runtime()?;
        let signals = runtime.block_on(async { Signals::take(manners) });
        Ok(Shell { signals: signals.map_err(Error::system("take the signals"))?, runtime })
    }

    /// Runs a director on a configuration that has been read, with a log that has been started, until
    /// it is told to stop. `ready` is called once when the kernel can be told and the status can be
    /// asked for, or another director is waited for; nothing has been changed by then.
    pub fn run(
        self,
        options: Options,
        loaded: Loaded,
        log: Log,
        ready: Ready,
    ) -> Result<(), Error> {
        let ended = self.runtime.block_on(serve(options, loaded, log, ready, self.signals));
        // a name that is still being resolved is nobody's concern any more
        self.runtime.shutdown_background();
        ended
    }
}

async fn serve(
    options: Options,
    mut loaded: Loaded,
    mut log: Log,
    ready: Ready,
    mut signals: Signals,
) -> Result<(), Error> {
    loaded.log_warnings();
    let mut kernel = kernel(options.dry_run, loaded.reading.model.as_ref())?;
    let (socket, ready): (_, Ready) = match turn::take(&options, &mut signals, ready).await? {
        Turn::Now(socket, ready) => (socket, ready),
        Turn::After(socket) => {
            loaded = loaded.anew(&options.config);
            (socket, Box::new(|| {}))
        }
        Turn::Never => return Ok(()),
    };
    loaded = loaded.part(options.part);
    let Some(model) = loaded.reading.model.clone() else {
        return Err(Error::Config(loaded.complaints()));
    };
    log.follow(model.settings.logfile.as_ref());
    let places = Arc::new(Places::default());
    if let Some(cluster) = model.cluster.as_ref().filter(|_| !options.dry_run) {
        places.take(cluster).await.map_err(Error::Placed)?;
    }
    let file = options.config.display();
    let pair = match &model.cluster {
        Some(cluster) => Some(Pair::start(
            cluster::find(cluster, &model.virtuals, options.dry_run)
                .await
                .map_err(Error::NoPart)?,
            options.dry_run,
        )?),
        None => None,
    };
    let role = pair.as_ref().map_or(Role::Active, |(pair, _)| pair.first_role());
    let hosts = Hosts::new();
    // before the first table is made, so that nobody in maintenance is in it for a moment
    let seen = look(Followed::of(&model), &hosts).await;
    let found = kernel.read()?;
    let known = model.virtuals.iter().filter(|v| found.get(&v.service.id).is_some()).count();
    let all = model.virtuals.len();
    match model.cluster.as_ref().map_or(0, |cluster| cluster.failovers.len()) {
        0 if !loaded.is_file => {}
        0 if model.virtuals.is_empty() && model.cluster.is_some() => info!("starting on {file}"),
        0 => info!("starting on {file}; the kernel's table holds {known} of its {all} services"),
        failovers => info!("starting on {file}; failover services: {failovers}"),
    }
    let (mut director, mut effects) = Director::new(model, &found, role, Time::ZERO);
    let maintenance = seen.maintenance.unwrap_or_default();
    effects.extend(director.handle(Event::Maintenance(maintenance), Time::ZERO));
    let followed = seen.followed;
    if let Some((pair, _)) = pair.as_ref().filter(|_| options.part == Part::Pair { forced: true }) {
        pair.tell(Input::Told(Role::Active));
    }
    let checks = checks::start;
    let outside =
        Outside { kernel, socket, signals, log, ready, followed, hosts, checks, pair, places };
    control::run(options, loaded, director, effects, outside).await
}

/// Who is in maintenance now, as far as a second or two show; for a look from outside of a director.
pub fn in_maintenance(model: &Model) -> Result<Maintenance, Error> {
    let runtime = runtime()?;
    let seen = runtime.block_on(look(Followed::of(model), &Hosts::new()));
    runtime.shutdown_background();
    seen.maintenance.ok_or(Error::Unseen)
}

fn runtime() -> Result<Runtime, Error> {
    let mut runtime = runtime::Builder::new_current_thread();
    runtime.enable_all().build().map_err(Error::system("start the runtime"))
}

/// What the control thread is given to act with.
struct Outside {
    kernel: Box<dyn Kernel>,
    socket: Option<Socket>,
    signals: Signals,
    log: Log,
    ready: Ready,
    /// The folder of maintenance files, and the names of hosts that are known.
    followed: Arc<Followed>,
    hosts: Arc<Hosts>,
    checks: checks::Start,
    /// This director's side of its pair, and what that asks for.
    pair: Option<(Pair, mpsc::Receiver<Request>)>,
    /// What no other director of this machine may hold.
    places: Arc<Places>,
}

/// The machine's own kernel, or for a dry run one in memory that holds the same.
fn kernel(dry_run: bool, model: Option<&Model>) -> Result<Box<dyn Kernel>, Error> {
    let cluster = model.and_then(|model| model.cluster.as_ref());
    let has_virtuals = model.is_some_and(|model| !model.virtuals.is_empty());
    if !dry_run && cluster.is_some() && !has_virtuals {
        return Ok(Box::new(Late::default()));
    }
    if !dry_run {
        return Ok(Box::new(Netlink::connect()?));
    }
    info!("dry run: nothing is changed, neither in the kernel nor in anybody's mailbox");
    let found = match Netlink::connect().and_then(|mut kernel| kernel.read()) {
        Err(why @ kernel::Error::NoIpvs(_)) => {
            warn!("{why}; starting from an empty table");
            Table::default()
        }
        found => found?,
    };
    Ok(Box::new(Memory::holding(found)))
}
