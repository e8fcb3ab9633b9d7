//! What directors say to each other about their connections, beside the kernel's own messages: 20
//! bytes of UDP to the group and the sync interface of the kernel's daemon, on the port below its.
//!
//! ```text
//! "LVSS" | version 1 | 1 ask, 2 told | sync id | 0 | nonce of who asks (8) | connections told (4)
//! ```
//!
//! Nothing is signed, as nothing is in the kernel's protocol: who can send this can send that. All
//! that a stranger gets by it is a telling every few seconds.

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Who is active is to tell all its connections.
    Ask {
        /// The answer has it again.
        nonce: u64,
    },
    /// They have been told, all there are.
    Told {
        /// Of who asked.
        nonce: u64,
        /// How many that are there for a while yet.
        number: u32,
    },
}

/// Why a datagram is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("it is not 20 bytes long")]
    Length,
    #[error("it is of another program or version")]
    Foreign,
    #[error("it says what no director says")]
    Unknown,
    #[error("it has another sync id")]
    SyncId,
}

impl Word {
    /// Its bytes.
    pub(super) fn encode(self, sync_id: u8) -> [u8; LENGTH] {
        let (kind, nonce, number) = match self {
            Word::Ask { nonce } => (ASK, nonce, 0),
            Word::Told { nonce, number } => (TOLD, nonce, number),
        };
        let mut bytes = [0; LENGTH];
        let fields = HEAD.iter().copied().chain([VERSION, kind, sync_id, 0]);
        let fields = fields.chain(nonce.to_be_bytes()).chain(number.to_be_bytes());
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
        bytes
    }

    /// What bytes say to directors of this sync id.
    pub(super) fn decode(bytes: &[u8], sync_id: u8) -> Result<Self, Fault> {
        let bytes: &[u8; LENGTH] = bytes.try_into().map_err(|_| Fault::Length)?;
        let (head, rest) = bytes.split_at(8);
        let &[l, v, s, t, version, kind, id, zero] = head else { return Err(Fault::Length) };
        if [l, v, s, t] != HEAD || version != VERSION || zero != 0 {
            return Err(Fault::Foreign);
        }
        if id != sync_id {
            return Err(Fault::SyncId);
        }
        let (nonce, number) = rest.split_at(8);
        let nonce = u64::from_be_bytes(nonce.try_into().map_err(|_| Fault::Length)?);
        let number = u32::from_be_bytes(number.try_into().map_err(|_| Fault::Length)?);
        match (kind, number) {
            (ASK, 0) => Ok(Word::Ask { nonce }),
            (TOLD, number) => Ok(Word::Told { nonce, number }),
            _ => Err(Fault::Unknown),
        }
    }
}

const HEAD: [u8; 4] = *b"LVSS";
const VERSION: u8 = 1;
const ASK: u8 = 1;
const TOLD: u8 = 2;
/// Bytes of a word.
pub(super) const LENGTH: usize = 20;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[rustfmt::skip]
    static WORDS: [(&[u8], Word); 2] = [
        (b"LVSS\x01\x01\x07\0\0\0\0\0\0\0\x12\x34\0\0\0\0", Word::Ask { nonce: 0x1234 }),
        (b"LVSS\x01\x02\x07\0\0\0\0\0\0\0\x12\x34\0\x01\x86\xa0",
         Word::Told { nonce: 0x1234, number: 100_000 }),
    ];

    #[test]
    fn words_are_these_bytes() {
        for (bytes, word) in WORDS {
            assert_eq!(word.encode(7), bytes);
            assert_eq!(Word::decode(bytes, 7), Ok(word));
            assert_eq!(Word::decode(bytes, 8), Err(Fault::SyncId));
            assert_eq!(Word::decode(&bytes[..19], 7), Err(Fault::Length));
        }
    }

    #[test]
    fn what_is_not_a_word_is_none() {
        let changed = |at: usize, to: u8| {
            let mut bytes = WORDS[0].0.to_vec();
            bytes[at] = to;
            Word::decode(&bytes, 7)
        };
        assert_eq!(changed(0, b'l'), Err(Fault::Foreign));
        assert_eq!(changed(4, 2), Err(Fault::Foreign));
        assert_eq!(changed(5, 3), Err(Fault::Unknown));
        assert_eq!(changed(7, 1), Err(Fault::Foreign));
        assert_eq!(changed(19, 1), Err(Fault::Unknown), "who asks tells nothing");
    }

    proptest! {
        #[test]
        fn only_the_bytes_of_a_word_are_one(bytes in datagrams(), id in prop::sample::select(vec![7_u8, 8])) {
            if let Ok(word) = Word::decode(&bytes, id) {
                prop_assert_eq!(&word.encode(id)[..], &bytes[..]);
            }
        }

        #[test]
        fn every_word_is_understood(word in words(), id in any::<u8>()) {
            prop_assert_eq!(Word::decode(&word.encode(id), id), Ok(word));
        }
    }

    /// Anything; and words of which a few bytes are others, more or less of them than there should be.
    fn datagrams() -> impl Strategy<Value = Vec<u8>> {
        let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
        let near = (words(), changes, prop_oneof![8 => Just(LENGTH), 1 => 0..LENGTH + 4]);
        let near = near.prop_map(|(word, changes, length)| {
            let mut bytes = word.encode(7).to_vec();
            for (at, to) in changes {
                *at.get_mut(&mut bytes) = to;
            }
            bytes.resize(length, 0);
            bytes
        });
        prop_oneof![1 => prop::collection::vec(any::<u8>(), 0..64), 3 => near]
    }

    fn words() -> impl Strategy<Value = Word> {
        let told = (any::<u64>(), any::<u32>());
        prop_oneof![
            any::<u64>().prop_map(|nonce| Word::Ask { nonce }),
            told.prop_map(|(nonce, number)| Word::Told { nonce, number }),
        ]
    }
}
