//! ICMP echo (RFC 792, RFC 4443).

use serde::{Deserialize, Serialize};

/// Does the server answer an echo request?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    /// Echo requests sent, spread over the deadline, before it is given up; at least 1.
    pub attempts: u32,
}
