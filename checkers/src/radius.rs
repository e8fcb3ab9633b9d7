//! RADIUS (RFC 2865, RFC 2869), as ldirectord's radius, with a Message-Authenticator, without which servers
//! that heed BlastRADIUS (CVE-2024-3596) give no answer.

use std::net::IpAddr;
use std::ops::Range;

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::datagrams::{Datagrams, Heard};
use crate::{Secret, random, words};

/// Does it accept a user?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Radius {
    /// The user's name, of at most 253 bytes.
    pub login: String,
    /// The password, of at most 128 bytes.
    pub passwd: Secret,
    /// What we and the server share.
    pub secret: Secret,
}

impl Radius {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        asking.progress.hide(self.passwd.as_bytes());
        let datagrams = Datagrams::open(asking).await?;
        asking.progress.enter(WAITING);
        let request = self.request(datagrams.local_addr()?.ip())?;
        let heard = |datagram: &[u8]| Ok(self.heard(&request, datagram));
        let response = datagrams.ask(&request.bytes, heard).await?;
        match response.code {
            ACCESS_ACCEPT => Ok("accepted".to_owned()),
            ACCESS_REJECT => Err(response.words("rejected")),
            _ => Err(response.words("neither accepted nor rejected, but asked for more")),
        }
    }

    /// An Access-Request (RFC 2865, 4.1); we are at `local`.
    fn request(&self, local: IpAddr) -> Result<Request, Failure> {
        let [id] = random::bytes()?;
        let authenticator = random::bytes()?;
        let mut bytes = vec![ACCESS_REQUEST, id, 0, 0];
        bytes.extend(authenticator);
        // first, so that nothing an attacker chooses comes before it
        put(&mut bytes, MESSAGE_AUTHENTICATOR, &[0; 16], "")?;
        put(&mut bytes, USER_NAME, self.login.as_bytes(), "`login`")?;
        put(&mut bytes, USER_PASSWORD, &self.hidden(&authenticator)?, "`passwd`")?;
        match local {
            IpAddr::V4(address) => put(&mut bytes, NAS_IP_ADDRESS, &address.octets(), "")?,
            IpAddr::V6(address) => put(&mut bytes, NAS_IPV6_ADDRESS, &address.octets(), "")?,
        }
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        bytes[2..4].copy_from_slice(&length.to_be_bytes());
        let signature = signature(&self.secret, &bytes);
        bytes[SIGNATURE].copy_from_slice(&signature);
        Ok(Request { bytes, id, authenticator })
    }

    /// The password as it travels (RFC 2865, 5.2).
    fn hidden(&self, authenticator: &[u8; 16]) -> Result<Vec<u8>, Failure> {
        let password = self.passwd.as_bytes();
        if password.len() > LONGEST_PASSWORD {
            let words = format!("`passwd` is longer than RADIUS allows: {LONGEST_PASSWORD} bytes");
            return Err(words.into());
        }
        let mut hidden = vec![0; password.len().max(1).next_multiple_of(16)];
        hidden[..password.len()].copy_from_slice(password);
        let mut before = *authenticator;
        for block in hidden.chunks_exact_mut(16) {
            let mask = digest(&[self.secret.as_bytes(), &before]);
            block.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
            before.copy_from_slice(block);
        }
        Ok(hidden)
    }

    /// What a datagram is to this request. Only who shares our secret can answer it.
    fn heard(&self, request: &Request, datagram: &[u8]) -> Heard<Response> {
        let Some(response) = Response::read(datagram) else {
            return Heard::Stray("asked, got only what is no RADIUS message".into());
        };
        let answers = [ACCESS_ACCEPT, ACCESS_REJECT, ACCESS_CHALLENGE].contains(&response.code);
        if response.id != request.id || !answers {
            Heard::Stray("asked, got answers to something else only".into())
        } else if !self.is_genuine(request, &response) {
            Heard::Stray("answers came, but none with the right secret".into())
        } else {
            Heard::Answer(response)
        }
    }

    /// Checks the Response Authenticator (RFC 2865, 3) and, if there is one, the
    /// Message-Authenticator (RFC 2869, 5.14); both are made with the request's authenticator.
    fn is_genuine(&self, request: &Request, response: &Response) -> bool {
        let mut signed = response.bytes.clone();
        signed[AUTHENTICATOR].copy_from_slice(&request.authenticator);
        if digest(&[&signed, self.secret.as_bytes()]) != response.bytes[AUTHENTICATOR] {
            return false;
        }
        let Some(place) = response.attribute(MESSAGE_AUTHENTICATOR) else { return true };
        signed[place.clone()].fill(0);
        signature(&self.secret, &signed) == response.bytes[place]
    }
}

/// What is sent.
struct Request {
    bytes: Vec<u8>,
    id: u8,
    authenticator: [u8; 16],
}

/// What comes back, once it is known to be whole.
struct Response {
    code: u8,
    id: u8,
    /// The message, without what follows it in the datagram; never shorter than its header.
    bytes: Vec<u8>,
    /// Each attribute's kind, and the place of its value.
    attributes: Vec<(u8, Range<usize>)>,
}

impl Response {
    /// Reads a message; `None` if it is cut off, or none at all.
    fn read(datagram: &[u8]) -> Option<Self> {
        let (&[code, id, high, low], _) = datagram.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes([high, low]));
        let bytes = datagram.get(..length).filter(|_| (HEADER..=LONGEST).contains(&length))?;
        let mut attributes = Vec::new();
        let mut at = HEADER;
        while at < length {
            let (kind, length) = (*bytes.get(at)?, usize::from(*bytes.get(at + 1)?));
            bytes.get(at..at + length).filter(|whole| whole.len() >= 2)?;
            attributes.push((kind, at + 2..at + length));
            at += length;
        }
        Some(Response { code, id, bytes: bytes.to_vec(), attributes })
    }

    fn attribute(&self, kind: u8) -> Option<Range<usize>> {
        self.attributes.iter().find(|(found, _)| *found == kind).map(|(_, place)| place.clone())
    }

    /// The server's own words for what it did, after ours.
    fn words(&self, ours: &str) -> Failure {
        match self.attribute(REPLY_MESSAGE) {
            Some(place) => format!("{ours}: {}", words::quoted(&self.bytes[place])).into(),
            None => ours.into(),
        }
    }
}

/// Adds an attribute; `what` it is called in the configuration.
fn put(message: &mut Vec<u8>, kind: u8, value: &[u8], what: &str) -> Result<(), Failure> {
    let length = u8::try_from(value.len() + 2);
    let length = length.map_err(|_| format!("{what} is longer than RADIUS allows: 253 bytes"))?;
    message.extend([kind, length]);
    message.extend(value);
    Ok(())
}

fn digest(parts: &[&[u8]]) -> [u8; 16] {
    let mut digest = Md5::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().into()
}

fn signature(secret: &str, message: &[u8]) -> [u8; 16] {
    // a key of any length will do
    let Ok(mut signature) = Hmac::<Md5>::new_from_slice(secret.as_bytes()) else { return [0; 16] };
    signature.update(message);
    signature.finalize().into_bytes().into()
}

const WAITING: &str =
    "asked, waiting for an answer; none is given to a client that is unknown or has another secret";

const ACCESS_REQUEST: u8 = 1;
const ACCESS_ACCEPT: u8 = 2;
const ACCESS_REJECT: u8 = 3;
const ACCESS_CHALLENGE: u8 = 11;

const USER_NAME: u8 = 1;
const USER_PASSWORD: u8 = 2;
const NAS_IP_ADDRESS: u8 = 4;
const REPLY_MESSAGE: u8 = 18;
const MESSAGE_AUTHENTICATOR: u8 = 80;
const NAS_IPV6_ADDRESS: u8 = 95;

/// Bytes before the attributes: code, identifier, length, authenticator.
const HEADER: usize = 20;
/// Where the authenticator is.
const AUTHENTICATOR: Range<usize> = 4..20;
/// Where the value of a request's first attribute is.
const SIGNATURE: Range<usize> = 22..38;
/// Bytes of a message.
const LONGEST: usize = 4096;
/// Bytes of a password.
const LONGEST_PASSWORD: usize = 128;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 2865, 7.1.
    fn nemo() -> (Radius, Request) {
        let (login, passwd, secret) = ("nemo".to_owned(), "arctangent".into(), "xyzzy5461".into());
        let authenticator = 0x0f403f947397_8057bd83d5cb98f4227a_u128.to_be_bytes();
        (Radius { login, passwd, secret }, Request { bytes: vec![], id: 0, authenticator })
    }

    #[test]
    fn the_example_of_the_rfc() {
        let (radius, request) = nemo();
        let hidden = 0x0dbe708d93d413ce3196e43f782a0aee_u128.to_be_bytes();
        assert_eq!(radius.hidden(&request.authenticator).unwrap(), hidden);
        let mut accept = vec![2, 0, 0, 38];
        accept.extend(0x86fe220e7624ba2a1005f6bf9b55e0b2_u128.to_be_bytes());
        accept.extend([6, 6, 0, 0, 0, 1, 15, 6, 0, 0, 0, 0, 14, 6, 192, 168, 1, 3]);
        assert!(matches!(radius.heard(&request, &accept), Heard::Answer(_)));
        accept[37] ^= 1;
        assert!(matches!(radius.heard(&request, &accept), Heard::Stray(_)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..80), whole: bool) {
            let (radius, request) = nemo();
            if let (true, Some(start)) = (whole, bytes.first_chunk_mut()) {
                *start = [ACCESS_ACCEPT, request.id, 0, 80];
            }
            if let Some(response) = Response::read(&bytes) {
                response.words("rejected");
                prop_assert!(!radius.is_genuine(&request, &response));
            }
        }
    }
}
