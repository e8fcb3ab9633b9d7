//! A director that comes back asks for the connections of the active one until it has them.
//!
//! ```text
//! Idle ─ a standby's start ─▶ Asking ─ told a number ─▶ Counting ─ nearly as many are here ─▶ Content
//!                               ▲ └─ `wait` is over ─▶ Content    │                          asks now
//!                               └────── too few, several times ◀──┘                          and then
//! ```
//!
//! Nearly: connections end while they are told, though those that were about to are not in the number,
//! and more do the more there are, so that one in a hundred may be missing. Of less than a hundred none
//! may: one message of the kernel's holds forty, and a lost one is to be noticed.

use crate::model::Time;

/// Who asks.
#[derive(Debug, Default)]
pub(super) struct Asker {
    phase: Phase,
    /// How many were told of, how many are here: what was seen last.
    seen: Option<(u32, u32)>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Phase {
    /// It has all, or is the one that tells.
    #[default]
    Idle,
    Asking {
        until: Time,
        next: Time,
        nonce: u64,
    },
    Counting {
        until: Time,
        next: Time,
        number: u32,
        looks: u32,
    },
    /// It has them, and asks again now and then, for the kernel's daemon does not tell of a slow
    /// connection before it is forgotten here.
    Content {
        next: Time,
    },
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Ask, with this nonce.
    Ask(u64),
    /// Count the connections that are here, as far as this many, and say [`Asker::counted`].
    Count(u32),
    /// Nothing more comes.
    GiveUp(Lack),
}

/// What is missing at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// Nobody has told anything.
    Silence,
    /// Not all are here.
    Some {
        /// How many were told of.
        told: u32,
        /// How many are here.
        held: u32,
    },
}

impl Asker {
    /// Begins to ask, for so long at most.
    pub(super) fn begin(&mut self, wait: Time, nonce: u64, now: Time) {
        self.phase = Phase::Asking { until: now + wait, next: now, nonce };
        self.seen = None;
    }

    /// Needs nothing: it is the one that tells.
    pub(super) fn end(&mut self) {
        self.phase = Phase::Idle;
    }

    /// Has all that there is from now on: who was active itself.
    pub(super) fn rest(&mut self, now: Time) {
        self.phase = Phase::Content { next: now + SOON };
    }

    /// It was told so many.
    pub(super) fn hear(&mut self, its_nonce: u64, number: u32, now: Time) {
        if let Phase::Asking { until, nonce, .. } = self.phase
            && nonce == its_nonce
        {
            self.phase = Phase::Counting { until, next: now, number, looks: 0 };
        }
    }

    /// When [`Asker::tick`] is due.
    pub(super) fn next_deadline(&self) -> Option<Time> {
        match self.phase {
            Phase::Idle => None,
            Phase::Asking { until, next, .. } | Phase::Counting { until, next, .. } => {
                Some(until.min(next))
            }
            Phase::Content { next } => Some(next),
        }
    }

    /// What is due; `nonce` is one that nobody knows yet.
    pub(super) fn tick(&mut self, nonce: u64, now: Time) -> Option<Step> {
        match &mut self.phase {
            Phase::Asking { until, .. } | Phase::Counting { until, .. } if *until <= now => {
                self.rest(now);
                let lack = self.seen.map(|(told, held)| Lack::Some { told, held });
                Some(Step::GiveUp(lack.unwrap_or(Lack::Silence)))
            }
            Phase::Asking { next, nonce, .. } if *next <= now => {
                *next = now + AGAIN;
                Some(Step::Ask(*nonce))
            }
            Phase::Counting { next, number, .. } if *next <= now => {
                *next = now + LOOK;
                Some(Step::Count(enough(*number)))
            }
            Phase::Content { next } if *next <= now => {
                *next = now + REFRESH;
                Some(Step::Ask(nonce))
            }
            _ => None,
        }
    }

    /// What is told now would be lost: it asks a little later.
    pub(super) fn put_off(&mut self, now: Time) {
        if let Phase::Asking { next, .. } = &mut self.phase {
            *next = now + LOOK;
        }
    }

    /// So many are here. Returns how many were told, when that is enough; it asks again where they
    /// are still too few after several looks.
    pub(super) fn counted(&mut self, held: u32, nonce: u64, now: Time) -> Option<u32> {
        let Phase::Counting { until, number, looks, .. } = self.phase else { return None };
        self.seen = Some((number, held));
        if held >= enough(number) {
            self.rest(now);
            return Some(number);
        }
        let looks = looks + 1;
        self.phase = match looks < LOOKS {
            // a large table takes its time to count
            true => Phase::Counting { until, next: now + LOOK * looks, number, looks },
            false => Phase::Asking { until, next: now, nonce },
        };
        None
    }
}

/// Nearly as many.
fn enough(number: u32) -> u32 {
    number - number / 100
}

/// Unanswered, it asks again; the one who is asked has its own bound.
const AGAIN: Time = Time::from_millis(500);
/// From the first look to the second; each further one takes longer.
const LOOK: Time = Time::from_millis(50);
const LOOKS: u32 = 6;
/// Once more when all destinations may be there to which what was told belongs.
const SOON: Time = Time::from_secs(15);
/// A third of the shortest time for which the kernel remembers established connections by itself.
const REFRESH: Time = Time::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Time = Time::from_secs(10);

    fn at(seconds: u64) -> Time {
        Time::from_secs(seconds)
    }

    fn asking() -> Asker {
        let mut asker = Asker::default();
        assert_eq!((asker.tick(9, at(0)), asker.next_deadline()), (None, None));
        asker.begin(WAIT, 1, at(0));
        assert_eq!(asker.tick(9, at(0)), Some(Step::Ask(1)));
        asker
    }

    #[test]
    fn it_asks_until_it_is_told_and_as_many_are_here() {
        let mut asker = asking();
        assert_eq!(asker.tick(9, at(0)), None);
        assert_eq!(asker.tick(9, at(1)), Some(Step::Ask(1)), "the same question");
        asker.hear(2, 200, at(1));
        assert_eq!(asker.tick(9, at(2)), Some(Step::Ask(1)), "somebody else's answer");
        asker.hear(1, 200, at(2));
        assert_eq!(asker.tick(9, at(2)), Some(Step::Count(198)));
        assert_eq!(asker.counted(160, 3, at(2)), None, "a message is lost, or is still read");
        assert_eq!(asker.tick(9, at(3)), Some(Step::Count(198)));
        assert_eq!(asker.counted(198, 3, at(3)), Some(200));
        assert_eq!(asker.tick(9, at(17)), None);
        assert_eq!(asker.tick(9, at(18)), Some(Step::Ask(9)), "once more");
        assert_eq!(asker.tick(9, at(317)), None);
        assert_eq!(asker.tick(10, at(318)), Some(Step::Ask(10)), "and now and then, for ever");
        asker.end();
        assert_eq!((asker.tick(11, at(1000)), asker.next_deadline()), (None, None));
    }

    #[test]
    fn it_does_not_ask_before_the_kernel_takes_an_answer() {
        let mut asker = asking();
        asker.put_off(at(1));
        assert_eq!(asker.tick(9, at(1)), None);
        assert_eq!(asker.next_deadline(), Some(at(1) + LOOK));
        assert_eq!(asker.tick(9, at(1) + LOOK), Some(Step::Ask(1)));
    }

    #[test]
    fn none_of_few_may_be_missing() {
        for (number, held, is_enough) in
            [(0, 0, true), (5, 4, false), (99, 98, false), (200, 198, true)]
        {
            let mut asker = asking();
            asker.hear(1, number, at(0));
            assert_eq!(asker.counted(held, 3, at(0)).is_some(), is_enough, "{held} of {number}");
        }
    }

    #[test]
    fn too_few_several_times_are_asked_for_again() {
        let mut asker = asking();
        asker.hear(1, 200, at(0));
        for _ in 0..LOOKS {
            assert_eq!(asker.counted(0, 3, at(1)), None);
        }
        assert_eq!(asker.tick(9, at(1)), Some(Step::Ask(3)), "another question");
        asker.hear(1, 0, at(1));
        assert_eq!(asker.tick(9, at(2)), Some(Step::Ask(3)), "an old answer is none");
        assert_eq!(asker.next_deadline(), Some(at(2) + AGAIN));
        let lack = Lack::Some { told: 200, held: 0 };
        assert_eq!(asker.tick(9, WAIT), Some(Step::GiveUp(lack)));
    }

    #[test]
    fn silence_ends_with_the_wait() {
        let mut asker = asking();
        for second in 1..10 {
            assert_eq!(asker.tick(9, at(second)), Some(Step::Ask(1)));
        }
        assert_eq!(asker.tick(9, WAIT), Some(Step::GiveUp(Lack::Silence)));
        assert_eq!(asker.next_deadline(), Some(WAIT + SOON));
    }
}
