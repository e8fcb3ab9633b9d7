//! What nannies are told, and what they tell: plain values that cross threads.

use std::sync::Arc;

use checkers::{Check, Outcome, Target};

use crate::model::{CheckPolicy, Combined, Monitor, RealId, Time};

/// What one nanny has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The real she answers for.
    pub real: RealId,
    /// What she asks.
    pub check: Arc<Check>,
    /// Whom she asks.
    pub target: Target,
    /// What she asks in between.
    pub combined: Option<Arc<Combined>>,
    /// How often and how patiently.
    pub policy: CheckPolicy,
    /// Since when the judge listens. One who has told an earlier one the same would keep silent.
    pub since: Time,
    /// Where every outcome is written down.
    pub monitor: Option<Arc<Monitor>>,
}

/// What a nanny found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The real.
    pub real: RealId,
    /// The outcome of one check.
    pub outcome: Outcome,
}
