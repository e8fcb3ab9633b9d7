//! The commands of the services, one after the other.

use std::collections::VecDeque;
use std::net::SocketAddr;

/// A command of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// Which.
    pub command: Command,
    /// The service's number: its place in the file, from 0.
    pub service: usize,
}

/// What a service has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// start_cmd
    Start,
    /// stop_cmd
    Stop,
}

/// What runs, and what is left.
#[derive(Debug)]
pub(super) struct Steps {
    targets: Vec<SocketAddr>,
    runs: Option<Step>,
    left: VecDeque<Step>,
    /// How many were started, well or not, and not stopped since.
    started: usize,
}

impl Steps {
    pub(super) fn new(targets: Vec<SocketAddr>) -> Steps {
        Steps { targets, runs: None, left: VecDeque::new(), started: 0 }
    }

    pub(super) fn target(&self, service: usize) -> Option<SocketAddr> {
        self.targets.get(service).copied()
    }

    pub(super) fn targets(&self) -> &[SocketAddr] {
        &self.targets
    }

    /// All are stopped, whether they run or not.
    pub(super) fn stop_all(&mut self) {
        self.left = steps(Command::Stop, self.targets.len()).collect();
    }

    /// All are stopped, whether they run or not, and then started.
    pub(super) fn start_all(&mut self) {
        self.stop_all();
        self.left.extend(steps(Command::Start, self.targets.len()));
    }

    /// What was started is stopped; no more is started.
    pub(super) fn stop_started(&mut self) {
        self.left = steps(Command::Stop, self.started).collect();
        self.started = 0;
    }

    /// The next that is to run, if none does.
    pub(super) fn next(&mut self) -> Option<Step> {
        if self.runs.is_some() {
            return None;
        }
        self.runs = self.left.pop_front();
        if let Some(Step { command: Command::Start, service }) = self.runs {
            self.started = service + 1;
        }
        self.runs
    }

    /// Whether it was this that ran; then none does any more.
    pub(super) fn ended(&mut self, step: Step) -> bool {
        self.runs.take_if(|runs| *runs == step).is_some()
    }

    /// Whether none runs and none is left.
    pub(super) fn are_done(&self) -> bool {
        self.runs.is_none() && self.left.is_empty()
    }
}

fn steps(command: Command, services: usize) -> impl Iterator<Item = Step> {
    (0..services).map(move |service| Step { command, service })
}
