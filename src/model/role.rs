//! Which of two directors does the work.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a director is to its peer. One without a peer is active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It holds the virtual addresses and the kernel's table.
    #[default]
    Active,
    /// It holds neither, and knows how the reals are.
    Standby,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Active => "active",
            Role::Standby => "standby",
        })
    }
}
