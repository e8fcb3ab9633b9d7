//! The passwords of one dialogue, in every form in which they are sent, and what is said there without
//! them: a server may repeat to everybody what it was told.

use std::fmt;

/// What is never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Hidden(Vec<Vec<u8>>);

impl Hidden {
    /// Never shows these bytes.
    pub(crate) fn add(&mut self, secret: Vec<u8>) {
        if !secret.is_empty() && !self.0.contains(&secret) {
            self.0.push(secret);
        }
    }

    /// Whether there is no password.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A message. Our own words, which end where somebody is quoted, hold no password.
    pub(crate) fn message(&self, message: &str) -> String {
        let (ours, theirs) = message.split_at(message.find('"').unwrap_or(message.len()));
        let pieces: Vec<&str> = theirs.split(ELLIPSIS).collect();
        let shown = pieces.iter().enumerate().map(|(n, piece)| {
            let shown = self.without(piece.as_bytes(), n + 1 < pieces.len());
            String::from_utf8_lossy(&shown).into_owned()
        });
        ours.to_owned() + &shown.collect::<Vec<_>>().join(ELLIPSIS)
    }

    /// The bytes with `********` for each password, or for the start of one where they were cut off.
    pub(crate) fn without(&self, bytes: &[u8], cut_off: bool) -> Vec<u8> {
        let mut shown = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            let begins =
                |secret: &&Vec<u8>| rest.starts_with(secret) || cut_off && secret.starts_with(rest);
            match self.0.iter().filter(begins).map(Vec::len).max() {
                Some(length) => {
                    shown.extend_from_slice(STARS);
                    rest = rest.get(length..).unwrap_or_default();
                }
                None => {
                    shown.push(*first);
                    rest = after;
                }
            }
        }
        shown
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passwords", self.0.len())
    }
}

const STARS: &[u8] = b"********";
/// Where [`crate::words`] cuts off what is quoted.
const ELLIPSIS: &str = "…";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_is_repeated_is_not_shown() {
        let mut hidden = Hidden::default();
        hidden.add(b"login".to_vec());
        hidden.add(b"logins".to_vec());
        hidden.add(Vec::new());
        for (message, shown) in [
            ("login: \"530 no logins, no login\"", "login: \"530 no ********, no ********\""),
            ("login: \"530 no lo…\", twice \"lo\"", "login: \"530 no ********…\", twice \"lo\""),
            ("no answer (login)", "no answer (login)"),
        ] {
            assert_eq!(hidden.message(message), shown);
        }
        assert_eq!(hidden.without(b"\xfflogin\0logi", true), b"\xff********\0********");
        assert_eq!(format!("{hidden:?}"), "2 passwords");
    }
}
