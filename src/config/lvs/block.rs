//! The `cluster` block beside piranha's keys: what else of the file moves along.

use super::held;
use super::keys::{KEYS, Place};
use super::section::{Document, Section};
use super::site::Site;
use crate::config::cluster::{self, Beside, Block};
use crate::config::{Diagnostic, Fault, Resolver};
use crate::model::{Cluster, Failover};

/// Lowers it, with the addresses of the services and the gateway; what is wrong is noted.
pub(super) fn cluster(
    block: &Block<'_>,
    document: &Document<'_>,
    site: Site,
    failovers: Vec<Failover>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Cluster> {
    let section = block.read(resolver, notes);
    said_twice(&document.globals, section.as_ref(), notes);
    let section = section?;
    let listed = cluster::held(&section, resolver);
    let own = section.directors();
    let held = held::addresses(document, site, &own, Some(&listed), resolver, notes);
    let cluster = cluster::cluster(&section, Beside { held, failovers }, resolver, notes)?;
    let blocks = if site.fos { &document.failovers } else { &document.virtuals };
    for keys in blocks.iter().map(|block| &block.keys).filter(|keys| held::active(keys)) {
        let address = keys.address("address").map(|(address, _)| address);
        let place = address.zip(keys.span("address")).filter(|(address, _)| !own.contains(address));
        notes.extend(place.and_then(|(address, span)| cluster::unheld(&cluster, address, span)));
    }
    Some(cluster)
}

/// Piranha's own keys about the directors: which of the two is meant nobody would know.
fn said_twice(
    globals: &Section<'_>,
    section: Option<&cluster::Section<'_>>,
    notes: &mut Vec<Diagnostic>,
) {
    let keys = KEYS.iter().filter(|key| key.places.contains(&Place::Global));
    for (key, directive) in keys.filter_map(|key| Some((key.name, instead(key.name)?))) {
        let Some(span) = globals.span(key) else { continue };
        let message =
            format!("`{key}` cannot stand beside the cluster block, which holds in its place");
        let wrong = Diagnostic::error(span, message).fault(Fault::InvalidArgument);
        notes.push(match section.is_some_and(|section| section.knows(directive)) {
            true => wrong.hint(format!("take the line out; in the block it is `{directive}`")),
            false => wrong.hint("take the line out"),
        });
    }
}

/// What the block has in a key's place; nothing if it needs none.
fn instead(key: &str) -> Option<&'static str> {
    INSTEAD.iter().find(|(theirs, _)| *theirs == key).map(|(_, ours)| *ours)
}

const INSTEAD: &[(&str, &str)] = &[
    ("primary", "primary"),
    ("primary_private", "primary"),
    ("backup", "backup"),
    ("backup_private", "backup"),
    ("backup_active", ""),
    ("heartbeat_port", "port"),
    ("heartbeat_key_file", "secretfile"),
    ("keepalive", "interval"),
    ("deadtime", "deadtime"),
    ("monitor_links", "monitorlinks"),
    ("standby_checks", "standbychecks"),
    ("active_cmd", "activecommand"),
    ("inactive_cmd", "inactivecommand"),
    ("syncdaemon", "syncinterface"),
    ("syncd_iface", "syncinterface"),
    ("syncd_id", "syncid"),
];
