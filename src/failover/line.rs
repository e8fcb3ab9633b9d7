//! What a machine says.

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The words.
    pub text: String,
    /// Whether it is mailed, too: a change of the role, or two that are active.
    pub mailed: bool,
    /// How much it matters.
    pub level: Level,
}

/// How much a line matters, as the log has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Who looks for a fault wants to know it.
    Debug,
    /// It is as it should be.
    Info,
    /// Something has failed that the pair bears.
    Warning,
    /// The pair does not work as one.
    Error,
}

impl Line {
    /// A line for the log alone.
    pub(super) fn logged(text: impl Into<String>) -> Line {
        Line { text: text.into(), mailed: false, level: Level::Info }
    }

    /// A line for the mail as well.
    pub(super) fn mailed(text: impl Into<String>) -> Line {
        Line { mailed: true, ..Line::logged(text) }
    }

    /// The same for who looks for a fault.
    pub(super) fn debug(self) -> Line {
        Line { level: Level::Debug, ..self }
    }

    /// The same as a warning.
    pub(super) fn warning(self) -> Line {
        Line { level: Level::Warning, ..self }
    }

    /// The same as an error.
    pub(super) fn error(self) -> Line {
        Line { level: Level::Error, ..self }
    }
}
