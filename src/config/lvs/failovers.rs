//! The services that run on the active director itself (`service = fos`).

use std::time::Duration;

use super::check::{check, interval};
use super::command::command;
use super::held::active;
use super::section::{Block, Document};
use super::service::target;
use super::site::Site;
use crate::config::{Diagnostic, Fault, Resolver};
use crate::model::{Command, Failover};

/// Lowers the active failover blocks, if they are meant; what is wrong is noted.
pub(super) fn failovers(
    document: &Document<'_>,
    site: Site,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Vec<Failover> {
    if !site.fos {
        return Vec::new();
    }
    let blocks = document.failovers.iter().filter(|block| active(&block.keys));
    blocks.filter_map(|block| one(block, resolver, notes)).collect()
}

fn one(
    block: &Block<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Failover> {
    let keys = &block.keys;
    let target = target(keys);
    if target.is_none() && !keys.is_wrong("address") {
        let message = "an active service needs an address";
        let wrong = Diagnostic::error(block.name.span(), message).fault(Fault::MissingArguments);
        notes.push(wrong.hint("write address = 192.0.2.1 eth0:1"));
    }
    let mut run = |name| required(block, name, resolver, notes);
    let (start, stop) = (run("start_cmd"), run("stop_cmd"));
    let interval = interval(keys, notes);
    let check = check(keys, keys.port("port").unwrap_or(80), resolver, notes);
    Some(Failover {
        name: block.name.text().to_owned(),
        target: target?,
        check,
        timeout: Duration::from_secs(interval.unwrap_or(10).into()),
        start: start?,
        stop: stop?,
    })
}

fn required(
    block: &Block<'_>,
    name: &'static str,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Command> {
    if block.keys.misses(name) {
        let message = format!("a failover service needs `{name}`");
        let wrong = Diagnostic::error(block.name.span(), message).fault(Fault::MissingArguments);
        let word = name.trim_end_matches("_cmd");
        notes.push(wrong.hint(format!("write {name} = \"/etc/init.d/httpd {word}\"")));
    }
    command(&block.keys, name, resolver, notes)
}
