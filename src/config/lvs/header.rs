//! The line that begins a block: what it is called, and its brace.

use super::words::{Manner, words};
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Fault};

/// How a block begins.
pub(super) struct Header<'a> {
    pub(super) name: Piece<'a>,
    /// What follows the brace; `None` if it is not there yet.
    pub(super) behind: Option<Piece<'a>>,
    /// The brace with the name, if no blank stands between.
    pub(super) attached: Option<Piece<'a>>,
    pub(super) comment: Option<Piece<'a>>,
}

/// Reads what follows `word` on its line.
///
/// # Errors
/// What is wrong with it.
pub(super) fn header<'a>(word: Piece<'a>, rest: Piece<'a>) -> Result<Header<'a>, Diagnostic> {
    let text = rest.trim();
    let wrong = |fault, message: &str| {
        let span = word.span().start..text.span().end.max(word.span().end);
        let hint = format!("write {} name {{", word.text());
        Err(Diagnostic::error(span, message).fault(fault).hint(hint))
    };
    if text.strip_prefix("=").is_some_and(|rest| !rest.trim().starts_with('{')) {
        let message = "this is a line of ldirectord.cf; lvs.cf has blocks";
        return wrong(Fault::MissingArguments, message);
    }
    let read = words(text, Manner::Free).or_else(|_| words(text, Manner::Piranha));
    let Ok((found, comment)) = read else {
        return wrong(Fault::Quotation, "a quote is not closed");
    };
    let begins = |word: &super::words::Word<'_>| !word.quoted && word.inside.text() == "{";
    let Some((first, others)) = found.split_first().filter(|(first, _)| !begins(first)) else {
        return wrong(Fault::MissingArguments, "the block has no name");
    };
    let (name, none) = (first.inside, text.split_at(text.text().len()).1);
    match others {
        [] if !first.quoted && name.text().ends_with('{') => {
            let (name, _) = name.split_at(name.text().len() - 1);
            Ok(Header { name, behind: Some(none), attached: Some(first.whole), comment })
        }
        [] => Ok(Header { name, behind: None, attached: None, comment }),
        [brace, more @ ..] if begins(brace) => {
            let behind = text.split_at(brace.whole.span().end - text.span().start).1;
            let behind = if more.is_empty() { none } else { behind };
            Ok(Header { name, behind: Some(behind), attached: None, comment })
        }
        _ => wrong(Fault::UnexpectedArguments, "a block's name is one word, or in quotes"),
    }
}
