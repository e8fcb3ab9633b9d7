//! What the nannies of a virtual ask, and whom.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use checkers::{Check, Expect, External, Part, Perl, Ping, SendExpect, Target};

use super::answer::{Answer, Reads};
use super::commands;
use super::lighter::Lighter;
use super::lookup::Lookup;
use super::negotiate::{self, Negotiation};
use super::real::RealLine;
use super::section::VirtualSection;
use super::services::{self, ServiceKind, SpeaksTls};
use super::url;
use super::values::Value;
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Resolver};
use crate::model::{Combined, Protocol, ServiceId};

/// The checks of one virtual's reals.
pub(super) struct Checks {
    /// What every real is asked that asks nothing of its own.
    first: Question,
    /// What it is asked besides.
    also: Vec<Question>,
    /// What it is asked between two checks.
    lighter: Option<Lighter>,
    id: ServiceId,
    timeout: Duration,
}

/// One question, to every real.
struct Question {
    check: Arc<Check>,
    service: &'static ServiceKind,
    reads: Reads,
    /// `checkport`
    port: Option<u16>,
    /// Whether it takes the time of a negotiation.
    negotiates: bool,
}

/// The checks of one real's line.
pub(super) struct Asking {
    check: Arc<Check>,
    whom: Whom,
    also: Vec<(Arc<Check>, u16)>,
    /// The lighter check, and the real's port that it goes to.
    lighter: Option<(Lighter, u16)>,
}

/// Who answers for a real.
enum Whom {
    /// The real itself at this port; 0 if there is none to check.
    Itself(u16),
    /// Somebody else.
    Other(SocketAddr),
}

/// A request, with its leading `/`, and what must be received.
pub(super) struct Asks {
    pub(super) request: String,
    pub(super) receive: Option<Answer>,
}

impl Checks {
    /// The checks of a virtual, of which the first may be given; what is odd about them is noted.
    pub(super) fn new(
        lookup: Lookup<'_, '_>,
        section: &VirtualSection<'_>,
        id: ServiceId,
        given: Option<Check>,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Self {
        let first = match given {
            Some(check) => Question::given(check, lookup),
            None => Question::first(lookup, section, id, resolver, notes),
        };
        let also = section.body.also.iter().filter_map(|also| {
            let lookup = Lookup { own: also, globals: lookup.globals };
            Question::also(lookup, id, resolver, notes)
        });
        let mut also: Vec<Question> = also.collect();
        if *first.check == Check::Off {
            also.clear();
            let given = section.body.also.iter().filter_map(|also| also.get("also"));
            let unused = "`also` is not used: with checktype=off nothing is checked";
            notes.extend(given.map(|given| Diagnostic::warning(given.span.clone(), unused)));
        }
        let negotiates = first.negotiates || also.iter().any(|question| question.negotiates);
        let timeout = if negotiates { lookup.negotiate_timeout() } else { lookup.check_timeout() };
        Checks { first, also, lighter: Lighter::new(lookup, id), id, timeout }
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
        let also = self.also.iter();
        let also =
            also.map(|question| (Arc::clone(&question.check), question.port(real_port, self.id)));
        let also: Vec<_> = also.collect();
        let port = self.first.port(real_port, self.id);
        let lighter = self.lighter.clone().map(|lighter| (lighter, port));
        let mut check = Arc::clone(&self.first.check);
        if let Some(asks) = own(real, self.first.reads, notes)? {
            negotiate::ask(Arc::make_mut(&mut check), &asks);
        }
        if let (Check::Http(http), Some((request, _))) = (&*check, real.asks)
            && !http.proxy
            && let Some(url) = url::find(request, self.first.service.speaks_tls == SpeaksTls::First)
        {
            let elsewhere = url::elsewhere(url, http.clone(), resolver);
            let (http, other) = elsewhere.map_err(|wrong| notes.push(wrong)).ok()?;
            let (check, whom) = (Check::Http(http).into(), Whom::Other(other));
            return Some(Asking { check, whom, also, lighter });
        }
        let portless = |check: &Check, port| port == 0 && has_port(check);
        if portless(&check, port) || also.iter().any(|(check, port)| portless(check, *port)) {
            let message = "there is no port to check: this real server is never up";
            let warning = Diagnostic::warning(line.span(), message);
            notes.push(warning.hint("add checkport=number"));
        }
        Some(Asking { check, whom: Whom::Itself(port), also, lighter })
    }
}

impl Question {
    /// A check that no directive asks for.
    fn given(check: Check, lookup: Lookup<'_, '_>) -> Self {
        let (service, port) = (&services::NONE, check_port(lookup));
        let reads = match &check {
            Check::SendExpect(SendExpect { expect: Expect::Match(_), .. }) => Reads::Regex,
            _ => Reads::Text,
        };
        Question { check: check.into(), service, reads, port, negotiates: false }
    }

    /// What the virtual itself says: by `checktype` and `service`, or the virtual's port.
    fn first(
        lookup: Lookup<'_, '_>,
        section: &VirtualSection<'_>,
        id: ServiceId,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Self {
        let named = lookup.word("service").and_then(services::named);
        let service = named.unwrap_or_else(|| services::at(id.port()));
        let given = lookup.given("checktype");
        let check = match given.map_or(&Value::Word("negotiate"), |given| &given.value) {
            Value::Word("off") => Some(Check::Off),
            Value::Word("on") => Some(Check::On),
            Value::Word(word) => without_service(word, lookup, id, resolver, notes),
            // to pass by turns what is not asked, and what is, would put a dead server in again and again
            Value::Number(1..) if service.name == services::NONE.name && !is_udp(id) => {
                Some(Check::Connect)
            }
            _ => None,
        };
        let negotiates = check.is_none() && service.negotiates();
        let check = check.unwrap_or_else(|| {
            let given = lookup.given("service");
            let span = given.map_or(section.header.span(), |given| given.span.clone());
            if service.name == services::NONE.name
                && given.is_none()
                && !section.body.reals.is_empty()
            {
                let message = match id.port() {
                    0 => "no port tells the service: its real servers are always up",
                    _ => "no service is known for this port: its real servers are always up",
                };
                let hint = "add service=name or checktype=connect; or checktype=on, if it is meant";
                notes.push(Diagnostic::warning(span.clone(), message).hint(hint));
            }
            let receive = receive(lookup, service, notes);
            let asks = Asks { request: request(lookup), receive };
            Negotiation { lookup, service, id, asks: &asks, resolver, span }.check(notes)
        });
        let reads = Reads::of(lookup, service);
        Question { check: check.into(), service, reads, port: check_port(lookup), negotiates }
    }

    /// What an `also` says.
    fn also(
        lookup: Lookup<'_, '_>,
        id: ServiceId,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let span = lookup.given("also")?.span.clone();
        let word = lookup.word("also")?;
        let port = check_port(lookup);
        if let Some(check) = without_service(word, lookup, id, resolver, notes) {
            return Some(Question {
                check: check.into(),
                service: &services::NONE,
                reads: Reads::Perl,
                port,
                negotiates: false,
            });
        }
        let service = services::named(word)?;
        let receive = receive(lookup, service, notes);
        let asks = Asks { request: request(lookup), receive };
        let check = Negotiation { lookup, service, id, asks: &asks, resolver, span }.check(notes);
        // the real's own port is the first question's: this one has the port of its service
        let port = port.or(Some(service.port).filter(|port| *port != 0));
        let reads = Reads::of(lookup, service);
        Some(Question {
            check: check.into(),
            service,
            reads,
            port,
            negotiates: service.negotiates(),
        })
    }

    /// `checkport`, the real's, the service's, the virtual's, in this order.
    fn port(&self, real_port: u16, id: ServiceId) -> u16 {
        let ports = [self.port.unwrap_or(0), real_port, self.service.port, id.port()];
        ports.into_iter().find(|port| *port != 0).unwrap_or(0)
    }
}

impl Asking {
    /// What is asked about the real at this address, and whom.
    pub(super) fn at(&self, service: ServiceId, real: SocketAddr) -> (Arc<Check>, Target) {
        let check = told(&self.check, service, real);
        let address = match self.whom {
            Whom::Itself(port) => SocketAddr::new(real.ip(), port),
            Whom::Other(address) => address,
        };
        let target = Target { address };
        if self.also.is_empty() {
            return (check, target);
        }
        let also = self.also.iter().map(|(check, port)| Part {
            check: Check::clone(&told(check, service, real)),
            target: Target { address: SocketAddr::new(real.ip(), *port) },
        });
        let first = Part { check: Check::clone(&check), target };
        (Arc::new(Check::All([first].into_iter().chain(also).collect())), target)
    }

    /// What the real at this address is asked between two such checks.
    pub(super) fn combined(&self, real: SocketAddr) -> Option<Arc<Combined>> {
        let (lighter, port) = self.lighter.clone()?;
        Some(Arc::new(lighter.of(SocketAddr::new(real.ip(), port))))
    }
}

/// A check that is no service's; `None` if the word is a service, or asks for it.
fn without_service(
    word: &str,
    lookup: Lookup<'_, '_>,
    id: ServiceId,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Check> {
    match word {
        "connect" => Some(reachable(lookup, id)),
        "ping" => Some(ping(lookup)),
        "external" => {
            let usable = |program: &str| resolver.program(program);
            let without = "/bin/true is run, and every real server is up";
            let (program, arguments) = program(lookup, "run", usable, without, notes);
            Some(Check::External(External { program, arguments }))
        }
        "external-perl" => {
            let usable = |script: &str| resolver.script(script);
            let without = "/bin/true is no Perl, and no real server is up";
            let (script, arguments) = program(lookup, "read", usable, without, notes);
            Some(Check::Perl(Perl { script, arguments }))
        }
        _ => None,
    }
}

/// A program is told about which real it is asked, behind its own arguments.
fn told(check: &Arc<Check>, service: ServiceId, real: SocketAddr) -> Arc<Check> {
    let arguments = |own: &[String]| [own, &arguments(service, real)].concat();
    match &**check {
        Check::External(check) => {
            let arguments = arguments(&check.arguments);
            Arc::new(Check::External(External { arguments, ..check.clone() }))
        }
        Check::Perl(check) => {
            let arguments = arguments(&check.arguments);
            Arc::new(Check::Perl(Perl { arguments, ..check.clone() }))
        }
        _ => Arc::clone(check),
    }
}

/// Whether a check goes to a port at all.
fn has_port(check: &Check) -> bool {
    match check {
        Check::Off | Check::On | Check::Ping(_) | Check::External(_) | Check::Perl(_) => false,
        Check::SendProgram(check) => check.words.iter().any(|word| word == "%p"),
        _ => true,
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

/// What the `receive` of a virtual stands for; what is wrong with it is noted.
pub(super) fn receive(
    lookup: Lookup<'_, '_>,
    service: &ServiceKind,
    notes: &mut Vec<Diagnostic>,
) -> Option<Answer> {
    let given = lookup.given("receive")?;
    let text = lookup.text("receive")?;
    let answer = Reads::of(lookup, service).answer(text, given.span.clone());
    answer.map_err(|wrong| notes.push(wrong)).ok()?
}

/// What the line itself asks, if it does; `None` outside if it is wrong.
fn own(real: &RealLine<'_>, reads: Reads, notes: &mut Vec<Diagnostic>) -> Option<Option<Asks>> {
    let Some((request, receive)) = real.asks else { return Some(None) };
    match reads.answer(&receive.text().replace('\t', "    "), receive.span()) {
        Ok(receive) => Some(Some(Asks { request: rooted(request.text()), receive })),
        Err(wrong) => {
            notes.push(wrong);
            None
        }
    }
}

/// Does it accept a connection? With UDP there is none, so: does it answer an echo?
fn reachable(lookup: Lookup<'_, '_>, id: ServiceId) -> Check {
    if is_udp(id) { ping(lookup) } else { Check::Connect }
}

pub(super) fn is_udp(id: ServiceId) -> bool {
    matches!(id, ServiceId::Address { protocol: Protocol::Udp, .. })
}

fn ping(lookup: Lookup<'_, '_>) -> Check {
    Check::Ping(Ping { attempts: lookup.number("checkcount").unwrap_or(1).min(MOST_ECHOES) })
}

/// The program of an external check, with arguments of its own, and what becomes of the reals
/// without one. What is a file as a whole is a name; else blanks part it, and the first word is one.
/// Warns of a program that cannot be used now: it may be there when it is.
pub(super) fn program(
    lookup: Lookup<'_, '_>,
    used: &str,
    usable: impl Fn(&str) -> Result<(), String>,
    without: &str,
    notes: &mut Vec<Diagnostic>,
) -> (String, Vec<String>) {
    let Some((given, text)) = lookup.given("checkcommand").zip(lookup.text("checkcommand")) else {
        let message = format!("there is no `checkcommand`: {without}");
        let given = ["checktype", "also", "service"].iter().find_map(|name| lookup.given(name));
        let span = given.map_or(0..0, |given| given.span.clone());
        notes.push(Diagnostic::warning(span, message).hint("add checkcommand=\"program\""));
        return ("/bin/true".to_owned(), Vec::new());
    };
    let whole = (text.to_owned(), Vec::new());
    if usable(text).is_ok() {
        return whole;
    }
    let Some(words) = commands::words(text) else {
        let message = "a quote within `checkcommand` is not closed";
        notes.push(Diagnostic::error(given.span.clone(), message));
        return whole;
    };
    let (program, arguments) =
        words.split_first().map_or(whole, |(first, rest)| (first.clone(), rest.to_vec()));
    if let Err(why) = usable(&program) {
        let message = format!("`checkcommand` cannot be {used}: {why}");
        notes.push(Diagnostic::warning(given.span.clone(), message));
    }
    (program, arguments)
}

fn check_port(lookup: Lookup<'_, '_>) -> Option<u16> {
    lookup.number("checkport").and_then(|port| port.try_into().ok())
}

pub(super) fn request(lookup: Lookup<'_, '_>) -> String {
    rooted(lookup.text("request").unwrap_or("/"))
}

/// A request always begins with a slash; one that is to be sent has a second.
pub(super) fn rooted(request: &str) -> String {
    let request = request.replace('\t', "    ");
    if request.starts_with('/') { request } else { format!("/{request}") }
}

pub(super) fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// Echo requests of one check: more of them within its deadline would be a flood.
const MOST_ECHOES: u32 = 100;
