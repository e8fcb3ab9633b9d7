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
use super::{later, url};
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Resolver};
use crate::model::{Protocol, ServiceId};

/// The checks of one virtual's reals.
pub(super) struct Checks<'s> {
    kind: Kind<'s>,
    service: &'static ServiceKind,
    id: ServiceId,
    port: Option<u16>,
    timeout: Duration,
}

/// What is asked, but for what one real may have of its own.
enum Kind<'s> {
    Off,
    On,
    Connect,
    Ping(Ping),
    External(&'s str),
    Http { tls: bool, method: Method, host: Option<&'s str>, asks: Asks },
    SimpleTcp(Asks),
    Mysql { login: &'s str, passwd: &'s str, database: &'s str, asks: Asks },
}

/// A request, with its leading `/`, and what must be received.
#[derive(Clone)]
struct Asks {
    request: String,
    receive: Option<Pattern>,
}

/// The check of one real's line.
pub(super) enum Asking {
    /// The same for every address of the line; port 0 if there is none to check.
    Same(Check, u16),
    /// Somebody else is asked.
    Elsewhere(Check, SocketAddr),
    /// A program, which is told whom to ask about.
    Program(String),
}

impl<'s> Checks<'s> {
    /// The checks of a virtual; what is odd about them is noted.
    pub(super) fn new(
        lookup: Lookup<'s, '_>,
        section: &VirtualSection<'_>,
        id: ServiceId,
        notes: &mut Vec<Diagnostic>,
    ) -> Self {
        let named = lookup.word("service").and_then(services::named);
        let service = named.unwrap_or_else(|| services::at(id.port()));
        let given = lookup.given("checktype");
        let span = given.map_or(section.header.span(), |given| given.span.clone());
        let mut negotiates = false;
        let kind = match given.map_or(&Value::Word("negotiate"), |given| &given.value) {
            Value::Word("off") => Kind::Off,
            Value::Word("on") => Kind::On,
            Value::Word("connect") => reachable(lookup, id),
            Value::Word("ping") => Kind::Ping(ping(lookup)),
            Value::Word("external") => program(lookup, notes),
            Value::Word("external-perl") => {
                let what = "running `external-perl` in the director itself, not as a program,";
                notes.push(later(span, what));
                program(lookup, notes)
            }
            value => {
                if matches!(value, Value::Number(1..)) {
                    notes.push(later(span, "connecting between two negotiations"));
                }
                negotiates = service.speaks != Speaks::Later;
                negotiate(lookup, section, service, id, notes)
            }
        };
        let timeout = if negotiates { lookup.negotiate_timeout() } else { lookup.check_timeout() };
        let port = lookup.number("checkport").and_then(|port| port.try_into().ok());
        Checks { kind, service, id, port, timeout }
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
        let own = own(real, notes)?;
        let port = self.check_port(real_port);
        let check = match &self.kind {
            Kind::Off => return Some(Asking::Same(Check::Off, port)),
            Kind::On => return Some(Asking::Same(Check::On, port)),
            Kind::Ping(ping) => return Some(Asking::Same(Check::Ping(*ping), port)),
            Kind::External(program) => return Some(Asking::Program((*program).to_owned())),
            Kind::Connect => Check::Connect,
            Kind::Http { tls, method, host, asks } => {
                let elsewhere = real.asks.and_then(|(request, _)| url::find(request, *tls));
                let Asks { request: path, receive } = own.unwrap_or_else(|| asks.clone());
                let host = host.map(str::to_owned);
                let http = Http { tls: *tls, method: *method, host, path, receive };
                if let Some(url) = elsewhere {
                    let asked = url::elsewhere(url, http, resolver);
                    return asked
                        .map(|(http, at)| Asking::Elsewhere(Check::Http(http), at))
                        .map_err(|wrong| notes.push(wrong))
                        .ok();
                }
                Check::Http(http)
            }
            Kind::SimpleTcp(asks) => {
                let Asks { request, receive } = own.unwrap_or_else(|| asks.clone());
                let send = request.get(1..).unwrap_or_default().replace("\\n", "\n");
                Check::SimpleTcp(SimpleTcp { send, receive })
            }
            Kind::Mysql { login, passwd, database, asks } => {
                let Asks { request, .. } = own.unwrap_or_else(|| asks.clone());
                Check::Mysql(Mysql {
                    login: (*login).to_owned(),
                    passwd: (*passwd).to_owned(),
                    database: (*database).to_owned(),
                    query: request.get(1..).unwrap_or_default().to_owned(),
                })
            }
        };
        if port == 0 {
            let message = "there is no port to check: this real server is never up";
            notes.push(Diagnostic::warning(line.span(), message).hint("add checkport=number"));
        }
        Some(Asking::Same(check, port))
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
        match self {
            Asking::Same(check, port) => {
                (check.clone(), Target { address: SocketAddr::new(real.ip(), *port) })
            }
            Asking::Elsewhere(check, address) => (check.clone(), Target { address: *address }),
            Asking::Program(program) => {
                let (address, port) = match service {
                    ServiceId::Address { address, .. } => (bracketed(address.ip()), address.port()),
                    ServiceId::Mark { mark, .. } => (mark.to_string(), 0),
                };
                let arguments =
                    [address, port.to_string(), bracketed(real.ip()), real.port().to_string()];
                let external = External { program: program.clone(), arguments: arguments.into() };
                (Check::External(external), Target { address: real })
            }
        }
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

fn negotiate<'s>(
    lookup: Lookup<'s, '_>,
    section: &VirtualSection<'_>,
    service: &'static ServiceKind,
    id: ServiceId,
    notes: &mut Vec<Diagnostic>,
) -> Kind<'s> {
    let receive = receive(lookup, notes);
    let asks = Asks { request: rooted(lookup.text("request").unwrap_or("/")), receive };
    let given = lookup.given("service");
    let span = given.map_or(section.header.span(), |given| given.span.clone());
    match service.speaks {
        Speaks::Nothing => {
            if given.is_none() && !section.body.reals.is_empty() {
                let message = "nothing is known of a service here: its real servers are always up";
                let hint = "add service=name or checktype=connect; or checktype=on, if it is meant";
                notes.push(Diagnostic::warning(span, message).hint(hint));
            }
            Kind::On
        }
        Speaks::Later => {
            let kind = reachable(lookup, id);
            let until = if matches!(kind, Kind::Connect) { "a connection" } else { "ping" };
            let what = format!("a negotiate check of {} (until then: {until})", service.name);
            notes.push(later(span, &what));
            kind
        }
        Speaks::Http { tls } => {
            let host = lookup.text("virtualhost");
            Kind::Http { tls, method: method(lookup, &asks, notes), host, asks }
        }
        Speaks::SimpleTcp => Kind::SimpleTcp(asks),
        Speaks::Mysql => {
            let [login, passwd, database] =
                ["login", "passwd", "database"].map(|name| lookup.text(name).unwrap_or_default());
            if login.is_empty() || asks.request == "/" {
                let message = "a mysql check needs a login and a request: ldirectord finds every \
                               real server down without them";
                let hint = "add login=\"name\" and request=\"query\", or checktype=connect";
                notes.push(Diagnostic::warning(span, message).hint(hint));
            }
            Kind::Mysql { login, passwd, database, asks }
        }
    }
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
fn reachable<'s>(lookup: Lookup<'_, '_>, id: ServiceId) -> Kind<'s> {
    match id {
        ServiceId::Address { protocol: Protocol::Udp, .. } => Kind::Ping(ping(lookup)),
        _ => Kind::Connect,
    }
}

fn ping(lookup: Lookup<'_, '_>) -> Ping {
    Ping { attempts: lookup.number("checkcount").unwrap_or(1).min(MOST_ECHOES) }
}

fn program<'s>(lookup: Lookup<'s, '_>, notes: &mut Vec<Diagnostic>) -> Kind<'s> {
    let program = lookup.text("checkcommand").unwrap_or("/bin/true");
    if let Some(given) = lookup.given("checkcommand").filter(|_| program.contains([' ', '\t'])) {
        let message = "`checkcommand` takes no arguments: all of this is one file name";
        notes.push(Diagnostic::warning(given.span.clone(), message));
    }
    Kind::External(program)
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
