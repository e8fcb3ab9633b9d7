//! What was sent and received, for an administrator to read.

use std::fmt;

use crate::hidden::Hidden;

/// A dialogue, in its order; each end of it is cut off where it becomes too long.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    turns: Vec<(Side, Vec<u8>)>,
    hidden: Hidden,
    /// Bytes that were not written down any more.
    left_out: usize,
}

/// Who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The check.
    Client,
    /// The server, or the program that was run.
    Server,
}

impl Transcript {
    /// What was said, turn by turn. A password that was sent in the clear stands as `********`.
    pub fn turns(&self) -> impl Iterator<Item = (Side, Vec<u8>)> + '_ {
        let last = self.turns.len().saturating_sub(1);
        self.turns.iter().enumerate().map(move |(n, (side, bytes))| {
            (*side, self.hidden.without(bytes, n == last && self.left_out > 0))
        })
    }

    /// How many bytes were said beyond what is kept.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Never shows these passwords.
    pub(crate) fn hiding(self, hidden: Hidden) -> Self {
        Transcript { hidden, ..self }
    }

    /// Takes down what one side said; pieces of one turn become one.
    pub(crate) fn write(&mut self, side: Side, bytes: &[u8]) {
        let kept: usize = self.turns.iter().map(|(_, bytes)| bytes.len()).sum();
        let (bytes, beyond) = bytes.split_at(bytes.len().min(KEPT - kept));
        self.left_out += beyond.len();
        match self.turns.last_mut() {
            _ if bytes.is_empty() => {}
            Some((last, turn)) if *last == side => turn.extend_from_slice(bytes),
            _ => self.turns.push((side, bytes.to_vec())),
        }
    }
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let turns = self.turns().map(|(side, bytes)| (side, bytes.escape_ascii().to_string()));
        f.debug_list().entries(turns).finish()
    }
}

/// Bytes that are kept of one dialogue.
const KEPT: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_joined_and_secrets_hidden() {
        let mut transcript = Transcript::default();
        let mut hidden = Hidden::default();
        hidden.add(b"geheim".to_vec());
        transcript.write(Side::Server, b"+OK\r\n");
        transcript.write(Side::Client, b"PASS ge");
        transcript.write(Side::Client, b"heim\r\n");
        let transcript = transcript.hiding(hidden);
        let turns: Vec<_> = transcript.turns().collect();
        let said = (Side::Client, b"PASS ********\r\n".to_vec());
        assert_eq!(turns, [(Side::Server, b"+OK\r\n".to_vec()), said]);
        assert!(!format!("{transcript:?}").contains("geheim"));
    }

    #[test]
    fn an_endless_answer_is_cut_off() {
        let mut transcript = Transcript::default();
        for _ in 0..100 {
            transcript.write(Side::Server, &[b'x'; 1000]);
        }
        assert_eq!(transcript.turns().map(|(_, bytes)| bytes.len()).sum::<usize>(), KEPT);
        assert_eq!(transcript.left_out(), 100_000 - KEPT);
    }
}
