//! A model as a few lines of text.

use std::fmt::Write;

use checkers::{
    Check, Expect, Http, Method, Part, Pattern, Security, SendExpect, SendProgram, Statuses,
    Transport, Version,
};
use lvs_director::model::protocol::Pulse;
use lvs_director::model::{
    Alert, Cluster, Combined, Failover, FailoverProtocol, Fitness, Forwarding, Model, Monitor,
    Node, Real, Secret, Virtual, VirtualAddress,
};

pub(crate) fn listing(model: &Model) -> String {
    let mut out = String::new();
    let settings = &model.settings;
    writeln!(
        out,
        "autoreload {} log {:?} from {:?}",
        settings.autoreload, settings.logfile, settings.mail_from
    )
    .unwrap();
    if let Some(folder) = &settings.maintenance {
        writeln!(out, "maintenance {}", folder.display()).unwrap();
    }
    if settings.supervised {
        out.push_str("supervised\n");
    }
    if let Some(callback) = &settings.callback {
        writeln!(out, "callback {:?}", callback.argv(&[])).unwrap();
    }
    for name in &settings.execute {
        writeln!(out, "execute {name:?}").unwrap();
    }
    if let Some(timeouts) = settings.timeouts {
        writeln!(out, "{timeouts:?}").unwrap();
    }
    if settings.hard_shutdown {
        out.push_str("hard shutdown\n");
    }
    if let Some(cluster) = &model.cluster {
        directors(cluster, &mut out);
    }
    for one in &model.virtuals {
        one_virtual(one, &mut out);
    }
    out
}

fn directors(cluster: &Cluster, out: &mut String) {
    let node = |node: Node| {
        format!("{}{}", node.public, node.private.map_or(String::new(), |p| format!(" and {p}")))
    };
    out.push('\n');
    if let FailoverProtocol::Pulse(pulse) = &cluster.protocol {
        let Pulse { primary, backup, port, keepalive, deadtime, secret } = pulse;
        write!(out, "primary {}", node(*primary)).unwrap();
        if let Some(backup) = backup {
            write!(out, " backup {}", node(*backup)).unwrap();
        }
        writeln!(out, " port {port} every {keepalive:?} dead after {deadtime:?}").unwrap();
        if let Some(Secret::Stored(secret)) = secret {
            writeln!(out, "    secret {}", secret.display()).unwrap();
        }
    } else {
        writeln!(out, "{:#?}", cluster.protocol).unwrap();
    }
    if cluster.standby_table {
        out.push_str("    the standby's kernel holds the services\n");
    }
    if cluster.fitness != Fitness::default() {
        writeln!(out, "    {:?}", cluster.fitness).unwrap();
    }
    if cluster.monitor_links {
        out.push_str("    monitors links\n");
    }
    if !cluster.standby_checks {
        out.push_str("    the standby checks nothing\n");
    }
    if let Some(sync) = &cluster.sync {
        let wait =
            if sync.wait.is_zero() { String::new() } else { format!(" wait {:?}", sync.wait) };
        writeln!(out, "    sync {} {}{wait}", sync.interface, sync.id).unwrap();
    }
    for (name, command) in
        [("active", &cluster.active_command), ("inactive", &cluster.inactive_command)]
    {
        if let Some(command) = command {
            writeln!(out, "    {name} command {:?}", command.argv(&[])).unwrap();
        }
    }
    for VirtualAddress { address, prefix, interface, label } in &cluster.addresses {
        let prefix = prefix.map_or(String::new(), |prefix| format!("/{prefix}"));
        let label = label.as_ref().map_or(String::new(), |label| format!(" as {label}"));
        writeln!(out, "    holds {address}{prefix} on {interface}{label}").unwrap();
    }
    for one in &cluster.failovers {
        let Failover { name, target, check, timeout, start, stop } = one;
        writeln!(
            out,
            "    failover {name} {} of {target} every {timeout:?} start {:?} stop {:?}",
            question(check),
            start.argv(&[]),
            stop.argv(&[])
        )
        .unwrap();
    }
}

fn one_virtual(one: &Virtual, out: &mut String) {
    let service = &one.service;
    write!(out, "\nvirtual {} {}", service.id, service.scheduler).unwrap();
    let flags = [service.flags.first, service.flags.second, service.flags.third];
    for (number, _) in flags.iter().enumerate().filter(|(_, set)| **set) {
        write!(out, " flag-{}", number + 1).unwrap();
    }
    if service.one_packet {
        out.push_str(" ops");
    }
    if let Some(persistence) = service.persistence {
        write!(out, " persistent {} {:?}", persistence.seconds, persistence.netmask).unwrap();
    }
    writeln!(
        out,
        "\n    quiescent {} cleanstop {} interval {:?} timeout {:?} failures {}",
        one.quiescent,
        one.cleanstop,
        one.check.interval,
        one.check.timeout,
        one.check.failure_count
    )
    .unwrap();
    if one.check.recovery_count > 1 {
        writeln!(out, "    recovers after {}", one.check.recovery_count).unwrap();
    }
    if one.slow_start {
        out.push_str("    starts slowly\n");
    }
    if let Some(load) = &one.load {
        writeln!(out, "    {load:?}").unwrap();
    }
    if one.readd_quiescent {
        out.push_str("    readds the quiescent\n");
    }
    if one.alert != Alert::default() {
        writeln!(out, "    {:?}", one.alert).unwrap();
    }
    if let Some(command) = &one.fallback_command {
        let stop = if one.fallback_command_stop { " and at the end" } else { "" };
        writeln!(out, "    fallback command {:?}{stop}", command.argv(&[])).unwrap();
    }
    for real in &one.reals {
        one_real(real, out);
    }
    if let Some(fallback) = one.fallback {
        writeln!(out, "    fallback {} {}", fallback.address, method(fallback.forwarding)).unwrap();
    }
}

fn one_real(real: &Real, out: &mut String) {
    write!(out, "    real {} {} {}", real.address, method(real.forwarding), real.weight.get())
        .unwrap();
    if real.upper_threshold + real.lower_threshold > 0 {
        write!(out, " u:{} l:{}", real.upper_threshold, real.lower_threshold).unwrap();
    }
    write!(out, " - {} of {}", question(&real.check), real.target.address).unwrap();
    if let Some(Combined { times, check: light, target, timeout }) = real.combined.as_deref() {
        let light = question(light);
        write!(out, ", then {times} times {light} of {} in {timeout:?}", target.address).unwrap();
    }
    if let Some(Monitor { file, identity }) = real.monitor.as_deref() {
        write!(out, ", written to {file} as {identity:?}").unwrap();
    }
    out.push('\n');
}

fn method(forwarding: Forwarding) -> &'static str {
    match forwarding {
        Forwarding::Direct => "gate",
        Forwarding::Masq => "masq",
        Forwarding::Tunnel(_) => "ipip",
        Forwarding::Local => "local",
        Forwarding::Bypass => "bypass",
    }
}

fn question(check: &Check) -> String {
    let answer = |receive: &Option<Pattern>| {
        receive.as_ref().map_or(String::new(), |pattern| format!(" =~ {:?}", pattern.as_str()))
    };
    match check {
        Check::Off => "off".into(),
        Check::On => "on".into(),
        Check::Connect => "connect".into(),
        Check::Ping(ping) => format!("ping x{}", ping.attempts),
        Check::Http(http) => {
            let scheme = if http.proxy { "http_proxy" } else { "http" };
            let method = if http.method == Method::Get { "GET" } else { "HEAD" };
            let host = http.host.as_deref().unwrap_or("*");
            let asked = format!("{scheme} {method} {host} {:?}", http.path);
            format!("{asked}{}{}", answer(&http.receive), ours(http))
        }
        Check::SimpleTcp(simple) => {
            let over = if simple.transport == Transport::Udp { " over udp" } else { "" };
            format!("simpletcp{over} {:?}{}", simple.send, answer(&simple.receive))
        }
        Check::SendExpect(SendExpect { transport, send, expect }) => {
            let over = if *transport == Transport::Udp { " over udp" } else { "" };
            let expect = match expect {
                Expect::Nothing => "nothing".to_owned(),
                Expect::Anything => "anything".to_owned(),
                Expect::Start(start) => format!("\"{}\"", start.escape_ascii()),
                Expect::Match(pattern) => format!("=~ {:?}", pattern.as_str()),
            };
            format!("send{over} \"{}\" expect {expect}", send.escape_ascii())
        }
        Check::SendProgram(SendProgram { words, expect }) => {
            format!("run {words:?} expect {expect:?}")
        }
        Check::Mysql(mysql) => {
            let (login, passwd) = (&mysql.login, &mysql.passwd);
            let passwd: &str = passwd;
            format!("mysql {login:?} {passwd:?} {:?} {:?}", mysql.database, mysql.query)
        }
        Check::External(external) => {
            format!("external {} {}", external.program, external.arguments.join(" "))
        }
        Check::Perl(perl) => format!("perl {} {}", perl.script, perl.arguments.join(" ")),
        Check::All(parts) => {
            let part =
                |part: &Part| format!("{} of {}", question(&part.check), part.target.address);
            format!("all of {}", parts.iter().map(part).collect::<Vec<_>>().join("; "))
        }
        other => format!("{other:?}"),
    }
}

/// What ldirectord's http has not, as far as it is used.
fn ours(http: &Http) -> String {
    let mut out = String::new();
    let mut add = |used: bool, what: String| out.extend(used.then(|| format!(" {what}")));
    add(http.security != Security::Plain, format!("{:?}", http.security));
    add(http.version != Version::One, format!("{:?}", http.version));
    add(!http.headers.is_empty(), format!("{:?}", http.headers));
    add(http.login.is_some(), format!("{:?}", http.login));
    add(http.statuses != Statuses::default(), format!("{}", http.statuses));
    out
}
