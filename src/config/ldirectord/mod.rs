//! The dialect of ldirectord 4.12.
//!
//! `scan` splits the text into lines and gives each to its section; `directives` says what each
//! line may be, `values` what follows its `=`; the rest lowers sections to the model.

mod address;
mod alert;
mod answer;
mod check;
mod commands;
mod directives;
mod http;
pub(super) mod lent;
mod lighter;
mod load;
mod lookup;
mod mailbox;
mod monitor;
mod negotiate;
mod pattern;
mod real;
mod reals;
mod scan;
mod section;
mod security;
mod service;
mod services;
mod settings;
mod url;
mod values;
mod virtuals;
mod writable;

pub use directives::{DIRECTIVES, Directive, Effect, Scope, Shape};
pub(super) use pattern::as_perl;
pub(super) use services::{port_of, service_at};

use super::cluster::{self, Beside};
use super::{Diagnostic, Reading, Resolver, Severity};
use crate::model::{Cluster, Model};

/// Reads the text of an ldirectord.cf. Never fails: what is wrong stands in the diagnostics.
pub fn read(text: &str, resolver: &dyn Resolver) -> Reading {
    let mut diagnostics = Vec::new();
    let document = scan::scan(text, &mut diagnostics);
    let settings = settings::settings(&document.globals, resolver, &mut diagnostics);
    let cluster = cluster(&document, resolver, &mut diagnostics);
    let virtuals = virtuals::virtuals(&document, cluster.as_ref(), resolver, &mut diagnostics);
    diagnostics.sort_by(|a, b| place(a).cmp(&place(b)));
    // a global value is looked at by every virtual that it holds for
    diagnostics.dedup();
    let broken = diagnostics.iter().any(|d| d.severity == Severity::Error);
    if document.virtuals.is_empty() && cluster.is_none() && !broken {
        let message = "there is no virtual service: nothing to do";
        diagnostics.insert(0, Diagnostic::warning(0..0, message));
    }
    let logfile = settings.logfile.clone();
    let model = (!broken).then_some(Model { virtuals, settings, cluster: cluster.map(Box::new) });
    Reading { model, logfile, diagnostics }
}

/// What the block of the directors says; what is wrong is noted.
fn cluster(
    document: &section::Document<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Cluster> {
    let section = document.clusters.first()?.read(resolver, notes)?;
    cluster::cluster(&section, Beside::default(), resolver, notes)
}

fn place(diagnostic: &Diagnostic) -> (usize, usize, &str) {
    (diagnostic.span.start, diagnostic.span.end, &diagnostic.message)
}
