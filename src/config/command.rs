//! The commands of a file that the director itself runs.

use std::ops::Range;

use super::{Diagnostic, Resolver};
use crate::model::Command;

/// The command of this text under `name`. What can be none is an error; what cannot be run now is
/// warned of: it may be there when it is.
///
/// # Errors
/// That it is none.
pub(super) fn command(
    name: &str,
    text: &str,
    span: Range<usize>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Result<Command, Diagnostic> {
    let Some(command) = Command::new(text) else {
        return Err(Diagnostic::error(span, format!("`{name}` takes a command")));
    };
    let program = command.argv(&[]).into_iter().next().unwrap_or_default();
    if let Err(why) = resolver.program(&program) {
        let message = format!("`{name}` cannot be run: {why}");
        notes.push(Diagnostic::warning(span, message));
    }
    Ok(command)
}
