//! An ldirectord.cf.

use std::fmt::Write;

use super::settings::settings;
use super::virtuals::{Body, body, method, place};
use super::{in_order, quoted, shared};
use crate::model::{Cluster, Family, Model, ServiceId, Virtual};

/// The text; what all virtuals have in common stands in the global part.
pub(super) fn print(model: &Model) -> String {
    let mut bodies: Vec<_> =
        model.virtuals.iter().map(|one| body(one, &model.settings.alert)).collect();
    let mut lines = settings(&model.settings);
    lines.extend(shared(&mut bodies, FOR_ALL));
    in_order(&mut lines);
    let mut out = String::new();
    for (name, value) in &lines {
        line(&mut out, "", name, value);
    }
    if let Some(directors) = &model.cluster {
        out.push('\n');
        cluster(&mut out, directors);
    }
    for (one, body) in model.virtuals.iter().zip(&bodies) {
        out.push('\n');
        service(&mut out, one, body);
    }
    out
}

/// The lines of the directors.
pub(super) fn cluster(out: &mut String, cluster: &Cluster) {
    let _ = writeln!(out, "cluster={}", cluster.protocol.name());
    for (name, value) in super::cluster::cluster(cluster) {
        let _ = writeln!(out, "\t{name}={}", super::cluster::quoted(&value));
    }
}

/// The lines of one virtual.
pub(super) fn service(out: &mut String, one: &Virtual, body: &Body<'_>) {
    let id = match one.service.id {
        ServiceId::Address { address, .. } => address.to_string(),
        ServiceId::Mark { mark, .. } => mark.to_string(),
    };
    let six = if one.service.id.family() == Family::V6 { "6" } else { "" };
    let _ = writeln!(out, "virtual{six}={id}");
    for (real, own) in &body.reals {
        let _ = write!(out, "\treal{six}={} {}", place(real.address), method(real.forwarding));
        if real.weight.get() != 1 {
            let _ = write!(out, " {}", real.weight.get());
        }
        if let Some((request, receive)) = own {
            let _ = write!(out, " \"{request}\", \"{receive}\"");
        }
        for (name, bound) in [("l", real.lower_threshold), ("u", real.upper_threshold)] {
            if bound != 0 {
                let _ = write!(out, " {name}:{bound}");
            }
        }
        out.push('\n');
    }
    if let Some(fallback) = one.fallback {
        let (place, method) = (place(fallback.address), method(fallback.forwarding));
        let _ = writeln!(out, "\tfallback{six}={place} {method}");
    }
    for (name, value) in body.lines.iter().chain(body.also.iter().flatten()) {
        line(out, "\t", name, value);
    }
}

fn line(out: &mut String, indent: &str, name: &str, value: &str) {
    let _ = writeln!(out, "{indent}{name}={}", quoted(name, value));
}

/// What may be said of all virtuals at once.
const FOR_ALL: &[&str] = &[
    "checktimeout",
    "negotiatetimeout",
    "checkinterval",
    "failurecount",
    "recoverycount",
    "slowstart",
    "loadmonitor",
    "quiescent",
    "readdquiescent",
    "cleanstop",
];
