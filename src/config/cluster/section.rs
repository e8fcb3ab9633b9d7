//! What a `cluster` block says: its directives with their values.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::ops::Range;
use std::time::Duration;

use super::directives::{self, Directive, Protocol};
use super::values::{self, Placed, Value};
use super::wrong;
use crate::config::device::Device;
use crate::config::piece::{Piece, is_blank};
use crate::config::{Diagnostic, Resolver};
use crate::model::Canary;

/// Directives with their values: the last of each name, and all of those that may be several.
pub(in crate::config) struct Section<'a> {
    pub(super) protocol: Protocol,
    /// Where the protocol is named.
    pub(super) place: Range<usize>,
    given: HashMap<&'static str, Vec<Given<'a>>>,
    /// Directives whose values are none, which has been said.
    wrong: HashSet<&'static str>,
}

/// A directive as it was given.
pub(super) struct Given<'a> {
    pub(super) value: Value<'a>,
    /// The value as it is written.
    written: Piece<'a>,
}

impl Given<'_> {
    pub(super) fn span(&self) -> Range<usize> {
        self.written.span()
    }
}

impl<'a> Section<'a> {
    pub(super) fn new(protocol: Protocol, place: Range<usize>) -> Self {
        Section { protocol, place, given: HashMap::new(), wrong: HashSet::new() }
    }

    /// Whether this is a directive of its protocol.
    pub(in crate::config) fn knows(&self, directive: &str) -> bool {
        let found = directives::find(directive);
        found.is_some_and(|directive| directive.protocols.contains(&self.protocol))
    }

    /// Takes a line in; what is wrong with it is noted.
    pub(super) fn read(
        &mut self,
        statement: Piece<'a>,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) {
        let (name, rest) = statement.take_while(|c| !is_blank(c) && c != '=');
        let Some(directive) = directives::find(name.text()) else {
            return notes.push(wrong::no_directive(statement, name, self.protocol));
        };
        if !directive.protocols.contains(&self.protocol) {
            return notes.push(wrong::of_another(directive, name, self.protocol));
        }
        let Some(value) = rest.trim_start().strip_prefix("=") else {
            self.wrong.insert(directive.name);
            return notes.push(wrong::no_equals(directive, name));
        };
        let value = values::without_comment(value.trim_start());
        if value.is_empty() {
            self.wrong.insert(directive.name);
            return notes.push(wrong::no_value(directive, statement));
        }
        match values::read(directive, value, resolver) {
            Ok(read) => self.put(directive, read, value, notes),
            Err(why) => {
                self.wrong.insert(directive.name);
                notes.push(why);
            }
        }
    }

    /// Of two the last wins, and is warned of if they differ; but some add up.
    fn put(
        &mut self,
        directive: &'static Directive,
        value: Value<'a>,
        written: Piece<'a>,
        notes: &mut Vec<Diagnostic>,
    ) {
        let given = self.given.entry(directive.name).or_default();
        if !directive.repeats
            && let Some(before) = given.pop()
            && before.written.text() != written.text()
        {
            let message = format!("`{}` was given before; this one holds", directive.name);
            notes.push(Diagnostic::warning(written.span(), message));
        }
        given.push(Given { value, written });
    }

    /// All that was given under a name, in the file's order.
    fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &Given<'a>> {
        debug_assert!(directives::find(name).is_some(), "no directive {name}");
        self.given.get(name).into_iter().flatten()
    }

    fn get(&self, name: &str) -> Option<&Given<'a>> {
        self.all(name).next_back()
    }

    /// Whether nothing at all was said under a name.
    pub(super) fn misses(&self, name: &str) -> bool {
        self.get(name).is_none() && !self.wrong.contains(name)
    }

    /// Where the value under a name stands, else where the protocol is named.
    pub(super) fn span(&self, name: &str) -> Range<usize> {
        self.get(name).map_or(self.place.clone(), Given::span)
    }

    /// Whether this is said, and where.
    pub(super) fn said(&self, name: &str) -> Option<Range<usize>> {
        self.get(name).map(Given::span)
    }

    pub(super) fn placed(&self, name: &str) -> impl Iterator<Item = (&Placed, Range<usize>)> {
        self.all(name).filter_map(|given| match &given.value {
            Value::Address(placed) => Some((placed, given.span())),
            _ => None,
        })
    }

    pub(super) fn device(&self, name: &str) -> Option<&Device> {
        match &self.get(name)?.value {
            Value::Device(device) => Some(device),
            _ => None,
        }
    }

    pub(super) fn host(&self, name: &str) -> Option<IpAddr> {
        self.hosts(name).last().map(|(host, _)| host)
    }

    pub(super) fn hosts(&self, name: &str) -> impl Iterator<Item = (IpAddr, Range<usize>)> {
        self.all(name).filter_map(|given| match given.value {
            Value::Host(host) => Some((host, given.span())),
            _ => None,
        })
    }

    pub(super) fn canaries(&self) -> Vec<Canary> {
        let canaries = self.all("canary").filter_map(|given| match given.value {
            Value::Canary(canary) => Some(canary),
            _ => None,
        });
        canaries.collect()
    }

    pub(super) fn ports(&self, name: &str) -> impl Iterator<Item = (u16, Range<usize>)> {
        self.all(name).filter_map(|given| match given.value {
            Value::Port(port) => Some((port, given.span())),
            _ => None,
        })
    }

    pub(super) fn number(&self, name: &str) -> Option<u32> {
        match self.get(name)?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The number of a directive that has no number above 255.
    pub(super) fn byte(&self, name: &str) -> Option<u8> {
        self.number(name)?.try_into().ok()
    }

    pub(super) fn seconds(&self, name: &str) -> Option<Duration> {
        match self.get(name)?.value {
            Value::Seconds(time) => Some(time),
            _ => None,
        }
    }

    pub(super) fn yes_no(&self, name: &str) -> Option<bool> {
        match self.get(name)?.value {
            Value::YesNo(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn word(&self, name: &str) -> Option<&'static str> {
        match self.get(name)?.value {
            Value::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<Piece<'a>> {
        match self.get(name)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// pulse's: the value of `primary` or `backup`.
    pub(super) fn node(&self, name: &str) -> Option<crate::model::Node> {
        match self.get(name)?.value {
            Value::Node(public, private) => Some(crate::model::Node { public, private }),
            _ => None,
        }
    }

    /// Whether adverts go by an interface.
    pub(super) fn needs_interface(&self) -> bool {
        matches!(self.protocol, Protocol::Carp | Protocol::Vrrp)
    }

    /// What this protocol cannot do without: the value, or what is said of its absence.
    pub(super) fn required<T>(
        &self,
        name: &'static str,
        value: Option<T>,
        notes: &mut Vec<Diagnostic>,
    ) -> Option<T> {
        if value.is_none() && self.misses(name) {
            notes.push(wrong::missing(name, self));
        }
        value
    }

    /// The addresses of directors that the block names, which never move.
    pub(in crate::config) fn directors(&self) -> Vec<IpAddr> {
        let nodes = ["primary", "backup"].into_iter().filter_map(|name| self.get(name));
        let of_nodes = nodes.flat_map(|given| match given.value {
            Value::Node(public, private) => vec![Some(public), private],
            _ => Vec::new(),
        });
        let others = ["source", "peer"].into_iter().flat_map(|name| self.hosts(name));
        let others = others.map(|(host, _)| host);
        of_nodes.flatten().map(IpAddr::V4).chain(others).collect()
    }
}
