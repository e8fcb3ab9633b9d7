//! The command line of nanny 1.46, and of older ones.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::face::popt::{Given, Opt, Takes};
use crate::model::{Forwarding, Tunnel, Weight};

use super::order::{Duty, Order};

/// Makes an order of the options that were given.
///
/// # Errors
/// What is wrong with them, in a line.
pub(super) fn order(given: &Given) -> Result<Order, String> {
    let mut oddities = Vec::new();
    let server = address(given, "server")?;
    let server = server.ok_or("No address supplied. Use '--help' for help. ")?;
    let duty = duty(given)?;
    let port = self::port(given, "port")?.unwrap_or(WEB);
    let rport = self::port(given, "rport")?.unwrap_or(port);
    let interval = number(given, "interval", 1)?.unwrap_or(INTERVAL);
    let mark = number(given, "fwmark", 0)?.unwrap_or_default();
    let weight = number(given, "weight", 0)?.and_then(Weight::new);
    if given.has("startup") || given.has("shutdown") {
        oddities.push("--startup and --shutdown are not run: fos starts and stops the services");
    }
    if given.has("send_program") && given.has("send_string") {
        oddities.push("the send string is dropped: there is a send program");
    }
    let forwarding = forwarding(given, &mut oddities);
    let order = Order {
        real: (server, rport).into(),
        port,
        virtual_address: address(given, "virtaddress")?,
        mark: NonZeroU32::new(mark),
        udp: given.has("udp"),
        interval: Duration::from_secs(interval.into()),
        reentry: Duration::from_secs(number(given, "reentrytime", 0)?.unwrap_or_default().into()),
        weight: weight.unwrap_or(Weight::DEFAULT),
        forwarding,
        send: text(given, "send_string"),
        expect: text(given, "expect_string"),
        program: text(given, "send_program"),
        regex: given.has("regex"),
        suppress: given.has("suppress"),
        quiesce: given.has("quiesce_server"),
        load: text(given, "loadcmd"),
        scale: number(given, "scale", 1)?.unwrap_or(SCALE),
        duty,
        nodaemon: given.has("nodaemon"),
        nofork: given.has("nofork"),
        verbose: given.has("verbose"),
        norun: given.has("test-start"),
        oddities: oddities.into_iter().map(str::to_owned).collect(),
    };
    if order.duty == Duty::Lvs && !order.norun && order.service().is_none() {
        return Err("no service: --virtaddress or --fwmark is needed".to_owned());
    }
    order.check()?;
    Ok(order)
}

/// Old releases had no word for it: who was to start a service watched one.
fn duty(given: &Given) -> Result<Duty, String> {
    match (given.has("lvs"), given.has("fos")) {
        (true, false) => Ok(Duty::Lvs),
        (false, true) => Ok(Duty::Fos),
        (false, false) if given.has("startup") => Ok(Duty::Fos),
        _ => Err("unknown service type".to_owned()),
    }
}

fn forwarding(given: &Given, oddities: &mut Vec<&'static str>) -> Forwarding {
    let word = text(given, "method").unwrap_or_default();
    match word.trim_start_matches('-') {
        "i" => Forwarding::Tunnel(Tunnel::Ipip),
        "g" => Forwarding::Direct,
        "m" | "" => Forwarding::Masq,
        _ => {
            oddities.push("a method that is neither i, g nor m is taken for m; tunnels are i");
            Forwarding::Masq
        }
    }
}

fn text(given: &Given, name: &str) -> Option<String> {
    given.text(name).map(|text| text.to_string_lossy().into_owned())
}

fn address(given: &Given, name: &str) -> Result<Option<IpAddr>, String> {
    let Some(text) = text(given, name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| format!("bad IP address -- {text}"))
}

fn port(given: &Given, name: &str) -> Result<Option<u16>, String> {
    let Some(number) = given.number(name) else { return Ok(None) };
    let port = u16::try_from(number).ok().filter(|port| *port > 0);
    port.map(Some).ok_or_else(|| format!("bad {name} -- {number}: 1 to 65535 is expected"))
}

/// A number, if it is not below `least`.
fn number(given: &Given, name: &str, least: u32) -> Result<Option<u32>, String> {
    let Some(number) = given.number(name) else { return Ok(None) };
    let fits = u32::try_from(number).ok().filter(|number| *number >= least);
    fits.map(Some).ok_or_else(|| format!("bad {name} -- {number}: {least} or more is expected"))
}

/// What the program calls itself.
pub(super) const PROGRAM: &str = "nanny";
const WEB: u16 = 80;
const INTERVAL: u32 = 10;
const SCALE: u32 = 10;

/// The options.
pub const OPTIONS: &[Opt] = &[
    Opt::new('c', &["nofork"], Takes::Nothing, "Stay in this process, but leave the terminal"),
    Opt::new('n', &["nodaemon"], Takes::Nothing, "Stay in the foreground, with the log on stdout"),
    Opt::new('v', &["verbose"], Takes::Nothing, "Log every check"),
    Opt::long(
        &["test-start", "norun"],
        Takes::Nothing,
        "Check and log, but tell the kernel nothing",
    ),
    Opt::long(&["lvs"], Takes::Nothing, "Keep a real server in a virtual service"),
    Opt::long(&["fos"], Takes::Nothing, "Watch a failover service of the partner's"),
    Opt::new('h', &["server"], Takes::Text("IP"), "The server (required)"),
    Opt::new('p', &["port"], Takes::Number("PORT"), "Port of the virtual service (default 80)"),
    Opt::new('r', &["rport"], Takes::Number("PORT"), "Port of the server (default as --port)"),
    Opt::new('V', &["virtaddress"], Takes::Text("IP"), "Address of the virtual service"),
    Opt::new('f', &["fwmark"], Takes::Number("MARK"), "Mark of the virtual service"),
    Opt::new('u', &["udp", "UDP"], Takes::Nothing, "UDP, not TCP"),
    Opt::new('t', &["interval"], Takes::Number("SECONDS"), "Between checks (default 10)"),
    Opt::new('a', &["reentrytime"], Takes::Number("SECONDS"), "Well before back in (default 180)"),
    Opt::new('w', &["weight"], Takes::Number("WEIGHT"), "The server's share (default 1)"),
    Opt::new('M', &["method"], Takes::Text("m|g|i"), "Masquerading, direct, tunnel (default m)"),
    Opt::new('s', &["send_string"], Takes::Text("TEXT"), "What to send"),
    Opt::new('x', &["expect_string"], Takes::Text("TEXT"), "How the answer must begin"),
    Opt::new('e', &["send_program"], Takes::Text("COMMAND"), "A program that is run instead"),
    Opt::long(&["regex"], Takes::Nothing, "What is expected is a regular expression"),
    Opt::new('T', &["suppress"], Takes::Nothing, "Take backslashes as they are"),
    Opt::new('q', &["quiesce_server"], Takes::Nothing, "Leave a dead server in, with weight 0"),
    Opt::new('U', &["loadcmd"], Takes::Text("COMMAND"), "What prints the server's load average"),
    Opt::new('S', &["scale"], Takes::Number("TIMES"), "The load may raise the weight so much"),
    Opt::new('I', &["ipvsadm"], Takes::Text("PATH"), "Not used: the kernel is told directly"),
    Opt::new('R', &["startup"], Takes::Text("COMMAND"), "Not used: fos starts the services"),
    Opt::new('D', &["shutdown"], Takes::Text("COMMAND"), "Not used: fos stops the services"),
    Opt::long(&["version"], Takes::Nothing, "Display program version"),
];

#[cfg(test)]
mod tests;
