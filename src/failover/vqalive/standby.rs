//! A standby: it uses the services, and takes over when they are dead and nothing speaks against it.

use std::net::IpAddr;
use std::time::Duration;

use super::{GRACE, SEEK, State, Step, Vqalive, round, say, words};
use crate::failover::action::Action;
use crate::failover::line::Line;
use crate::failover::machine::Owner;
use crate::model::protocol::VqaliveConflict;
use crate::model::{Role, Time};

impl Vqalive {
    pub(super) fn begin_standby(&mut self, now: Time) -> Vec<Action> {
        (self.began, self.step) = (now, Step::Probing);
        vec![Action::Probe(self.rules.vqalive.timeout)]
    }

    pub(super) fn standby_probed(
        &mut self,
        held: &[IpAddr],
        answers: &[Vec<bool>],
        now: Time,
    ) -> Vec<Action> {
        self.rest(now);
        if !held.is_empty() {
            return self.lower(held);
        }
        self.lowered = false;
        if !round::has_failed(self.rules.vqalive.mode, answers) {
            return self.served();
        }
        if !self.carries {
            // nobody can be reached from here
            self.failed = 0;
            return self.complain("carrier", "nothing can be checked: the cable is out");
        }
        self.failed = self.failed.saturating_add(1);
        let (failed, needed) = (self.failed, self.rounds_needed());
        let mut actions = Vec::new();
        if failed <= needed && failed > self.counted {
            self.counted = failed;
            let silent = round::silent(&self.rules.vqalive, answers);
            actions.push(say(format!("check {failed} of {needed} failed: {silent}")));
        }
        if self.wanted || (failed >= needed && now >= self.hold) {
            actions.extend(self.doubt());
        } else if failed >= needed {
            let left = words::time(self.hold.saturating_sub(now));
            let text = format!("not taking over yet: this machine stands back for {left} more");
            actions.extend(self.complain("hold", text));
        }
        actions
    }

    /// Failed rounds before it takes over: one that is not fit gives others twice the time.
    fn rounds_needed(&self) -> u32 {
        let times = if self.unfit.is_some() { 2 } else { 1 };
        self.rules.vqalive.fails.saturating_mul(times)
    }

    /// An address that is up here makes a probe succeed, or fail, against the machine itself.
    fn lower(&mut self, held: &[IpAddr]) -> Vec<Action> {
        self.failed = 0;
        let held = words::list(held);
        if self.lowered {
            let text = format!(
                "{held} still on this machine after demote_script: lower it; nothing is taken over before"
            );
            return self.complain_loud("held", text);
        }
        let text = format!("{held} on this machine, which is standby: demoting again");
        let actions = self.demote(Line::mailed(text).warning(), "conflict", Duration::ZERO);
        self.lowered = true;
        actions
    }

    /// Somebody serves.
    fn served(&mut self) -> Vec<Action> {
        let was_dead = std::mem::take(&mut self.failed) > 0;
        self.backoff = super::Backoff::default();
        (self.said, self.claimed) = (None, None);
        let was_said = std::mem::take(&mut self.counted) > 0;
        let mut actions = Vec::new();
        if was_dead || was_said {
            actions.push(say("the services answer again"));
        }
        if std::mem::take(&mut self.wanted) {
            let text = "not taking over, though asked: the services answer elsewhere; drop them there first";
            actions.push(Action::Say(Line::logged(text).warning()));
        }
        actions
    }

    /// Whether the fault is this machine's own, if there is somebody to ask.
    fn doubt(&mut self) -> Vec<Action> {
        match self.rules.vqalive.witness {
            Some(witness) => {
                self.step = Step::Pinging;
                vec![Action::Ping(Some(witness))]
            }
            None => self.seek(),
        }
    }

    pub(super) fn witnessed(&mut self, answers: bool, now: Time) -> Vec<Action> {
        self.rest(now);
        if answers {
            return self.seek();
        }
        self.wanted = false;
        let text =
            "not taking over: the witness does not answer, the fault may be this machine's own";
        self.complain_loud("witness", text)
    }

    /// Whether somebody has the addresses still, or is about to take them, too.
    fn seek(&mut self) -> Vec<Action> {
        if self.rules.vqalive.conflict == VqaliveConflict::Off {
            return self.promote(Vec::new());
        }
        self.step = Step::Seeking;
        vec![Action::Seek { claims: true, within: SEEK }]
    }

    pub(super) fn standby_sought(&mut self, owner: Option<Owner>, now: Time) -> Vec<Action> {
        self.rest(now);
        let Some(owner) = owner else { return self.promote(Vec::new()) };
        self.meet(&owner, now, None);
        let has = words::owner(&owner);
        if self.rules.vqalive.conflict == VqaliveConflict::Strict {
            self.wanted = false;
            let text = format!("not taking over: {has} still, and conflict_check is strict");
            return self.complain_loud("owner", text);
        }
        self.rival = Some(owner.mac);
        let text = format!("{has} still, but nothing answers there: taking over nevertheless");
        self.promote(vec![Action::Say(Line::mailed(text).warning())])
    }

    /// Another one is about to be active, or is since now: its services are waited for. Of two that
    /// ask at once the lower card goes on.
    pub(super) fn give_way(&mut self, owner: &Owner, now: Time) -> Vec<Action> {
        let since = *self.claimed.get_or_insert(now);
        let is_ahead = self.step == Step::Seeking && owner.own < owner.mac;
        if is_ahead || now >= since + self.rules.patience() {
            return Vec::new();
        }
        let was_about_to = self.failed > 0;
        // a script may end before the services that it starts answer
        self.hold = self.hold.max(now + GRACE);
        (self.failed, self.wanted) = (0, false);
        if matches!(self.step, Step::Pinging | Step::Seeking) {
            self.rest(now);
        }
        if !was_about_to {
            return Vec::new();
        }
        let text = format!(
            "another machine takes over: {}; waiting for its services",
            words::claim(owner)
        );
        self.complain("claim", text)
    }

    fn promote(&mut self, before: Vec<Action>) -> Vec<Action> {
        let reason = if self.wanted { "signal" } else { "failure" };
        let why = if self.wanted {
            "promoting, as asked".to_owned()
        } else {
            format!("promoting: {} checks in a row have failed", self.failed)
        };
        (self.state, self.step) = (State::Promoting, Step::Resting);
        (self.failed, self.wanted, self.said, self.claimed) = (0, false, None, None);
        let mut actions = before;
        actions.push(Action::Say(Line::mailed(why).warning()));
        actions.extend([Action::Reason(reason), Action::Become(Role::Active)]);
        actions
    }

    /// Who is about to be active says so again and again, for others not to do the same.
    pub(super) fn go_on_claiming(&mut self, now: Time) -> Vec<Action> {
        self.round = now + SEEK;
        match self.rules.vqalive.conflict {
            VqaliveConflict::Off => Vec::new(),
            _ => vec![Action::Seek { claims: true, within: SEEK }],
        }
    }

    /// The next round is an interval after the last one began, or now.
    pub(super) fn rest(&mut self, now: Time) {
        self.step = Step::Resting;
        self.round = (self.began + self.rules.vqalive.interval).max(now);
    }

    /// Says it once, until something else is to be said.
    fn complain(&mut self, of: &'static str, text: impl Into<String>) -> Vec<Action> {
        let news = self.said.replace(of) != Some(of);
        news.then(|| say(text)).into_iter().collect()
    }

    fn complain_loud(&mut self, of: &'static str, text: impl Into<String>) -> Vec<Action> {
        let news = self.said.replace(of) != Some(of);
        news.then(|| Action::Say(Line::mailed(text).warning())).into_iter().collect()
    }
}
