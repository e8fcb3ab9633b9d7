//! The pure heart: events in, effects out.
//!
//! A [`Director`] holds a ward for each virtual and the table that follows from them. It has no
//! clock, no socket and no task: the daemon turns the world into [`Event`]s and carries the
//! [`Effect`]s out.
//!
//! ```text
//!   outcome ─▶ judge ─▶ standing ─▶ want ─▶ diff with what was wanted before ─▶ changes
//! ```

mod change;
mod fitness;
mod hook;
mod maintenance;
mod outcomes;
mod reload;
mod reminders;
mod removal;
mod role;
mod snapshot;
mod ward;
mod weights;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use crate::health::{Checked, Duty, Maintenance, Weighed};
use crate::model::{Model, Phase, RealId, Role, ServiceId, Time, Virtual};
use crate::plan::{self, Table};

pub use change::{Change, Subject, What};
pub use hook::{Hook, Word};
pub use snapshot::{FallbackSnapshot, RealSnapshot, Snapshot, VirtualSnapshot};

use fitness::Fitness;
use reminders::Reminders;
use role::Standby;
use ward::Ward;

/// The whole site: how everything fares, and what the kernel should hold.
#[derive(Debug)]
pub struct Director {
    wards: BTreeMap<ServiceId, Ward>,
    /// The services in the file's order, for people to read.
    order: Vec<ServiceId>,
    /// What follows from the wards, whatever the role.
    table: Table,
    /// What a standby without a table holds.
    nothing: Table,
    role: Role,
    /// What it does as a standby; `None` for one without a cluster.
    standby: Option<Standby>,
    fitness: Fitness,
    phase: Phase,
    /// Reals whose first check has not ended yet.
    unchecked: BTreeSet<RealId>,
    /// Until when fallbacks wait for first checks; `None` when they no longer do.
    patience: Option<Time>,
    /// When the next step of a slow start is due.
    next_step: Option<Time>,
    reminders: Reminders,
    maintenance: Maintenance,
    /// Commands that the event in hand calls for.
    hooks: Vec<Hook>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Checks ended; those of one moment come together, so that a mass of deaths is one change.
    Checked(Vec<Checked>),
    /// How busy some reals are.
    Weighed(Vec<Weighed>),
    /// A new configuration is to be followed; and of its reals, who is in maintenance now, or `None`
    /// where that cannot be known, and what was known still holds.
    Reload(Box<Model>, Option<Maintenance>),
    /// These reals are in maintenance, and no others.
    Maintenance(Maintenance),
    /// Of two directors this one does the work now, or its peer does. One without a cluster does it
    /// for ever.
    Role(Role),
    /// Somebody took these quiesced destinations out of the kernel's table, and they stay out.
    LeftOut(Vec<(ServiceId, SocketAddr)>),
    /// Somebody did so, and they are back.
    Readded(Vec<(ServiceId, SocketAddr)>),
    /// The deadline of [`Director::next_deadline`] has come.
    Tick,
    /// The daemon is to stop: services are taken out of the table unless their `cleanstop` is no.
    Stop,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// [`Director::table`] is another one now: to be handed to the kernel.
    Program,
    /// [`Director::duties`] are others now: to be handed to the nannies.
    Nannies,
    /// Something that people should know.
    Tell(Change),
    /// A command is to be run.
    Run(Hook),
    /// This counts against the director's being active from now on, or nothing does.
    Unfit(Option<&'static str>),
}

impl Director {
    /// Takes a site over as the kernel holds it: a real found serving is up until a check says
    /// otherwise, so that a restart changes nothing that is right. What a standby without a table
    /// finds is taken out of the kernel, and tells how the reals were. Without a cluster the role is ever
    /// [`Role::Active`].
    pub fn new(model: Model, found: &Table, role: Role, now: Time) -> (Self, Vec<Effect>) {
        let configured: BTreeSet<_> = model.virtuals.iter().map(|v| v.service.id).collect();
        let cluster = model.cluster.as_deref();
        let standby = cluster.map(Standby::of);
        let mut director = Director {
            wards: BTreeMap::new(),
            order: Vec::new(),
            table: found.only(|id| configured.contains(id)),
            nothing: Table::default(),
            role: standby.map_or(Role::Active, |_| role),
            standby,
            fitness: Fitness::of(cluster),
            phase: Phase::Starting,
            unchecked: BTreeSet::new(),
            patience: None,
            next_step: None,
            reminders: Reminders::default(),
            maintenance: Maintenance::new(),
            hooks: Vec::new(),
        };
        let adopt = |v: Virtual| {
            let entry = found.get(&v.service.id);
            Ward::adopt(&Arc::new(v), entry, now)
        };
        let wards = model.virtuals.into_iter().map(adopt).collect();
        let effects = director.tend(wards, now);
        let mut effects = director.in_role(effects);
        effects.extend(director.hooks.drain(..).map(Effect::Run));
        director.next_step = director.wards.values().filter_map(Ward::next_step).min();
        (director, effects)
    }

    /// Tells the director what happened, and when. Times never go backwards.
    pub fn handle(&mut self, event: Event, now: Time) -> Vec<Effect> {
        let effects = match event {
            Event::Checked(outcomes) => self.checked(outcomes, now),
            Event::Weighed(readings) => self.weighed(readings, now),
            Event::Reload(model, maintenance) => self.reload(*model, maintenance, now),
            Event::Maintenance(maintenance) => self.maintenance(maintenance, now),
            Event::Role(role) => self.turn(role, now),
            Event::LeftOut(gone) => self.left_out(gone),
            Event::Readded(back) => self.readded(back, now),
            Event::Tick => self.tick(now),
            Event::Stop => self.stop(),
        };
        let mut effects = self.in_role(effects);
        effects.extend(self.hooks.drain(..).map(Effect::Run));
        effects.extend(self.unfit().map(Effect::Unfit));
        self.next_step = self.wards.values().filter_map(Ward::next_step).min();
        effects
    }

    /// When [`Event::Tick`] is due, if nothing else happens before.
    pub fn next_deadline(&self) -> Option<Time> {
        [self.patience, self.reminders.next(), self.next_step].into_iter().flatten().min()
    }

    /// What the kernel should hold: of a standby nothing, unless it keeps its table.
    pub fn table(&self) -> &Table {
        if self.holds() { &self.table } else { &self.nothing }
    }

    /// The services that are to be kept out of the kernel, though this run may never have put them
    /// there: all that a standby without a table knows.
    pub fn kept_out(&self) -> BTreeSet<ServiceId> {
        self.table.ids().filter(|_| !self.holds()).copied().collect()
    }

    /// The phase of the daemon's life.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether no service is configured at all.
    pub fn is_idle(&self) -> bool {
        self.wards.is_empty()
    }

    /// What the nannies have to do.
    pub fn duties(&self) -> Vec<Arc<Duty>> {
        if !self.checks() {
            return Vec::new();
        }
        self.order
            .iter()
            .filter_map(|id| self.wards.get(id))
            .flat_map(Ward::duties)
            .map(Arc::new)
            .collect()
    }

    /// How everything stands, for people to see.
    pub fn snapshot(&self) -> Snapshot {
        let wards = self.order.iter().filter_map(|id| self.wards.get(id));
        let holds = self.holds();
        let entry = |ward: &Ward| self.table.get(&ward.id()).filter(|_| holds);
        let virtuals = wards.map(|ward| ward.snapshot(entry(ward))).collect();
        Snapshot { phase: self.phase, role: self.standby.map(|_| self.role), virtuals }
    }

    fn remind_of_all(&mut self, now: Time) {
        if self.role == Role::Active {
            self.reminders.follow(self.wards.values().flat_map(Ward::down), now);
        }
    }

    /// Brings one service's entry to what its ward wants; returns what that changes, each change
    /// because of its real's health unless another reason is given.
    fn update(&mut self, id: &ServiceId, because: Option<&str>, now: Time) -> Vec<Change> {
        let Some(ward) = self.wards.get_mut(id) else { return Vec::new() };
        let wanted = ward.want(self.patience.is_some());
        if self.role == Role::Active {
            self.hooks.extend(ward.word(self.patience.is_some()));
        }
        let steps = plan::diff_entry(self.table.get(id), Some(&wanted));
        let changes: Vec<Change> =
            steps.iter().map(|step| ward.told(step, because, self.phase)).collect();
        // even if the kernel cannot tell it from the one before
        self.table.insert(wanted);
        for change in changes.iter().filter(|_| self.role == Role::Active) {
            self.reminders.note(change, now);
        }
        changes
    }

    fn tick(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.patience.is_some_and(|until| until <= now) {
            self.patience = None;
            for id in self.order.clone() {
                effects.extend(self.update(&id, None, now).into_iter().map(Effect::Tell));
            }
            let program = (!effects.is_empty()).then_some(Effect::Program);
            effects.extend(program);
        }
        effects.extend(self.step(now));
        effects.extend(self.remind(now));
        effects
    }

    fn remind(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        for real in self.reminders.due(now) {
            let Some(ward) = self.wards.get(&real.service) else { continue };
            // who is not checked comes back from maintenance without a change of the table
            let health = ward.health(&real.address).filter(|health| health.is_down());
            let Some(health) = health else { continue };
            let subject = Subject::Real(real.address);
            let change = ward.change(subject, What::Inaccessible, &health.because, self.phase);
            if let Some(every) = change.r#virtual.alert.remind {
                self.reminders.put(real, now + every);
            }
            effects.push(Effect::Tell(change));
        }
        effects
    }

    fn stop(&mut self) -> Vec<Effect> {
        self.phase = Phase::Stopping;
        let (mut effects, held) = (Vec::new(), self.holds());
        for ward in self.order.drain(..).filter_map(|id| self.wards.remove(&id)) {
            self.hooks.extend(ward.last_word(None));
            if ward.cleanstop() && held {
                self.table.remove(&ward.id());
                effects.extend(ward.dismissed(self.phase).into_iter().map(Effect::Tell));
            }
        }
        self.patience = None;
        self.reminders = Reminders::default();
        // a standby is sure of the end only when the kernel has said that nothing is left
        let program = !effects.is_empty() || self.role == Role::Standby;
        effects.extend(program.then_some(Effect::Program));
        effects.push(Effect::Nannies);
        effects
    }

    /// Starting and reloading last until every real has been checked once.
    fn settle(&mut self) {
        if self.unchecked.is_empty() {
            if self.patience.take().is_some() && self.role == Role::Active {
                self.hooks.extend(self.wards.values_mut().filter_map(|ward| ward.word(false)));
            }
            if self.phase != Phase::Stopping {
                self.phase = Phase::Running;
            }
        }
    }
}

/// The table that a model would ask for if every real that the kernel does not hold quiesced passed
/// its check, but for those in maintenance: what `plan` shows.
pub fn hoped_for(model: &Model, found: &Table, maintenance: &Maintenance) -> Table {
    let hope = |r#virtual: &Virtual| {
        let r#virtual = Arc::new(r#virtual.clone());
        let found = found.get(&r#virtual.service.id);
        let mut ward = Ward::adopt(&r#virtual, found, Time::ZERO);
        ward.maintain(maintenance, Role::Standby, Time::ZERO);
        ward.hopeful().want(false)
    };
    model.virtuals.iter().map(hope).collect()
}
