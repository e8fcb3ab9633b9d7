//! The commands of the file, run by the director itself.

use super::section::Section;
use crate::config::{Diagnostic, Fault, Resolver, command};
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
    let read = command::command(name, text.text(), text.span(), resolver, notes);
    read.map_err(|wrong| notes.push(wrong.fault(Fault::InvalidArgument))).ok()
}
