//! The number that makes no two adverts the same.
//!
//! As with UCARP: by chance until another was heard, and from then on one more than the last, whoever
//! sent it.

/// What the next one is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counter {
    chance: u64,
    last: Option<u64>,
}

impl Counter {
    /// One that has heard nobody; `chance` is another number at every start.
    pub(super) fn new(chance: u64) -> Counter {
        Counter { chance, last: None }
    }

    /// An advert with this one was believed.
    pub(super) fn heard(&mut self, counter: u64) {
        self.last = Some(counter);
    }

    /// Nobody was heard, with another secret.
    pub(super) fn forget(&mut self) {
        self.last = None;
    }

    /// That of the next advert.
    pub(super) fn next(&mut self) -> u64 {
        let Some(last) = &mut self.last else { return self.chance() };
        *last = last.wrapping_add(1);
        *last
    }

    /// A number by chance: splitmix64.
    pub(super) fn chance(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.chance ^ self.chance >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}
