//! The directives of a virtual service.

use std::net::SocketAddr;

use checkers::{Check, Http, Part, Security};

use super::check::{Asks, Question, asks};
use super::{Lines, in_order, joined, yes_no};
use crate::config::ldirectord::{port_of, service_at};
use crate::model::{Alert, Forwarding, LoadMonitor, Phases, Protocol, Real, ServiceId, Virtual};

/// A virtual service, but for its line and those of its servers.
pub(super) struct Body<'m> {
    /// In the order of the manual page.
    pub(super) lines: Lines,
    /// Further checks, each with its lines, `also` first.
    pub(super) also: Vec<Lines>,
    /// The reals, each with its own request and answer if it has any.
    pub(super) reals: Vec<(&'m Real, Option<(String, String)>)>,
}

/// What is said of a virtual, as far as it is not the default; `told` are those who are told of all.
pub(super) fn body<'m>(one: &'m Virtual, told: &Alert) -> Body<'m> {
    let mut lines = policy(one);
    lines.extend(alert(&one.alert, told));
    let asked = |real: &&Real| of_itself(real);
    let model = one.reals.iter().find(asked).or(one.reals.first());
    let mut also = Vec::new();
    let mut common = None;
    if let Some(real) = model {
        let question = Question::of(first(real).0, service_at(one.service.id.port()));
        lines.extend(check_type(one, real, &question));
        lines.extend(port(one, 0, question.is_service.then_some(question.word)));
        lines.extend(request(question.asks.as_ref()));
        lines.extend(question.lines);
        common = question.asks;
        let Check::All(parts) = &*real.check else { return finish(one, lines, also, common) };
        for (n, part) in parts.iter().enumerate().skip(1) {
            also.push(further(one, n, part));
        }
    }
    finish(one, lines, also, common)
}

fn finish(one: &Virtual, mut lines: Lines, also: Vec<Lines>, common: Option<Asks>) -> Body<'_> {
    in_order(&mut lines);
    let reals = one.reals.iter().map(|real| (real, own(real, common.as_ref())));
    Body { lines, also, reals: reals.collect() }
}

/// What `also` says.
fn further(one: &Virtual, n: usize, part: &Part) -> Lines {
    let question = Question::of(&part.check, "");
    let service = question.is_service.then_some(question.word);
    let mut lines = question.lines;
    lines.extend(port(one, n, service));
    lines.extend(request(question.asks.as_ref()));
    in_order(&mut lines);
    lines.insert(0, ("also", question.word.to_owned()));
    lines
}

fn request(asks: Option<&Asks>) -> Lines {
    let Some(asks) = asks else { return Lines::new() };
    let receive = (!asks.receive.is_empty()).then(|| ("receive", asks.receive.clone()));
    asks.of_virtual().map(|request| ("request", request)).into_iter().chain(receive).collect()
}

fn check_type(one: &Virtual, real: &Real, question: &Question) -> Lines {
    let timeout = one.check.timeout.as_secs().to_string();
    let mut lines = Lines::new();
    match real.combined.as_deref() {
        Some(combined) => {
            lines.push(("checktype", combined.times.to_string()));
            lines.push(("checktimeout", combined.timeout.as_secs().to_string()));
            lines.push(("negotiatetimeout", timeout));
            let word = if question.is_service { question.word } else { "none" };
            lines.push(("service", word.to_owned()));
        }
        None => {
            lines.push(("checktimeout", timeout));
            // one that is not asked and is written down is none's
            if question.word == "on" && real.monitor.is_some() {
                lines.push(("service", "none".to_owned()));
            } else if question.is_service {
                lines.push(("service", question.word.to_owned()));
            } else {
                lines.push(("checktype", question.word.to_owned()));
            }
        }
    }
    lines
}

/// `checkport`, if the check does not go where it would without.
fn port(one: &Virtual, n: usize, service: Option<&str>) -> Option<(&'static str, String)> {
    let of_service = service.map_or(0, port_of);
    let usual = |real: &Real| {
        let ports = match n {
            0 => [real.address.port(), of_service, one.service.id.port()],
            _ => [of_service, real.address.port(), one.service.id.port()],
        };
        ports.into_iter().find(|port| *port != 0).unwrap_or(0)
    };
    let asked = |real: &Real| match &*real.check {
        Check::All(parts) => parts.get(n).map(|part| part.target.address),
        _ => Some(real.target.address),
    };
    let itself = |address: &SocketAddr, real: &Real| address.ip() == real.address.ip();
    let other = one.reals.iter().find_map(|real| {
        let address = asked(real).filter(|address| itself(address, real))?;
        (address.port() != usual(real)).then_some(address.port())
    })?;
    Some(("checkport", other.to_string()))
}

/// The first check of a real, and who is asked.
fn first(real: &Real) -> (&Check, SocketAddr) {
    match &*real.check {
        Check::All(parts) if !parts.is_empty() => (&parts[0].check, parts[0].target.address),
        check => (check, real.target.address),
    }
}

fn of_itself(real: &Real) -> bool {
    first(real).1.ip() == real.address.ip()
}

/// What this one is asked, if that is not what all are asked.
fn own(real: &Real, common: Option<&Asks>) -> Option<(String, String)> {
    let (check, target) = first(real);
    let asked = asks(check)?;
    if let Check::Http(http) = check
        && !of_itself(real)
    {
        return Some((url(http, target), asked.receive));
    }
    (Some(&asked) != common).then(|| (asked.of_real(), asked.receive))
}

fn url(http: &Http, target: SocketAddr) -> String {
    let scheme = if http.security == Security::Plain { "http" } else { "https" };
    let address = target.to_string();
    let host = match &http.host {
        Some(host) if !host.contains(':') => format!("{host}:{}", target.port()),
        _ => address,
    };
    format!("{scheme}://{host}{}", http.path)
}

fn policy(one: &Virtual) -> Lines {
    let mut lines = vec![
        ("checkinterval", one.check.interval.as_secs().to_string()),
        ("scheduler", one.service.scheduler.to_string()),
    ];
    let mut given = |is: bool, name, value: String| lines.extend(is.then_some((name, value)));
    let service = &one.service;
    let udp = matches!(service.id, ServiceId::Address { protocol: Protocol::Udp, .. });
    let of_dns = matches!(service.id, ServiceId::Address { .. }) && service.id.port() == 53;
    given(udp || of_dns, "protocol", if udp { "udp" } else { "tcp" }.to_owned());
    given(one.reals.is_empty(), "checktimeout", one.check.timeout.as_secs().to_string());
    given(one.check.failure_count > 1, "failurecount", one.check.failure_count.to_string());
    given(one.check.recovery_count > 1, "recoverycount", one.check.recovery_count.to_string());
    given(one.slow_start, "slowstart", yes_no(true));
    given(one.quiescent, "quiescent", yes_no(true));
    given(one.readd_quiescent, "readdquiescent", yes_no(true));
    given(!one.cleanstop, "cleanstop", yes_no(false));
    given(service.one_packet, "ops", yes_no(true));
    let scheduler = service.scheduler.to_string();
    let all = [service.flags.first, service.flags.second, service.flags.third];
    let flags = all.into_iter().zip(flags(&scheduler)).filter(|(set, _)| *set);
    let flags: Vec<_> = flags.map(|(_, name)| name).collect();
    given(!flags.is_empty(), "schedflags", flags.join(","));
    given(one.fallback_command_stop, "fallbackcommandstop", yes_no(true));
    if let Some(persistence) = &service.persistence {
        lines.push(("persistent", persistence.seconds.to_string()));
        lines.extend(netmask(persistence.netmask).map(|netmask| ("netmask", netmask)));
    }
    if let Some(command) = &one.fallback_command {
        lines.push(("fallbackcommand", command.to_string()));
    }
    if let Some(load) = &one.load {
        lines.push(("loadmonitor", load_monitor(load)));
    }
    // all have the same file, if any
    let monitor = one.reals.iter().find_map(|real| real.monitor.as_deref());
    lines.extend(monitor.map(|monitor| ("monitorfile", monitor.file.clone())));
    lines
}

/// The netmask, if it does not tell all apart.
fn netmask(netmask: crate::model::Netmask) -> Option<String> {
    match netmask {
        crate::model::Netmask::V4(mask) if mask.to_bits() != u32::MAX => Some(mask.to_string()),
        crate::model::Netmask::V6(prefix) if prefix != 128 => Some(prefix.to_string()),
        _ => None,
    }
}

fn flags(scheduler: &str) -> [&'static str; 3] {
    match scheduler {
        "sh" => ["sh-fallback", "sh-port", "flag-3"],
        "mh" => ["mh-fallback", "mh-port", "flag-3"],
        _ => ["flag-1", "flag-2", "flag-3"],
    }
}

fn load_monitor(load: &LoadMonitor) -> String {
    match load {
        LoadMonitor::Program(load) => joined(&load.words),
        LoadMonitor::Agent { port } => format!("agent:{port}"),
    }
}

/// What is said of the mail, as far as it is not that of all.
pub(super) fn alert(alert: &Alert, of_all: &Alert) -> Lines {
    let mut lines = Lines::new();
    if alert.to != of_all.to {
        // a comma alone is nobody
        let to = if alert.to.is_empty() { "," } else { &alert.to };
        lines.push(("emailalert", to.to_owned()));
    }
    if alert.remind != of_all.remind {
        let seconds = alert.remind.map_or(0, |remind| remind.as_secs());
        lines.push(("emailalertfreq", seconds.to_string()));
    }
    if alert.phases != of_all.phases {
        lines.push(("emailalertstatus", phases(alert.phases)));
    }
    let texts = [
        ("smtp", &alert.smtp, &of_all.smtp),
        ("servicename", &alert.service_name, &of_all.service_name),
        ("comment", &alert.comment, &of_all.comment),
    ];
    let own = texts.into_iter().filter(|(_, text, of_all)| text != of_all);
    lines.extend(own.filter_map(|(name, text, _)| Some((name, text.clone()?))));
    lines
}

fn phases(phases: Phases) -> String {
    let all = [
        (phases.starting, "starting"),
        (phases.running, "running"),
        (phases.stopping, "stopping"),
        (phases.reloading, "reloading"),
    ];
    let words: Vec<_> = all.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
    if words.len() == all.len() {
        return "all".to_owned();
    }
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// The word of ldirectord for how packets go.
pub(super) fn method(forwarding: Forwarding) -> &'static str {
    match forwarding {
        Forwarding::Masq => "masq",
        Forwarding::Tunnel(_) => "ipip",
        Forwarding::Direct | Forwarding::Local | Forwarding::Bypass => "gate",
    }
}

/// An address and, if there is one, a port.
pub(super) fn place(address: SocketAddr) -> String {
    match address {
        address if address.port() != 0 => address.to_string(),
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}
