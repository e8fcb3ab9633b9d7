//! What nannies are told, and what they tell: plain values that cross threads.

use std::fmt;
use std::sync::Arc;

use checkers::{Check, Outcome, Target};

use crate::model::{CheckPolicy, Combined, LoadMonitor, Monitor, RealId, Time};

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
    /// Who tells how busy the real is.
    pub load: Option<Arc<LoadMonitor>>,
}

/// What a nanny found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The real.
    pub real: RealId,
    /// The outcome of one check.
    pub outcome: Outcome,
}

/// How busy a real is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Busy {
    /// Its load average.
    Load(f64),
    /// The share of its weight that it should have, in percent; at most 100.
    Share(u8),
}

/// `load 0.10` or `the agent says 75%`.
impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Busy::Load(load) => write!(f, "load {load:.2}"),
            Busy::Share(share) => write!(f, "the agent says {share}%"),
        }
    }
}

/// What a nanny found out about how busy a real is.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// The real.
    pub real: RealId,
    /// How busy it is, or why that is not known.
    pub busy: Result<Busy, String>,
}
