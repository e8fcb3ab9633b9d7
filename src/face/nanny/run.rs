//! A nanny at work: what her machine says is done, and what happens is told to it.
//!
//! The kernel is told in between, which takes a moment; checks and load monitors run by themselves
//! and may be dropped at any time.

use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use checkers::{Check, Load, Outcome, Target};
use rustix::process::Signal as Number;
use tokio::runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep_until};
use tracing::{debug, info};

use super::machine::{Action, Event, Glasses, Machine, Rules};
use super::order::{Duty, Order};
use super::place::Place;
use crate::health::{News, Sentry};

/// Runs until a signal ends it, or for failover services until there is news; gives the exit status.
///
/// # Errors
/// What the system refuses at the start.
pub(super) fn run(order: &Order, check: Check) -> Result<u8, String> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|why| format!("cannot start the runtime: {why}"))?;
    runtime.block_on(async {
        let mut signals = Signals::take().map_err(|why| format!("cannot take signals: {why}"))?;
        let question = Question { check, order };
        announce(order);
        Ok(match order.duty {
            Duty::Fos => watch(order, &question, &mut signals).await,
            Duty::Lvs => Nanny::new(order)?.serve(&question, &mut signals).await,
        })
    })
}

fn announce(order: &Order) {
    match order.duty {
        Duty::Lvs => {
            info!("starting LVS client monitor for {} -> {}", order.shown(), order.real);
        }
        Duty::Fos => info!("Failover service monitor for {} started", order.shown()),
    }
    if order.assumes_web() {
        info!("no monitor configured, assuming web service on port 80");
    }
    order.oddities.iter().for_each(|oddity| info!("{oddity}"));
}

/// Watches a failover service.
async fn watch(order: &Order, question: &Question<'_>, signals: &mut Signals) -> u8 {
    let (mut sentry, service) = (Sentry::NEW, order.real.to_string());
    let mut due = Instant::now();
    loop {
        let outcome = tokio::select! {
            outcome = question.ask_at(due) => outcome,
            number = signals.stop() => {
                info!("Terminating due to signal {number}");
                return DONE;
            }
        };
        let News { lines, exit } = sentry.judge(&outcome, &service);
        lines.iter().for_each(|line| info!("{line}"));
        if let Some(status) = exit {
            return status;
        }
        due = Instant::now() + order.interval;
    }
}

/// What a nanny asks.
struct Question<'a> {
    check: Check,
    order: &'a Order,
}

impl Question<'_> {
    async fn ask_at(&self, due: Instant) -> Outcome {
        sleep_until(due).await;
        let target = Target { address: self.order.real };
        let outcome = self.check.run(target, self.order.interval).await;
        debug!("{}: {:?}: {}", self.order.real, outcome.verdict, outcome.message);
        outcome
    }
}

/// A nanny of a real server, and her hand on the kernel.
struct Nanny<'a> {
    order: &'a Order,
    machine: Machine,
    born: Instant,
    place: Option<Place>,
    /// What tells the load, and whether it is to be asked now.
    load: Option<Load>,
    asks_load: bool,
}

impl<'a> Nanny<'a> {
    fn new(order: &'a Order) -> Result<Self, String> {
        let load = order.load();
        let rules = Rules {
            server: order.real.to_string(),
            weight: order.weight.get(),
            scale: order.scale,
            service: order.rules()?,
        };
        let place = order.service().filter(|_| !order.norun).map(|id| Place::new(order, id));
        let machine = Machine::new(rules, Duration::ZERO);
        Ok(Nanny { order, machine, born: Instant::now(), place, load, asks_load: false })
    }

    async fn serve(mut self, question: &Question<'_>, signals: &mut Signals) -> u8 {
        let mut look = Instant::now() + QUIET;
        let mut check = pin!(question.ask_at(Instant::now()));
        let load = self.load.clone();
        let target = Target { address: self.order.real };
        let read = || async {
            match &load {
                Some(load) => load.read(target, self.order.interval).await,
                None => pending().await,
            }
        };
        let mut reading = pin!(None);
        loop {
            if std::mem::take(&mut self.asks_load) {
                reading.set(Some(read()));
            }
            let deadline = self.machine.next_deadline().map(|at| self.born + at);
            let event = tokio::select! {
                biased;
                said = signals.next() => match said {
                    Said::Stop(number) => Event::Stop(number),
                    Said::Glasses(glasses) => Event::Glasses(glasses),
                },
                () = at(deadline) => Event::Tick,
                () = sleep_until(look) => {
                    look = Instant::now() + QUIET;
                    self.place.iter_mut().for_each(Place::look);
                    continue;
                }
                told = maybe(reading.as_mut().as_pin_mut()) => {
                    reading.set(None);
                    Event::Load(told)
                }
                outcome = &mut check, if self.machine.checks() => {
                    check.set(question.ask_at(Instant::now() + self.order.interval));
                    Event::Checked(outcome)
                }
            };
            let ends = matches!(event, Event::Stop(_));
            let glasses_off = matches!(event, Event::Glasses(None));
            if glasses_off {
                check.set(question.ask_at(Instant::now()));
            }
            let actions = self.machine.handle(event, self.born.elapsed());
            self.carry(actions);
            if ends {
                return DONE;
            }
        }
    }

    fn carry(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Say(line, Some(because)) => info!(because = because.as_str(), "{line}"),
                Action::Say(line, None) => info!("{line}"),
                Action::AskLoad => self.asks_load = true,
                Action::Keep(keep) => self.place.iter_mut().for_each(|place| place.keep(keep)),
            }
        }
    }
}

async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

async fn maybe<T>(asked: Option<impl Future<Output = T>>) -> T {
    match asked {
        Some(asked) => asked.await,
        None => pending().await,
    }
}

/// The signals that say something to a nanny.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    opaque: Signal,
    rose: Signal,
    none: Signal,
}

/// What a signal says.
enum Said {
    Stop(i32),
    Glasses(Option<Glasses>),
}

impl Signals {
    fn take() -> std::io::Result<Self> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            opaque: signal(SignalKind::user_defined1())?,
            rose: signal(SignalKind::user_defined2())?,
            none: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Said {
        tokio::select! {
            Some(()) = self.terminate.recv() => Said::Stop(Number::TERM.as_raw()),
            Some(()) = self.interrupt.recv() => Said::Stop(Number::INT.as_raw()),
            Some(()) = self.opaque.recv() => Said::Glasses(Some(Glasses::Opaque)),
            Some(()) = self.rose.recv() => Said::Glasses(Some(Glasses::RoseColored)),
            Some(()) = self.none.recv() => Said::Glasses(None),
            else => pending().await,
        }
    }

    /// Waits for one that ends her, and gives its number.
    async fn stop(&mut self) -> i32 {
        loop {
            if let Said::Stop(number) = self.next().await {
                return number;
            }
        }
    }
}

const DONE: u8 = 0;
/// How often the table is looked at, and what the kernel refused is tried again.
const QUIET: Duration = Duration::from_secs(2);
