//! Piranha's heartbeat: 32 bits in the sender's own byte order.

/// What a heartbeat says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// I am active.
    Running,
    /// I am not.
    Stopped,
    /// Failover services: give up, I take over.
    StopMe,
    /// Reserved: both refresh the timer and do nothing else.
    Hold,
    /// Reserved as well.
    Held,
}

/// What the pair does, which both have to agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// They direct connections to servers.
    Lvs,
    /// They run services themselves.
    Fos,
}

impl Word {
    /// The bytes, as of a machine with x86's byte order.
    pub fn bytes(self, service: Service) -> [u8; 4] {
        let number: u32 = match (self, service) {
            (Word::Running, Service::Lvs) => 0xbdad_dbda,
            (Word::Stopped, Service::Lvs) => 0xadbd_dabd,
            (Word::Running, Service::Fos) => 0xbeef_babe,
            (Word::Stopped, Service::Fos) => 0xdead_beef,
            (Word::StopMe, _) => 0xdead_dada,
            (Word::Hold, _) => 0xdeaf_babe,
            (Word::Held, _) => 0xdeaf_dada,
        };
        number.to_le_bytes()
    }

    /// The word that these bytes are, in either byte order.
    pub fn read(bytes: [u8; 4], service: Service) -> Option<Word> {
        let mut reversed = bytes;
        reversed.reverse();
        WORDS.into_iter().find(|word| [bytes, reversed].contains(&word.bytes(service)))
    }
}

const WORDS: [Word; 5] = [Word::Running, Word::Stopped, Word::StopMe, Word::Hold, Word::Held];
