//! The control thread: waits for events, hands them to the director, carries its effects out.

mod blind;
mod command;
mod fitness;
mod news;
mod pair;
mod reload;
mod rounds;
mod stop;

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::info;

use crate::director::{Change, Director, Effect, Event};
use crate::health::{Checked, Recorder, Weighed, records};
use crate::kernel::task::{self, Ask, Wanted};
use crate::model::{Phase, Role, Settings, Time};
use crate::observe::log::Log;
use crate::observe::monitor;
use crate::observe::post::Post;
use crate::observe::status::Program;

use super::autoreload;
use super::checks::Duties;
use super::cluster::{Pair, Setup};
use super::hooks::Hooks;
use super::load::Loaded;
use super::maintenance::{self, Followed, Seen};
use super::reload::{Footing, Occasion, Reload};
use super::resolver::nodename;
use super::signals::Said;
use super::socket::{Asked, Client, Socket};
use super::{Error, Options, Outside};

use blind::Blind;
use fitness::Fitness;
use news::AT_ONCE;

/// Runs until a signal says stop, and the kernel has been told.
pub(super) async fn run(
    options: Options,
    loaded: Loaded,
    director: Director,
    effects: Vec<Effect>,
    Outside { kernel, mut socket, mut signals, log, ready, followed, hosts, checks, pair, places }: Outside,
) -> Result<(), Error> {
    let (outcomes, mut checked) = mpsc::channel(OUTCOMES);
    let (weigh, mut weighed) = mpsc::channel(OUTCOMES);
    let (duties, duties_seen) = watch::channel(Duties::default());
    let (tables, tables_seen) = watch::channel(Wanted::default());
    let (asks, asked) = mpsc::channel(1);
    let (told, mut rounds) = mpsc::unbounded_channel();
    let (dry_run, part) = (options.dry_run, options.part);
    let has_peer = pair.as_ref().is_some_and(|(pair, _)| pair.has_peer());
    let protocol = pair.as_ref().map(|(pair, _)| pair.protocol());
    let footing = Footing { dry_run, part, protocol, has_peer };
    let (reload, mut readings) = Reload::new(
        options.config.clone(),
        loaded.dialect,
        loaded.text,
        Arc::clone(&hosts),
        Arc::clone(&places),
        footing,
    );
    // nobody saves what is no file
    let (_never, unsaved) = mpsc::channel(1);
    let mut saves = match loaded.is_file {
        true => autoreload::watch(&options.config),
        false => unsaved,
    };
    let (followed, orders) = watch::channel(followed);
    let (tell, mut seen) = mpsc::channel(1);
    tokio::spawn(maintenance::watch(orders, hosts, tell));

    let (recorder, records) = records();
    let nannies = checks(duties_seen, outcomes, weigh, recorder.clone())
        .map_err(Error::system("start the checks"))?;
    let monitors = match options.dry_run {
        true => None,
        false => Some(monitor::start(records).map_err(Error::system("start the monitor files"))?),
    };
    thread::Builder::new()
        .name("kernel".to_owned())
        .spawn(move || task::run(kernel, tables_seen, asked, told))
        .map_err(Error::system("start the kernel's thread"))?;
    let host = nodename();
    // who is none of a pair is asked for nothing
    let (_nobody, silence) = mpsc::channel(1);
    let (pair, mut requests) = match pair {
        Some((pair, requests)) => (Some(pair), requests),
        None => (None, silence),
    };
    let voice = options.log.voice;
    let cluster = loaded.reading.model.as_ref().and_then(|model| model.cluster.as_deref());
    let (fitness, mut canaries) = Fitness::of(cluster);

    let mut control = Control {
        director,
        born: Instant::now(),
        program: Program {
            config: loaded.path.clone(),
            started: Timestamp::now(),
            refused_config: None,
            kernel_trouble: None,
            checks_ended: false,
            pair: None,
        },
        settings: loaded.reading.model.map(|model| model.settings).unwrap_or_default(),
        hooks: Hooks::new(&options.config, options.dry_run),
        options,
        log,
        post: Post::new(host.clone()),
        recorder,
        news: VecDeque::new(),
        host,
        duties,
        tables,
        number: 0,
        asks,
        reload,
        followed,
        role: pair.as_ref().map_or(Role::Active, Pair::first_role),
        pair,
        awaited: None,
        setup: None,
        untold: None,
        refused_orders: None,
        fitness,
    };
    ready();
    control.carry(effects);
    let stopped_by = loop {
        let deadline = control.next_deadline();
        tokio::select! {
            outcome = checked.recv(), if !control.program.checks_ended => match outcome {
                Some(outcome) => {
                    sleep(GATHER).await;
                    control.outcomes(outcome, &mut checked);
                }
                None => match control.blinded() {
                    Blind::GivesUp => break None,
                    Blind::GoesOn => {}
                    Blind::Ends => return Err(Error::Ended("checks")),
                },
            },
            Some(reading) = weighed.recv() => control.weighed(reading, &mut weighed),
            round = rounds.recv() => match round {
                Some(round) => control.round(round),
                None => return Err(Error::Ended("kernel")),
            },
            Some(reading) = readings.recv() => control.reload(reading),
            Some(seen) = seen.recv() => control.maintenance(seen),
            request = requests.recv() => match request {
                Some(request) => control.request(request),
                None => return Err(Error::Ended("heartbeat's")),
            },
            (client, asked) = next(socket.as_mut()) => control.answer(client, asked),
            Some(canaries) = canaries.recv() => control.hear(canaries),
            Some(()) = saves.recv() => control.reload.soon(),
            signal = signals.next() => match signal {
                Said::Reload => {
                    info!("{}", voice.reloading());
                    control.reload.read(Occasion::Signal);
                }
                Said::User1 => control.signal("SIGUSR1"),
                Said::User2 => control.signal("SIGUSR2"),
                Said::Tell => control.say_carp(),
                Said::Demote => control.demote(),
                Said::Stop(name) => {
                    info!("{}", voice.stopping(name));
                    break Some(name);
                }
            },
            () = yield_now(), if !control.news.is_empty() => control.tell_news(AT_ONCE),
            () = sleep_until(deadline) => control.tick(),
        }
    };
    let stopped = control.stop(&mut rounds, &mut requests, &mut signals).await;
    // the nannies' thread takes the programs that checks run with it; it ends as soon as it is told
    let _ = tokio::task::spawn_blocking(|| nannies.join()).await;
    if let Some(monitors) = monitors {
        let written = tokio::task::spawn_blocking(|| monitors.join());
        let _ = timeout(WRITING, written).await;
    }
    let Some(signal) = stopped_by else { return stopped.and(Err(Error::Ended("checks"))) };
    if let Some(words) = voice.stopped(signal) {
        info!("{words}");
    }
    stopped
}

struct Control {
    director: Director,
    born: Instant,
    program: Program,
    settings: Settings,
    options: Options,
    log: Log,
    host: String,
    post: Post,
    recorder: Recorder,
    /// What people are to be told yet.
    news: VecDeque<Change>,
    hooks: Hooks,
    duties: watch::Sender<Duties>,
    tables: watch::Sender<Wanted>,
    number: u64,
    asks: mpsc::Sender<Ask>,
    reload: Reload,
    followed: watch::Sender<Arc<Followed>>,
    pair: Option<Pair>,
    /// The role that the table is of.
    role: Role,
    /// Who waits for the kernel to have taken the table of this number.
    awaited: Option<(u64, oneshot::Sender<()>)>,
    /// What the pair is to follow once the kernel has been told the table of this number: an address
    /// that is new comes after its services.
    setup: Option<(u64, Setup)>,
    /// Since when the kernel cannot be told anything.
    untold: Option<Instant>,
    /// What it refuses of the orders beside the table.
    refused_orders: Option<String>,
    /// What counts against its being active.
    fitness: Fitness,
}

impl Control {
    fn now(&self) -> Time {
        self.born.elapsed()
    }

    fn next_deadline(&self) -> Instant {
        let director = self.director.next_deadline().map(|at| self.born + at);
        let never = Instant::now() + Duration::from_secs(3600);
        [director, self.reload.due()].into_iter().flatten().min().unwrap_or(never)
    }

    /// Whatever is there already is handled in one go, so that a mass of deaths is one table.
    fn outcomes(&mut self, first: Checked, more: &mut mpsc::Receiver<Checked>) {
        let effects = self.director.handle(Event::Checked(gathered(first, more)), self.now());
        self.carry(effects);
    }

    /// How busy reals are, handled alike.
    fn weighed(&mut self, first: Weighed, more: &mut mpsc::Receiver<Weighed>) {
        let effects = self.director.handle(Event::Weighed(gathered(first, more)), self.now());
        self.carry(effects);
    }

    /// Who is in maintenance; of an older configuration that is no news.
    fn maintenance(&mut self, seen: Seen) {
        let is_latest = seen.followed == *self.followed.borrow();
        if let Some(maintenance) = seen.maintenance.filter(|_| is_latest) {
            let effects = self.director.handle(Event::Maintenance(maintenance), self.now());
            self.carry(effects);
        }
    }

    fn tick(&mut self) {
        self.reload.tick();
        let effects = self.director.handle(Event::Tick, self.now());
        self.carry(effects);
    }

    /// The kernel comes first: it has its table while people are still told of it.
    fn carry(&mut self, effects: Vec<Effect>) {
        if effects.contains(&Effect::Program) {
            self.number += 1;
            let table = Arc::new(self.director.table().clone());
            let mut kept_out = self.director.kept_out();
            // the kernel's thread may never have seen the table before, where one follows at once
            let before = Arc::clone(&self.tables.borrow().table);
            kept_out.extend(before.ids().filter(|id| table.get(id).is_none()));
            let kept_out = Arc::new(kept_out);
            let stops = self.director.phase() == Phase::Stopping;
            let orders = self.orders((!stops).then_some(self.role));
            self.tables.send_replace(Wanted { number: self.number, table, kept_out, orders });
        }
        let mut unfit = None;
        for effect in effects {
            match effect {
                Effect::Program => {}
                Effect::Nannies => {
                    self.duties.send_replace(Arc::new(self.director.duties()));
                }
                Effect::Run(hook) => self.hooks.fallback(hook),
                Effect::Tell(change) => self.news.push_back(change),
                Effect::Unfit(why) => unfit = Some(why),
            }
        }
        self.tell_news(AT_ONCE);
        // it comes of what has been told by now
        if let Some(why) = unfit {
            self.see(why);
        }
        if self.director.phase() == Phase::Running {
            self.hooks.begin(&self.settings.execute);
        }
    }
}

/// The first and whatever is there already, up to the bound of their channel.
fn gathered<T>(first: T, more: &mut mpsc::Receiver<T>) -> Vec<T> {
    let mut all = vec![first];
    while let (true, Ok(next)) = (all.len() < OUTCOMES, more.try_recv()) {
        all.push(next);
    }
    all
}

async fn next(socket: Option<&mut Socket>) -> (Client, Asked) {
    match socket {
        Some(socket) => socket.next().await,
        None => std::future::pending().await,
    }
}

/// How long to wait for more outcomes before some are judged: what they cost is mostly that they
/// come one by one, a wake-up for each and a walk over its service.
const GATHER: Duration = Duration::from_millis(5);
/// Outcomes that may wait for the director; more make the nannies wait.
const OUTCOMES: usize = 4096;
/// How long the disk may take then for the last lines of the monitor files.
const WRITING: Duration = Duration::from_secs(1);
