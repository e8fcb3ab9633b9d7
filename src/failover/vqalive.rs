//! The machine of vqalive: the standby uses the service, and takes it over when nobody serves.
//!
//! ```text
//!   start ─▶ Demoting ──────────▶ Standby ─────────────────────▶ Promoting ──────▶ Active
//!               ▲     demoted      nothing answers for so many    │     promoted    │
//!               │                  rounds, the witness does       │                 │
//!               └◀────────────────────────────────────────────────┴◀────────────────┘
//!                  promote script failed; a drop; another has the address; own services dead
//! ```
//! There are no words between the machines. What keeps two from promoting at once is ARP: who is about
//! to promote says so with RFC 5227's probes, and of two the one whose card has the lower address goes on.

use std::time::Duration;

use super::action::Action;
use super::announcement::Mac;
use super::line::Line;
use super::machine::{Input, Machine, Owner, Peer, Sign, View};
use super::rules::Rules as Any;
use crate::model::{Role, Time};
use backoff::Backoff;
use conflict::Conflict;

mod active;
mod backoff;
mod conflict;
mod round;
mod rules;
mod standby;
mod words;

pub use rules::Rules;

/// One of the machines.
#[derive(Debug)]
pub struct Vqalive {
    rules: Rules,
    state: State,
    step: Step,
    /// When the last round began, and when the next one is due.
    began: Time,
    round: Time,
    /// Failed rounds in a row: of the services as a standby finds them, of its own as the active one does.
    failed: u32,
    /// How many of them a standby has said.
    counted: u32,
    /// It does not take over before.
    hold: Time,
    /// How long it stands back when it is demoted.
    stands_back: Duration,
    backoff: Backoff,
    conflict: Conflict,
    /// Who had an address when it was taken, though its service was dead; until it speaks up.
    rival: Option<Mac>,
    /// Since when others claim the addresses, and nothing answers.
    claimed: Option<Time>,
    /// The administrator wants it to be active.
    wanted: bool,
    /// An address that a standby found on itself has been lowered once.
    lowered: bool,
    /// What a standby complains of has been said.
    said: Option<&'static str>,
    /// What the promote script has raised has not been looked at.
    unseen: bool,
    /// Rounds of announcements that are left, and when the next one is.
    announcements: u32,
    announce: Time,
    since: Time,
    unfit: Option<String>,
    /// Another has been given its chance since this machine is unfit.
    yielded: bool,
    carries: bool,
    peer: Option<Peer>,
    stopping: bool,
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The demote script runs.
    Demoting,
    /// It uses the services.
    Standby,
    /// The promote script runs.
    Promoting,
    /// It serves.
    Active,
}

/// What it waits for within a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The next round.
    Resting,
    /// The services.
    Probing,
    /// The witness.
    Pinging,
    /// ARP.
    Seeking,
}

impl Vqalive {
    /// One that has done nothing yet: see [`Machine::opening`].
    pub fn new(rules: Rules, now: Time) -> Self {
        let stands_back = rules.start_delay();
        Vqalive {
            rules,
            state: State::Demoting,
            step: Step::Resting,
            began: now,
            round: now,
            failed: 0,
            counted: 0,
            hold: now,
            stands_back,
            backoff: Backoff::default(),
            conflict: Conflict::default(),
            rival: None,
            claimed: None,
            wanted: false,
            lowered: false,
            said: None,
            unseen: false,
            announcements: 0,
            announce: now,
            since: now,
            unfit: None,
            yielded: false,
            carries: true,
            peer: None,
            stopping: false,
        }
    }

    /// The demote script has ended, or the promote script has ended well.
    fn settled(&mut self, now: Time) -> Vec<Action> {
        match self.state {
            State::Demoting => {
                self.state = State::Standby;
                (self.failed, self.round) = (0, now);
                let back = std::mem::take(&mut self.stands_back);
                self.hold = self.hold.max(now + back);
                self.tick(now)
            }
            State::Promoting => self.promoted(now),
            State::Standby | State::Active => Vec::new(),
        }
    }

    /// It cannot serve: the promote script has failed, or the kernel does not do what it is told.
    fn broken(&mut self, why: &str, now: Time) -> Vec<Action> {
        let line = match self.state {
            State::Promoting => format!("promotion has failed: {why}"),
            State::Active => why.to_owned(),
            // the script's end has been told, and what it has left behind shows when it is probed
            State::Demoting | State::Standby => return Vec::new(),
        };
        let back = self.fall_back(now);
        let line = format!("{line}; this machine is standby, and waits {}", words::time(back));
        self.demote(Line::mailed(line).error(), "failure", back)
    }

    fn told(&mut self, role: Role, now: Time) -> Vec<Action> {
        let hold = self.rules.vqalive.drop_hold;
        let waits = words::time(hold);
        match (role, self.state) {
            (Role::Standby, State::Active | State::Promoting) => {
                let text = format!("dropping the addresses, as asked; not taken back for {waits}");
                self.demote(Line::mailed(text).warning(), "signal", hold)
            }
            (Role::Standby, State::Standby) => {
                (self.wanted, self.failed, self.step) = (false, 0, Step::Resting);
                self.hold = self.hold.max(now + hold);
                vec![say(format!("is standby, as asked; does not take over for {waits}"))]
            }
            (Role::Standby, State::Demoting) => {
                self.wanted = false;
                self.stands_back = self.stands_back.max(hold);
                Vec::new()
            }
            (Role::Active, State::Active | State::Promoting) => Vec::new(),
            (Role::Active, State::Standby | State::Demoting) => {
                self.wanted = true;
                self.backoff = Backoff::default();
                (self.hold, self.stands_back, self.round) = (now, Duration::ZERO, now);
                self.tick(now)
            }
        }
    }

    /// Runs the demote script: it is a standby when that has ended.
    fn demote(&mut self, line: Line, reason: &'static str, back: Duration) -> Vec<Action> {
        let over = self.conflict.forget();
        (self.state, self.step) = (State::Demoting, Step::Resting);
        (self.failed, self.counted, self.announcements, self.stands_back) = (0, 0, 0, back);
        (self.wanted, self.rival, self.said, self.claimed) = (false, None, None, None);
        // what is said last is why
        let mut actions: Vec<_> = over.into_iter().chain([line]).map(Action::Say).collect();
        actions.extend([Action::Reason(reason), Action::Become(Role::Standby)]);
        actions
    }

    /// It could not serve: how long it stands back for another one to try.
    fn fall_back(&mut self, now: Time) -> Duration {
        let served =
            if self.state == State::Active { now.saturating_sub(self.since) } else { Time::ZERO };
        self.backoff.fail(self.rules.detection(), served)
    }

    fn seen(&mut self, owner: Owner, sign: Sign, now: Time) -> Vec<Action> {
        self.meet(
            &owner,
            now,
            Some(if sign == Sign::Announces { Role::Active } else { Role::Standby }),
        );
        match (self.state, sign) {
            (State::Standby, _) => self.give_way(&owner, now),
            (State::Active, Sign::Announces) => self.hear_announced(&owner, now),
            _ => Vec::new(),
        }
    }

    fn meet(&mut self, owner: &Owner, now: Time, role: Option<Role>) {
        let claim = Some(format!("card {}", words::card(owner.mac)));
        self.peer = Some(Peer { address: owner.real, heard: now, role, claim });
    }

    fn change(&mut self, rules: Any, now: Time) {
        if let Any::Vqalive(rules) = rules {
            self.round = self.round.min(now + rules.vqalive.interval);
            self.announcements = self.announcements.min(rules.vqalive.announcements);
            self.rules = rules;
        }
    }

    fn tick(&mut self, now: Time) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.announcements > 0 && self.announce <= now {
            self.announcements -= 1;
            self.announce = now + ANNOUNCE;
            actions.push(Action::Announce);
        }
        if self.step == Step::Resting && self.round <= now {
            actions.extend(match self.state {
                State::Demoting => Vec::new(),
                State::Standby => self.begin_standby(now),
                State::Promoting => self.go_on_claiming(now),
                State::Active => self.begin_active(now),
            });
        }
        actions
    }

    fn stop(&mut self) -> Vec<Action> {
        self.stopping = true;
        match self.state {
            State::Active | State::Promoting => self.demote(
                Line::mailed("stopping: the addresses are given up"),
                "signal",
                Duration::ZERO,
            ),
            State::Demoting | State::Standby => Vec::new(),
        }
    }
}

impl Machine for Vqalive {
    fn opening(&mut self, _: Time) -> Vec<Action> {
        let line = Line::logged(self.rules.opening());
        vec![Action::Say(line), Action::Reason("start"), Action::Become(Role::Standby)]
    }

    fn handle(&mut self, input: Input<'_>, now: Time) -> Vec<Action> {
        if self.is_over() {
            return Vec::new();
        }
        match input {
            Input::Probed { held, answers } if self.step == Step::Probing => match self.state {
                State::Active => self.active_probed(&held, &answers, now),
                _ => self.standby_probed(&held, &answers, now),
            },
            Input::Answers(answers) if self.step == Step::Pinging => self.witnessed(answers, now),
            Input::Owned(owner) if self.step == Step::Seeking => match self.state {
                State::Active => self.active_sought(owner, now),
                _ => self.standby_sought(owner, now),
            },
            Input::Seen(owner, sign) => self.seen(owner, sign, now),
            Input::Settled => self.settled(now),
            Input::Broken(why) => self.broken(&why, now),
            Input::Told(role) => self.told(role, now),
            Input::Tick => self.tick(now),
            Input::Stop => self.stop(),
            Input::Rules(rules) => {
                self.change(rules, now);
                Vec::new()
            }
            Input::Unfit(why) => {
                (self.unfit, self.yielded) = (why, false);
                Vec::new()
            }
            Input::Links { public, .. } => {
                self.carries = public;
                Vec::new()
            }
            // an answer that nobody waits for any more, or another protocol's
            _ => Vec::new(),
        }
    }

    fn next_deadline(&self) -> Option<Time> {
        if self.is_over() {
            return None;
        }
        let rests = self.step == Step::Resting && self.state != State::Demoting;
        let announce = (self.announcements > 0).then_some(self.announce);
        [rests.then_some(self.round), announce].into_iter().flatten().min()
    }

    fn is_over(&self) -> bool {
        self.stopping && self.state == State::Standby
    }

    fn view(&self) -> View {
        let split_since = self.conflict.since();
        View { split_since, peer: self.peer.clone(), ..View::default() }
    }
}

fn say(text: impl Into<String>) -> Action {
    Action::Say(Line::logged(text))
}

/// From one round of announcements to the next.
const ANNOUNCE: Duration = Duration::from_secs(1);
/// How long services may take to answer after their machine has told of itself, and a machine to find
/// out how it is.
const GRACE: Duration = Duration::from_secs(5);
/// How long an answer to ARP is waited for, and from one claim to the next.
const SEEK: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
