//! The services that run on the active director itself (piranha's `service = fos`): their commands,
//! the checks of those that the peer runs, and the gateway.
//!
//! In: what the machine orders. Out: how it ended, as inputs of it. Commands run to their end, or to their
//! limit; checks may be dropped at any time. Nothing here decides.

use std::net::IpAddr;
use std::time::Duration;

use checkers::Target;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tracing::{debug, info, warn};

use crate::failover::machine::Input;
use crate::failover::pulse::fos::{Command, Step};
use crate::health::{News, Sentry};
use crate::model::Failover;

use super::gateway;
use super::program::Program;

/// The services, and what is done about them.
pub(super) struct Services {
    failovers: Vec<Failover>,
    tell: mpsc::UnboundedSender<Input<'static>>,
    monitors: JoinSet<()>,
    dry_run: bool,
}

impl Services {
    /// Those of a configuration; what comes of them is told to `tell`.
    pub(super) fn new(
        failovers: Vec<Failover>,
        dry_run: bool,
        tell: mpsc::UnboundedSender<Input<'static>>,
    ) -> Self {
        Services { failovers, tell, monitors: JoinSet::new(), dry_run }
    }

    /// Those of another configuration have the numbers from now on.
    pub(super) fn adopt(&mut self, failovers: Vec<Failover>) {
        self.failovers = failovers;
    }

    /// Runs a command, and tells how it ended.
    pub(super) fn run(&self, step: Step) {
        let service = self.failovers.get(step.service).cloned();
        let (tell, dry_run) = (self.tell.clone(), self.dry_run);
        tokio::spawn(async move {
            let ended = match service {
                Some(service) => command(&service, step.command, dry_run).await,
                None => Ok(()),
            };
            // nobody listens any more when the director has ended
            let _ = tell.send(Input::Ran(step, ended));
        });
    }

    /// Looks at the peer's services from now on, or no more.
    pub(super) fn monitor(&mut self, on: bool) {
        self.monitors.abort_all();
        for (number, service) in self.failovers.iter().cloned().enumerate().filter(|_| on) {
            let tell = self.tell.clone();
            self.monitors.spawn(async move {
                loop {
                    watch(&service).await;
                    if tell.send(Input::Failing(number)).is_err() {
                        return;
                    }
                    sleep(service.timeout).await;
                }
            });
        }
    }

    /// Asks an address, or the default gateway, and tells whether it answers.
    pub(super) fn ping(&self, host: Option<IpAddr>) {
        let tell = self.tell.clone();
        tokio::spawn(async move {
            let answers = match host {
                Some(address) => gateway::answers_ping(address).await,
                None => gateway::answers().await,
            };
            let _ = tell.send(Input::Answers(answers));
        });
    }
}

/// Runs a service's command to its end or its limit; fails as `error 1`, and the log says why.
pub(super) async fn command(
    service: &Failover,
    command: Command,
    dry_run: bool,
) -> Result<(), String> {
    let (directive, command) = match command {
        Command::Start => ("start_cmd", service.start.clone()),
        Command::Stop => ("stop_cmd", service.stop.clone()),
    };
    // what is started is to outlive its command, and us
    let program = Program::Command { directive, command, arguments: Vec::new(), outlives: true };
    if dry_run {
        info!("would run: {program}");
        return Ok(());
    }
    info!("running {program}");
    program.run(LIMIT).await.map_err(|why| {
        warn!("{program} {why}");
        why.code.map_or_else(|| why.to_string(), |code| format!("error {code}"))
    })
}

/// Checks a service until it fails: one that answered once, or one that does not in two checks.
pub(super) async fn watch(service: &Failover) {
    let (mut sentry, target) = (Sentry::NEW, Target { address: service.target });
    loop {
        let outcome = service.check.run(target, service.timeout).await;
        debug!("{}: {:?}: {}", service.target, outcome.verdict, outcome.message);
        let News { lines, exit } = sentry.judge(&outcome, &service.target.to_string());
        lines.iter().for_each(|line| info!("{line}"));
        if exit.is_some() {
            return;
        }
        sleep(service.timeout).await;
    }
}

/// How long a command may take: a service that needs longer is started in the background.
const LIMIT: Duration = Duration::from_secs(300);
