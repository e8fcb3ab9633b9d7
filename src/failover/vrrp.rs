//! The machine of VRRP, versions 2 and 3 (RFC 3768, RFC 9568), as keepalived has it: who has the most
//! priority is master.

use std::net::IpAddr;

use crate::model::protocol;

/// What it has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What the file says.
    pub vrrp: protocol::Vrrp,
    /// Whose word its adverts are.
    pub source: IpAddr,
    /// The bytes of the secret, if there is one.
    pub key: Option<Vec<u8>>,
    /// How much less its priority is while anything counts against it; 255 never is less.
    pub decrement: u8,
    /// Where time comes into what is signed: the seconds since 1970 at which it was started.
    pub born: u64,
}
