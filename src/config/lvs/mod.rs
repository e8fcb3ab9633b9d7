//! The dialect of piranha 0.8.6, and of all releases before it.
//!
//! `scan` splits the text into lines and gives each to its block; `keys` says what each line may be,
//! `values` what follows its `=`; the rest lowers blocks to the model. What piranha has no word for is
//! said by ldirectord's directives, which ldirectord's own code lowers (`lent`).

mod block;
mod check;
mod cluster;
mod command;
mod failovers;
mod header;
mod held;
mod host;
mod integer;
mod keys;
mod load;
mod reals;
mod scan;
mod section;
mod service;
mod site;
mod values;
mod virtuals;
mod words;
mod wrong;

pub(super) use keys::of_piranha;
pub use keys::{Effect, Era, KEYS, Key, Place, Shape, borrowed};

use super::{Diagnostic, Fault, Reading, Resolver, Severity};
use crate::model::Model;
use site::Site;

/// Reads the text of an lvs.cf. Never fails: what is wrong stands in the diagnostics.
pub fn read(text: &str, resolver: &dyn Resolver) -> Reading {
    let mut diagnostics = Vec::new();
    if text.is_empty() {
        let message = "the file is empty";
        diagnostics.push(Diagnostic::error(0..0, message).fault(Fault::Empty));
        return Reading { model: None, logfile: None, diagnostics };
    }
    let mut document = scan::scan(text, resolver, &mut diagnostics);
    let settings = site::settings(&document, resolver, &mut diagnostics);
    let (virtuals, cluster) = lower(&mut document, resolver, &mut diagnostics);
    diagnostics.sort_by(|a, b| place(a).cmp(&place(b)));
    // a global directive is looked at by every virtual that it holds for
    diagnostics.dedup();
    let broken = diagnostics.iter().any(|d| d.severity == Severity::Error);
    let failovers = cluster.as_ref().is_some_and(|cluster| !cluster.failovers.is_empty());
    let idle = virtuals.is_empty() && !failovers && document.clusters.is_empty();
    if idle && !broken {
        let message = "there is no active service: pulse will not start";
        let nothing = Diagnostic::warning(0..0, message);
        diagnostics.insert(0, nothing.hint("write active = 1 in its block"));
    }
    let logfile = settings.logfile.clone();
    let model = (!broken).then_some(Model { virtuals, settings, cluster: cluster.map(Box::new) });
    Reading { model, logfile, diagnostics }
}

fn lower(
    document: &mut section::Document<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> (Vec<crate::model::Virtual>, Option<crate::model::Cluster>) {
    let site = Site::new(document);
    let failovers = failovers::failovers(document, site, resolver, notes);
    let cluster = cluster::cluster(document, site, failovers, resolver, notes);
    let virtuals =
        if site.fos { Vec::new() } else { virtuals::virtuals(document, site, resolver, notes) };
    (virtuals, cluster)
}

fn place(diagnostic: &Diagnostic) -> (usize, usize, &str) {
    (diagnostic.span.start, diagnostic.span.end, &diagnostic.message)
}
