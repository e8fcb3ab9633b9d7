//! The `cluster` block.

use std::collections::HashSet;
use std::net::IpAddr;
use std::time::Duration;

use super::{Lines, yes_no};
use crate::config::cluster::{DIRECTIVES, is_plain};
use crate::model::protocol::{
    Carp, Pulse, Vqalive, VqaliveConflict, VqaliveMode, Vrrp, VrrpAuthentication, VrrpVersion,
};
use crate::model::{Canary, Cluster, FailoverProtocol, Name, Node, Secret, VirtualAddress};

/// What the block says, as far as it is not the default; its own first line not.
pub(super) fn cluster(cluster: &Cluster) -> Lines {
    let (mut lines, interface, named) = match &cluster.protocol {
        FailoverProtocol::Pulse(pulse) => (of_pulse(pulse), None, None),
        FailoverProtocol::Carp(carp) => (of_carp(carp), Some(&carp.interface), Some(&carp.signed)),
        FailoverProtocol::Vrrp(vrrp) => (of_vrrp(vrrp), Some(&vrrp.interface), Some(&vrrp.named)),
        FailoverProtocol::Vqalive(vqalive) => (of_vqalive(vqalive, cluster), None, None),
        FailoverProtocol::External => (Lines::new(), None, None),
    };
    lines.extend(duties(cluster));
    lines.sort_by_key(|(name, _)| DIRECTIVES.iter().position(|row| row.name == *name));
    let named: Option<HashSet<_>> = named.map(|named| named.iter().copied().collect());
    let held = cluster.addresses.iter().map(|held| address(held, interface, named.as_ref()));
    let first = interface.map(|interface| ("interface", interface.to_string()));
    first.into_iter().chain(held).chain(lines).collect()
}

/// A value as it stands behind the `=`.
pub(super) fn quoted(value: &str) -> String {
    if is_plain(value) { value.to_owned() } else { format!("\"{value}\"") }
}

fn address(
    held: &VirtualAddress,
    interface: Option<&Name>,
    named: Option<&HashSet<IpAddr>>,
) -> (&'static str, String) {
    let VirtualAddress { address, prefix, interface: own, label } = held;
    let name =
        if named.is_none_or(|named| named.contains(address)) { "address" } else { "excluded" };
    let prefix = prefix.map_or(String::new(), |prefix| format!("/{prefix}"));
    let device = match label {
        Some(label) => format!(" {label}"),
        None if Some(own) == interface => String::new(),
        None => format!(" {own}"),
    };
    (name, format!("{address}{prefix}{device}"))
}

fn of_pulse(pulse: &Pulse) -> Lines {
    let node = |Node { public, private }: Node| {
        format!("{public}{}", private.map_or(String::new(), |private| format!(" {private}")))
    };
    let mut lines = vec![("primary", node(pulse.primary))];
    lines.extend(pulse.backup.map(|backup| ("backup", node(backup))));
    lines.push(("interval", seconds(pulse.keepalive)));
    lines.push(("deadtime", seconds(pulse.deadtime)));
    lines.extend((pulse.port != 539).then(|| ("port", pulse.port.to_string())));
    lines.extend(pulse.secret.as_ref().and_then(secret));
    lines
}

fn of_carp(carp: &Carp) -> Lines {
    let mut lines = vec![("id", carp.vhid.to_string())];
    let mut given = |is: bool, name, value: String| lines.extend(is.then_some((name, value)));
    given(carp.preempt, "preempt", yes_no(true));
    given(carp.advbase != 1, "advbase", carp.advbase.to_string());
    given(carp.advskew != 0, "advskew", carp.advskew.to_string());
    given(carp.dead_ratio != 3, "deadratio", carp.dead_ratio.to_string());
    given(carp.group.octets() != [224, 0, 0, 18], "group", carp.group.to_string());
    given(!carp.multicast, "multicast", yes_no(false));
    lines.extend(carp.source.map(|source| ("source", source.to_string())));
    lines.extend(secret(&carp.secret));
    lines
}

fn of_vrrp(vrrp: &Vrrp) -> Lines {
    let mut lines = vec![("id", vrrp.vrid.to_string())];
    let mut given = |is: bool, name, value: String| lines.extend(is.then_some((name, value)));
    given(vrrp.version == VrrpVersion::V2, "version", "2".to_owned());
    given(vrrp.priority.get() != 100, "priority", vrrp.priority.to_string());
    given(vrrp.interval != Duration::from_secs(1), "interval", seconds(vrrp.interval));
    given(!vrrp.preempt, "preempt", yes_no(false));
    given(!vrrp.preempt_delay.is_zero(), "preemptdelay", seconds(vrrp.preempt_delay));
    given(!vrrp.accept, "accept", yes_no(false));
    lines.extend(vrrp.source.map(|source| ("source", source.to_string())));
    lines.extend(vrrp.peers.iter().map(|peer| ("peer", peer.to_string())));
    lines.extend(match &vrrp.authentication {
        VrrpAuthentication::None => None,
        VrrpAuthentication::Password(file) | VrrpAuthentication::Hmac(file) => secret(file),
    });
    lines
}

fn of_vqalive(vqalive: &Vqalive, cluster: &Cluster) -> Lines {
    let mut lines = Lines::new();
    let held = cluster.addresses.iter().map(|held| held.address);
    if !held.eq(vqalive.addresses.iter().copied()) {
        lines.extend(vqalive.addresses.iter().map(|address| ("checkip", address.to_string())));
    }
    lines.extend(vqalive.ports.iter().map(|port| ("checkport", port.to_string())));
    let mut given = |is: bool, name, value: String| lines.extend(is.then_some((name, value)));
    let hold = vqalive.interval.saturating_mul(vqalive.fails).saturating_mul(3);
    for (name, time, usual) in [
        ("checkinterval", vqalive.interval, Duration::from_secs(5)),
        ("checktimeout", vqalive.timeout, Duration::from_secs(3)),
        ("drophold", vqalive.drop_hold, hold),
        ("promotetimeout", vqalive.promote_timeout, Duration::from_secs(120)),
        ("demotetimeout", vqalive.demote_timeout, Duration::from_secs(120)),
    ] {
        given(time != usual, name, seconds(time));
    }
    for (name, number, usual) in [
        ("checkfails", vqalive.fails, 3),
        ("ownfails", vqalive.own_fails, 0),
        ("garp", vqalive.announcements, 5),
    ] {
        given(number != usual, name, number.to_string());
    }
    lines.extend(match vqalive.mode {
        VqaliveMode::All => None,
        VqaliveMode::Address => Some(("checkmode", "address".to_owned())),
        VqaliveMode::Any => Some(("checkmode", "any".to_owned())),
    });
    lines.extend(match vqalive.conflict {
        VqaliveConflict::Warn => None,
        VqaliveConflict::Off => Some(("conflictcheck", "off".to_owned())),
        VqaliveConflict::Strict => Some(("conflictcheck", "strict".to_owned())),
    });
    let banner = vqalive.banner.as_ref().map(|banner| banner.as_str().to_owned());
    lines.extend(banner.map(|banner| ("checkbanner", banner)));
    lines.extend(vqalive.start_delay.map(|delay| ("startdelay", seconds(delay))));
    lines.extend(vqalive.witness.map(|witness| ("witness", witness.to_string())));
    lines
}

fn duties(cluster: &Cluster) -> Lines {
    use FailoverProtocol::{Carp, Pulse, Vqalive, Vrrp};
    let protocol = &cluster.protocol;
    let mut lines = Lines::new();
    let mut given = |is: bool, name, value: String| lines.extend(is.then_some((name, value)));
    let linked = matches!(protocol, Carp(_) | Vrrp(_));
    given(cluster.monitor_links != linked, "monitorlinks", yes_no(cluster.monitor_links));
    given(!cluster.standby_checks, "standbychecks", yes_no(false));
    let tabled = !matches!(protocol, Pulse(_) | Vqalive(_));
    // who does not check has none whatever is said
    let odd = cluster.standby_checks && cluster.standby_table != tabled;
    given(odd && !matches!(protocol, Vqalive(_)), "standbytable", yes_no(cluster.standby_table));
    let live = !matches!(protocol, Pulse(_));
    let fitness = &cluster.fitness;
    given(fitness.needs_live_real != live, "livereals", yes_no(fitness.needs_live_real));
    let decrement = matches!(protocol, Vrrp(_)) && fitness.decrement != 100;
    given(decrement, "decrement", fitness.decrement.to_string());
    if let Some(sync) = &cluster.sync {
        given(true, "syncinterface", sync.interface.to_string());
        given(sync.id != 0, "syncid", sync.id.to_string());
        let wait = linked && sync.wait != Duration::from_secs(10);
        given(wait, "syncwait", seconds(sync.wait));
    }
    let commands = [
        ("activecommand", &cluster.active_command),
        ("inactivecommand", &cluster.inactive_command),
    ];
    lines.extend(
        commands
            .into_iter()
            .filter_map(|(name, command)| Some((name, command.as_ref()?.to_string()))),
    );
    lines.extend(fitness.canaries.iter().map(|canary| match canary {
        Canary::Gateway => ("canary", "gateway".to_owned()),
        Canary::Host(address) => ("canary", address.to_string()),
    }));
    lines
}

/// The file; what came from a command line is in none.
fn secret(secret: &Secret) -> Option<(&'static str, String)> {
    match secret {
        Secret::Stored(path) => Some(("secretfile", path.display().to_string())),
        Secret::Given(_) => None,
    }
}

/// Without zeros at the end, and without a dot where nothing follows.
fn seconds(time: Duration) -> String {
    match time.subsec_millis() {
        0 => time.as_secs().to_string(),
        millis => format!("{}.{millis:03}", time.as_secs()).trim_end_matches('0').to_owned(),
    }
}
