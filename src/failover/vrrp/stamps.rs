//! The times that signed adverts carry, so that none is believed twice.
//!
//! A stamp is the sender's clock, but never less than any stamp that it gave or heard. Of each sender
//! only later ones are believed than the last: as long as a director runs, no clock has to be right for
//! that. One that was set back at a restart hears the master, and is later than all again with its first
//! word; who is not believed meanwhile takes over, and says that to be heard. Of a sender that is new to
//! this director nothing is believed that is older than five minutes by this one's clock.

use std::net::IpAddr;

use crate::model::Time;

/// The stamps of one director: seconds, 65536ths of them, and a counter.
#[derive(Debug)]
pub(super) struct Stamps {
    /// The seconds since 1970 at which this director started.
    born: u64,
    /// The latest that was given or heard.
    latest: u64,
    /// The last of each sender.
    senders: Vec<(IpAddr, u64)>,
}

impl Stamps {
    pub(super) fn new(born: u64) -> Stamps {
        Stamps { born, latest: 0, senders: Vec::new() }
    }

    /// The next one of this director's own.
    pub(super) fn next(&mut self, now: Time) -> u64 {
        self.latest = self.clock(now).max(self.latest.saturating_add(1));
        self.latest
    }

    /// Whether this one is new, of a sender that knows the key; takes note of it.
    pub(super) fn is_new(&mut self, from: IpAddr, stamp: u64, now: Time) -> bool {
        let known = self.senders.iter().position(|(sender, _)| *sender == from);
        let floor = match known.and_then(|at| self.senders.get(at)) {
            Some((_, last)) => *last,
            None => self.clock(now).max(self.latest).saturating_sub(OLDEST),
        };
        if stamp <= floor {
            return false;
        }
        self.latest = self.latest.max(stamp);
        match known.and_then(|at| self.senders.get_mut(at)) {
            Some((_, last)) => *last = stamp,
            None => self.welcome(from, stamp),
        }
        true
    }

    fn welcome(&mut self, from: IpAddr, stamp: u64) {
        if self.senders.len() >= SENDERS {
            let oldest = self.senders.iter().enumerate().min_by_key(|(_, (_, stamp))| *stamp);
            if let Some(at) = oldest.map(|(at, _)| at) {
                self.senders.swap_remove(at);
            }
        }
        self.senders.push((from, stamp));
    }

    fn clock(&self, now: Time) -> u64 {
        let seconds = self.born.saturating_add(now.as_secs()) << 32;
        let part = (u64::from(now.subsec_nanos()) << 16) / 1_000_000_000;
        seconds | part << 16
    }
}

/// Five minutes.
const OLDEST: u64 = 300 << 32;
/// Of so many it is known; whoever is forgotten is new again.
const SENDERS: usize = 64;

#[cfg(test)]
mod tests;
