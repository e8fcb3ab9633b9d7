//! From text to sections: which line belongs where, and which key it is.
//!
//! piranha stops at the first line that it does not understand; here all of them are told. What it
//! refuses, though it is clear what is meant, is accepted: blanks round the `=` or none, a comment
//! behind a value, a brace on the next line, and whatever ends a line.

use super::keys::{self, Effect, KEYS, Key, Place, Shape};
use super::section::{Block, Document, Given, Section, Server};
use super::values;
use super::words::{Manner, Word, words};
use crate::config::ldirectord::lent::Lent;
use crate::config::near_miss::near_miss;
use crate::config::piece::{Piece, is_blank};
use crate::config::{Diagnostic, Fault, Resolver};

/// Splits the file into sections; what is wrong with a line is noted, and the next one is read.
pub(super) fn scan<'a>(
    text: &'a str,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Document<'a> {
    let nowhere = Piece::YES.split_at(0).0;
    let document = Document {
        globals: Section::default(),
        lent: Lent::new(nowhere),
        virtuals: Vec::new(),
        failovers: Vec::new(),
    };
    let mut scanner = Scanner {
        document,
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
}

/// What was warned of already: once in a file is enough.
#[derive(Default)]
struct Lax {
    equals: bool,
    comment: bool,
    quote: bool,
}

impl<'a> Scanner<'a, '_> {
    fn line(&mut self, number: usize, statement: Piece<'a>) {
        if let Some((at, header)) = self.brace.take() {
            self.at = at;
            if statement.starts_with('{') {
                let message = "piranha wants the brace on the line before, and refuses the file";
                self.notes.push(Diagnostic::warning(statement.span(), message));
                return self.behind_brace(statement.split_at(1).1);
            }
            let message = "the brace is missing that begins a block";
            let wrong = Diagnostic::error(header.span(), message).fault(Fault::MissingArguments);
            self.notes.push(wrong.hint(format!("write {:.60} {{", header.text())));
        }
        if self.lost > 0 {
            return match statement.text() {
                text if text.starts_with('}') => self.lost -= 1,
                text if text.ends_with('{') => self.lost += 1,
                _ => {}
            };
        }
        if statement.starts_with('}') {
            return self.close(statement);
        }
        let (name, rest) = statement.take_while(|c| !is_blank(c) && c != '=');
        match name.text() {
            "virtual" | "failover" | "server" => self.open(number, statement, name, rest),
            _ => self.assignment(statement, name, rest),
        }
    }

    fn place(&self) -> Place {
        match self.at {
            At::Global => Place::Global,
            At::Block(place) => place,
            At::Server(_) => Place::Server,
        }
    }

    fn blocks(&mut self, place: Place) -> &mut Vec<Block<'a>> {
        match place {
            Place::Failover => &mut self.document.failovers,
            _ => &mut self.document.virtuals,
        }
    }

    /// A line that should begin a block.
    fn open(&mut self, number: usize, statement: Piece<'a>, word: Piece<'a>, rest: Piece<'a>) {
        let inner = word.text() == "server";
        let place = if word.text() == "failover" { Place::Failover } else { Place::Virtual };
        match (self.at, inner) {
            (At::Global, false) | (At::Block(_), true) => {}
            (At::Global, true) => {
                let message = "`server` cannot stand outside of a `virtual` block";
                self.lost = 1;
                return self.unknown(word, message, None);
            }
            (At::Server(_), true) => {
                self.unclosed(word, "server");
                self.at = At::Block(self.outer());
            }
            _ => {
                self.unclosed(word, "block");
                self.at = At::Global;
            }
        }
        let Some((name, brace)) = self.name(statement, word, rest) else { return };
        let at = match self.at {
            At::Block(place) if inner => {
                let server = Server { name, keys: Section::default() };
                if let Some(block) = self.blocks(place).last_mut() {
                    block.servers.push(server);
                }
                At::Server(place)
            }
            _ => {
                let (keys, servers) = (Section::default(), Vec::new());
                let block = Block { name, line: number, keys, lent: Lent::new(name), servers };
                self.blocks(place).push(block);
                At::Block(place)
            }
        };
        match brace {
            Some(behind) => {
                self.at = at;
                self.behind_brace(behind);
            }
            None => self.brace = Some((at, statement)),
        }
    }

    /// The kind of the block that a server is in.
    fn outer(&self) -> Place {
        match self.at {
            At::Server(place) | At::Block(place) => place,
            At::Global => Place::Virtual,
        }
    }

    /// The name of a block, and what follows its brace, if that is there.
    fn name(
        &mut self,
        statement: Piece<'a>,
        word: Piece<'a>,
        rest: Piece<'a>,
    ) -> Option<(Piece<'a>, Option<Piece<'a>>)> {
        let mut wrong = |fault, message: &str| {
            let hint = format!("write {} name {{", word.text());
            let wrong = Diagnostic::error(statement.span(), message).fault(fault);
            self.notes.push(wrong.hint(hint));
            None
        };
        let text = rest.trim();
        if text.strip_prefix("=").is_some_and(|rest| !rest.trim().starts_with('{')) {
            let message = "this is a line of ldirectord.cf; lvs.cf has blocks";
            return wrong(Fault::MissingArguments, message);
        }
        let Ok((found, comment)) = words(text, Manner::Free) else {
            return wrong(Fault::Quotation, "a quote is not closed");
        };
        let (first, others) = match found.split_first() {
            Some((first, others)) if first.quoted || first.inside.text() != "{" => (first, others),
            _ => return wrong(Fault::MissingArguments, "the block has no name"),
        };
        let end = text.span().end;
        let behind =
            |word: &Word<'_>| text.split_at(text.text().len() - (end - word.whole.span().end)).1;
        match others {
            [brace, ..] if brace.inside.text() == "{" => {
                self.comment(comment);
                Some((
                    first.inside,
                    Some(if others.len() > 1 {
                        behind(brace)
                    } else {
                        text.split_at(text.text().len()).1
                    }),
                ))
            }
            [] if !first.quoted
                && first.inside.text().len() > 1
                && first.inside.text().ends_with('{') =>
            {
                let name = first.inside.split_at(first.inside.text().len() - 1).0;
                let message = "piranha wants a blank before the brace, and refuses the file";
                self.notes.push(Diagnostic::warning(first.whole.span(), message));
                self.comment(comment);
                Some((name, Some(text.split_at(text.text().len()).1)))
            }
            [] => {
                self.comment(comment);
                Some((first.inside, None))
            }
            _ => wrong(Fault::UnexpectedArguments, "a block's name is one word, or in quotes"),
        }
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
            At::Block(_) => At::Global,
            at => {
                let message = "there is no block that this brace could end";
                let wrong = Diagnostic::error(statement.span(), message);
                self.notes.push(wrong.fault(Fault::UnknownCommand));
                at
            }
        };
        let rest = statement.split_at(1).1.trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            self.notes.push(Diagnostic::warning(rest.span(), "this is ignored"));
        }
    }

    fn unclosed(&mut self, word: Piece<'a>, what: &str) {
        let message = format!("the {what} before this `{}` is not closed", word.text());
        let wrong = Diagnostic::error(word.span(), message).fault(Fault::UnknownCommand);
        self.notes.push(wrong.hint("a line with a `}` is missing"));
    }

    fn unknown(&mut self, word: Piece<'a>, message: &str, hint: Option<String>) {
        let wrong = Diagnostic::error(word.span(), message).fault(Fault::UnknownCommand);
        self.notes.push(match hint {
            Some(hint) => wrong.hint(hint),
            None => wrong,
        });
    }

    /// A line with a key, a `=` and a value.
    fn assignment(&mut self, statement: Piece<'a>, name: Piece<'a>, rest: Piece<'a>) {
        let place = self.place();
        let key = keys::find(name.text(), place);
        let directive = keys::find_borrowed(name.text(), place);
        if key.is_none() && directive.is_none() {
            return self.no_key(statement, name, rest);
        }
        let trimmed = rest.trim_start();
        let Some(value) = trimmed.strip_prefix("=") else {
            let message = format!("`=` is missing behind `{}`", name.text());
            let wrong = Diagnostic::error(name.span(), message).fault(Fault::EqualExpected);
            let value = trimmed.text().get(..40).unwrap_or(trimmed.text());
            let hint = format!(
                "write {} = {}",
                name.text(),
                if value.is_empty() { "value" } else { value }
            );
            self.notes.push(wrong.hint(hint));
            return;
        };
        let alone = rest.text().starts_with(is_blank)
            && (value.is_empty() || value.text().starts_with(is_blank));
        if key.is_some() && !alone && !std::mem::replace(&mut self.lax.equals, true) {
            let message = "piranha wants blanks round the `=`, and refuses the file";
            self.notes.push(Diagnostic::warning(statement.span(), message));
        }
        let value = value.trim();
        if value.is_empty() {
            let message = format!("`{}` has no value", name.text());
            let wrong = Diagnostic::error(statement.span(), message);
            self.notes.push(wrong.fault(Fault::MissingArguments));
            return;
        }
        match (key, directive) {
            (Some(key), _) => self.store(key, value),
            (None, Some(directive)) => {
                let global = place == Place::Global;
                let lent = match self.at {
                    At::Block(place) => self.blocks(place).last_mut().map(|block| &mut block.lent),
                    _ => Some(&mut self.document.lent),
                };
                // the scanner's two halves are borrowed by turns
                let mut notes = Vec::new();
                if let Some(lent) = lent {
                    lent.put(directive, statement, value, global, &mut notes);
                }
                self.notes.append(&mut notes);
            }
            (None, None) => {}
        }
    }

    /// Reads a value and puts it where it belongs.
    fn store(&mut self, key: &'static Key, value: Piece<'a>) {
        let Some(words) = self.words(key, value) else { return };
        let place = self.place();
        let read = values::read(key, place, &words, self.resolver, self.notes);
        let Some(read) = read else { return };
        if key.effect == Effect::Warned {
            let message = format!("`{}` is not used: piranha itself refuses it", key.name);
            self.notes.push(Diagnostic::warning(value.span(), message));
        }
        if key.effect != Effect::Now && key.name != "client_monitor" {
            return;
        }
        let end = words.last().map_or(value.span().end, |word| word.whole.span().end);
        let given = Given { value: read, span: value.span().start..end };
        let mut notes = Vec::new();
        let section = match self.at {
            At::Block(place) => self.blocks(place).last_mut().map(|block| &mut block.keys),
            At::Server(place) => {
                let servers = self.blocks(place).last_mut().map(|block| &mut block.servers);
                servers.and_then(|servers| servers.last_mut()).map(|server| &mut server.keys)
            }
            _ => Some(&mut self.document.globals),
        };
        if let Some(section) = section {
            section.put(key, given, &mut notes);
        }
        self.notes.append(&mut notes);
    }

    /// The words of a value, as piranha parts them, else as people mean it.
    fn words(&mut self, key: &Key, value: Piece<'a>) -> Option<Vec<Word<'a>>> {
        let theirs = words(value, Manner::Piranha);
        if let Ok((found, _)) = &theirs
            && values::fits(key.shape, found)
            && !(key.shape == Shape::Address
                && found.get(1).is_some_and(|word| word.whole.starts_with('#')))
        {
            return Some(found.clone());
        }
        if let Ok((found, comment)) = words(value, Manner::Free)
            && values::fits(key.shape, &found)
        {
            self.comment(comment);
            if comment.is_none() && !std::mem::replace(&mut self.lax.quote, true) {
                let message = "piranha ends this word elsewhere, and refuses the file";
                self.notes.push(Diagnostic::warning(value.span(), message));
            }
            return Some(found);
        }
        self.notes.push(match theirs {
            Err(quote) => {
                let message = "the closing quote is missing";
                let wrong = Diagnostic::error(quote.span(), message).fault(Fault::Quotation);
                wrong.hint("a quoted text ends with the quote that it begins with")
            }
            Ok(_) => too_many(key, value),
        });
        None
    }

    fn comment(&mut self, comment: Option<Piece<'a>>) {
        let Some(comment) = comment else { return };
        if !std::mem::replace(&mut self.lax.comment, true) {
            let message = "piranha takes a comment behind a value for words, and refuses the file";
            let warning = Diagnostic::warning(comment.span(), message);
            self.notes.push(warning.hint("a comment has a line of its own"));
        }
    }

    fn no_key(&mut self, statement: Piece<'a>, name: Piece<'a>, rest: Piece<'a>) {
        let place = self.place();
        if statement.text().ends_with('{') && !rest.trim().starts_with('=') {
            let hint = near_miss(name.text(), ["virtual", "failover", "server"]);
            let hint = hint.map(|meant| format!("did you mean `{meant}`?"));
            self.lost = 1;
            return self.unknown(name, "no block begins with this word", hint);
        }
        if name.is_empty() {
            return self.unknown(statement, "a key is expected before the `=`", None);
        }
        let elsewhere = KEYS.iter().find(|key| key.name == name.text());
        if let Some(key) = elsewhere {
            let places: Vec<_> = key.places.iter().map(|place| format!("`{place}`")).collect();
            let message = match place {
                Place::Global => format!("`{}` cannot stand outside of all blocks", key.name),
                _ => format!("`{}` cannot stand in a `{place}` block", key.name),
            };
            let hint = match key.places {
                [Place::Global] => "it stands outside of all blocks".to_owned(),
                _ => format!("it stands in {}", places.join(" or ")),
            };
            return self.unknown(name, &message, Some(hint));
        }
        let here = KEYS.iter().filter(|key| key.places.contains(&place)).map(|key| key.name);
        let lent = || keys::borrowed(place).map(|directive| directive.name);
        let anywhere = KEYS.iter().map(|key| key.name);
        let meant =
            near_miss(name.text(), here.chain(lent())).or_else(|| near_miss(name.text(), anywhere));
        let shown: String = name.text().chars().take(40).collect();
        let hint = meant.map(|meant| format!("did you mean `{meant}`?"));
        self.unknown(name, &format!("unknown key `{shown}`"), hint);
    }

    /// The end of the file.
    fn end(&mut self, length: usize) {
        if let Some((_, header)) = self.brace.take() {
            let message = "the brace is missing that begins a block";
            let wrong = Diagnostic::error(header.span(), message).fault(Fault::MissingArguments);
            self.notes.push(wrong);
        } else if self.at != At::Global {
            let message = "the last block is not closed";
            self.notes
                .push(Diagnostic::warning(length..length, message).hint("add a line with a `}`"));
        }
    }
}

/// A value of more words than its key takes, or fewer.
fn too_many(key: &Key, value: Piece<'_>) -> Diagnostic {
    let message = match key.shape {
        Shape::Address => format!("`{}` takes an address and a device", key.name),
        Shape::List => {
            return Diagnostic::error(value.span(), "a list is expected")
                .fault(Fault::ListExpected)
                .hint("write [ word word ], with blanks inside of the brackets");
        }
        _ => format!("`{}` takes one word", key.name),
    };
    let wrong = Diagnostic::error(value.span(), message).fault(Fault::UnexpectedArguments);
    match key.shape {
        Shape::Text if !value.text().contains('"') => {
            let text = value.text().get(..60).unwrap_or("text");
            wrong.hint(format!("write {} = \"{text}\"", key.name))
        }
        _ => wrong,
    }
}
