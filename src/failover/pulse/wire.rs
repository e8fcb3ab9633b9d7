//! The heartbeat's bytes: piranha's four, and signed ones between two of ours.
//!
//! A signed one has a tag (HMAC-SHA256) over all else in it: the word, whose it is, over which path, a
//! counter that only grows, and three numbers against replay. `session` is the sender's, random at its
//! start; `ask` is a question, new for every session that is believed; `answer` is the receiver's own
//! question, as the sender last heard it. A session is believed once it answers the question of now,
//! and from then on every count of it once for each path. So neither's restart makes an old datagram
//! new again, and no clock has to be right. Who is asked answers at once, and is known in one round trip.

mod signed;
mod word;

use std::array;

use signed::{Key, Signed};
pub use word::{Service, Word};

use crate::failover::line::Level;
use crate::failover::path::Path;
use crate::failover::spells::{QUIET, Spells};
use crate::model::Time;

/// A datagram for each path: that of [`Path::Public`] first.
pub type Datagrams = [Vec<u8>; 2];

/// What came of a datagram.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// What the peer says, if it is to be believed.
    pub word: Option<Word>,
    /// What is wrong with it, for the log; once for a spell of the same.
    pub line: Option<String>,
    /// Why it is not believed, said or not.
    pub fault: Option<Fault>,
    /// What has to be sent at once, over the path it came by: one of both does not know the other yet.
    pub answer: Option<Vec<u8>>,
}

/// How many datagrams of the peer's address were not believed, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// Too short to be anything, or signed and cut.
    pub bad: u64,
    /// No word of this service.
    pub incompatible: u64,
    /// Not signed, where there is a key.
    pub unsigned: u64,
    /// Signed, where there is none.
    pub signed: u64,
    /// Signed with another key, or changed on the way.
    pub forged: u64,
    /// Signed by a director of this one's own role: its own words thrown back, or two of one role.
    pub mirrored: u64,
    /// Heard already, older than what was heard, or of a session that is not known yet.
    pub old: u64,
}

impl Refused {
    /// Each number, and what it counts.
    pub fn counts(&self) -> [(&'static str, u64); 7] {
        [
            ("too short", self.bad),
            ("of other services", self.incompatible),
            ("without a signature", self.unsigned),
            ("with a signature", self.signed),
            ("with a wrong signature", self.forged),
            ("of this one's own role", self.mirrored),
            ("old", self.old),
        ]
    }
}

/// Both directions of the talk with one peer.
#[derive(Debug)]
pub struct Wire {
    service: Service,
    is_master: bool,
    key: Option<Key>,
    /// Ours, new at every start.
    session: u128,
    count: u64,
    /// Our question, which changes with each session that is believed.
    ask: u128,
    /// The peer's question, as last heard.
    answer: u128,
    peer: Option<Peer>,
    said: Word,
    spells: Spells,
    refused: Refused,
}

/// The peer's session that is believed.
#[derive(Debug)]
struct Peer {
    session: u128,
    /// The highest count of each path.
    counts: [u64; 2],
}

impl Wire {
    /// A talk that begins. `key` is the secret that both have, of any length, not empty; `session` is
    /// random, and different at every start.
    pub fn new(service: Service, is_master: bool, key: Option<&[u8]>, session: u128) -> Wire {
        Wire {
            service,
            is_master,
            key: key.map(Key::new),
            session,
            count: 0,
            ask: session.wrapping_add(1),
            answer: 0,
            peer: None,
            said: Word::Stopped,
            spells: Spells::default(),
            refused: Refused::default(),
        }
    }

    /// The file has changed: what the peer was known by is forgotten if the key is another.
    pub fn change(&mut self, is_master: bool, key: Option<&[u8]>) {
        let key = key.map(Key::new);
        if self.key != key {
            self.peer = None;
            self.key = key;
        }
        self.is_master = is_master;
    }

    /// A word as datagrams.
    pub fn say(&mut self, word: Word) -> Datagrams {
        self.said = word;
        self.datagrams(self.peer.is_none())
    }

    /// Understands a datagram that came from the peer's address over `path`. No bytes are an error.
    pub fn hear(&mut self, datagram: &[u8], path: Path, now: Time) -> Heard {
        let is_signed = datagram.starts_with(&signed::MAGIC);
        match (&self.key, is_signed) {
            (None, false) => self.hear_plain(datagram, now),
            (Some(key), true) => match Signed::open(datagram, key) {
                Some(signed) => self.hear_signed(&signed, path, now),
                None => self.complain(Fault::Forged, now),
            },
            (None, true) => self.complain(Fault::Signed, now),
            (Some(_), false) if datagram.len() < 4 => self.complain(Fault::Bad, now),
            (Some(_), false) => self.complain(Fault::Unsigned, now),
        }
    }

    /// What was not believed until now.
    pub fn refused(&self) -> Refused {
        self.refused
    }

    fn hear_plain(&mut self, datagram: &[u8], now: Time) -> Heard {
        let Some(bytes) = datagram.first_chunk() else {
            return self.complain(Fault::Bad, now);
        };
        match Word::read(*bytes, self.service) {
            Some(word) => Heard { word: Some(word), ..Heard::default() },
            None => self.complain(Fault::Incompatible, now),
        }
    }

    fn hear_signed(&mut self, signed: &Signed, path: Path, now: Time) -> Heard {
        if signed.is_master == self.is_master {
            return self.complain(Fault::Mirrored, now);
        }
        if signed.path != path {
            return self.complain(Fault::Forged, now);
        }
        self.answer = signed.ask;
        let believed = self.believes(signed);
        let stranger = !self.knows(signed.session);
        let answer = (signed.asks || stranger).then(|| {
            let [public, private] = self.datagrams(stranger);
            if path == Path::Public { public } else { private }
        });
        if !believed {
            self.refused.old += 1;
            return Heard { answer, ..Heard::default() };
        }
        match Word::read(signed.word, self.service) {
            Some(word) => Heard { word: Some(word), answer, ..Heard::default() },
            None => Heard { answer, ..self.complain(Fault::Incompatible, now) },
        }
    }

    /// Whether it is new, and of a session that is known; takes note of it.
    fn believes(&mut self, signed: &Signed) -> bool {
        let path = signed.path as usize;
        if !self.knows(signed.session) {
            if signed.answer != self.ask {
                return false;
            }
            self.peer = Some(Peer { session: signed.session, counts: [0; 2] });
            self.ask = self.ask.wrapping_add(1);
        }
        let Some(peer) = &mut self.peer else { return false };
        let newest = peer.counts[0].max(peer.counts[1]);
        let new = signed.count > peer.counts[path] && signed.count >= newest;
        if new {
            peer.counts[path] = signed.count;
        }
        new
    }

    fn knows(&self, session: u128) -> bool {
        self.peer.as_ref().is_some_and(|peer| peer.session == session)
    }

    /// The word last said; `asks` wants an answer at once.
    fn datagrams(&mut self, asks: bool) -> Datagrams {
        let word = self.said.bytes(self.service);
        let Some(key) = &self.key else {
            return array::from_fn(|_| word.to_vec());
        };
        self.count += 1;
        [Path::Public, Path::Private].map(|path| {
            let signed = Signed {
                is_master: self.is_master,
                path,
                asks,
                word,
                session: self.session,
                ask: self.ask,
                answer: self.answer,
                count: self.count,
            };
            signed.seal(key)
        })
    }

    fn complain(&mut self, fault: Fault, now: Time) -> Heard {
        let (count, text) = match fault {
            Fault::Bad => (&mut self.refused.bad, "bad heartbeat packet"),
            Fault::Incompatible => (&mut self.refused.incompatible, INCOMPATIBLE),
            Fault::Unsigned => (&mut self.refused.unsigned, UNSIGNED),
            Fault::Signed => (&mut self.refused.signed, SIGNED),
            Fault::Forged => (&mut self.refused.forged, FORGED),
            Fault::Mirrored => (&mut self.refused.mirrored, MIRRORED),
        };
        *count += 1;
        let line = self.spells.begins(fault.reason(), QUIET, now).then(|| text.to_owned());
        Heard { line, fault: Some(fault), ..Heard::default() }
    }
}

/// What is wrong with a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// See [`Refused::bad`].
    Bad,
    /// See [`Refused::incompatible`].
    Incompatible,
    /// See [`Refused::unsigned`].
    Unsigned,
    /// See [`Refused::signed`].
    Signed,
    /// See [`Refused::forged`].
    Forged,
    /// See [`Refused::mirrored`].
    Mirrored,
}

impl Fault {
    /// In a few words, as the status has it.
    pub fn reason(self) -> &'static str {
        match self {
            Fault::Bad => "too short",
            Fault::Incompatible => "incompatible, of other services",
            Fault::Unsigned => "no signature",
            Fault::Signed => "signed, and this director has no key",
            Fault::Forged => "wrong signature",
            Fault::Mirrored => "signed by one that takes this one's part",
        }
    }

    /// How much it matters.
    pub fn level(self) -> Level {
        match self {
            Fault::Bad | Fault::Incompatible => Level::Warning,
            Fault::Unsigned | Fault::Signed | Fault::Forged | Fault::Mirrored => Level::Error,
        }
    }
}

const INCOMPATIBLE: &str =
    "Incompatible heartbeat received -- other system not using identical services";
const UNSIGNED: &str = "heartbeat without a signature: not believed, for this director has a key";
const SIGNED: &str = "heartbeat with a signature: not believed, for this director has no key";
const FORGED: &str = "heartbeat with a wrong signature: not believed; have both the same key?";
const MIRRORED: &str =
    "heartbeat signed by a director of this one's own role: not believed; is one the primary?";

#[cfg(test)]
mod tests;
