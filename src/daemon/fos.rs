//! fos as a program of its own: it runs the failover services here, or watches those of the partner,
//! and its end is what it has to say. Who is called pulse needs it not.
//!
//! In: the services of a file, and signals. Out: commands, checks, lines of the log. A signal is
//! heeded between two commands.

use tokio::task::JoinSet;
use tracing::info;

use crate::failover::pulse::fos::Command;
use crate::model::Failover;

use super::services::{command, watch};
use super::signals::{Said, Signals};
use super::{Ready, Shell};

/// What it does about the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// It runs them here, until a signal comes.
    Active,
    /// It watches those of the partner, until one of them fails or a signal comes.
    Monitor,
}

impl Shell {
    /// Runs the services of a file, or watches them. `ready` is called before anything is done; in a
    /// dry run no command is run.
    pub fn fos(self, services: &[Failover], watch: Watch, dry_run: bool, ready: Ready) {
        let Shell { runtime, signals } = self;
        ready();
        runtime.block_on(Fos { services, signals, dry_run }.serve(watch));
        runtime.shutdown_background();
    }
}

struct Fos<'a> {
    services: &'a [Failover],
    signals: Signals,
    dry_run: bool,
}

impl Fos<'_> {
    async fn serve(mut self, watch: Watch) {
        info!("Stopping local services (if any)");
        let mut signal = self.all(Command::Stop).await;
        match watch {
            Watch::Active => {
                if signal.is_none() {
                    signal = self.all(Command::Start).await;
                }
                let number = match signal {
                    Some(number) => number,
                    None => self.signals.next().await.number(),
                };
                info!("Shutting down due to signal {number}");
                // another one waits until all is stopped
                while self.all(Command::Stop).await.is_some() {}
            }
            Watch::Monitor => {
                if signal.is_none() {
                    signal = self.watch().await;
                }
                signal.iter().for_each(|number| info!("Shutting down due to signal {number}"));
            }
        }
        info!("will now exit to notify pulse...");
    }

    /// Runs a command of every service, in the file's order; or up to the signal that comes meanwhile,
    /// whose number is given.
    async fn all(&mut self, which: Command) -> Option<i32> {
        for service in self.services {
            let target = service.target;
            match which {
                Command::Stop => info!("Shutting down local service {target} "),
                Command::Start => info!("Starting local service {target} ..."),
            }
            let mut run = Box::pin(command(service, which, self.dry_run));
            let (ended, signal) = tokio::select! {
                ended = &mut run => (ended, None),
                said = self.signals.next() => (run.await, Some(said.number())),
            };
            match (ended, which) {
                (Ok(()), _) => {}
                (Err(how), Command::Stop) => {
                    info!("Warning; shutdown of local service {target} returned {how}");
                }
                (Err(_), Command::Start) => info!("Failed to start service {target}!"),
            }
            if signal.is_some() {
                return signal;
            }
        }
        None
    }

    /// Watches all services until one of them fails, or a signal comes, whose number is given.
    async fn watch(&mut self) -> Option<i32> {
        let pid = std::process::id();
        let mut monitors = JoinSet::new();
        for service in self.services.iter().cloned() {
            info!("Starting monitor for {} running as pid {pid}", service.target);
            monitors.spawn(async move {
                watch(&service).await;
                service.target
            });
        }
        let (failed, signal) = tokio::select! {
            failed = monitors.join_next() => (failed.and_then(Result::ok), None),
            said = self.signals.next() => (None, Some(said.number())),
        };
        if let Some(target) = failed {
            info!("Monitor for service {target} exited. This is a failover condition!");
        }
        for Failover { name, target, .. } in self.services {
            if failed != Some(*target) {
                info!("Shutting down monitor for {name} {target} running as pid {pid}");
            }
        }
        signal
    }
}

impl Said {
    /// Its number.
    fn number(self) -> i32 {
        use rustix::process::Signal as Number;
        let number = match self {
            Said::Reload => Number::HUP,
            Said::User1 | Said::Tell => Number::USR1,
            Said::User2 | Said::Demote => Number::USR2,
            Said::Stop("INT") => Number::INT,
            Said::Stop("QUIT") => Number::QUIT,
            Said::Stop("XCPU") => Number::XCPU,
            Said::Stop("XFSZ") => Number::XFSZ,
            Said::Stop(_) => Number::TERM,
        };
        number.as_raw()
    }
}
