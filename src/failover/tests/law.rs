//! What is to hold once the network is well: of who has the addresses, not of who thinks so.

use super::director::Director;
use super::figures::Figures;
use super::site::Bounds;

/// What the laws have seen.
pub(super) struct Laws {
    /// The network is well, since when.
    calm: Option<u64>,
    /// Since when each of a pair holds the addresses.
    pairs: Vec<(usize, usize, Option<u64>)>,
    /// Since when nobody does.
    none: Option<u64>,
    /// Who lets the addresses go in good order, and until when: nobody takes them before.
    pub(super) orderly: Option<(usize, u64)>,
    /// At the latest somebody is to hold them again then.
    pub(super) soon: Option<u64>,
    holders: usize,
    /// Somebody can hold them.
    able: bool,
}

/// How long a spell may be, all told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) double: u64,
    pub(super) none: u64,
    pub(super) goodbye: u64,
}

impl Limits {
    /// Of a protocol's rules on this network, with changeovers that take so long.
    pub(super) fn new(bounds: &Bounds, directors: u64, delay: u64, changeover: u64) -> Self {
        // one order may have to wait for another one
        let changeover = 2 * changeover;
        Limits {
            double: bounds.double + 2 * delay + changeover,
            none: bounds.dead + 2 * delay + directors * changeover,
            goodbye: bounds.goodbye + 2 * delay + changeover,
        }
    }
}

impl Laws {
    pub(super) fn new(directors: usize) -> Self {
        let pairs = (0..directors).flat_map(|one| (0..one).map(move |other| (other, one, None)));
        Laws {
            calm: None,
            pairs: pairs.collect(),
            none: Some(0),
            orderly: None,
            soon: None,
            holders: 0,
            able: false,
        }
    }

    /// The network is well from now on.
    pub(super) fn calm(&mut self, now: u64) {
        self.calm = Some(now);
    }

    /// Anything may happen from now on.
    pub(super) fn storm(&mut self) {
        (self.calm, self.orderly, self.soon) = (None, None, None);
    }

    /// Anything may happen now.
    pub(super) fn is_stormy(&self) -> bool {
        self.calm.is_none()
    }

    /// Something has happened that nobody has learned yet: times begin anew.
    pub(super) fn disturbed(&mut self, now: u64) {
        self.calm = self.calm.map(|_| now);
    }

    /// Is told after all that happens.
    pub(super) fn see(&mut self, directors: &[Director], now: u64, figures: &mut Figures) {
        let holds = |number: usize| directors[number].is_holder();
        for (one, other, since) in &mut self.pairs {
            match (holds(*one) && holds(*other), *since) {
                (true, None) => *since = Some(now),
                (false, Some(_)) => *since = None,
                _ => {}
            }
        }
        self.orderly = self.orderly.filter(|(who, _)| holds(*who));
        let leaves = self.orderly.map(|(who, _)| who);
        if (0..directors.len()).any(|number| Some(number) != leaves && holds(number)) {
            self.soon = None;
        }
        let holders = (0..directors.len()).filter(|number| holds(*number)).count();
        if holders != self.holders {
            figures.doubles += u64::from(holders > 1);
            figures.gaps += u64::from(holders == 0);
            self.none = (holders == 0).then_some(now);
            self.holders = holders;
        }
        let able = directors.iter().any(Director::is_able);
        if !std::mem::replace(&mut self.able, able) && holders == 0 {
            // it counts from when somebody can
            self.none = Some(now);
        }
    }

    /// Is asked before time passes on to `now`; fails in words.
    pub(super) fn judge(&self, limits: &Limits, able: bool, now: u64) -> Result<(), String> {
        let Some(calm) = self.calm else { return Ok(()) };
        let lasts = |since: u64| now.saturating_sub(since.max(calm));
        for (one, other, since) in &self.pairs {
            let Some(since) = since else { continue };
            if lasts(*since) > limits.double {
                return Err(format!("{one} and {other} both hold the addresses for too long"));
            }
            let leaves =
                |(who, until)| [one, other].contains(&&who) && (calm..until).contains(since);
            if self.orderly.is_some_and(leaves) {
                return Err(format!("{one} and {other} both hold the addresses after an order"));
            }
        }
        let Some(none) = self.none.filter(|_| able) else { return Ok(()) };
        if lasts(none) > limits.none {
            return Err("nobody holds the addresses for too long".to_owned());
        }
        if self.soon.is_some_and(|soon| now > soon) {
            return Err("nobody holds the addresses soon after a goodbye".to_owned());
        }
        Ok(())
    }
}
