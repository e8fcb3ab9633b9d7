//! The machine of no protocol: another cluster manager says who is active.

/// What it has to know: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules;
