//! An lvs.cf, with our block for the directors and the addresses that they hold.

use std::fmt::Write;

use checkers::{Check, Expect, Pattern};

use super::check::asks;
use super::settings::settings;
use super::virtuals::{Body, body, method, place};
use super::{in_order, quoted, shared};
use crate::model::{Family, Forwarding, Model, Protocol, Real, ServiceId, Virtual};

/// The text; what all virtuals have in common stands outside of them.
pub(super) fn print(model: &Model) -> String {
    let virtuals: Vec<_> = model.virtuals.iter().map(at_its_port).collect();
    let mut bodies: Vec<_> = virtuals.iter().map(|one| body(one, &model.settings.alert)).collect();
    let slow = virtuals.iter().any(|one| one.slow_start);
    let network = network(model);
    let mut page = Page::default();
    page.key("network", network);
    if !model.settings.hard_shutdown {
        page.key("hard_shutdown", "0");
    }
    if !slow {
        page.key("slow_start", "0");
    }
    let mut lines = settings(&model.settings);
    // that is for the command line of ldirectord
    lines.retain(|(name, _)| *name != "supervised");
    lines.extend(shared(&mut bodies, FOR_ALL));
    in_order(&mut lines);
    for (name, value) in &lines {
        page.directive(name, value);
    }
    if let Some(cluster) = &model.cluster {
        page.text.push('\n');
        page.block("cluster", cluster.protocol.name(), |page| {
            for (name, value) in super::cluster::cluster(cluster) {
                page.key(name, &super::cluster::quoted(&value));
            }
        });
    }
    for (one, mut body) in virtuals.iter().zip(bodies) {
        page.text.push('\n');
        body.lines.retain(|(name, _)| *name != "servicename" || !is_name(one));
        page.block("virtual", &name(one), |page| service(page, one, &body, network, slow));
    }
    page.text
}

/// With each real at the port that packets reach it by, where that is the virtual's.
pub(super) fn at_its_port(one: &Virtual) -> Virtual {
    let mut one = one.clone();
    if let ServiceId::Address { address, .. } = one.service.id {
        let routed = one.reals.iter_mut().filter(|real| real.forwarding != Forwarding::Masq);
        routed.for_each(|real| real.address.set_port(address.port()));
    }
    one
}

/// What is written, line by line.
#[derive(Default)]
struct Page {
    text: String,
    depth: usize,
}

impl Page {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{}{line}", "     ".repeat(self.depth));
    }

    fn key(&mut self, name: &str, value: &str) {
        self.line(&format!("{name} = {value}"));
    }

    /// A directive of ldirectord's, by the key that piranha has for it, if it has one.
    fn directive(&mut self, name: &str, value: &str) {
        match KEYS.iter().find(|(theirs, _)| *theirs == name) {
            Some((_, "load_monitor")) => self.key("load_monitor", &text(value)),
            Some((_, "quiesce_server" | "slow_start")) => {}
            Some((_, key)) => self.key(key, value),
            None => self.key(name, &quoted(name, value)),
        }
    }

    fn block(&mut self, kind: &str, name: &str, body: impl FnOnce(&mut Page)) {
        self.line(&format!("{kind} {} {{", text(name)));
        self.depth += 1;
        body(self);
        self.depth -= 1;
        self.line("}");
    }
}

fn service(page: &mut Page, one: &Virtual, body: &Body<'_>, network: &str, slow: bool) {
    page.key("active", "1");
    let port = match one.service.id {
        ServiceId::Address { protocol, address } => {
            page.key("address", &address.ip().to_string());
            page.key("protocol", if protocol == Protocol::Udp { "udp" } else { "tcp" });
            address.port()
        }
        ServiceId::Mark { family, mark } => {
            // else the family is that of its servers
            if family == Family::V6 && one.reals.is_empty() {
                page.key("address", "::");
            }
            page.key("fwmark", &mark.to_string());
            0
        }
    };
    page.key("port", &port.to_string());
    let combined = one.reals.iter().any(|real| real.combined.is_some());
    let as_timeout = !combined && one.check.timeout == one.check.interval;
    let native = native(one, body);
    let mut said = vec!["protocol", "recoverycount"];
    said.extend(as_timeout.then_some("checktimeout"));
    said.extend(native.iter().flat_map(|_| NATIVE));
    let lines = body.lines.iter().filter(|(name, _)| !said.contains(name));
    let (keys, directives): (Vec<_>, Vec<_>) =
        lines.partition(|(name, _)| KEYS.iter().any(|(theirs, _)| theirs == name));
    for (name, value) in keys {
        page.directive(name, value);
    }
    let interval = one.check.interval.as_secs();
    page.key("reentry", &interval.saturating_mul(one.check.recovery_count.into()).to_string());
    page.key("quiesce_server", if one.quiescent { "1" } else { "0" });
    if slow {
        page.key("slow_start", if one.slow_start { "1" } else { "0" });
    }
    for (name, value) in directives {
        page.directive(name, value);
    }
    for (key, value) in native.iter().flatten() {
        page.key(key, &text(value));
    }
    if let Some(fallback) = one.fallback {
        let six = if one.service.id.family() == Family::V6 { "6" } else { "" };
        let method = method(fallback.forwarding);
        let sorry = fallback.address.port() == 0 && !fallback.address.ip().is_unspecified();
        if sorry && method == of_network(network) {
            page.key("sorry_server", &fallback.address.ip().to_string());
        } else {
            page.key(&format!("fallback{six}"), &format!("{} {method}", place(fallback.address)));
        }
    }
    for (name, value) in body.also.iter().flatten() {
        page.directive(name, value);
    }
    for (real, own) in &body.reals {
        let name = real.address.ip().to_string();
        page.block("server", &name, |page| server(page, real, own.as_ref(), port, network));
    }
}

fn server(page: &mut Page, real: &Real, own: Option<&(String, String)>, port: u16, network: &str) {
    page.key("active", "1");
    page.key("address", &real.address.ip().to_string());
    if real.address.port() != port {
        page.key("port", &real.address.port().to_string());
    }
    page.key("weight", &real.weight.get().to_string());
    let method = method(real.forwarding);
    if of_network(network) != method {
        page.key("forwarding", method);
    }
    let bounds =
        [("upper_threshold", real.upper_threshold), ("lower_threshold", real.lower_threshold)];
    for (name, bound) in bounds.into_iter().filter(|(_, bound)| *bound != 0) {
        page.key(name, &bound.to_string());
    }
    if let Some((request, receive)) = own {
        page.key("request", &text(request));
        page.key("receive", &text(receive));
    }
}

/// The check in piranha's own keys, if it is one of nanny's.
fn native(one: &Virtual, body: &Body<'_>) -> Option<Vec<(&'static str, String)>> {
    let of_its_own = body.reals.iter().any(|(real, own)| own.is_some() || real.combined.is_some());
    let check = match &*one.reals.first()?.check {
        Check::All(parts) => &parts.first()?.check,
        check => check,
    };
    let asks = asks(check).filter(|_| !of_its_own)?;
    let expect = (!asks.receive.is_empty()).then_some(("expect", asks.receive));
    Some(match check {
        Check::SendExpect(check) => {
            let (expect, regex) = match (&check.expect, expect) {
                // any other one is none of regcomp(3)'s
                (Expect::Match(_), Some((name, pattern))) => {
                    let pattern = pattern.strip_prefix(Pattern::OVER_LINES)?.to_owned();
                    (Some((name, pattern)), Some(("use_regex", "1".into())))
                }
                (_, expect) => (expect, None),
            };
            let send = !asks.request.is_empty() || expect.is_none();
            let send = send.then_some(("send", asks.request));
            send.into_iter().chain(expect).chain(regex).collect()
        }
        Check::SendProgram(check)
            if !check.words.iter().any(|w| w.contains(char::is_whitespace)) =>
        {
            [("send_program", check.words.join(" "))].into_iter().chain(expect).collect()
        }
        _ => return None,
    })
}

/// What the block is called: by the service's own name, if it has one.
fn name(one: &Virtual) -> String {
    let named = one.alert.service_name.clone().filter(|_| is_name(one));
    named.unwrap_or_else(|| one.service.id.to_string())
}

/// Whether a block can be called by the service's name.
fn is_name(one: &Virtual) -> bool {
    one.alert.service_name.as_ref().is_some_and(|name| {
        let plain = |c: char| !c.is_control() && !matches!(c, '"' | '\'' | '{' | '}' | '#');
        !name.is_empty() && name.trim() == name && name.chars().all(plain)
    })
}

/// How most real servers are reached.
fn network(model: &Model) -> &'static str {
    let reals = || model.virtuals.iter().flat_map(|one| &one.reals);
    let count = |word| reals().filter(|real| method(real.forwarding) == of_network(word)).count();
    let [direct, nat, tunnel] = NETWORKS.map(count);
    match (nat >= direct && nat >= tunnel, direct >= tunnel) {
        (true, _) => "nat",
        (_, true) => "direct",
        _ => "tunnel",
    }
}

fn of_network(word: &str) -> &'static str {
    method(match word {
        "direct" => Forwarding::Direct,
        "nat" => Forwarding::Masq,
        _ => Forwarding::Tunnel(crate::model::Tunnel::Ipip),
    })
}

/// A word, or a text in quotes.
fn text(text: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '\'' | '#' | '{' | '}' | '=');
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    let quote = if text.contains('"') && !text.contains('\'') { '\'' } else { '"' };
    format!("{quote}{text}{quote}")
}

const NETWORKS: [&str; 3] = ["direct", "nat", "tunnel"];
/// The keys that piranha has for directives of ldirectord's.
const KEYS: &[(&str, &str)] = &[
    ("scheduler", "scheduler"),
    ("persistent", "persistent"),
    ("netmask", "pmask"),
    ("checkinterval", "timeout"),
    ("quiescent", "quiesce_server"),
    ("slowstart", "slow_start"),
    ("loadmonitor", "load_monitor"),
    ("tcptimeout", "tcp_timeout"),
    ("tcpfintimeout", "tcpfin_timeout"),
    ("udptimeout", "udp_timeout"),
];
/// What nanny's keys take the place of.
const NATIVE: &[&str] = &["service", "request", "receive", "receiveregex", "checkcommand"];
/// What may be said of all virtuals at once.
const FOR_ALL: &[&str] = &["failurecount", "readdquiescent", "cleanstop"];
