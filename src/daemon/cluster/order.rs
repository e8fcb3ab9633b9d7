//! What a machine orders.

use crate::model::Role;

/// What is to be; the latest counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Counts the orders of this run, from 1.
    pub(super) number: u64,
    /// The role to be had.
    pub(super) role: Role,
    /// Why, in a word, for the scripts of vqalive.
    pub(super) reason: &'static str,
    /// Counts how often the neighbours were to be told again.
    pub(super) announcements: u64,
    /// The last of them is not told.
    pub(super) silent: bool,
    /// It is the last one: the daemon stops.
    pub(super) last: bool,
}

impl Order {
    /// What holds before the machine has ordered anything.
    pub(super) fn first() -> Self {
        Order {
            number: 1,
            role: Role::Standby,
            reason: "start",
            announcements: 0,
            silent: false,
            last: false,
        }
    }
}
