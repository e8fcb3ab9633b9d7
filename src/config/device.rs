//! Network interfaces as files name them: `eth0`, or `eth0:1` for an alias of it.

use std::ops::Range;

use super::piece::Piece;
use super::{Diagnostic, Resolver};
use crate::model::Name;

/// An interface, and what an address is called on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Device {
    pub(super) interface: Name,
    /// The whole of it, if it is an alias.
    pub(super) label: Option<String>,
}

/// Reads an interface or an alias.
///
/// # Errors
/// What is wrong with it.
pub(super) fn device(word: Piece<'_>) -> Result<Device, Diagnostic> {
    let text = word.text();
    let interface: Option<Name> = text.split(':').next().and_then(|name| name.parse().ok());
    let fits = text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_graphic());
    let Some(interface) = interface.filter(|_| fits) else {
        let message = "a network interface has a name of 1 to 15 characters";
        return Err(Diagnostic::error(word.span(), message));
    };
    let label = text.contains(':').then(|| text.to_owned());
    Ok(Device { interface, label })
}

/// What is said of an interface that this machine does not have, perhaps not yet.
pub(super) fn absent(
    name: &Name,
    span: Range<usize>,
    resolver: &dyn Resolver,
) -> Option<Diagnostic> {
    let message = format!("this machine has no network interface {name}");
    (!resolver.interface(name.as_str())).then(|| Diagnostic::warning(span, message))
}

/// Bytes of a label, as the kernel has them (IFNAMSIZ, less the final NUL).
const LONGEST: usize = 15;
