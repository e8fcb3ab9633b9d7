//! When the active director tells its connections: when somebody asks, and not again for a while,
//! whoever asks.

use crate::model::Time;

/// Who tells.
#[derive(Debug, Default)]
pub(super) struct Teller {
    /// Who waits for the next telling.
    waiting: Vec<u64>,
    last: Option<Last>,
}

/// The last telling.
#[derive(Debug)]
struct Last {
    /// When the next one may begin.
    rested: Time,
    /// How many connections it told of.
    number: u32,
    /// Who had asked for it.
    asked: Vec<u64>,
}

impl Teller {
    /// Somebody asks. Who had asked for the last telling, and asks right after it, has not heard that
    /// it is over: the number to say once more.
    pub(super) fn ask(&mut self, nonce: u64, now: Time) -> Option<u32> {
        if let Some(last) = &self.last
            && now < last.rested
            && last.asked.contains(&nonce)
        {
            return Some(last.number);
        }
        if !self.waiting.contains(&nonce) && self.waiting.len() < TOGETHER {
            self.waiting.push(nonce);
        }
        None
    }

    /// When to tell next, if somebody waits.
    pub(super) fn next_deadline(&self) -> Option<Time> {
        let rested = self.last.as_ref().map_or(Time::ZERO, |last| last.rested);
        (!self.waiting.is_empty()).then_some(rested)
    }

    /// A telling is over; returns who is to know. Who asked while it went on has seen its first half
    /// only, and is not among them. Without a number it came to nothing, and nobody is to know: they ask
    /// again.
    pub(super) fn tell(&mut self, number: Option<u32>, began: Time, now: Time) -> Vec<u64> {
        let waiting = std::mem::take(&mut self.waiting);
        let asked = if number.is_some() { waiting } else { Vec::new() };
        let rested = now + REST.max(now.saturating_sub(began));
        let number = number.unwrap_or_default();
        self.last = Some(Last { rested, number, asked: asked.clone() });
        asked
    }

    /// Tells no more.
    pub(super) fn end(&mut self) {
        *self = Teller::default();
    }
}

/// From the end of one telling to the beginning of the next, at least; and as long as it took, so that
/// whoever asks costs half of a processor at most.
const REST: Time = Time::from_secs(2);
/// As many askers are remembered: there are few directors, and any number of strangers.
const TOGETHER: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Time {
        Time::from_millis(milliseconds)
    }

    #[test]
    fn it_tells_at_once_and_then_not_for_a_while() {
        let mut teller = Teller::default();
        assert_eq!(teller.next_deadline(), None);
        assert_eq!(teller.ask(1, at(5)), None);
        assert_eq!(teller.next_deadline(), Some(Time::ZERO));
        assert_eq!(teller.tell(Some(200), at(5), at(50)), [1]);
        assert_eq!(teller.next_deadline(), None);
        assert_eq!(teller.ask(1, at(60)), Some(200), "it has not heard the end");
        assert_eq!(teller.ask(2, at(70)), None);
        assert_eq!(teller.next_deadline(), Some(at(2050)));
        assert_eq!(teller.ask(1, at(2050)), None, "it wants them again");
        assert_eq!(teller.tell(Some(201), at(2100), at(9100)), [2, 1]);
        assert_eq!(teller.ask(3, at(9200)), None);
        assert_eq!(teller.next_deadline(), Some(at(16_100)), "it took long");
    }

    #[test]
    fn a_telling_that_came_to_nothing_is_no_answer() {
        let mut teller = Teller::default();
        assert_eq!(teller.ask(1, at(0)), None);
        assert_eq!(teller.tell(None, at(0), at(1)), [0_u64; 0]);
        assert_eq!(teller.ask(1, at(2)), None, "it is not told that there are none");
        assert_eq!(teller.next_deadline(), Some(at(2001)));
        assert_eq!(teller.tell(Some(7), at(2001), at(2002)), [1]);
    }

    #[test]
    fn any_number_of_askers_costs_no_more() {
        let mut teller = Teller::default();
        for nonce in 0..100_000 {
            assert_eq!(teller.ask(nonce, at(0)), None);
        }
        assert_eq!(teller.tell(Some(5), at(0), at(1)).len(), TOGETHER);
        teller.end();
        assert_eq!((teller.ask(0, at(2)), teller.next_deadline()), (None, Some(Time::ZERO)));
    }
}
