//! Directors over a bad network that gets well again: what happens, in the order of its time.
//!
//! Times are in microseconds, on everybody's clock; each director's own begins at its start.

use std::collections::BTreeMap;
use std::time::Duration;

use super::director::{Director, Next, Pains};
use super::figures::Figures;
use super::law::{Laws, Limits};
use super::network::{Parcel, parcel};
use super::random::Random;
use super::service::Asked;
use super::site::{Bounds, Site};
use crate::failover::action::{Action, To};
use crate::failover::machine::{Input, Sign};
use crate::failover::path::Path;
use crate::model::{Role, Time};

pub(super) struct World<'a> {
    pub(super) site: &'a dyn Site,
    pub(super) random: Random,
    aloud: bool,
    pub(super) now: u64,
    number: u64,
    events: BTreeMap<(u64, u64), Happening>,
    pub(super) directors: Vec<Director>,
    pub(super) bounds: Bounds,
    pub(super) limits: Limits,
    /// How long nobody may hold the addresses where nobody stands back.
    pub(super) silence: u64,
    /// Storms that are still to come.
    pub(super) epochs: u64,
    pub(super) pains: Pains,
    /// The longest that a packet is on its way.
    pub(super) delay: u64,
    /// How late a director is told the time.
    lag: u64,
    /// Nothing overtakes anything, and when what was sent last arrives.
    pub(super) in_order: bool,
    last: u64,
    /// Until when it lasts.
    pub(super) until: u64,
    /// Per cent of packets.
    pub(super) loss: u64,
    pub(super) laws: Laws,
    /// Since when ticks and packets are counted.
    pub(super) counted: u64,
    pub(super) figures: Figures,
}

pub(super) enum Happening {
    Arrives {
        to: usize,
        parcel: Parcel,
    },
    /// Something bad.
    Weather,
    /// Of a director that nobody has started or ended since.
    Start {
        director: usize,
        life: u64,
    },
    /// A step of the changeover of a life of a director ends.
    Step {
        director: usize,
        life: u64,
    },
    Seen {
        to: usize,
        from: usize,
        sign: Sign,
    },
    /// What was asked is answered.
    Answer {
        director: usize,
        life: u64,
        ask: u64,
        asked: Asked,
    },
    Wakes(usize),
    Cable(usize),
    Calm,
    /// One thing, on a network that is well.
    Act,
    /// All has come to rest.
    Rest,
    Storm,
    End,
}

type Told = Result<(), String>;

impl<'a> World<'a> {
    pub(super) fn new(site: &'a dyn Site, seed: u64, aloud: bool) -> Self {
        let mut random = Random::new(seed ^ 0x5eed);
        let bounds = site.bounds();
        let delay = random.one_of(&[bounds.pace / 100, bounds.pace / 10, bounds.pace / 4]);
        let delay = delay.min(60_000);
        let lag = random.one_of(&[0, bounds.pace / 100]);
        let slow = if random.once_in(4) { bounds.dead / 2 } else { bounds.pace / 20 };
        let pains = Pains { command: slow, addresses: bounds.pace / 50 };
        let changeover = pains.command + pains.addresses + 2;
        let directors = site.directors();
        let limits = Limits::new(&bounds, directors as u64, delay + lag + 1, changeover);
        let epochs = if random.once_in(4) { 2 } else { 1 };
        World {
            site,
            random,
            aloud,
            now: 0,
            number: 0,
            events: BTreeMap::new(),
            directors: (0..directors).map(|_| Director::down(site.watches_cables())).collect(),
            bounds,
            limits,
            silence: limits.none,
            epochs,
            pains,
            delay,
            lag,
            in_order: false,
            last: 0,
            until: 0,
            loss: 0,
            laws: Laws::new(directors),
            counted: 0,
            figures: Figures::default(),
        }
    }

    /// Plays it to its end; fails in words.
    pub(super) fn play(&mut self) -> Result<Figures, String> {
        self.plan()?;
        loop {
            let tick = (0..self.directors.len())
                .filter_map(|number| Some((self.directors[number].deadline()? + self.lag, number)))
                .min();
            let next = *self.events.keys().next().unwrap();
            // what has arrived is told before a deadline
            let tick = tick.filter(|(when, _)| *when < next.0);
            self.now = tick.map_or(next.0, |(when, _)| when.max(self.now));
            self.laws.judge(&self.limits, self.is_anybody_able(), self.now)?;
            match tick {
                Some((_, director)) => self.tick(director)?,
                None => {
                    let happening = self.events.remove(&next).unwrap();
                    if matches!(happening, Happening::End) {
                        return Ok(self.figures);
                    }
                    self.happen(happening)?;
                }
            }
            self.laws.see(&self.directors, self.now, &mut self.figures);
        }
    }

    pub(super) fn at(&mut self, when: u64, happening: Happening) {
        self.number += 1;
        self.events.insert((when, self.number), happening);
    }

    fn happen(&mut self, happening: Happening) -> Told {
        if let Some((director, until)) = self.asleep(&happening) {
            if self.directors[director].machine.is_some() {
                self.at(until, happening);
            }
            return Ok(());
        }
        match happening {
            Happening::Arrives { to, parcel } => {
                self.note(|| format!("{to} hears {} from {}", words(&parcel.bytes), parcel.from));
                self.tell(to, Input::Packet(parcel.packet()))
            }
            Happening::Weather => self.weather(),
            Happening::Start { director, life } => match self.directors[director].life == life {
                true => self.start(director),
                false => Ok(()),
            },
            Happening::Step { director, life } => self.step(director, life),
            Happening::Seen { to, from, sign } => self.see(to, from, sign),
            Happening::Answer { director, life, ask, asked } => {
                self.answer(director, life, ask, asked)
            }
            Happening::Wakes(director) => {
                self.directors[director].sleeps = None;
                Ok(())
            }
            Happening::Cable(director) => {
                let public = self.directors[director].cable;
                self.tell(director, Input::Links { public, private: true })
            }
            Happening::Calm => self.calm(),
            Happening::Act => self.act(),
            Happening::Rest => self.rest(),
            Happening::Storm => self.storm(),
            Happening::End => Ok(()),
        }
    }

    /// Who does not run when this happens to it, and until when.
    fn asleep(&self, happening: &Happening) -> Option<(usize, u64)> {
        let director = match happening {
            Happening::Arrives { to, .. } | Happening::Seen { to, .. } => *to,
            Happening::Step { director, .. } | Happening::Cable(director) => *director,
            Happening::Answer { director, .. } => *director,
            _ => return None,
        };
        let until = self.directors[director].sleeps.filter(|until| *until > self.now)?;
        Some((director, until))
    }

    pub(super) fn start(&mut self, number: usize) -> Told {
        if self.directors[number].machine.is_some() {
            return Ok(());
        }
        let machine = self.site.machine(number, self.now, &mut self.random);
        let director = &mut self.directors[number];
        (director.born, director.sleeps) = (self.now, None);
        (director.broke, director.swayed, director.stands_back) = (false, false, false);
        director.life += 1;
        let machine = director.machine.insert(machine);
        let opening = machine.opening(Time::ZERO);
        self.note(|| format!("{number} starts: {opening:?}"));
        let orders = opening.iter().filter_map(|action| match action {
            Action::Become(role) => Some(*role),
            _ => None,
        });
        if orders.into_iter().next() != Some(Role::Standby) {
            return Err(format!("{number} does not begin as a standby"));
        }
        self.carry_out(number, opening)?;
        if !self.directors[number].cable {
            self.tell(number, Input::Links { public: false, private: true })?;
        }
        if self.directors[number].unfit {
            self.tell(number, Input::Unfit(Some("no real is alive".to_owned())))?;
        }
        if self.directors[number].unsynced {
            self.tell(number, Input::Synced(false))?;
        }
        Ok(())
    }

    fn tick(&mut self, number: usize) -> Told {
        self.tell(number, Input::Tick)?;
        let now = self.now;
        let director = &mut self.directors[number];
        director.ticks += 1;
        director.late = match director.deadline() {
            Some(deadline) if deadline <= now => director.late + 1,
            _ => 0,
        };
        if director.late > 8 {
            return Err(format!("{number} has a deadline in the past for ever"));
        }
        Ok(())
    }

    pub(super) fn tell(&mut self, number: usize, input: Input<'_>) -> Told {
        let now = self.time(number);
        let Some(machine) = &mut self.directors[number].machine else { return Ok(()) };
        if self.aloud && !matches!(input, Input::Packet(_)) {
            eprintln!("{:>11.6} {number} {input:?}", self.now as f64 / 1e6);
        }
        let actions = machine.handle(input, now);
        self.carry_out(number, actions)?;
        let paces = (self.now - self.counted) / self.bounds.pace + 10;
        let Director { ticks, packets, .. } = self.directors[number];
        if ticks.max(packets) > paces * self.bounds.busy {
            return Err(format!("{number}: {ticks} ticks, {packets} packets in {paces} paces"));
        }
        self.bury(number)
    }

    fn carry_out(&mut self, number: usize, actions: Vec<Action>) -> Told {
        for action in actions {
            self.note(|| match &action {
                Action::Send(_, bytes) => format!("{number}   says {}", words(bytes)),
                Action::Say(line) => format!("{number}   {:?}", line.text),
                action => format!("{number}   {action:?}"),
            });
            match action {
                Action::Send(to, bytes) => self.send(number, to, &bytes)?,
                Action::Become(role) => {
                    self.figures.takeovers += u64::from(role == Role::Active);
                    let pains = self.pains;
                    let director = &mut self.directors[number];
                    let step = director.changeover.order(role, pains, &mut self.random);
                    self.later(number, step);
                }
                Action::Announce => {
                    let director = &mut self.directors[number];
                    let step = director.changeover.announce(self.pains, &mut self.random);
                    self.later(number, step);
                }
                Action::Say(_) | Action::Monitor(_) | Action::Adopt | Action::Reason(_) => {}
                Action::Probe(timeout) => self.probe(number, timeout),
                Action::Seek { claims, within } => self.seek(number, claims, within),
                Action::Ping(_) => self.ping(number),
                other => return Err(format!("{number} wants what nobody does: {other:?}")),
            }
        }
        Ok(())
    }

    fn later(&mut self, director: usize, step: Option<u64>) {
        let life = self.directors[director].life;
        if let Some(step) = step {
            self.at(self.now + step, Happening::Step { director, life });
        }
    }

    fn step(&mut self, number: usize, life: u64) -> Told {
        let pains = self.pains;
        let director = &mut self.directors[number];
        if director.life != life || director.machine.is_none() {
            return Ok(());
        }
        let fails = self.laws.is_stormy() && self.site.scripts_fail() && self.random.once_in(8);
        let held = director.changeover.holds;
        let next = director.changeover.step(pains, fails, &mut self.random);
        let holds = director.changeover.holds;
        if held != holds {
            self.note(|| {
                format!("{number} {} the addresses", if holds { "has" } else { "lets go" })
            });
        }
        match next {
            Next::Step(step) => self.later(number, Some(step)),
            Next::Settled => {
                if holds {
                    self.tell_all(number, Sign::Announces);
                }
                self.tell(number, Input::Settled)?;
            }
            Next::Failed => {
                self.figures.failures += 1;
                self.directors[number].stands_back = true;
                self.tell(number, Input::Broken("error 1".to_owned()))?;
            }
        }
        self.bury(number)
    }

    /// Who is over, and has done what was ordered, ends.
    fn bury(&mut self, number: usize) -> Told {
        let director = &mut self.directors[number];
        let over = director.machine.as_ref().is_some_and(|machine| machine.is_over());
        if !over || !director.changeover.is_idle() {
            return Ok(());
        }
        director.machine = None;
        if director.changeover.holds {
            return Err(format!("{number} has ended with the addresses"));
        }
        self.note(|| format!("{number} has ended"));
        Ok(())
    }

    /// To everybody else whom it is for; now and then it comes back to who sent it.
    fn send(&mut self, from: usize, to: To, bytes: &[u8]) -> Told {
        self.directors[from].packets += 1;
        self.figures.packets += 1;
        if to == To::Path(Path::Private) {
            // there is no such cable
            return Ok(());
        }
        let peer = self.site.address(1 - from.min(1));
        let Some(parcel) = parcel(to, bytes, self.site.address(from), peer) else {
            return match self.directors[from].changeover.holds {
                true => Ok(()),
                false => Err(format!("{from} tells the neighbours of addresses that it has not")),
            };
        };
        let echoes = self.random.once_in(50);
        for number in 0..self.directors.len() {
            let is_for = parcel.to.is_multicast() || parcel.to == self.site.address(number);
            if is_for && (number != from || echoes) {
                self.deliver(from, number, &parcel);
            }
        }
        Ok(())
    }

    fn deliver(&mut self, from: usize, to: usize, parcel: &Parcel) {
        let copies = if self.random.once_in(20) { 2 } else { 1 };
        self.figures.doubled += copies - 1;
        for _ in 0..copies {
            let mut when = self.now + 1 + self.random.below(self.delay);
            if self.in_order {
                when = when.max(self.last);
                self.last = when;
            }
            if self.reaches(from, to) && self.random.below(100) >= self.loss {
                self.at(when, Happening::Arrives { to, parcel: parcel.clone() });
            } else {
                self.figures.lost += 1;
            }
        }
    }

    pub(super) fn is_anybody_able(&self) -> bool {
        self.directors.iter().any(Director::is_able)
    }

    pub(super) fn holders(&self) -> Vec<usize> {
        let all = 0..self.directors.len();
        all.filter(|number| self.directors[*number].is_holder()).collect()
    }

    fn time(&self, number: usize) -> Time {
        Duration::from_micros(self.now - self.directors[number].born)
    }

    pub(super) fn note(&self, text: impl Fn() -> String) {
        if self.aloud {
            eprintln!("{:>11.6} {}", self.now as f64 / 1e6, text());
        }
    }
}

fn words(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
