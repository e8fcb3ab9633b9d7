//! From text to sections: which line belongs where, and which key it is.
//!
//! piranha stops at the first line that it does not understand; here all of them are told. What it
//! refuses, though it is clear what is meant, is accepted: blanks round the `=` or none, a comment
//! behind a value, a brace on the next line, and whatever ends a line.

use super::header::{Header, header};
use super::keys::{self, Effect, Key, Place, Shape};
use super::section::{Block, Document, Given, Section, Server};
use super::words::{Manner, Word, words};
use super::{values, wrong};
use crate::config::ldirectord::Directive;
use crate::config::piece::{Piece, is_blank};
use crate::config::{Diagnostic, Fault, Resolver, cluster};

/// Splits the file into sections; what is wrong with a line is noted, and the next one is read.
pub(super) fn scan<'a>(
    text: &'a str,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Document<'a> {
    let mut scanner = Scanner {
        document: Document::default(),
        at: At::Global,
        brace: None,
        lost: 0,
        lax: Lax::default(),
        resolver,
        notes,
    };
    for (number, line) in (1..).zip(Piece::lines(text)) {
        for line in line.at_returns() {
            let statement = line.trim();
            if !statement.is_empty() && !statement.starts_with('#') {
                scanner.line(number, statement);
            }
        }
    }
    scanner.end(text.len());
    scanner.document
}

struct Scanner<'a, 'n> {
    document: Document<'a>,
    at: At,
    /// The block whose brace must come next, and its first line.
    brace: Option<(At, Piece<'a>)>,
    /// How many blocks deep it is within one that nobody knows.
    lost: usize,
    lax: Lax,
    resolver: &'n dyn Resolver,
    notes: &'n mut Vec<Diagnostic>,
}

/// Where a line is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Global,
    /// In the last block of this kind.
    Block(Place),
    /// In its last server.
    Server(Place),
    /// In the `cluster` block.
    Cluster,
}

/// What was warned of already: once in a file is enough.
#[derive(Default)]
struct Lax {
    equals: bool,
    comment: bool,
    quote: bool,
    brace: bool,
}

impl<'a> Scanner<'a, '_> {
    fn line(&mut self, number: usize, statement: Piece<'a>) {
        if let Some((at, header)) = self.brace.take() {
            self.at = at;
            if statement.starts_with('{') {
                self.loose(statement, |lax| &mut lax.brace, "the brace on the line before");
                return self.behind_brace(statement.split_at(1).1);
            }
            self.notes.push(wrong::no_brace(header));
        }
        if self.lost > 0 {
            match statement.text() {
                text if text.starts_with('}') => self.lost -= 1,
                text if text.ends_with('{') => self.lost += 1,
                _ => {}
            }
            return;
        }
        if statement.starts_with('}') {
            return self.close(statement);
        }
        let (name, rest) = statement.take_while(|c| !is_blank(c) && c != '=');
        let assigned = rest.trim_start().starts_with('=');
        match (name.text(), self.at, self.document.clusters.last_mut()) {
            ("virtual" | "failover" | "server" | "cluster", ..) if !assigned => {}
            (_, At::Cluster, Some(block)) => return block.put(statement),
            _ => {}
        }
        match name.text() {
            "virtual" | "failover" | "server" | "cluster" => {
                self.open(number, statement, name, rest)
            }
            _ => self.assignment(statement, name, rest),
        }
    }

    fn place(&self) -> Place {
        match self.at {
            At::Global | At::Cluster => Place::Global,
            At::Block(place) => place,
            At::Server(_) => Place::Server,
        }
    }

    /// A line that should begin a block.
    fn open(&mut self, number: usize, statement: Piece<'a>, word: Piece<'a>, rest: Piece<'a>) {
        let inner = word.text() == "server";
        match (self.at, inner) {
            (At::Global, false) | (At::Block(_), true) => {}
            (At::Global, true) => {
                self.lost = usize::from(statement.text().ends_with('{'));
                return self.notes.push(wrong::no_key(word, Place::Global));
            }
            (At::Cluster, true) => {
                self.notes.push(wrong::not_closed(word, "block"));
                self.at = At::Global;
                self.lost = usize::from(statement.text().ends_with('{'));
                return;
            }
            (At::Server(place), true) => {
                self.notes.push(wrong::not_closed(word, "server"));
                self.at = At::Block(place);
            }
            (_, false) => {
                self.notes.push(wrong::not_closed(word, "block"));
                self.at = At::Global;
            }
        }
        let Header { name, behind, attached, comment } = match header(word, rest) {
            Ok(header) => header,
            Err(wrong) => {
                self.lost = usize::from(statement.text().ends_with('{'));
                return self.notes.push(wrong);
            }
        };
        self.comment(comment);
        if let Some(attached) = attached {
            self.loose(attached, |lax| &mut lax.brace, "a blank before the brace");
        }
        let at = match self.at {
            At::Block(place) | At::Server(place) => {
                if let Some(block) = self.document.last(place) {
                    block.servers.push(Server { name, keys: Section::default() });
                }
                At::Server(place)
            }
            _ if word.text() == "cluster" => {
                self.cluster(name);
                At::Cluster
            }
            At::Global | At::Cluster => {
                let failover = word.text() == "failover";
                let place = if failover { Place::Failover } else { Place::Virtual };
                self.document.blocks(place).push(Block::new(name, number));
                At::Block(place)
            }
        };
        match behind {
            Some(behind) => {
                self.at = at;
                self.behind_brace(behind);
            }
            None => self.brace = Some((at, statement)),
        }
    }

    /// The `cluster` block, of which there is one.
    fn cluster(&mut self, name: Piece<'a>) {
        if !self.document.clusters.is_empty() {
            let message = "the `cluster` block is here twice";
            self.notes.push(Diagnostic::error(name.span(), message).fault(Fault::InvalidArgument));
        }
        self.document.clusters.push(cluster::Block::new(name));
    }

    fn behind_brace(&mut self, rest: Piece<'a>) {
        let rest = rest.trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            let message = "nothing can stand behind the brace";
            let wrong = Diagnostic::error(rest.span(), message).fault(Fault::UnexpectedArguments);
            self.notes.push(wrong.hint("every key has a line of its own"));
        }
    }

    fn close(&mut self, statement: Piece<'a>) {
        self.at = match self.at {
            At::Server(place) => At::Block(place),
            At::Block(_) | At::Cluster => At::Global,
            At::Global => {
                let message = "there is no block that this brace could end";
                let wrong = Diagnostic::error(statement.span(), message);
                return self.notes.push(wrong.fault(Fault::UnknownCommand));
            }
        };
        let rest = statement.split_at(1).1.trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            self.notes.push(Diagnostic::warning(rest.span(), "this is ignored"));
        }
    }

    /// A line with a key, a `=` and a value.
    fn assignment(&mut self, statement: Piece<'a>, name: Piece<'a>, rest: Piece<'a>) {
        let place = self.place();
        let key = keys::find(name.text(), place);
        let directive = keys::find_borrowed(name.text(), place);
        if key.is_none() && directive.is_none() {
            return self.no_key(statement, name, rest);
        }
        let Some(value) = rest.trim_start().strip_prefix("=") else {
            return self.notes.push(wrong::no_equals(name, rest));
        };
        let alone = rest.text().starts_with(is_blank)
            && (value.is_empty() || value.text().starts_with(is_blank));
        if key.is_some() && !alone {
            self.loose(statement, |lax| &mut lax.equals, "blanks round the `=`");
        }
        let value = value.trim();
        if value.is_empty() {
            let message = format!("`{}` has no value", name.text());
            let wrong = Diagnostic::error(statement.span(), message);
            return self.notes.push(wrong.fault(Fault::MissingArguments));
        }
        match (key, directive) {
            (Some(key), _) => self.store(key, value),
            (None, Some(directive)) => self.lend(directive, statement, value),
            (None, None) => {}
        }
    }

    /// A line of neither a key nor a directive.
    fn no_key(&mut self, statement: Piece<'a>, name: Piece<'a>, rest: Piece<'a>) {
        if name.is_empty() {
            let wrong = Diagnostic::error(statement.span(), "a key is expected before the `=`");
            return self.notes.push(wrong.fault(Fault::UnknownCommand));
        }
        if statement.text().ends_with('{') && !rest.trim_start().starts_with('=') {
            self.lost = 1;
            return self.notes.push(wrong::no_block(name));
        }
        self.notes.push(wrong::no_key(name, self.place()));
    }

    /// Gives a line to ldirectord.
    fn lend(&mut self, directive: &'static Directive, statement: Piece<'a>, value: Piece<'a>) {
        let lent = match self.at {
            At::Block(place) => self.document.last(place).map(|block| &mut block.lent),
            _ => Some(&mut self.document.lent),
        };
        if let Some(lent) = lent {
            lent.put(directive, statement, value, self.at == At::Global, self.notes);
        }
    }

    /// Reads a value and puts it where it belongs.
    fn store(&mut self, key: &'static Key, value: Piece<'a>) {
        let place = self.place();
        let words = self.words(key, value).unwrap_or_default();
        let read = values::read(key, place, &words, self.resolver, self.notes);
        if key.effect == Effect::Warned && read.is_some() {
            let message = format!("`{}` is not used: piranha itself refuses it", key.name);
            self.notes.push(Diagnostic::warning(value.span(), message));
        }
        // of the monitor it is asked later whether it is nanny
        if key.effect != Effect::Now && key.name != "client_monitor" {
            return;
        }
        let end = words.last().map_or(value.span().end, |word| word.whole.span().end);
        let given = read.map(|read| Given { value: read, span: value.span().start..end });
        let section = match self.at {
            At::Global | At::Cluster => Some(&mut self.document.globals),
            At::Block(place) => self.document.last(place).map(|block| &mut block.keys),
            At::Server(place) => {
                let server = self.document.last(place).and_then(|block| block.servers.last_mut());
                server.map(|server| &mut server.keys)
            }
        };
        match (section, given) {
            (Some(section), Some(given)) => section.put(key, given, self.notes),
            (Some(section), None) => section.put_wrong(key),
            (None, _) => {}
        }
    }

    /// The words of a value, as piranha parts them, else as people mean it.
    fn words(&mut self, key: &Key, value: Piece<'a>) -> Option<Vec<Word<'a>>> {
        let theirs = words(value, Manner::Piranha);
        let commented = |found: &[Word<'_>]| {
            let second = found.get(1).is_some_and(|word| word.whole.starts_with('#'));
            key.shape == Shape::Address && second
        };
        match theirs {
            Ok((found, _)) if values::fits(key.shape, &found) && !commented(&found) => Some(found),
            theirs => {
                let ours = words(value, Manner::Free);
                let ours = ours.ok().filter(|(found, _)| values::fits(key.shape, found));
                let Some((found, comment)) = ours else {
                    let not_fitting = |_| wrong::not_fitting(key, value);
                    self.notes.push(theirs.map_or_else(wrong::no_quote, not_fitting));
                    return None;
                };
                self.comment(comment);
                if comment.is_none() {
                    self.loose(value, |lax| &mut lax.quote, "no such quotes within quotes");
                }
                Some(found)
            }
        }
    }

    fn comment(&mut self, comment: Option<Piece<'a>>) {
        if let Some(comment) = comment {
            self.loose(comment, |lax| &mut lax.comment, "a comment to have a line of its own");
        }
    }

    /// Warns, the first time, of what piranha would have refused: a director that still runs it
    /// cannot share the file.
    fn loose(&mut self, place: Piece<'a>, said: impl Fn(&mut Lax) -> &mut bool, wanted: &str) {
        if !std::mem::replace(said(&mut self.lax), true) {
            let message = format!("piranha wants {wanted}, and refuses the file");
            self.notes.push(Diagnostic::warning(place.span(), message));
        }
    }

    /// The end of the file.
    fn end(&mut self, length: usize) {
        if let Some((_, header)) = self.brace.take() {
            self.notes.push(wrong::no_brace(header));
        } else if self.at != At::Global {
            let warning = Diagnostic::warning(length..length, "the last block is not closed");
            self.notes.push(warning.hint("add a line with a `}`"));
        }
    }
}
