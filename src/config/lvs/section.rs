//! What one part of the file says: the part outside of all blocks, a block, or a server's.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;

use super::keys::{Key, Place};
use crate::config::Diagnostic;
use crate::config::cluster;
use crate::config::ldirectord::lent::Lent;
use crate::config::piece::Piece;

/// The file, by its parts.
#[derive(Default)]
pub(super) struct Document<'a> {
    pub(super) globals: Section<'a>,
    /// The directives outside of all blocks.
    pub(super) lent: Lent<'a>,
    pub(super) virtuals: Vec<Block<'a>>,
    pub(super) failovers: Vec<Block<'a>>,
    /// `cluster` blocks, which are ours, and of which the first holds.
    pub(super) clusters: Vec<cluster::Block<'a>>,
}

/// A `virtual` or `failover` block.
pub(super) struct Block<'a> {
    pub(super) name: Piece<'a>,
    /// Its line's number, from 1.
    pub(super) line: usize,
    pub(super) keys: Section<'a>,
    /// The directives in it.
    pub(super) lent: Lent<'a>,
    pub(super) servers: Vec<Server<'a>>,
}

impl<'a> Document<'a> {
    /// The blocks of this kind.
    pub(super) fn blocks(&mut self, place: Place) -> &mut Vec<Block<'a>> {
        match place {
            Place::Failover => &mut self.failovers,
            Place::Global | Place::Virtual | Place::Server => &mut self.virtuals,
        }
    }

    /// The last one of this kind.
    pub(super) fn last(&mut self, place: Place) -> Option<&mut Block<'a>> {
        self.blocks(place).last_mut()
    }
}

impl<'a> Block<'a> {
    /// One that says nothing yet.
    pub(super) fn new(name: Piece<'a>, line: usize) -> Self {
        let (keys, servers) = (Section::default(), Vec::new());
        Block { name, line, keys, lent: Lent::default(), servers }
    }
}

/// A `server` block.
pub(super) struct Server<'a> {
    pub(super) name: Piece<'a>,
    pub(super) keys: Section<'a>,
}

/// Keys with their values: the last of each name.
#[derive(Default)]
pub(super) struct Section<'a> {
    given: HashMap<&'static str, Given<'a>>,
    /// Keys whose values are none, which has been said.
    wrong: HashSet<&'static str>,
}

/// A key as it was given.
pub(super) struct Given<'a> {
    pub(super) value: Value<'a>,
    /// The value's words.
    pub(super) span: Range<usize>,
}

/// A value as its shape has it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Integer(i64),
    Boolean(bool),
    Port(u16),
    Host(IpAddr),
    /// Read where it is used: a range may be meant, and the family is the virtual's.
    Hosts(Piece<'a>),
    /// With the interface, if it is said.
    Address(IpAddr, Option<Piece<'a>>),
    Mask(Mask),
    Word(&'static str),
    Text(Piece<'a>),
    List,
}

/// A netmask as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mask {
    Dotted(Ipv4Addr),
    /// The length of a prefix, 1 to 128.
    Prefix(u8),
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Integer(a), Value::Integer(b)) => a == b,
            (Value::Boolean(a), Value::Boolean(b)) => a == b,
            (Value::Port(a), Value::Port(b)) => a == b,
            (Value::Host(a), Value::Host(b)) => a == b,
            (Value::Hosts(a), Value::Hosts(b)) => a.text() == b.text(),
            (Value::Address(a, x), Value::Address(b, y)) => {
                a == b && x.map(Piece::text) == y.map(Piece::text)
            }
            (Value::Mask(a), Value::Mask(b)) => a == b,
            (Value::Word(a), Value::Word(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a.text() == b.text(),
            (Value::List, Value::List) => true,
            _ => false,
        }
    }
}

impl<'a> Section<'a> {
    /// Takes a key in; of two the last wins, and is warned of if they differ.
    pub(super) fn put(&mut self, key: &'static Key, given: Given<'a>, notes: &mut Vec<Diagnostic>) {
        let (span, value) = (given.span.clone(), given.value);
        let before = self.given.insert(key.name, given);
        if before.is_some_and(|before| before.value != value) {
            let message = format!("`{}` was given before; this one holds", key.name);
            notes.push(Diagnostic::warning(span, message));
        }
    }

    /// Takes a key in whose value is none.
    pub(super) fn put_wrong(&mut self, key: &'static Key) {
        self.wrong.insert(key.name);
    }

    /// Whether the value of a key was none: what comes of that need not be said.
    pub(super) fn is_wrong(&self, name: &str) -> bool {
        self.wrong.contains(name)
    }

    /// Whether nothing at all was said under a key.
    pub(super) fn misses(&self, name: &str) -> bool {
        self.get(name).is_none() && !self.is_wrong(name)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Given<'a>> {
        debug_assert!(super::keys::KEYS.iter().any(|key| key.name == name), "no key {name}");
        self.given.get(name)
    }

    fn value(&self, name: &str) -> Option<Value<'a>> {
        self.get(name).map(|given| given.value)
    }

    /// Where the value of a key stands.
    pub(super) fn span(&self, name: &str) -> Option<Range<usize>> {
        self.get(name).map(|given| given.span.clone())
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// The number of a key that has no number below 0 nor above 4294967295.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.integer(name)?.try_into().ok()
    }

    pub(super) fn boolean(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Boolean(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn port(&self, name: &str) -> Option<u16> {
        match self.value(name)? {
            Value::Port(port) => Some(port),
            _ => None,
        }
    }

    pub(super) fn host(&self, name: &str) -> Option<IpAddr> {
        match self.value(name)? {
            Value::Host(address) => Some(address),
            _ => None,
        }
    }

    pub(super) fn hosts(&self, name: &str) -> Option<Piece<'a>> {
        match self.value(name)? {
            Value::Hosts(hosts) => Some(hosts),
            _ => None,
        }
    }

    pub(super) fn address(&self, name: &str) -> Option<(IpAddr, Option<Piece<'a>>)> {
        match self.value(name)? {
            Value::Address(address, device) => Some((address, device)),
            _ => None,
        }
    }

    pub(super) fn mask(&self, name: &str) -> Option<Mask> {
        match self.value(name)? {
            Value::Mask(mask) => Some(mask),
            _ => None,
        }
    }

    pub(super) fn word(&self, name: &str) -> Option<&'static str> {
        match self.value(name)? {
            Value::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<Piece<'a>> {
        match self.value(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}
