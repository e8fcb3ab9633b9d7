//! What was sent and received, for an administrator to read.

/// A dialogue, in its order; each end of it is cut off where it becomes too long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    turns: Vec<(Side, Vec<u8>)>,
    secrets: Vec<Vec<u8>>,
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
        self.turns.iter().map(|(side, bytes)| (*side, self.without_secrets(bytes)))
    }

    /// How many bytes were said beyond what is kept.
    pub fn left_out(&self) -> usize {
        self.left_out
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

    /// Never shows these bytes.
    pub(crate) fn hide(&mut self, secret: Vec<u8>) {
        if !secret.is_empty() && !self.secrets.contains(&secret) {
            self.secrets.push(secret);
        }
    }

    fn without_secrets(&self, bytes: &[u8]) -> Vec<u8> {
        let mut shown = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            let hidden = self.secrets.iter().filter(|secret| rest.starts_with(secret));
            match hidden.map(Vec::len).max() {
                Some(length) => {
                    shown.extend_from_slice(HIDDEN);
                    rest = &rest[length..];
                }
                None => {
                    shown.push(*first);
                    rest = &rest[1..];
                }
            }
        }
        shown
    }
}

/// Bytes that are kept of one dialogue.
const KEPT: usize = 16 * 1024;
const HIDDEN: &[u8] = b"********";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_joined_and_secrets_hidden() {
        let mut transcript = Transcript::default();
        transcript.hide(b"geheim".to_vec());
        transcript.write(Side::Server, b"+OK\r\n");
        transcript.write(Side::Client, b"PASS ge");
        transcript.write(Side::Client, b"heim\r\n");
        let turns: Vec<_> = transcript.turns().collect();
        let said = (Side::Client, b"PASS ********\r\n".to_vec());
        assert_eq!(turns, [(Side::Server, b"+OK\r\n".to_vec()), said]);
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
