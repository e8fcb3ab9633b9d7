//! What must be received: a regular expression of Perl's, or what piranha's nanny expects.

use std::ops::Range;

use checkers::{Expect, Pattern, SendExpect};

use super::lookup::Lookup;
use super::pattern::{pattern, why};
use super::services::ServiceKind;
use crate::config::Diagnostic;

/// What must be received.
pub(super) enum Answer {
    /// Somewhere in the answer.
    Match(Pattern),
    /// This itself; its escapes are translated.
    Text(String),
}

/// How a `receive` is read.
#[derive(Clone, Copy)]
pub(super) enum Reads {
    /// As Perl's regular expression.
    Perl,
    /// As a text with nanny's escapes.
    Text,
    /// As a regular expression with nanny's escapes.
    Regex,
}

impl Reads {
    /// How a check of this service reads it.
    pub(super) fn of(lookup: Lookup<'_, '_>, service: &ServiceKind) -> Self {
        match service.name {
            "sendexpect" if lookup.yes_no("receiveregex") == Some(true) => Reads::Regex,
            "sendexpect" | "sendprogram" => Reads::Text,
            _ => Reads::Perl,
        }
    }

    /// The answer that a text stands for; none if it is empty.
    pub(super) fn answer(
        self,
        text: &str,
        span: Range<usize>,
    ) -> Result<Option<Answer>, Diagnostic> {
        let translated = || String::from_utf8_lossy(&SendExpect::translated(text)).into_owned();
        match self {
            Reads::Perl => Ok(pattern(text, span)?.map(Answer::Match)),
            Reads::Text => Ok((!text.is_empty()).then(|| Answer::Text(translated()))),
            Reads::Regex if text.is_empty() => Ok(None),
            Reads::Regex => {
                let read = translated().parse().map(|pattern| Some(Answer::Match(pattern)));
                read.map_err(|error: checkers::PatternError| {
                    let message = "`receive` is not a regular expression that can be used";
                    Diagnostic::error(span, message).hint(why(&error.to_string()))
                })
            }
        }
    }
}

impl Answer {
    /// The pattern, if it is one.
    pub(super) fn pattern(&self) -> Option<Pattern> {
        match self {
            Answer::Match(pattern) => Some(pattern.clone()),
            Answer::Text(_) => None,
        }
    }

    /// What nanny makes of it.
    pub(super) fn expect(&self) -> Expect {
        match self {
            Answer::Match(pattern) => Expect::Match(pattern.clone()),
            Answer::Text(text) if text == "*" => Expect::Anything,
            Answer::Text(text) => Expect::Start(text.clone().into_bytes()),
        }
    }
}
