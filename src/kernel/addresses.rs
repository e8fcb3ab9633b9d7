//! The only hand on virtual addresses: raises, lowers and announces them.

use std::sync::Arc;

use crate::model::VirtualAddress;

/// What this machine is to hold; the latest counts.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Counts what was asked for in this run.
    pub number: u64,
    /// All that are ours: those of them that are not to be held are lowered where they are found.
    pub ours: Arc<Vec<VirtualAddress>>,
    /// Whether they are to be held.
    pub up: bool,
    /// Grows each time that the neighbours are to be told again.
    pub announcements: u64,
}

/// What became of one asking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Its number.
    pub number: u64,
    /// Those that were raised.
    pub raised: Vec<VirtualAddress>,
    /// Those that were lowered.
    pub lowered: Vec<VirtualAddress>,
    /// Those that could not be, and why, in the kernel's words; they are tried again.
    pub refused: Vec<(VirtualAddress, String)>,
    /// The last announcement of this number has been made.
    pub announced: bool,
}
