//! The two directors: who they are, how they hear of each other, and what moves between them.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::block;
use super::command::command;
use super::held;
use super::section::{Document, Section};
use super::site::Site;
use crate::config::device::absent;
use crate::config::{Diagnostic, Fault, Resolver, secret};
use crate::model::protocol::Pulse;
use crate::model::{Cluster, Command, Failover, FailoverProtocol, Fitness, Name, Node, Sync};

/// Lowers what the file says of directors; `None` if it names no primary.
pub(super) fn cluster(
    document: &Document<'_>,
    site: Site,
    failovers: Vec<Failover>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Cluster> {
    if let Some(block) = document.clusters.first() {
        return block::cluster(block, document, site, failovers, resolver, notes);
    }
    let globals = &document.globals;
    let Some(primary) = v4(globals, "primary") else {
        if globals.misses("primary") {
            notes.extend(without_primary(globals, site));
        }
        return None;
    };
    let (primary, backup) = nodes(globals, primary, notes);
    let seconds =
        |name, default| Duration::from_secs(globals.number(name).unwrap_or(default).into());
    let (keepalive, deadtime) = (seconds("keepalive", 2), seconds("deadtime", 5));
    if backup.is_some() && keepalive >= deadtime {
        let span = globals.span("keepalive").or(globals.span("deadtime")).unwrap_or(0..0);
        let message = "a director is taken for dead between two of its heartbeats";
        let hint = "deadtime should be three times keepalive, as in keepalive = 2, deadtime = 6";
        notes.push(Diagnostic::warning(span, message).hint(hint));
    }
    let own = [primary.public, primary.private.unwrap_or(primary.public)];
    let peer = backup.map(|node| [node.public, node.private.unwrap_or(node.public)]);
    let own: Vec<IpAddr> =
        own.into_iter().chain(peer.into_iter().flatten()).map(IpAddr::V4).collect();
    let pulse = Pulse {
        primary,
        backup,
        port: globals.port("heartbeat_port").unwrap_or(539),
        keepalive,
        deadtime,
        secret: globals
            .text("heartbeat_key_file")
            .map(|path| secret::stored(path, "pulse", resolver, notes)),
    };
    Some(Cluster {
        protocol: FailoverProtocol::Pulse(pulse),
        addresses: held::addresses(document, site, &own, None, resolver, notes),
        monitor_links: backup.is_some() && globals.integer("monitor_links").is_some_and(|n| n != 0),
        sync: sync(globals, resolver, notes),
        active_command: hook(globals, "active_cmd", resolver, notes),
        inactive_command: hook(globals, "inactive_cmd", resolver, notes),
        fitness: Fitness::default(),
        standby_checks: globals.boolean("standby_checks").unwrap_or(true),
        standby_table: false,
        failovers,
    })
}

/// What is run at a change of the role; piranha takes an empty one for none.
fn hook(
    globals: &Section<'_>,
    name: &'static str,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Command> {
    let text = globals.text(name)?;
    if text.text().trim().is_empty() {
        let message = format!("`{name}` is empty: nothing is run");
        notes.push(Diagnostic::warning(text.span(), message));
        return None;
    }
    command(globals, name, resolver, notes)
}

fn without_primary(globals: &Section<'_>, site: Site) -> Option<Diagnostic> {
    let message = "`primary` is missing: nobody knows which director is master";
    let hint = "write primary = address, that of one of the two directors";
    if site.fos {
        let span = globals.span("service")?;
        return Some(Diagnostic::error(span, message).fault(Fault::MissingArguments).hint(hint));
    }
    let given = ["backup", "backup_active", "heartbeat_port", "keepalive", "deadtime"];
    let span = given.iter().find_map(|name| globals.span(name))?;
    Some(Diagnostic::warning(span, message).hint(hint))
}

/// Both directors with their second addresses, which come into play only if the primary has one.
fn nodes(
    globals: &Section<'_>,
    public: Ipv4Addr,
    notes: &mut Vec<Diagnostic>,
) -> (Node, Option<Node>) {
    let private = v4(globals, "primary_private");
    if private.is_none()
        && let Some(span) = globals.span("backup_private")
    {
        let message = "`backup_private` is not used: there is no `primary_private`";
        notes.push(Diagnostic::warning(span, message));
    }
    let private = private.filter(|private| *private != public);
    let primary = Node { public, private };
    let Some(public) = backup(globals, public, notes) else { return (primary, None) };
    let given = v4(globals, "backup_private");
    let own = given.filter(|own| private.is_some() && *own != public);
    if private.is_some() && own.is_none() {
        let span =
            globals.span("backup_private").or(globals.span("primary_private")).unwrap_or(0..0);
        let message = "the backup has no private address: heartbeats go by one network only";
        notes.push(Diagnostic::warning(span, message).hint("write backup_private = address"));
    }
    (primary, Some(Node { public, private: own }))
}

/// The address of the other director, if there is one and it is active.
fn backup(
    globals: &Section<'_>,
    primary: Ipv4Addr,
    notes: &mut Vec<Diagnostic>,
) -> Option<Ipv4Addr> {
    let active = globals.boolean("backup_active").unwrap_or(false);
    let backup = v4(globals, "backup").filter(|backup| !backup.is_unspecified());
    if !active {
        if backup.is_some() && backup != Some(primary) {
            let message = "the backup is not active: pulse will not start on it, but ends";
            let span = globals.span("backup").unwrap_or(0..0);
            notes.push(
                Diagnostic::warning(span, message)
                    .hint("write backup_active = 1, or backup = 0.0.0.0 if there is one director"),
            );
        }
        return None;
    }
    let cleared = |message: &str| {
        let span = globals.span("backup").or(globals.span("backup_active")).unwrap_or(0..0);
        Diagnostic::warning(span, message).hint("write backup_active = 0 if there is one director")
    };
    match backup {
        None => notes.push(cleared("Undefined backup node marked as active? -- clearing that!")),
        Some(backup) if backup == primary => {
            notes.push(cleared("the backup is the primary itself: there is no backup"));
        }
        Some(_) => return backup,
    }
    None
}

fn sync(
    globals: &Section<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Sync> {
    if globals.boolean("syncdaemon") != Some(true) {
        return None;
    }
    let given = globals.integer("syncd_id").unwrap_or(0);
    let [id, ..] = given.to_le_bytes();
    if i64::from(id) != given {
        let message = format!("this is read as {id}: a sync id is a number from 0 to 255");
        notes.push(Diagnostic::warning(globals.span("syncd_id").unwrap_or(0..0), message));
    }
    let name = globals.text("syncd_iface");
    let Ok(interface) = name.map_or("eth0", |name| name.text()).parse::<Name>() else {
        let message = "a network interface has a name of 1 to 15 characters";
        let span = globals.span("syncd_iface").unwrap_or(0..0);
        notes.push(Diagnostic::error(span, message).fault(Fault::InvalidArgument));
        return None;
    };
    let span = globals.span("syncd_iface").or(globals.span("syncdaemon")).unwrap_or(0..0);
    notes.extend(absent(&interface, span, resolver));
    Some(Sync { interface, id, wait: Duration::ZERO })
}

fn v4(globals: &Section<'_>, name: &str) -> Option<Ipv4Addr> {
    match globals.host(name)? {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}
