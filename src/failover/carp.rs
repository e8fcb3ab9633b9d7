//! The machine of CARP, as UCARP 1.5 has it: who advertises at the shortest interval is master.

use std::net::Ipv4Addr;

use super::announcement::Mac;
use crate::model::protocol;

/// What it has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What the file says.
    pub carp: protocol::Carp,
    /// Whose word its adverts are.
    pub source: Ipv4Addr,
    /// The MAC of the interface that they go by.
    pub mac: Mac,
    /// The bytes of the secret, as they are.
    pub key: Vec<u8>,
}
