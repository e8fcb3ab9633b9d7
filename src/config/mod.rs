//! What the administrator wrote, read into the model.
//!
//! In comes the text of a configuration file and a [`Resolver`] for its names; out comes a
//! [`Reading`]: the [`Model`], and all there is to say about the file at once.
//! Nothing here opens a file, asks a name server or prints.

pub mod cluster;
mod command;
mod convert;
mod device;
mod diagnostic;
mod dialect;
mod fault;
mod inactive;
pub mod ldirectord;
pub mod lvs;
mod near_miss;
mod piece;
mod print;
mod resolver;
mod secret;
pub mod vqalive;

pub use convert::{Converted, convert};
pub use diagnostic::{Diagnostic, Severity};
pub use dialect::Dialect;
pub use fault::Fault;
pub use print::print;
pub use resolver::{Numbers, Resolver, Unfit, Unwritable};

use crate::model::{Logfile, Model};

/// What reading a file came to.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The site; `None` if any diagnostic is an error.
    pub model: Option<Model>,
    /// Where the log goes, even if nothing else of the file can be used.
    pub logfile: Option<Logfile>,
    /// Errors and warnings, in the file's order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the text of a configuration, in whichever language it is. Never fails: what is wrong stands
/// in the diagnostics.
pub fn read(text: &str, resolver: &dyn Resolver) -> Reading {
    read_as(Dialect::of(text), text, resolver)
}

/// Reads the text of a configuration in this language.
pub fn read_as(dialect: Dialect, text: &str, resolver: &dyn Resolver) -> Reading {
    match dialect {
        Dialect::Ldirectord => ldirectord::read(text, resolver),
        Dialect::Lvs => lvs::read(text, resolver),
        Dialect::Vqalive => vqalive::read(text, resolver),
    }
}

impl Reading {
    /// All diagnostics as text, errors first; of more than 100, the number of the rest is said.
    pub fn render(&self, file_name: &str, text: &str, color: bool) -> String {
        let (errors, warnings): (Vec<_>, Vec<_>) =
            self.diagnostics.iter().partition(|d| d.severity == Severity::Error);
        let mut out = String::new();
        for diagnostic in errors.iter().chain(&warnings).take(SHOWN) {
            out.push_str(&diagnostic.render(file_name, text, color));
            out.push('\n');
        }
        if let Some(rest @ 1..) = self.diagnostics.len().checked_sub(SHOWN) {
            out.push_str(&format!("{file_name}: {rest} more errors and warnings are not shown\n"));
        }
        out
    }
}

/// Diagnostics that [`Reading::render`] shows: a file of the wrong kind has one for every line.
const SHOWN: usize = 100;
