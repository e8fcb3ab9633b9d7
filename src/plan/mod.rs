//! What the kernel should hold, and the smallest change that gets it there.
//!
//! In: the model and each real's standing. Out: a [`Table`] ([`want`]) and the [`Step`]s from one
//! table to another ([`diff`]), printed and read back in ipvsadm's words ([`words`]).
//! A room of pure functions.

mod diff;
mod table;
mod want;
pub mod words;

/// One change of the kernel's tables.
pub use ipvs::Command as Step;

pub use diff::{diff, diff_entry};
pub use table::{Entry, Misfit, Table};
pub use want::want;
