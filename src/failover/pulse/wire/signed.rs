//! The signed heartbeat: fields at fixed places, and a tag behind them.
//!
//! An original cuts it to the first four bytes and calls them incompatible.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::failover::path::Path;

/// The secret of a pair.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key(Vec<u8>);

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    /// The sender is the primary.
    pub(super) is_master: bool,
    /// Where it was sent.
    pub(super) path: Path,
    /// The sender does not know the receiver and wants an answer at once.
    pub(super) asks: bool,
    /// Piranha's bytes.
    pub(super) word: [u8; 4],
    pub(super) session: u128,
    pub(super) ask: u128,
    pub(super) answer: u128,
    pub(super) count: u64,
}

impl Key {
    pub(super) fn new(secret: &[u8]) -> Key {
        Key(secret.to_owned())
    }

    fn tag(&self, signed: &[u8]) -> Option<Hmac<Sha256>> {
        Some(Hmac::<Sha256>::new_from_slice(&self.0).ok()?.chain_update(signed))
    }
}

/// Nobody reads it in a log.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Signed {
    /// The bytes, with their tag.
    pub(super) fn seal(&self, key: &Key) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LENGTH + TAG);
        bytes.extend(MAGIC);
        bytes.extend([VERSION, self.flags()]);
        bytes.extend(self.word);
        for number in [self.session, self.ask, self.answer] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(self.count.to_be_bytes());
        if let Some(tag) = key.tag(&bytes) {
            bytes.extend(tag.finalize().into_bytes());
        }
        bytes
    }

    /// What is in it, if it is of this version, no byte longer or shorter, and signed with the key.
    pub(super) fn open(datagram: &[u8], key: &Key) -> Option<Signed> {
        let (bytes, tag) = datagram.split_at_checked(LENGTH)?;
        key.tag(bytes)?.verify_slice(tag).ok()?;
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (&[version, flags], rest) = rest.split_first_chunk()?;
        let (&word, rest) = rest.split_first_chunk()?;
        let (&session, rest) = rest.split_first_chunk()?;
        let (&ask, rest) = rest.split_first_chunk()?;
        let (&answer, rest) = rest.split_first_chunk()?;
        let count = *rest.first_chunk()?;
        let private = flags & OVER_PRIVATE != 0;
        (version == VERSION && flags & !(OF_MASTER | OVER_PRIVATE | ASKS) == 0).then(|| Signed {
            is_master: flags & OF_MASTER != 0,
            path: if private { Path::Private } else { Path::Public },
            asks: flags & ASKS != 0,
            word,
            session: u128::from_be_bytes(session),
            ask: u128::from_be_bytes(ask),
            answer: u128::from_be_bytes(answer),
            count: u64::from_be_bytes(count),
        })
    }

    fn flags(&self) -> u8 {
        let set = [
            (self.is_master, OF_MASTER),
            (self.path == Path::Private, OVER_PRIVATE),
            (self.asks, ASKS),
        ];
        set.into_iter().filter(|(is, _)| *is).map(|(_, flag)| flag).sum()
    }
}

/// No word of piranha's begins like it, in either byte order.
pub(super) const MAGIC: [u8; 4] = *b"LVSd";
const VERSION: u8 = 1;
const OF_MASTER: u8 = 1;
const OVER_PRIVATE: u8 = 2;
const ASKS: u8 = 4;
/// Of what is signed, in bytes.
const LENGTH: usize = 4 + 2 + 4 + 3 * 16 + 8;
const TAG: usize = 32;
