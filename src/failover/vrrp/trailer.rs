//! What shows whose an advert is, where directors have a key: 28 bytes behind it.
//!
//! That of keepalived 2.4's `auth_hmac`, an IETF draft: type, key id, two bytes of nothing, a stamp of
//! seconds, their 65536ths and a counter, and the first half of an HMAC-SHA256 over who says it, the
//! advert without its checksum, and the trailer. Neither length nor checksum of the advert know of it.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::advert;
use crate::model::protocol::VrrpVersion;

/// How long it is, in bytes.
pub(super) const LENGTH: usize = 28;

/// Whose advert is signed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signer<'a> {
    pub(super) key: &'a [u8],
    pub(super) version: VrrpVersion,
    pub(super) vrid: u8,
    pub(super) from: IpAddr,
}

impl Signer<'_> {
    /// Puts it behind an advert.
    pub(super) fn sign(&self, advert: &mut Vec<u8>, stamp: u64) {
        let mut head = [KIND, KEY, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        head[4..].copy_from_slice(&stamp.to_be_bytes());
        let Some(mac) = self.mac(advert, &head) else { return };
        let digest = mac.finalize().into_bytes();
        advert.extend(head);
        advert.extend(digest.iter().take(DIGEST));
    }

    /// Its stamp, if it is right.
    pub(super) fn verify(&self, advert: &[u8], trailer: &[u8; LENGTH]) -> Option<u64> {
        let (head, digest) = trailer.split_first_chunk::<{ LENGTH - DIGEST }>()?;
        let (kind, stamp) = head.split_first_chunk::<4>()?;
        self.mac(advert, head)?.verify_truncated_left(digest).ok()?;
        // the key's number is for people: there is one
        (kind[0] == KIND).then(|| u64::from_be_bytes(*stamp.first_chunk().unwrap_or(&[0; 8])))
    }

    fn mac(&self, advert: &[u8], head: &[u8; LENGTH - DIGEST]) -> Option<Hmac<Sha256>> {
        let mut who = [0; 20];
        let version = advert::number(self.version);
        match self.from {
            IpAddr::V4(v4) => {
                who[..4].copy_from_slice(&[4, version, self.vrid, 0]);
                who[4..8].copy_from_slice(&v4.octets());
            }
            IpAddr::V6(v6) => {
                who[..4].copy_from_slice(&[6, version, self.vrid, 0]);
                who[4..].copy_from_slice(&v6.octets());
            }
        }
        let (before, sum) = advert.split_at_checked(6)?;
        let mac = Hmac::<Sha256>::new_from_slice(self.key).ok()?;
        let mac = mac.chain_update(who).chain_update(before).chain_update([0; 2]);
        Some(mac.chain_update(sum.get(2..)?).chain_update(head).chain_update([0; DIGEST]))
    }
}

const KIND: u8 = 1;
const KEY: u8 = 1;
const DIGEST: usize = 16;
