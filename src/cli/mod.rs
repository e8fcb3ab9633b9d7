//! The program's own verbs.

mod check;
mod convert;
mod plan;
mod probe;
mod role;
mod run;
mod status;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::daemon::{Loaded, RUN_DIR, load};
use crate::model::Role;
use crate::observe::log::Sink;

/// Makes a Linux machine an LVS director: programs the kernel's IPVS tables from an ldirectord.cf or an
/// lvs.cf, checks every real server, takes the dead out and the living back in, and says why.
#[derive(Parser)]
#[command(name = "lvs-director", version, max_term_width = 100)]
struct Line {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run a director in the foreground, until SIGTERM; SIGHUP reloads
    Run {
        /// The configuration, an ldirectord.cf or an lvs.cf
        config: PathBuf,
        /// Where the log goes [default: where `logfile` says, else the journal if standard error is
        /// connected to it, else the terminal; the system log if that is /dev/null]
        #[arg(long)]
        log: Option<Sink>,
        /// The folder of the status socket
        #[arg(long, default_value = RUN_DIR)]
        run_dir: PathBuf,
        /// Log every check and every command to the kernel
        #[arg(short, long)]
        verbose: bool,
        /// Check and decide as ever, but change nothing, send no mail and run no command
        #[arg(long)]
        dry_run: bool,
    },
    /// Say everything that is wrong or odd in a configuration
    Check {
        /// The configuration, an ldirectord.cf or an lvs.cf
        config: PathBuf,
    },
    /// Print an ldirectord.cf as an lvs.cf, or an lvs.cf as an ldirectord.cf, and complain of what has
    /// no equivalent there
    Convert {
        /// The configuration, of either kind
        config: PathBuf,
    },
    /// Show what would change in this kernel, in ipvsadm's words, if every real not known to be
    /// down passed its checks
    Plan {
        /// The configuration, an ldirectord.cf or an lvs.cf
        config: PathBuf,
    },
    /// Run every check once, now, and show what each real server answers, and how fast
    Probe {
        /// The configuration, an ldirectord.cf or an lvs.cf
        config: PathBuf,
        /// Only these, as the output names them: services, real servers, or the address alone of
        /// either [default: all]
        #[arg(value_name = "SERVER")]
        only: Vec<String>,
        /// Show what was sent and received; passwords are hidden
        #[arg(short, long)]
        verbose: bool,
        /// Print JSON, a line for each real server
        #[arg(long)]
        json: bool,
    },
    /// Show how a running director's services and real servers stand
    Status {
        /// The configuration that it runs on [default: that of every running director]
        config: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// The folder of the status socket
        #[arg(long, default_value = RUN_DIR)]
        run_dir: PathBuf,
    },
    /// Make a running director of several the active one, and wait until it is
    Active(Told),
    /// Make a running director of several a standby, and wait until it is
    Standby(Told),
}

/// Whom a role is told, and how.
#[derive(Args)]
struct Told {
    /// The configuration that it runs on [default: that of the only running director]
    config: Option<PathBuf>,
    /// Return at once
    #[arg(long)]
    no_wait: bool,
    /// The folder of the status socket
    #[arg(long, default_value = RUN_DIR)]
    run_dir: PathBuf,
}

/// Takes the command line of this process, does what it says, and returns the exit status:
/// 0 done, 1 it could not be done or a server that was probed is down, 2 the command line or the
/// configuration is wrong, 3 no director is running.
pub fn main() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(why) => {
            // help and version come this way too; a closed terminal is no reason to panic
            let _ = why.print();
            return ExitCode::from(u8::try_from(why.exit_code()).unwrap_or(BAD_INPUT));
        }
    };
    match line.verb {
        Verb::Run { config, log, run_dir, verbose, dry_run } => {
            run::run(config, log, run_dir, verbose, dry_run)
        }
        Verb::Check { config } => check::check(&config),
        Verb::Convert { config } => convert::convert(&config),
        Verb::Plan { config } => plan::plan(&config),
        Verb::Probe { config, only, verbose, json } => {
            probe::probe(&config, &only, probe::Form { json, verbose })
        }
        Verb::Status { config, json, run_dir } => status::status(config.as_deref(), json, &run_dir),
        Verb::Active(told) => tell(Role::Active, &told),
        Verb::Standby(told) => tell(Role::Standby, &told),
    }
}

fn tell(role: Role, told: &Told) -> ExitCode {
    role::role(role, told.config.as_deref(), !told.no_wait, &told.run_dir)
}

/// Reads a configuration; complains if it cannot be read, and gives the exit status of that.
fn read(config: &Path) -> Result<Loaded, ExitCode> {
    load(config, None).map_err(|why| {
        complain(format_args!("{}: {why}", config.display()));
        ExitCode::from(BAD_INPUT)
    })
}

/// Prints, and minds no closed pipe.
fn say(text: impl std::fmt::Display) {
    let _ = write!(io::stdout(), "{text}");
}

/// Complains, and minds no closed terminal.
fn complain(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "lvs-director: {text}");
}

const FAILED: u8 = 1;
const BAD_INPUT: u8 = 2;
const NOT_RUNNING: u8 = 3;
