//! What the nannies of a virtual ask, and whom.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use checkers::{Check, External, Http, Method, Mysql, Pattern, Ping, SimpleTcp, Target};

use super::lookup::Lookup;
use super::pattern::pattern;
use super::real::RealLine;
use super::section::VirtualSection;
use super::services::{self, ServiceKind, Speaks};
use super::values::Value;
use super::{until_then, url};
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Resolver};
use crate::model::{Protocol, ServiceId};

/// The checks of one virtual's reals.
pub(super) struct Checks {
    /// What every real is asked that asks nothing of its own.
    check: Check,
    service: &'static ServiceKind,
    id: ServiceId,
    /// `checkport`
    port: Option<u16>,
    timeout: Duration,
}

/// The check of one real's line.
pub(super) struct Asking {
    check: Check,
    whom: Whom,
}

/// Who answers for a real.
enum Whom {
    /// The real itself at this port; 0 if there is none to check.
    Itself(u16),
    /// Somebody else.
    Other(SocketAddr),
}

/// A request, with its leading `/`, and what must be received.
struct Asks {
    request: String,
    receive: Option<Pattern>,
}

impl Checks {
    /// The checks of a virtual; what is odd about them is noted.
    pub(super) fn new(
        lookup: Lookup<'_, '_>,
        section: &VirtualSection<'_>,
        id: ServiceId,
        notes: &mut Vec<Diagnostic>,
    ) -> Self {
        let named = lookup.word("service").and_then(services::named);
        let service = named.unwrap_or_else(|| services::at(id.port()));
        let given = lookup.given("checktype");
        let span = given.map_or(section.header.span(), |given| given.span.clone());
        let mut negotiates = false;
        let check = match given.map_or(&Value::Word("negotiate"), |given| &given.value) {
            Value::Word("off") => Check::Off,
            Value::Word("on") => Check::On,
            Value::Word("connect") => reachable(lookup, id),
            Value::Word("ping") => ping(lookup),
            Value::Word("external") => external(lookup, notes),
            Value::Word("external-perl") => {
                let until = "the script is run as a program with the four arguments";
                let hint = "it must be executable and begin with #!/usr/bin/perl, \
                            else its real servers are down";
                notes.push(until_then(span, "`external-perl`", until).hint(hint));
                external(lookup, notes)
            }
            value => {
                if matches!(value, Value::Number(1..)) {
                    let until = "every check is a negotiation";
                    notes.push(until_then(span, "connecting between two negotiations", until));
                }
                negotiates = service.speaks != Speaks::Later;
                negotiate(lookup, section, service, id, notes)
            }
        };
        let timeout = if negotiates { lookup.negotiate_timeout() } else { lookup.check_timeout() };
        let port = lookup.number("checkport").and_then(|port| port.try_into().ok());
        Checks { check, service, id, port, timeout }
    }

    /// The deadline of one check.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The check of one line, whose reals have this port; `None` if it is wrong, which is noted.
    pub(super) fn of(
        &self,
        real: &RealLine<'_>,
        real_port: u16,
        line: Piece<'_>,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Option<Asking> {
        let mut check = self.check.clone();
        if let Some(asks) = own(real, notes)? {
            ask(&mut check, asks);
        }
        if let (Check::Http(http), Some((request, _))) = (&check, real.asks)
            && let Some(url) = url::find(request, http.tls)
        {
            let elsewhere = url::elsewhere(url, http.clone(), resolver);
            let (http, other) = elsewhere.map_err(|wrong| notes.push(wrong)).ok()?;
            return Some(Asking { check: Check::Http(http), whom: Whom::Other(other) });
        }
        let port = self.check_port(real_port);
        let portless =
            matches!(check, Check::Off | Check::On | Check::Ping(_) | Check::External(_));
        if port == 0 && !portless {
            let message = "there is no port to check: this real server is never up";
            notes.push(Diagnostic::warning(line.span(), message).hint("add checkport=number"));
        }
        Some(Asking { check, whom: Whom::Itself(port) })
    }

    /// `checkport`, the real's, the service's, the virtual's, in this order.
    fn check_port(&self, real_port: u16) -> u16 {
        let ports = [self.port.unwrap_or(0), real_port, self.service.port, self.id.port()];
        ports.into_iter().find(|port| *port != 0).unwrap_or(0)
    }
}

impl Asking {
    /// What is asked about the real at this address, and whom.
    pub(super) fn at(&self, service: ServiceId, real: SocketAddr) -> (Check, Target) {
        let mut check = self.check.clone();
        if let Check::External(external) = &mut check {
            external.arguments = arguments(service, real);
        }
        let address = match self.whom {
            Whom::Itself(port) => SocketAddr::new(real.ip(), port),
            Whom::Other(address) => address,
        };
        (check, Target { address })
    }
}

/// What ldirectord tells a program: the virtual or its mark, and the real.
fn arguments(service: ServiceId, real: SocketAddr) -> Vec<String> {
    let (address, port) = match service {
        ServiceId::Address { address, .. } => (bracketed(address.ip()), address.port()),
        ServiceId::Mark { mark, .. } => (mark.to_string(), 0),
    };
    vec![address, port.to_string(), bracketed(real.ip()), real.port().to_string()]
}

/// Puts a request and what must be received into a check that has them.
fn ask(check: &mut Check, asks: Asks) {
    let Asks { request, receive } = asks;
    // these two take the text behind the slash
    let text = request.get(1..).unwrap_or_default();
    match check {
        Check::Http(http) => (http.path, http.receive) = (request, receive),
        Check::SimpleTcp(tcp) => (tcp.send, tcp.receive) = (text.replace("\\n", "\n"), receive),
        Check::Mysql(mysql) => mysql.query = text.to_owned(),
        _ => {}
    }
}

/// The pattern of the virtual's `receive`; what is wrong with it is noted.
pub(super) fn receive(lookup: Lookup<'_, '_>, notes: &mut Vec<Diagnostic>) -> Option<Pattern> {
    let given = lookup.given("receive")?;
    let text = lookup.text("receive")?;
    pattern(text, given.span.clone()).map_err(|wrong| notes.push(wrong)).ok()?
}

/// What the line itself asks, if it does; `None` outside if it is wrong.
fn own(real: &RealLine<'_>, notes: &mut Vec<Diagnostic>) -> Option<Option<Asks>> {
    let Some((request, receive)) = real.asks else { return Some(None) };
    if request.starts_with('/') {
        let message =
            "ldirectord overlooks a request and answer that begin with `/`; here they count";
        notes.push(Diagnostic::warning(request.span(), message));
    }
    match pattern(&receive.text().replace('\t', "    "), receive.span()) {
        Ok(receive) => Some(Some(Asks { request: rooted(request.text()), receive })),
        Err(wrong) => {
            notes.push(wrong);
            None
        }
    }
}

fn negotiate(
    lookup: Lookup<'_, '_>,
    section: &VirtualSection<'_>,
    service: &'static ServiceKind,
    id: ServiceId,
    notes: &mut Vec<Diagnostic>,
) -> Check {
    let receive = receive(lookup, notes);
    let asks = Asks { request: rooted(lookup.text("request").unwrap_or("/")), receive };
    let given = lookup.given("service");
    let span = given.map_or(section.header.span(), |given| given.span.clone());
    let mut check = match service.speaks {
        Speaks::Nothing => {
            if given.is_none() && !section.body.reals.is_empty() {
                let message = "nothing is known of a service here: its real servers are always up";
                let hint = "add service=name or checktype=connect; or checktype=on, if it is meant";
                notes.push(Diagnostic::warning(span, message).hint(hint));
            }
            Check::On
        }
        Speaks::Later => {
            let check = reachable(lookup, id);
            let (until, hint) = match check {
                Check::Connect => (
                    "a real server that accepts a connection is up",
                    "checktype=external can ask more of it",
                ),
                _ => (
                    "a real server that does not answer pings is down",
                    "checktype=on takes it for up, always",
                ),
            };
            let what = format!("a negotiate check of {}", service.name);
            notes.push(until_then(span, &what, until).hint(hint));
            check
        }
        Speaks::Http { tls } => {
            let method = method(lookup, &asks, notes);
            let host = host(lookup, notes);
            Check::Http(Http { tls, method, host, path: String::new(), receive: None })
        }
        Speaks::SimpleTcp => Check::SimpleTcp(SimpleTcp { send: String::new(), receive: None }),
        Speaks::Mysql => {
            let [login, passwd, database] = ["login", "passwd", "database"]
                .map(|name| lookup.text(name).unwrap_or_default().to_owned());
            if login.is_empty() || asks.request == "/" {
                let message = "a mysql check needs a login and a request: ldirectord finds every \
                               real server down without them";
                let hint = "add login=\"name\" and request=\"query\", or checktype=connect";
                notes.push(Diagnostic::warning(span, message).hint(hint));
            }
            Check::Mysql(Mysql { login, passwd, database, query: String::new() })
        }
    };
    ask(&mut check, asks);
    check
}

/// What is sent as the `Host` header.
fn host(lookup: Lookup<'_, '_>, notes: &mut Vec<Diagnostic>) -> Option<String> {
    let given = lookup.given("virtualhost")?;
    let text = lookup.text("virtualhost")?;
    let name = text.split_once("://").map_or(text, |(_, name)| name).trim();
    let name = name.split([' ', '\t', '/']).next().unwrap_or_default();
    if text.contains("://") || text.contains([' ', '\t']) {
        let message = "`virtualhost` is more than a host name, and is sent as it is";
        let warning = Diagnostic::warning(given.span.clone(), message);
        notes.push(warning.hint(format!("write virtualhost={name:.60}")));
    }
    Some(text.to_owned())
}

fn method(lookup: Lookup<'_, '_>, asks: &Asks, notes: &mut Vec<Diagnostic>) -> Method {
    if lookup.word("httpmethod") != Some("HEAD") {
        return Method::Get;
    }
    if let Some(given) = lookup.given("receive").filter(|_| asks.receive.is_some()) {
        let message = "the answer to HEAD has no body: `receive` never matches, and no real is up";
        notes.push(Diagnostic::warning(given.span.clone(), message).hint("use httpmethod=GET"));
    }
    Method::Head
}

/// Does it accept a connection? With UDP there is none, so: does it answer an echo?
fn reachable(lookup: Lookup<'_, '_>, id: ServiceId) -> Check {
    match id {
        ServiceId::Address { protocol: Protocol::Udp, .. } => ping(lookup),
        _ => Check::Connect,
    }
}

fn ping(lookup: Lookup<'_, '_>) -> Check {
    Check::Ping(Ping { attempts: lookup.number("checkcount").unwrap_or(1).min(MOST_ECHOES) })
}

fn external(lookup: Lookup<'_, '_>, notes: &mut Vec<Diagnostic>) -> Check {
    let program = lookup.text("checkcommand").unwrap_or("/bin/true");
    if let Some(given) = lookup.given("checkcommand").filter(|_| program.contains([' ', '\t'])) {
        let message = "`checkcommand` takes no arguments: all of this is one file name";
        notes.push(Diagnostic::warning(given.span.clone(), message));
    }
    if lookup.given("checkcommand").is_none() {
        let message = "there is no `checkcommand`: /bin/true is run, and every real server is up";
        let span = lookup.given("checktype").map_or(0..0, |given| given.span.clone());
        notes.push(Diagnostic::warning(span, message).hint("add checkcommand=\"program\""));
    }
    Check::External(External { program: program.to_owned(), arguments: Vec::new() })
}

/// A request always begins with a slash; one that is to be sent has a second.
fn rooted(request: &str) -> String {
    let request = request.replace('\t', "    ");
    if request.starts_with('/') { request } else { format!("/{request}") }
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// Echo requests of one check: more of them within its deadline would be a flood.
const MOST_ECHOES: u32 = 100;
