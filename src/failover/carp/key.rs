//! The digest of an advert: HMAC-SHA1 over the virtual host and the counter.
//!
//! It is not over the intervals, nor over who sends it: who has caught one advert can send it again
//! with others. That is CARP, and no peer would understand more.

use std::fmt;
use std::net::IpAddr;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::advert::{ADVERTISEMENT, Advert, DIGEST, VERSION};

/// A secret, and what it signs for.
#[derive(Clone)]
pub(super) struct Key {
    /// What has taken the secret and the virtual host in; `None` never is.
    hmac: Option<Hmac<Sha1>>,
}

impl Key {
    /// That of a virtual host with these addresses; the secret's bytes are taken as they are.
    pub(super) fn new(secret: &[u8], vhid: u8, signed: &[IpAddr]) -> Key {
        let mut host = vec![VERSION, ADVERTISEMENT, vhid];
        // as BSD's kernels have them: those of IPv4 first, each family from the lowest on
        let mut signed = signed.to_vec();
        signed.sort_unstable();
        for address in signed {
            match address {
                IpAddr::V4(v4) => host.extend(v4.octets()),
                IpAddr::V6(v6) => host.extend(v6.octets()),
            }
        }
        let hmac = Hmac::<Sha1>::new_from_slice(secret).ok();
        Key { hmac: hmac.map(|hmac| hmac.chain_update(host)) }
    }

    /// The digest of a counter.
    pub(super) fn digest(&self, counter: u64) -> [u8; DIGEST] {
        let hmac = self.hmac.clone().map(|hmac| hmac.chain_update(counter.to_be_bytes()));
        hmac.map(|hmac| hmac.finalize().into_bytes().into()).unwrap_or_default()
    }

    /// Whether an advert is signed with it; how long that takes says nothing of the digest.
    pub(super) fn has_signed(&self, advert: &Advert) -> bool {
        let hmac = self.hmac.clone();
        hmac.is_some_and(|hmac| {
            hmac.chain_update(advert.counter.to_be_bytes()).verify_slice(&advert.digest).is_ok()
        })
    }
}

/// Nobody reads it in a log.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}
