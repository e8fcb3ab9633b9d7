//! Another master beside this one: said loud when it does not yield, once, and its end as well.

use std::net::Ipv4Addr;

use crate::failover::line::Line;
use crate::failover::rounds::Rounds;
use crate::model::Time;

/// What was heard of it, and how often it was told again where the addresses are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rival {
    /// Who it is, and since when it is heard.
    heard: Option<(Ipv4Addr, Time)>,
    /// It was heard once more, when either had been master for longer than a change of it takes.
    stays: bool,
    /// It is gone when nothing is heard of it until then.
    quiet: Time,
    /// When the neighbours are told again where the addresses are.
    rounds: Rounds,
    /// When one was last said to be there, and whether this one was: not one that comes and goes with
    /// every packet.
    said: Option<Time>,
    is_said: bool,
}

impl Rival {
    /// A master that should yield was heard by one that has been master since then; when it is silent
    /// until `quiet` it is gone.
    pub(super) fn meets(
        &mut self,
        from: Ipv4Addr,
        quiet: Time,
        (master, dead): (Time, Time),
        now: Time,
    ) -> Option<Line> {
        self.quiet = quiet;
        let Some((_, since)) = self.heard else {
            self.heard = Some((from, now));
            self.is_said = self.said.is_none_or(|said| now.saturating_sub(said) >= QUIET);
            return self.is_said.then(|| {
                self.said = Some(now);
                Line::logged(REASSERTING).warning()
            });
        };
        if now.saturating_sub(master.min(since)) <= dead {
            return None;
        }
        let first = !std::mem::replace(&mut self.stays, true) && self.is_said;
        let text = format!("SPLIT BRAIN: {from} is MASTER, too, and is to yield to this one");
        first.then(|| Line::mailed(text).error())
    }

    /// Since when two are master.
    pub(super) fn since(&self) -> Option<Time> {
        self.heard.filter(|_| self.stays).map(|(_, since)| since)
    }

    /// It is gone, or this one yields, as `how` says.
    pub(super) fn ends(&mut self, how: &str) -> Option<Line> {
        let was = *self;
        *self = Rival { rounds: was.rounds.alone(), said: was.said, ..Rival::default() };
        was.since()
            .filter(|_| was.is_said)
            .map(|_| Line::mailed(format!("split brain is over: {how}")))
    }

    /// The neighbours are to be told again: whether it is now. Many askings within a second make one.
    pub(super) fn tells(&mut self, now: Time) -> bool {
        self.rounds.ask(now)
    }

    /// Whether that is due which was put off.
    pub(super) fn is_due(&self, now: Time) -> bool {
        self.rounds.is_due(now)
    }

    /// Whether it has been silent for long enough to be gone.
    pub(super) fn is_silent(&self, now: Time) -> bool {
        self.heard.is_some() && self.quiet <= now
    }

    /// When either of both is due.
    pub(super) fn next(&self) -> Option<Time> {
        let quiet = self.heard.map(|_| self.quiet);
        self.rounds.next().into_iter().chain(quiet).min()
    }
}

const REASSERTING: &str = "Non-preferred master advertising: reasserting control of VIP with \
                           another gratuitous arp";
/// From one rival that is said to the next.
const QUIET: Time = Time::from_secs(60);
