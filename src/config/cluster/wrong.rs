//! What is said of lines that are none, and of those that are missing.

use super::directives::{ALL, DIRECTIVES, Directive, Protocol};
use super::section::Section;
use crate::config::near_miss::near_miss;
use crate::config::piece::Piece;
use crate::config::{Diagnostic, secret};

/// A word that names no protocol.
pub(super) fn no_protocol(name: Piece<'_>) -> Diagnostic {
    let names: Vec<_> = ALL.iter().map(|protocol| protocol.name()).collect();
    let message = format!("`cluster` takes one of {}", names.join(", "));
    let wrong = Diagnostic::error(name.span(), message);
    let meant = INSTEAD.iter().find(|(word, _)| *word == name.text()).map(|(_, meant)| *meant);
    hinted(wrong, meant.or_else(|| near_miss(name.text(), names)))
}

/// A word that is no directive of any protocol.
pub(super) fn no_directive(
    statement: Piece<'_>,
    name: Piece<'_>,
    protocol: Protocol,
) -> Diagnostic {
    if name.is_empty() {
        return Diagnostic::error(statement.span(), "a directive is expected before the `=`");
    }
    let shown = secret::begins(name.text()).map_or(name, |at| name.split_at(at).0);
    let shown: String = shown.text().chars().take(40).collect();
    let wrong = Diagnostic::error(name.span(), format!("unknown directive `{shown}`"));
    if secret::begins(statement.text()).is_some() {
        return wrong.hint("a secret has a file of its own: write secretfile = /etc/ha.d/secret");
    }
    if let Some((_, ours)) = MOVED.iter().find(|(word, _)| *word == name.text()) {
        return wrong.hint(format!("write {}", alike(ours, protocol).unwrap_or(ours)));
    }
    let here = DIRECTIVES.iter().filter(|one| one.protocols.contains(&protocol));
    let meant = near_miss(name.text(), here.map(|directive| directive.name));
    let anywhere = DIRECTIVES.iter().map(|directive| directive.name);
    hinted(wrong, meant.or_else(|| near_miss(name.text(), anywhere)))
}

/// A directive of other protocols.
pub(super) fn of_another(directive: &Directive, name: Piece<'_>, protocol: Protocol) -> Diagnostic {
    let whose: Vec<_> = directive.protocols.iter().map(|protocol| protocol.name()).collect();
    let message = format!(
        "`{}` is of {}, and this cluster is of {protocol}",
        directive.name,
        whose.join(" and ")
    );
    let wrong = Diagnostic::error(name.span(), message);
    match alike(directive.name, protocol) {
        Some(meant) => wrong.hint(format!("{protocol} has `{meant}`")),
        None => wrong,
    }
}

/// What a protocol has for a directive of another one.
fn alike(directive: &str, protocol: Protocol) -> Option<&'static str> {
    let ours = ALIKE.iter().find(|(word, whose, _)| *word == directive && *whose == protocol);
    ours.map(|(_, _, meant)| *meant)
}

/// A directive with no `=` behind it.
pub(super) fn no_equals(directive: &Directive, name: Piece<'_>) -> Diagnostic {
    let message = format!("`=` and a value are missing behind `{}`", directive.name);
    Diagnostic::error(name.span(), message)
        .hint(format!("write {} = {}", directive.name, directive.shape))
}

/// A directive with nothing behind its `=`.
pub(super) fn no_value(directive: &Directive, statement: Piece<'_>) -> Diagnostic {
    let message = format!("`{}` has no value", directive.name);
    Diagnostic::error(statement.span(), message)
        .hint(format!("write {} = {}", directive.name, directive.shape))
}

/// A directive that the protocol cannot do without.
pub(super) fn missing(name: &'static str, section: &Section<'_>) -> Diagnostic {
    let message = format!("`{name}` is missing: {} needs it", section.protocol);
    let wrong = Diagnostic::error(section.place.clone(), message);
    match EXAMPLES.iter().find(|(known, _)| *known == name) {
        Some((_, example)) => wrong.hint(format!("write {name} = {example}")),
        None => wrong,
    }
}

/// A cluster that holds nothing. With pulse only the role moves; another manager may see to the
/// addresses itself.
pub(super) fn no_address(section: &Section<'_>) -> Option<Diagnostic> {
    let hint = "write address = 192.0.2.10/24";
    let place = || section.place.clone();
    match section.protocol {
        Protocol::External => None,
        Protocol::Vqalive if section.hosts("checkip").next().is_some() => None,
        Protocol::Pulse => {
            let message = "there is no address: only the services move";
            Some(Diagnostic::warning(place(), message).hint(hint))
        }
        Protocol::Carp | Protocol::Vrrp | Protocol::Vqalive => {
            let message = format!("`address` is missing: {} is about addresses", section.protocol);
            Some(Diagnostic::error(place(), message).hint(hint))
        }
    }
}

/// Services of the director's own, with a protocol that knows none.
pub(super) fn no_failovers(section: &Section<'_>) -> Diagnostic {
    let message = format!("{} has no failover services: pulse has", section.protocol);
    Diagnostic::error(section.place.clone(), message)
        .hint("leave service = fos out, or write cluster pulse {")
}

fn hinted(wrong: Diagnostic, meant: Option<&str>) -> Diagnostic {
    match meant {
        Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
        None => wrong,
    }
}

/// What programs are called that speak a protocol.
const INSTEAD: &[(&str, &str)] = &[
    ("ucarp", "carp"),
    ("CARP", "carp"),
    ("keepalived", "vrrp"),
    ("VRRP", "vrrp"),
    ("piranha", "pulse"),
    ("heartbeat", "external"),
    ("pacemaker", "external"),
    ("corosync", "external"),
];
/// What other programs call it.
const MOVED: &[(&str, &str)] = &[
    ("vhid", "id"),
    ("vrid", "id"),
    ("virtual_router_id", "id"),
    ("virtual_ipaddress", "address"),
    ("virtual_ipaddress_excluded", "excluded"),
    ("vip", "address"),
    ("addr", "address"),
    ("unicast_peer", "peer"),
    ("unicast_src_ip", "source"),
    ("mcast_src_ip", "source"),
    ("srcip", "source"),
    ("advert_int", "interval"),
    ("keepalive", "interval"),
    ("nopreempt", "preempt = no"),
    ("preempt_delay", "preemptdelay"),
    ("passfile", "secretfile"),
    ("heartbeat_port", "port"),
    ("heartbeat_key_file", "secretfile"),
    ("monitor_links", "monitorlinks"),
    ("track_interface", "monitorlinks"),
    ("ignoreifstate", "monitorlinks = no"),
    ("mcastip", "group"),
    ("mcast", "group"),
    ("nomcast", "multicast = no"),
    ("vrrp_version", "version"),
    ("auth_type", "authentication"),
    ("own_check_fails", "ownfails"),
    ("primary_private", "primary, with both addresses behind it"),
    ("backup_private", "backup, with both addresses behind it"),
    ("standby_checks", "standbychecks"),
    ("active_cmd", "activecommand"),
    ("inactive_cmd", "inactivecommand"),
    ("notify_master", "activecommand"),
    ("notify_backup", "inactivecommand"),
    ("upscript", "activecommand"),
    ("downscript", "inactivecommand"),
    ("promote_script", "activecommand"),
    ("demote_script", "inactivecommand"),
    ("syncd_iface", "syncinterface"),
    ("syncdaemon", "syncinterface"),
    ("lvs_sync_daemon", "syncinterface"),
    ("syncd_id", "syncid"),
];
/// What one protocol has for a directive of another one.
const ALIKE: &[(&str, Protocol, &str)] = &[
    ("interval", Protocol::Carp, "advbase"),
    ("interval", Protocol::Vqalive, "checkinterval"),
    ("priority", Protocol::Carp, "advskew"),
    ("advskew", Protocol::Vrrp, "priority"),
    ("advbase", Protocol::Vrrp, "interval"),
    ("advbase", Protocol::Pulse, "interval"),
    ("deadtime", Protocol::Carp, "deadratio"),
    ("deadratio", Protocol::Pulse, "deadtime"),
    ("peer", Protocol::Pulse, "backup"),
    ("source", Protocol::Pulse, "primary"),
    ("witness", Protocol::Pulse, "canary"),
    ("witness", Protocol::Carp, "canary"),
    ("witness", Protocol::Vrrp, "canary"),
    ("port", Protocol::Vqalive, "checkport"),
    ("excluded", Protocol::Pulse, "address"),
    ("excluded", Protocol::Vqalive, "address"),
    ("excluded", Protocol::External, "address"),
];
/// What is written under a directive that is missing.
const EXAMPLES: &[(&str, &str)] = &[
    ("interface", "eth0"),
    ("id", "51, a number from 1 to 255 that no other pair on this network has, by carp or by vrrp"),
    ("secretfile", "/etc/ha.d/secret, a file with the same line on both directors"),
    ("primary", "192.0.2.2, the address of the director that is master"),
    ("checkport", "80"),
];
