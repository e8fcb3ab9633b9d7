//! What each action does.

use std::env::current_exe;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tracing::info;

use crate::daemon::{Ready, instance};
use crate::face::pid_file::{PidFile, Standing};
use crate::face::{background, complain, process, say};
use crate::model::Logfile;
use crate::observe::log::{self, Log, Manner, Sink};
use crate::observe::voice::Voice;

use super::configuration::{Configuration, Trouble, read};
use super::line::{Action, Order};
use super::{DONE, FAILED, LINUX_DIRECTOR, STOPPED, WRONG_FILE, service};

/// Does what was asked, and returns the exit status.
pub(super) fn obey(program: &OsStr, order: &Order) -> u8 {
    let pid_file = pid_file(&order.name);
    let read = read(&order.config);
    let manner = manner(order, read.as_ref().is_ok_and(|read| read.settings().supervised));
    let logfile = match &read {
        Ok(configuration) => &configuration.settings().logfile,
        Err(trouble) => &trouble.logfile,
    };
    let log = log::start(manner.clone(), logfile.as_ref());
    let call = Call { program, order, pid_file, manner, log };
    match read {
        Ok(configuration) if order.detached => call.serve_detached(configuration),
        Ok(configuration) => {
            call.invoked();
            call.act(configuration)
        }
        Err(trouble) => {
            complain(&trouble.words);
            if !trouble.is_broken() {
                info!("{}", trouble.words);
            }
            call.without_configuration(&trouble)
        }
    }
}

/// What an action has to work with.
struct Call<'a> {
    program: &'a OsStr,
    order: &'a Order,
    pid_file: PidFile,
    manner: Manner,
    log: Log,
}

impl Call<'_> {
    fn act(self, configuration: Configuration) -> u8 {
        use Action::{Reload, Restart, Start, Status, Stop, TryRestart};
        let standing = self.pid_file.standing();
        match (self.order.action, standing) {
            (Status, _) => self.status(&configuration, standing),
            (Start, Standing::Running(_)) => self.leave(DONE),
            (Stop, Standing::Running(pid)) => self.stop(pid),
            (Reload, Standing::Running(pid)) => {
                configuration.tell_warnings();
                self.signalled(process::signal(pid, NAME, Signal::HUP))
            }
            (Restart | TryRestart, Standing::Running(pid)) => match end(pid) {
                Ok(()) => self.start(configuration),
                failed => self.signalled(failed),
            },
            (Start | Restart, _) => self.start(configuration),
            (Stop | TryRestart, _) => self.leave(DONE),
            (Reload, _) => {
                info!("ldirectord is stopped for {}", configuration.path());
                self.leave(FAILED)
            }
        }
    }

    fn status(&self, configuration: &Configuration, standing: Standing) -> u8 {
        let config = configuration.path();
        match standing {
            Standing::Running(pid) => {
                let running = format!("ldirectord for {config} is running with pid: {pid}");
                complain(&running);
                status_of_instances(&configuration.settings().execute);
                info!("{running}");
                info!("Exiting from ldirectord status");
                return self.leave(DONE);
            }
            Standing::Stale => {
                let file = self.pid_file.path().display();
                let stale = format!("ldirectord stale pid file {file} for {config}");
                complain(&stale);
                info!("{stale}");
            }
            Standing::Absent => {}
        }
        say(format_args!("ldirectord is stopped for {config}\n"));
        self.leave(if standing == Standing::Absent { STOPPED } else { FAILED })
    }

    /// Returns when it is gone, so that a start behind it finds nobody.
    fn stop(&self, pid: Pid) -> u8 {
        let sent = process::signal(pid, NAME, Signal::TERM);
        if sent.is_ok() && !process::wait(pid, NAME, STOP) {
            let limit = STOP.as_secs();
            complain(format_args!("ldirectord, pid {pid}, has not ended within {limit} s"));
        }
        self.signalled(sent)
    }

    fn signalled(&self, sent: Result<(), String>) -> u8 {
        if let Err(why) = &sent {
            complain(why);
        }
        self.leave(if sent.is_ok() { DONE } else { FAILED })
    }

    fn start(self, configuration: Configuration) -> u8 {
        configuration.tell_warnings();
        if self.order.debug || configuration.settings().supervised {
            info!("Starting {LINUX_DIRECTOR} with pid: {}", std::process::id());
            return self.serve(configuration, Box::new(|| {}));
        }
        info!("Starting {LINUX_DIRECTOR} as daemon");
        match background::start(self.program, self.order.detached(), Some(&self.pid_file)) {
            Ok(()) => DONE,
            Err(failure) => {
                complain(&failure.words);
                let broken = failure.status == Some(i32::from(WRONG_FILE));
                let status = if broken { WRONG_FILE } else { FAILED };
                leave(self.order.debug, status, "Initialisation Error")
            }
        }
    }

    fn serve_detached(self, configuration: Configuration) -> u8 {
        match configuration.absolute() {
            Ok(configuration) => {
                background::leave_caller(NAME);
                self.serve(configuration, Box::new(background::tell_ready))
            }
            Err(why) => {
                complain(why);
                FAILED
            }
        }
    }

    fn serve(self, configuration: Configuration, ready: Ready) -> u8 {
        let debug = self.order.debug;
        match service::run(configuration, &self.pid_file, self.manner, self.log, ready) {
            Ok(()) => leave(debug, DONE, "Exiting from ldirectord start"),
            Err(why) => {
                info!("{why}");
                if !debug {
                    complain(&why);
                }
                leave(debug, FAILED, "Initialisation Error")
            }
        }
    }

    /// Whatever is wrong with the file, who runs can still be stopped.
    fn without_configuration(&self, trouble: &Trouble) -> u8 {
        match (self.order.action, self.pid_file.standing()) {
            (Action::Stop, Standing::Running(pid)) => {
                self.invoked();
                self.stop(pid)
            }
            (Action::Stop, _) if trouble.is_broken() => self.leave(DONE),
            _ => leave(self.order.debug, trouble.status, trouble.reason),
        }
    }

    /// The words behind the options are all that the original tells.
    fn invoked(&self) {
        let words = self.order.words.iter().map(|word| format!("{} ", word.display()));
        let words: String = words.collect();
        info!("Invoking ldirectord invoked as: {} {words}", self.program.display());
    }

    fn leave(&self, status: u8) -> u8 {
        let action = self.order.action_word();
        leave(self.order.debug, status, &format!("Exiting from ldirectord {action}"))
    }
}

/// What the original logs as it ends.
fn leave(debug: bool, status: u8, reason: &str) -> u8 {
    if status != DONE || debug {
        info!("Exiting with exit_status {status}: {reason}");
    }
    status
}

/// Has the instances of `execute` say for themselves how they stand.
fn status_of_instances(names: &[String]) {
    for name in names {
        let asked = current_exe().and_then(|program| instance(&program, name, "status").status());
        if let Err(why) = asked {
            complain(format_args!("ldirectord {name} status cannot be run: {why}"));
        }
    }
}

/// Ends a process for another one to take its place; asks first.
fn end(pid: Pid) -> Result<(), String> {
    process::signal(pid, NAME, Signal::TERM)?;
    if !process::wait(pid, NAME, RESTART) {
        process::signal(pid, NAME, Signal::KILL)?;
        process::wait(pid, NAME, KILL);
    }
    Ok(())
}

fn manner(order: &Order, supervised: bool) -> Manner {
    let sink = match (order.debug, supervised) {
        (true, _) => Some(Sink::Terminal),
        (_, true) => Some(Sink::Output),
        _ => None,
    };
    Manner {
        sink,
        unasked: Some(Logfile::Path(LOG.into())),
        identity: NAME,
        name: order.name.display().to_string(),
        voice: Voice::Ldirectord,
        verbose: order.debug,
    }
}

/// The pid file of the director that is known by a name.
fn pid_file(name: &OsStr) -> PidFile {
    let mut file = OsString::from("ldirectord.");
    file.push(name);
    file.push(".pid");
    PidFile::new(Path::new(RUN).join(file), [NAME; 2])
}

/// What the command line of a process has that is one.
const NAME: &str = "ldirectord";
/// The folder of the pid files.
const RUN: &str = "/var/run";
/// Where the log goes if the configuration says nothing.
const LOG: &str = "/var/log/ldirectord.log";
/// How long a stop waits for the end, so that a start behind it finds nobody: longer than a director
/// may take, which gives the kernel 5 s, mail and programs 5 s and the monitor files 1 s, and less
/// than the 15 s of a cluster's agent.
const STOP: Duration = Duration::from_secs(12);
/// How long a restart waits before it uses force, and then.
const RESTART: Duration = Duration::from_secs(20);
const KILL: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_namings() {
        let path = |name| pid_file(OsStr::new(name)).path().to_owned();
        assert_eq!(path("www.cf"), Path::new("/var/run/ldirectord.www.cf.pid"));
        assert_eq!(path("ldirectord"), Path::new("/var/run/ldirectord.ldirectord.pid"));
    }
}
