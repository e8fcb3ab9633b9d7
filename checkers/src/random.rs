//! Numbers that nobody guesses: an answer that brings ours back answers our question.

use rustls::crypto::ring;

use crate::asking::Failure;

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    let filled = ring::default_provider().secure_random.fill(&mut bytes);
    filled.map_err(|_| "the system gives no random numbers")?;
    Ok(bytes)
}
