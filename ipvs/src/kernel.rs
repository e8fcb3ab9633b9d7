//! What the kernel's IPVS says of itself: `IPVS_INFO_ATTR_…`, read only.

use std::fmt;

use crate::attribute::attributes;
use crate::header::*;

/// The version and size of the kernel's IPVS, the answer to IPVS_CMD_GET_INFO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kernel {
    /// Its version, as in 1.2.1.
    pub version: Version,
    /// The number of buckets of its connection table.
    pub connection_table: u32,
}

/// A version of IPVS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    /// The first of the three numbers.
    pub major: u8,
    /// The second.
    pub minor: u8,
    /// The third.
    pub patch: u8,
}

/// `1.2.1`
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Kernel {
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (mut version, mut table) = (None, None);
        for (kind, value) in attributes(bytes) {
            match kind {
                IPVS_INFO_ATTR_VERSION => version = value.u32(),
                IPVS_INFO_ATTR_CONN_TAB_SIZE => table = value.u32(),
                _ => {}
            }
        }
        let [_, major, minor, patch] = version?.to_be_bytes();
        Some(Kernel { version: Version { major, minor, patch }, connection_table: table? })
    }
}

#[cfg(test)]
mod tests;
