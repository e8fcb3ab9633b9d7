//! A directive's value where it counts: the virtual's own, else the global one.

use std::time::Duration;

use super::section::{Given, Section};
use super::values::Value;

/// The two sections that speak for a virtual.
#[derive(Clone, Copy)]
pub(super) struct Lookup<'s, 'a> {
    pub(super) own: &'s Section<'a>,
    pub(super) globals: &'s Section<'a>,
}

impl<'s, 'a> Lookup<'s, 'a> {
    /// What the virtual says, else what the global part says.
    pub(super) fn given(self, name: &str) -> Option<&'s Given<'a>> {
        self.own.get(name).or_else(|| self.globals.get(name))
    }

    pub(super) fn yes_no(self, name: &str) -> Option<bool> {
        match self.given(name)?.value {
            Value::YesNo(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn number(self, name: &str) -> Option<u32> {
        number(self.given(name)?)
    }

    pub(super) fn text(self, name: &str) -> Option<&'s str> {
        match &self.given(name)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn word(self, name: &str) -> Option<&'static str> {
        match self.given(name)?.value {
            Value::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The deadline of connect, ping and external checks.
    pub(super) fn check_timeout(self) -> Duration {
        self.first_timeout(["checktimeout", "negotiatetimeout"], 5)
    }

    /// The deadline of negotiate checks.
    pub(super) fn negotiate_timeout(self) -> Duration {
        self.first_timeout(["negotiatetimeout", "checktimeout"], 30)
    }

    /// The first that is set: both in the virtual, then both in the global part.
    fn first_timeout(self, names: [&str; 2], default: u32) -> Duration {
        let set = [self.own, self.globals]
            .into_iter()
            .flat_map(|section| names.map(|name| section.get(name)))
            .flatten()
            .find_map(number);
        Duration::from_secs(set.unwrap_or(default).into())
    }
}

fn number(given: &Given<'_>) -> Option<u32> {
    match given.value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}
