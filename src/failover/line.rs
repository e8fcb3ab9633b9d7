//! What a machine says.

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The words.
    pub text: String,
    /// Whether it is mailed, too: a change of the role, or two that are active.
    pub mailed: bool,
}

impl Line {
    /// A line for the log alone.
    pub(super) fn logged(text: impl Into<String>) -> Line {
        Line { text: text.into(), mailed: false }
    }

    /// A line for the mail as well.
    pub(super) fn mailed(text: impl Into<String>) -> Line {
        Line { text: text.into(), mailed: true }
    }
}
