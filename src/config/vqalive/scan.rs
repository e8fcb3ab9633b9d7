//! A file's lines, each with its parameter.

use std::net::IpAddr;
use std::time::Duration;

use checkers::Pattern;

use super::parameters::{PARAMETERS, Parameter, find};
use super::values::{self, Value};
use crate::config::near_miss::near_miss;
use crate::config::piece::{Piece, is_blank};
use crate::config::{Diagnostic, Resolver};
use crate::model::Command;

/// What a file says, in its order.
pub(super) struct Document<'a> {
    given: Vec<(&'static Parameter, Piece<'a>, Option<Value>)>,
}

/// Reads all lines; what is wrong is noted.
pub(super) fn scan<'a>(
    text: &'a str,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Document<'a> {
    let mut document = Document { given: Vec::new() };
    for line in Piece::lines(text).flat_map(Piece::at_returns) {
        let (line, _) = line.take_while(|c| c != '#');
        let line = line.trim();
        if !line.is_empty() {
            document.line(line, resolver, notes);
        }
    }
    document
}

impl<'a> Document<'a> {
    fn line(&mut self, line: Piece<'a>, resolver: &dyn Resolver, notes: &mut Vec<Diagnostic>) {
        let (name, rest) = line.take_while(|c| !is_blank(c) && c != '=');
        let Some(parameter) = find(name.text()) else {
            return notes.push(unknown(name));
        };
        let rest = rest.trim_start();
        let rest = rest.strip_prefix("=").unwrap_or(rest).trim();
        if rest.is_empty() {
            let wrong =
                Diagnostic::error(name.span(), format!("`{}` has no value", parameter.name));
            notes.push(wrong.hint(format!("write {} {}", parameter.name, parameter.example)));
            return self.given.push((parameter, name, None));
        }
        if !parameter.several {
            return self.once(parameter, rest, resolver, notes);
        }
        let mut words = rest;
        while !words.is_empty() {
            let (word, behind) = words.take_while(|c| !is_blank(c) && c != ',');
            if !word.is_empty() {
                self.another(parameter, word, resolver, notes);
            }
            words = behind.take_while(|c| is_blank(c) || c == ',').1;
        }
    }

    /// What is given twice: who wrote the second one meant it.
    fn once(
        &mut self,
        parameter: &'static Parameter,
        rest: Piece<'a>,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) {
        if let Some(at) = self.given.iter().position(|(given, ..)| given.name == parameter.name) {
            let message = format!("`{}` is given twice: this one is used", parameter.name);
            notes.push(Diagnostic::warning(rest.span(), message));
            self.given.remove(at);
        }
        let value = values::read(parameter, rest, resolver, notes);
        self.given.push((parameter, rest, value));
    }

    /// One of several.
    fn another(
        &mut self,
        parameter: &'static Parameter,
        word: Piece<'a>,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) {
        let value = values::read(parameter, word, resolver, notes);
        let known = |value: &Value| {
            self.given.iter().any(|(given, _, has)| {
                given.name == parameter.name && has.as_ref().is_some_and(|has| has.is(value))
            })
        };
        if value.as_ref().is_some_and(known) {
            let message = format!("`{}` has this value already", parameter.name);
            return notes.push(Diagnostic::warning(word.span(), message));
        }
        self.given.push((parameter, word, value));
    }

    /// Whether the file has this parameter, with whatever value.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.given.iter().any(|(parameter, ..)| parameter.name == name)
    }

    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        self.values("check_ip").filter_map(Value::address).collect()
    }

    pub(super) fn ports(&self) -> Vec<u16> {
        let port = |value: &Value| if let Value::Port(port) = value { Some(*port) } else { None };
        self.values("check_port").filter_map(port).collect()
    }

    pub(super) fn address(&self, name: &str) -> Option<IpAddr> {
        self.values(name).find_map(Value::address)
    }

    pub(super) fn script(&self, name: &str) -> Option<Command> {
        match self.values(name).next() {
            Some(Value::Script(command)) => Some(command.clone()),
            _ => None,
        }
    }

    pub(super) fn time(&self, name: &str) -> Option<Duration> {
        match self.values(name).next() {
            Some(Value::Time(time)) => Some(*time),
            _ => None,
        }
    }

    pub(super) fn count(&self, name: &str) -> Option<u32> {
        match self.values(name).next() {
            Some(Value::Count(count)) => Some(*count),
            _ => None,
        }
    }

    pub(super) fn word(&self, name: &str) -> Option<&'static str> {
        match self.values(name).next() {
            Some(Value::Word(word)) => Some(word),
            _ => None,
        }
    }

    pub(super) fn pattern(&self, name: &str) -> Option<Pattern> {
        match self.values(name).next() {
            Some(Value::Pattern(pattern)) => Some(pattern.clone()),
            _ => None,
        }
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &Value> {
        let of_name = self.given.iter().filter(move |(parameter, ..)| parameter.name == name);
        of_name.filter_map(|(_, _, value)| value.as_ref())
    }
}

/// The original may have had others: the file is used without it.
fn unknown(name: Piece<'_>) -> Diagnostic {
    let warning = Diagnostic::warning(name.span(), "no parameter of this name is known: not used");
    match near_miss(name.text(), PARAMETERS.iter().map(|parameter| parameter.name)) {
        Some(meant) => warning.hint(format!("did you mean `{meant}`?")),
        None => warning,
    }
}
