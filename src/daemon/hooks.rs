//! What the file asks to be run beside the director: `fallbackcommand`, `callback`, `execute`.
//!
//! Programs of one line, as those of one service, run one after the other; lines do not wait for each
//! other, and nobody else waits for any of them.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::{debug, info, warn};

use crate::director::Hook;
use crate::model::{Command, ServiceId};

use super::program::Program;

/// Runs them, or in a dry run only says that it would.
pub(super) struct Hooks {
    config: PathBuf,
    executable: PathBuf,
    dry_run: bool,
    limit: Duration,
    /// The instances that were started; `None` before the first pass is through.
    instances: Option<Vec<String>>,
    lines: Lines,
    places: Arc<Semaphore>,
    running: JoinSet<()>,
}

/// Who waits for whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Line {
    Service(ServiceId),
    Callback,
    Instance(String),
}

/// What each line has to do, the first of them now. A line with nothing to do is not here.
type Lines = Arc<Mutex<HashMap<Line, VecDeque<Arc<Errand>>>>>;

/// Programs that are tried in turn until one succeeds.
type Errand = Vec<Program>;

impl Hooks {
    /// Nothing is run yet. `config` is the file that a callback is told.
    pub(super) fn new(config: &Path, dry_run: bool) -> Self {
        // the file may be replaced by a newer one while we run: that one is meant then
        let executable = std::env::current_exe().unwrap_or_else(|_| "/proc/self/exe".into());
        Hooks {
            config: std::path::absolute(config).unwrap_or_else(|_| config.to_owned()),
            executable,
            dry_run,
            limit: LIMIT,
            instances: None,
            lines: Lines::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            running: JoinSet::new(),
        }
    }

    /// Runs a virtual's command, behind those of it that run already.
    pub(super) fn fallback(&mut self, hook: Hook) {
        let arguments = hook.arguments().to_vec();
        let (directive, command) = ("fallbackcommand", hook.command);
        let program = Program::Command { directive, command, arguments, outlives: false };
        self.run(Line::Service(hook.service), vec![program]);
    }

    /// Runs the callback: the file has changed on disk.
    pub(super) fn callback(&mut self, command: &Command) {
        let arguments = vec![self.config.display().to_string()];
        let (directive, command) = ("callback", command.clone());
        let program = Program::Command { directive, command, arguments, outlives: true };
        self.run(Line::Callback, vec![program]);
    }

    /// The first pass is through: starts the instances of these names, once.
    pub(super) fn begin(&mut self, names: &[String]) {
        if self.instances.is_none() {
            self.instances = Some(Vec::new());
            self.follow(names);
        }
    }

    /// The configuration has these instances now: stops those that it has no more, starts the new
    /// ones, and reloads the others, or starts one that cannot be reloaded.
    pub(super) fn follow(&mut self, names: &[String]) {
        let Some(old) = self.instances.as_mut() else { return };
        let old = std::mem::replace(old, names.to_vec());
        for gone in old.iter().filter(|name| !names.contains(name)) {
            self.instance(gone, &["stop"]);
        }
        for name in names {
            let kept = old.contains(name);
            self.instance(name, if kept { &["reload", "start"] } else { &["start"] });
        }
    }

    /// The director stops, and the instances that it started with it.
    pub(super) fn stop(&mut self) {
        for name in self.instances.take().unwrap_or_default() {
            self.instance(&name, &["stop"]);
        }
    }

    /// Waits, not for ever, until all is done but a callback: that one may be waiting for us. What
    /// still runs then is left to itself.
    pub(super) async fn close(&mut self) {
        let all = async { while self.running.join_next().await.is_some() {} };
        if timeout(GOODBYE, all).await.is_ok() {
            return;
        }
        let lines = lock(&self.lines);
        for (_, errands) in lines.iter().filter(|(line, _)| !line.is_callback()) {
            for (place, errand) in errands.iter().enumerate() {
                let name = name(errand);
                match place {
                    0 => warn!("{name} has not ended yet and is left to itself"),
                    _ => warn!("{name} is not run: the one before it has not ended"),
                }
            }
        }
        drop(lines);
        self.running.detach_all();
    }

    fn instance(&mut self, name: &str, actions: &[&'static str]) {
        let executable = &self.executable;
        let program = |action: &&'static str| Program::Instance {
            executable: executable.clone(),
            name: name.to_owned(),
            action,
        };
        let errand = actions.iter().map(program).collect();
        self.run(Line::Instance(name.to_owned()), errand);
    }

    fn run(&mut self, line: Line, errand: Errand) {
        if self.dry_run {
            return info!("would run: {}", name(&errand));
        }
        while self.running.try_join_next().is_some() {}
        let mut lines = lock(&self.lines);
        let waiting = lines.entry(line.clone()).or_default();
        if waiting.len() > 1 && waiting.back().is_some_and(|last| **last == errand) {
            // the one that waits will find all as it is by then
            return;
        }
        if waiting.len() > WAITING {
            // they say the opposite of each other
            let last = waiting.pop_back();
            let last = last.as_deref().map(name).unwrap_or_default();
            return warn!("{last} and {} are not run: too many wait", name(&errand));
        }
        waiting.push_back(Arc::new(errand));
        if waiting.len() == 1 {
            let (lines, places) = (Arc::clone(&self.lines), Arc::clone(&self.places));
            let called = line.is_callback();
            let work = work(line, lines, places, self.limit);
            match called {
                true => drop(tokio::spawn(work)),
                false => drop(self.running.spawn(work)),
            }
        }
    }
}

impl Line {
    fn is_callback(&self) -> bool {
        *self == Line::Callback
    }
}

/// Does what a line has to do, until there is nothing more.
async fn work(line: Line, lines: Lines, places: Arc<Semaphore>, limit: Duration) {
    loop {
        let first = lock(&lines).get(&line).and_then(VecDeque::front).cloned();
        if let Some(errand) = first {
            let _place = places.acquire().await;
            go(&errand, limit).await;
        }
        let mut lines = lock(&lines);
        let Some(waiting) = lines.get_mut(&line) else { return };
        waiting.pop_front();
        if waiting.is_empty() {
            lines.remove(&line);
            return;
        }
    }
}

/// Tries a line's programs; the failure of the last one is told.
async fn go(errand: &Errand, limit: Duration) {
    for (place, program) in errand.iter().enumerate() {
        match program.run(limit).await {
            Ok(()) => return,
            Err(why) if place + 1 < errand.len() => debug!("{program} {why}"),
            Err(why) => warn!("{program} {why}"),
        }
    }
}

fn name(errand: &Errand) -> String {
    errand.first().map(Program::to_string).unwrap_or_default()
}

fn lock(lines: &Lines) -> MutexGuard<'_, HashMap<Line, VecDeque<Arc<Errand>>>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(300);
/// How long all may take together when the director stops.
const GOODBYE: Duration = Duration::from_secs(5);
/// Programs that run at once; the next one waits.
const AT_ONCE: usize = 64;
/// Programs that wait in a line; of more, each takes the last one with it, which it undoes.
const WAITING: usize = 16;

#[cfg(test)]
mod tests;
