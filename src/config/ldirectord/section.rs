//! What one part of the file says: the global part, or one virtual service.

use std::collections::HashMap;
use std::ops::Range;

use super::directives::{Directive, Shape};
use super::values::Value;
use crate::config::Diagnostic;
use crate::config::cluster::Block;
use crate::config::piece::Piece;
use crate::model::Family;

/// The file, by sections.
#[derive(Default)]
pub(super) struct Document<'a> {
    pub(super) globals: Section<'a>,
    pub(super) virtuals: Vec<VirtualSection<'a>>,
    /// Of several the first holds.
    pub(super) clusters: Vec<Block<'a>>,
}

/// A `virtual` or `virtual6` line with its body.
pub(super) struct VirtualSection<'a> {
    pub(super) family: Family,
    /// The line's number, from 1.
    pub(super) line: usize,
    /// What follows the `=`.
    pub(super) header: Piece<'a>,
    pub(super) body: Section<'a>,
}

/// Directives with their values: the last of each name, and all the reals, headers and executes.
#[derive(Default)]
pub(super) struct Section<'a> {
    given: HashMap<&'static str, Given<'a>>,
    pub(super) reals: Vec<Piece<'a>>,
    pub(super) headers: Vec<Given<'a>>,
    pub(super) executes: Vec<Given<'a>>,
    /// What stands behind each `also`, with that.
    pub(super) also: Vec<Section<'a>>,
}

/// A directive as it was given.
pub(super) struct Given<'a> {
    pub(super) value: Value<'a>,
    /// The whole of it, name and value.
    pub(super) span: Range<usize>,
}

impl<'a> Section<'a> {
    /// What was given under this name.
    pub(super) fn get(&self, name: &str) -> Option<&Given<'a>> {
        debug_assert!(super::directives::find(name).is_some(), "no directive {name}");
        self.given.get(name)
    }

    /// Takes a directive in; of two the last wins, and is warned of if they differ. Headers and
    /// executes add up.
    pub(super) fn put(
        &mut self,
        directive: &'static Directive,
        given: Given<'a>,
        notes: &mut Vec<Diagnostic>,
    ) {
        if directive.shape == Shape::Header {
            return self.headers.push(given);
        }
        if directive.name == "execute" {
            return self.executes.push(given);
        }
        let span = given.span.clone();
        let before = self.given.insert(directive.name, given);
        let now = self.given.get(directive.name);
        if before.zip(now).is_some_and(|(before, now)| before.value != now.value) {
            let message = format!("`{}` was given before; this one holds", directive.name);
            notes.push(Diagnostic::warning(span, message));
        }
    }
}
