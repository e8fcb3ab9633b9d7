//! An active one: it tells the neighbours, looks whether somebody else has the addresses, and whether its
//! own services answer.

use std::net::IpAddr;

use super::{ANNOUNCE, GRACE, SEEK, State, Step, Vqalive, round, words};
use crate::failover::action::Action;
use crate::failover::line::Line;
use crate::failover::machine::Owner;
use crate::model::{Role, Time};

impl Vqalive {
    /// The promote script has ended well.
    pub(super) fn promoted(&mut self, now: Time) -> Vec<Action> {
        (self.state, self.since, self.round, self.began) = (State::Active, now, now, now);
        (self.failed, self.unseen) = (0, true);
        (self.announcements, self.announce) = (self.rules.vqalive.announcements, now);
        let mut actions = vec![Action::Say(Line::mailed("is active"))];
        actions.extend(self.tick(now));
        actions
    }

    pub(super) fn begin_active(&mut self, now: Time) -> Vec<Action> {
        // a machine that was not running has perhaps been taken for dead
        let late = now.saturating_sub(self.round);
        self.conflict.was_away |= late > self.rules.detection().max(GRACE);
        (self.began, self.step) = (now, Step::Seeking);
        vec![Action::Seek { claims: false, within: SEEK.min(self.rules.vqalive.interval) }]
    }

    /// Somebody says that an address is at its card: it is looked into at once.
    pub(super) fn hear_announced(&mut self, owner: &Owner, now: Time) -> Vec<Action> {
        // what it says at first it says perhaps before it knows of this one, and that it cannot serve
        let is_told = now >= self.since + self.rules.detection().max(GRACE);
        if is_told && self.rival == Some(owner.mac) {
            self.rival = None;
        }
        if self.step != Step::Resting {
            return Vec::new();
        }
        self.round = self.round.min((self.began + SEEK).max(now));
        self.tick(now)
    }

    pub(super) fn active_sought(&mut self, owner: Option<Owner>, now: Time) -> Vec<Action> {
        let mut actions = Vec::new();
        match owner {
            Some(owner) => {
                self.meet(&owner, now, Some(Role::Active));
                let is_taken = self.rival == Some(owner.mac);
                actions.extend(self.conflict.begins(&owner, is_taken, now).map(Action::Say));
                // from now on it is told only if this one means it
                self.announcements = 0;
                self.conflict.owner = Some(owner);
            }
            None => {
                self.rival = None;
                if self.conflict.rounds > 0 {
                    // the other one has told the neighbours something else
                    actions.extend(self.conflict.ends().map(Action::Say));
                    actions.push(Action::Announce);
                }
            }
        }
        if self.conflict.owner.is_some() || self.unseen || self.rules.vqalive.own_fails > 0 {
            self.step = Step::Probing;
            actions.push(Action::Probe(self.rules.vqalive.timeout));
        } else {
            self.rest(now);
        }
        actions
    }

    pub(super) fn active_probed(
        &mut self,
        held: &[IpAddr],
        answers: &[Vec<bool>],
        now: Time,
    ) -> Vec<Action> {
        self.rest(now);
        let is_dead = round::has_failed(self.rules.vqalive.mode, answers);
        if let Some(owner) = self.conflict.owner.take() {
            return self.judge(&owner, held.contains(&owner.address), is_dead, now);
        }
        let mut actions: Vec<_> = self.look(held).map(Action::Say).into_iter().collect();
        let limit = self.rules.vqalive.own_fails;
        // where nobody is fitter it goes on
        let yields = self.unfit.is_some() && !self.yielded;
        if limit == 0 || !(is_dead || yields) {
            self.failed = 0;
            return actions;
        }
        self.failed = self.failed.saturating_add(1);
        let (failed, rules) = (self.failed, &self.rules.vqalive);
        let why = self.unfit.clone().filter(|_| !is_dead);
        let why = why.unwrap_or_else(|| format!("{} dead here", round::silent(rules, answers)));
        let text = format!("own check {failed} of {limit} failed: {why}");
        if failed < limit {
            actions.push(Action::Say(Line::logged(text).warning()));
            return actions;
        }
        self.yielded = self.unfit.is_some();
        let back = self.fall_back(now);
        let text = format!("{text}; demoting, and standing back for {}", words::time(back));
        actions.extend(self.demote(Line::mailed(text).warning(), "own-check", back));
        actions
    }

    /// Whether the promote script has raised the addresses; looked at once.
    fn look(&mut self, held: &[IpAddr]) -> Option<Line> {
        let unseen = std::mem::take(&mut self.unseen);
        let all = self.rules.vqalive.addresses.iter().copied();
        let missing: Vec<_> = all.filter(|address| !held.contains(address)).collect();
        let text = format!(
            "promote_script has ended well, but {} not on this machine: does it raise every check_ip?",
            words::list(&missing)
        );
        (unseen && !missing.is_empty()).then(|| Line::mailed(text).error())
    }

    /// Two have an address: whether this one stays. Of two that serve the lower card does.
    fn judge(&mut self, owner: &Owner, has: bool, is_dead: bool, now: Time) -> Vec<Action> {
        let is_lower = owner.own < owner.mac;
        let why = if !has {
            "this machine has it no more"
        } else if self.conflict.was_away {
            "this machine was not running for a while"
        } else if is_dead {
            "nothing answers on this machine"
        } else if is_lower || self.rival == Some(owner.mac) {
            return vec![Action::Announce];
        } else if self.conflict.rounds < SURE {
            self.round = now + ANNOUNCE.min(self.rules.vqalive.interval);
            return Vec::new();
        } else {
            "the lower card stays"
        };
        let back = self.fall_back(now);
        let text = format!("yielding to {}: {why}", words::claim(owner));
        self.demote(Line::mailed(text).warning(), "conflict", back)
    }
}

/// Rounds in which somebody else had an address before one yields that serves well.
const SURE: u32 = 2;
