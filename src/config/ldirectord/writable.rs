//! Files that the director writes, as the log and the monitor files are.

use std::ops::Range;

use crate::config::{Diagnostic, Resolver, Unwritable};

/// What is wrong with a directive's file, if lines cannot be put at its end. That this user may not
/// is no error: another one may run the director.
pub(super) fn unwritable(
    directive: &str,
    file: &str,
    span: &Range<usize>,
    resolver: &dyn Resolver,
) -> Option<Diagnostic> {
    let span = span.clone();
    Some(match resolver.writable(file).err()? {
        Unwritable::ByThisUser(why) => {
            let message = format!("this user cannot write to the {directive} {file}: {why}");
            Diagnostic::warning(span, message)
        }
        Unwritable::ByAnybody(why) => {
            Diagnostic::error(span, format!("unable to open {directive} {file}: {why}"))
        }
    })
}
