//! The commands of the file, run by the director itself.

use super::section::Section;
use crate::config::{Diagnostic, Fault, Resolver};
use crate::model::Command;

/// The command under this key; what can be none is noted, and what cannot be run now: it may be there
/// when it is.
pub(super) fn command(
    keys: &Section<'_>,
    name: &'static str,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Command> {
    let text = keys.text(name)?;
    let Some(command) = Command::new(text.text()) else {
        let message = format!("`{name}` takes a command");
        notes.push(Diagnostic::error(text.span(), message).fault(Fault::InvalidArgument));
        return None;
    };
    let program = command.argv(&[]).into_iter().next().unwrap_or_default();
    if let Err(why) = resolver.program(&program) {
        let message = format!("`{name}` cannot be run: {why}");
        notes.push(Diagnostic::warning(text.span(), message));
    }
    Some(command)
}
