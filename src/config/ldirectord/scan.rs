//! From text to sections: which line belongs where, and which directive it is.
//!
//! ldirectord reads the global part and the body of a virtual with two lexers. Ours accepts what
//! they accept, and of what they refuse: DOS line ends, a byte-order mark, blank lines within a
//! body, and a body indented by fewer than four blanks.

use super::directives::{self, DIRECTIVES, Directive, Effect, OF_A_CHECK, Scope, Shape};
use super::section::{Document, Given, Section, VirtualSection};
use super::{mailbox, values};
use crate::config::Diagnostic;
use crate::config::cluster::{self, Block};
use crate::config::near_miss::near_miss;
use crate::config::piece::{Piece, is_blank};
use crate::config::secret;
use crate::model::Family;

/// Splits the file into sections; what is wrong with a line is noted, and the next one is read.
pub(super) fn scan<'a>(text: &'a str, notes: &mut Vec<Diagnostic>) -> Document<'a> {
    let mut document = Document::default();
    let mut place = Place::Global(None);
    for (number, line) in (1..).zip(Piece::lines(text)) {
        let statement = line.trim();
        if statement.is_empty() || statement.starts_with('#') {
            continue;
        }
        let indented = line.text().starts_with(is_blank);
        match (indented, place) {
            (false, Place::Cluster { outdented }) if is_outdented(statement) => {
                if !outdented {
                    notes.push(outdented_line(statement));
                }
                place = Place::Cluster { outdented: true };
                document.clusters.last_mut().into_iter().for_each(|block| block.put(statement));
            }
            (false, _) => place = global(number, statement, place, &mut document, notes),
            (true, Place::Virtual) => body(statement, &mut document, notes),
            (true, Place::Cluster { .. }) => {
                document.clusters.last_mut().into_iter().for_each(|block| block.put(statement));
            }
            (true, Place::Global(ended)) => notes.push(homeless(statement, ended)),
            // its first line is an error already: what is wrong with the rest cannot be known
            (true, Place::Lost) => {}
        }
    }
    document
}

/// The directive, and its line, that ended the last body.
#[derive(Clone, Copy, PartialEq)]
struct Ended {
    /// Whose body it was.
    what: &'static str,
    name: &'static str,
    line: usize,
}

/// Where an indented line would belong.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Nowhere, if anything was ended or not.
    Global(Option<Ended>),
    /// The body of the last virtual.
    Virtual,
    /// The cluster; whether a line of it has been found in the first column.
    Cluster { outdented: bool },
    /// The body of something unknown.
    Lost,
}

fn global<'a>(
    line: usize,
    statement: Piece<'a>,
    before: Place,
    document: &mut Document<'a>,
    notes: &mut Vec<Diagnostic>,
) -> Place {
    let Some((directive, value)) = split(statement, Scope::Global, notes) else {
        return Place::Lost;
    };
    if directive.name == "cluster" {
        let name = values::without_comment(directive, value, Scope::Global);
        if !document.clusters.is_empty() {
            notes.push(Diagnostic::error(statement.span(), "the cluster is here twice"));
        }
        document.clusters.push(Block::new(name));
        return Place::Cluster { outdented: false };
    }
    if directive.shape != Shape::Service {
        store(directive, statement, value, Scope::Global, &mut document.globals, notes);
        return Place::Global(match before {
            Place::Virtual => Some(Ended { what: "virtual service", name: directive.name, line }),
            Place::Cluster { .. } => Some(Ended { what: CLUSTER, name: directive.name, line }),
            Place::Global(ended) => ended,
            Place::Lost => None,
        });
    }
    let family = if directive.name == "virtual6" { Family::V6 } else { Family::V4 };
    let header = values::without_comment(directive, value, Scope::Virtual);
    let body = Section::default();
    document.virtuals.push(VirtualSection { family, line, header, body });
    Place::Virtual
}

fn body<'a>(statement: Piece<'a>, document: &mut Document<'a>, notes: &mut Vec<Diagnostic>) {
    let Some(section) = document.virtuals.last_mut() else { return };
    let scope = match section.family {
        Family::V4 => Scope::Virtual,
        Family::V6 => Scope::Virtual6,
    };
    if let Some((directive, value)) = split(statement, scope, notes) {
        store(directive, statement, value, scope, &mut section.body, notes);
    }
}

/// The directive of a line and what follows its `=`.
fn split<'a>(
    statement: Piece<'a>,
    scope: Scope,
    notes: &mut Vec<Diagnostic>,
) -> Option<(&'static Directive, Piece<'a>)> {
    let (name, rest) = statement.take_while(|c| !is_blank(c) && c != '=');
    let Some(directive) = directives::find(name.text()) else {
        notes.push(unknown(statement, name, scope));
        return None;
    };
    if !directive.scopes.contains(&scope) {
        notes.push(misplaced(directive, name, scope));
        return None;
    }
    if let Some(value) = rest.trim_start().strip_prefix("=") {
        return Some((directive, value.trim_start()));
    }
    let bare = rest.trim_start();
    if directive.name == "supervised" && (bare.is_empty() || bare.starts_with('#')) {
        let message = "`supervised` by itself is deprecated";
        notes.push(Diagnostic::warning(name.span(), message).hint("write supervised=yes"));
        return Some((directive, Piece::YES));
    }
    let message = format!("`=` and a value are missing after `{}`", directive.name);
    let hint = format!("write {}={}", directive.name, directive.shape);
    notes.push(Diagnostic::error(statement.span(), message).hint(hint));
    None
}

/// Reads the value and puts it where it belongs.
pub(super) fn store<'a>(
    directive: &'static Directive,
    statement: Piece<'a>,
    value: Piece<'a>,
    scope: Scope,
    section: &mut Section<'a>,
    notes: &mut Vec<Diagnostic>,
) {
    let value = values::without_comment(directive, value, scope);
    let span = statement.span().start..value.span().end.max(statement.span().start);
    if let Shape::Removed(instead) = directive.shape {
        let message = format!("`{}` was removed from the language", directive.name);
        notes.push(Diagnostic::error(span, message).hint(format!("use {instead} instead")));
        return;
    }
    if directive.shape == Shape::Real {
        section.reals.push(value);
        return;
    }
    let written = value;
    let Some(value) = values::read(directive, value, scope, notes) else { return };
    mailbox::look(directive, written, notes);
    if directive.effect != Effect::Now {
        return;
    }
    if directive.name == "checkcount" {
        let message = "`checkcount` is deprecated: only checktype=ping uses it";
        let hint = "`failurecount` is the number of failures that take a real server out";
        notes.push(Diagnostic::warning(span.clone(), message).hint(hint));
    }
    let given = Given { value, span };
    match section.also.last_mut() {
        _ if directive.name == "also" => {
            let mut also = Section::default();
            also.put(directive, given, notes);
            section.also.push(also);
        }
        Some(_) if matches!(directive.name, "checktype" | "service") => {
            let message = format!("`{}` stands before the first `also`", directive.name);
            let hint = "behind it, write also=service";
            notes.push(Diagnostic::error(given.span, message).hint(hint));
        }
        Some(also) if OF_A_CHECK.contains(&directive.name) => also.put(directive, given, notes),
        _ => section.put(directive, given, notes),
    }
}

/// Whether a line in the first column, behind those of the cluster, can be of nothing else.
fn is_outdented(statement: Piece<'_>) -> bool {
    let (name, _) = statement.take_while(|c| !is_blank(c) && c != '=');
    let is_global =
        directives::find(name.text()).is_some_and(|found| found.scopes.contains(&Scope::Global));
    !is_global && cluster::is_of_block(name.text())
}

/// The first line of a cluster that is not indented, which stands for those below it as well.
fn outdented_line(statement: Piece<'_>) -> Diagnostic {
    let (name, _) = statement.take_while(|c| !is_blank(c) && c != '=');
    let message = format!("`{}` stands in the first column, outside of the cluster", name.text());
    let hint =
        "begin each line of the cluster with blanks or a tab; its first line, cluster=, without";
    Diagnostic::error(name.span(), message).hint(hint)
}

/// An indented line that is in no body.
fn homeless(statement: Piece<'_>, ended: Option<Ended>) -> Diagnostic {
    let message = match ended {
        Some(Ended { what: CLUSTER, .. }) => {
            "an indented line belongs to the cluster or a virtual service, and none begins here"
        }
        _ => "an indented line belongs to a virtual service, and none begins here",
    };
    let hint = match ended {
        Some(Ended { what, name, line }) => {
            format!("`{name}` on line {line} ended the {what}: indent it, or move it out")
        }
        None => "global directives start in the first column".to_owned(),
    };
    Diagnostic::error(statement.span(), message).hint(hint)
}

fn unknown(statement: Piece<'_>, name: Piece<'_>, scope: Scope) -> Diagnostic {
    if name.is_empty() {
        return Diagnostic::error(statement.span(), "a directive is expected before the `=`");
    }
    let here = DIRECTIVES.iter().filter(|d| d.scopes.contains(&scope)).map(|d| d.name);
    let anywhere = DIRECTIVES.iter().map(|d| d.name);
    let message = format!("unknown directive `{}`", excerpt(name.text()));
    let diagnostic = Diagnostic::error(name.span(), message);
    if scope == Scope::Global && cluster::is_of_block(name.text()) {
        return diagnostic.hint("a directive of the cluster is indented under its `cluster` line");
    }
    match near_miss(name.text(), here).or_else(|| near_miss(name.text(), anywhere)) {
        Some(meant) => diagnostic.hint(format!("did you mean `{meant}`?")),
        None => diagnostic,
    }
}

fn misplaced(directive: &Directive, name: Piece<'_>, scope: Scope) -> Diagnostic {
    let name_text = directive.name;
    let (place, hint) = match scope {
        Scope::Global if directive.scopes.len() == 1 => {
            let hint = format!("indent it under a `{}` line", directive.scopes[0]);
            ("outside of a virtual service", hint)
        }
        Scope::Global => {
            ("outside of a virtual service", "indent it under its `virtual` line".into())
        }
        _ if directive.shape == Shape::Service => {
            ("here", "a virtual service begins in the first column".into())
        }
        Scope::Virtual if name_text.ends_with('6') => {
            ("under `virtual`", format!("use `{}` here", name_text.trim_end_matches('6')))
        }
        Scope::Virtual6 if directive.scopes.contains(&Scope::Virtual) => {
            ("under `virtual6`", format!("use `{name_text}6` here"))
        }
        _ => {
            let hint = "it is a global directive: it starts in the first column".into();
            ("in a virtual service", hint)
        }
    };
    Diagnostic::error(name.span(), format!("`{name_text}` cannot stand {place}")).hint(hint)
}

/// A word that may be as long as the file, and hold a secret, for a message.
fn excerpt(word: &str) -> String {
    let (shown, _) = word.split_at(secret::begins(word).unwrap_or(word.len()));
    shown.trim_end_matches('"').chars().take(40).collect()
}

const CLUSTER: &str = "cluster";
