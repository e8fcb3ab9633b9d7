//! The machine of vqalive: the standby uses the service, and takes it over when nobody serves.

use std::net::IpAddr;

use crate::model::protocol;

/// What it has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What the file says.
    pub vqalive: protocol::Vqalive,
    /// This machine's own address: of two that are active the lower one's stays.
    pub own: IpAddr,
    /// A number below 1,000, by chance: how far the first takeover is put off, in thousandths of the
    /// interval.
    pub chance: u16,
}
