//! Where our verdict is not ldirectord's, and why.

use super::verdict::{Family, Verdict};

/// One difference that is meant to be.
pub(crate) struct Difference {
    pub(crate) service: &'static str,
    pub(crate) state: &'static str,
    /// `None`: over both versions of IP.
    pub(crate) family: Option<Family>,
    pub(crate) ours: Verdict,
    pub(crate) theirs: Verdict,
    /// What the original does, in a line.
    pub(crate) why: &'static str,
}

/// All of them.
pub(crate) const DIFFERENCES: &[Difference] = &[];
