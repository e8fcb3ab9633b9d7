//! Directives that lvs.cf borrows: what they are called there, and what they come to.
//!
//! Whatever piranha has no key for is said with ldirectord's directive, read and lowered by the same
//! code: in come lines of an lvs.cf, out go the parts of the model that they are about.

use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::time::Duration;

use checkers::{Check, Pattern, PatternError};

use super::address::{self, Host};
use super::alert::alert;
use super::check::Checks;
use super::commands::command;
use super::directives::{Directive, Effect, OF_A_CHECK, Scope};
use super::lookup::Lookup;
use super::monitor::Monitored;
use super::pattern::why;
use super::real::RealLine;
use super::scan::store;
use super::section::{Section, VirtualSection};
use super::service;
use super::settings::settings;
use super::{reals, virtuals};
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Resolver};
use crate::model::{
    Alert, Command, Fallback, Family, Forwarding, Real, SchedulerFlags, ServiceId, Settings, Weight,
};

/// Whether a directive may stand in an lvs.cf: outside of all blocks, or within a `virtual`.
pub(in crate::config) fn is_lent(directive: &Directive, global: bool) -> bool {
    directive.effect == Effect::Now
        && directive.scopes.iter().any(|scope| global == (*scope == Scope::Global))
        && !OF_PIRANHA.contains(&directive.name)
}

/// Directives by their lines: outside of all blocks, or within one.
pub(in crate::config) struct Lent<'a> {
    section: VirtualSection<'a>,
}

impl Default for Lent<'_> {
    fn default() -> Self {
        let (header, _) = Piece::YES.split_at(0);
        let body = Section::default();
        Lent { section: VirtualSection { family: Family::V4, line: 0, header, body } }
    }
}

impl<'a> Lent<'a> {
    /// Takes one in: the whole line, and what stands behind its `=`.
    pub(in crate::config) fn put(
        &mut self,
        directive: &'static Directive,
        statement: Piece<'a>,
        value: Piece<'a>,
        global: bool,
        notes: &mut Vec<Diagnostic>,
    ) {
        let scope = if global { Scope::Global } else { Scope::Virtual };
        store(directive, statement, value, scope, &mut self.section.body, notes);
    }

    /// What the global ones say of the program; what is wrong is noted.
    pub(in crate::config) fn settings(
        &self,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Settings {
        settings(&self.section.body, resolver, notes)
    }

    /// The same, as those of a virtual: of what name and family, and where its real servers stand.
    pub(in crate::config) fn of(
        mut self,
        name: Piece<'a>,
        family: Family,
        servers: Vec<Piece<'a>>,
    ) -> Self {
        self.section.header = name;
        self.section.family = family;
        self.section.body.reals = servers;
        self
    }

    /// What the virtual with these directives is, with the global ones.
    pub(in crate::config) fn beside<'s>(&'s self, globals: &'s Lent<'a>) -> Borrower<'s, 'a> {
        let (section, globals) = (&self.section, &globals.section.body);
        Borrower { section, globals, lookup: Lookup { own: &section.body, globals } }
    }
}

/// A virtual that has borrowed.
#[derive(Clone, Copy)]
pub(in crate::config) struct Borrower<'s, 'a> {
    section: &'s VirtualSection<'a>,
    globals: &'s Section<'a>,
    lookup: Lookup<'s, 'a>,
}

impl<'s, 'a> Borrower<'s, 'a> {
    /// Whom to tell, and when.
    pub(in crate::config) fn alert(self, notes: &mut Vec<Diagnostic>) -> Alert {
        alert(self.lookup, notes)
    }

    /// `fallbackcommand`
    pub(in crate::config) fn fallback_command(
        self,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Option<Command> {
        command(self.lookup, "fallbackcommand", resolver, notes)
    }

    /// Whether it says yes, or the global part does.
    pub(in crate::config) fn yes_no(self, name: &str) -> Option<bool> {
        self.lookup.yes_no(name)
    }

    /// The number that it says, or the global part.
    pub(in crate::config) fn number(self, name: &str) -> Option<u32> {
        self.lookup.number(name)
    }

    /// Whether directives say what its real servers are asked.
    pub(in crate::config) fn says_what_is_asked(self) -> bool {
        ["checktype", "service"].iter().any(|name| self.section.body.get(name).is_some())
    }

    /// Warns of directives that say how real servers are asked, while none says what.
    pub(in crate::config) fn unused(self, notes: &mut Vec<Diagnostic>) {
        let names = OF_A_CHECK.iter().filter(|name| **name != "checkport");
        for (name, span) in names.filter_map(|name| Some((name, self.own_place(name)?))) {
            let message = format!("`{name}` is not used: `send` and `expect` are the check");
            let hint = "write service = http, or what the servers speak";
            notes.push(Diagnostic::warning(span, message).hint(hint));
        }
    }

    /// Where its own block says this, if it does.
    pub(in crate::config) fn own_place(self, name: &str) -> Option<Range<usize>> {
        self.section.body.get(name).map(|given| given.span.clone())
    }

    /// The number that its own block says.
    pub(in crate::config) fn own_number(self, name: &str) -> Option<u32> {
        self.own().number(name)
    }

    /// Whether its own block says yes.
    pub(in crate::config) fn own_yes_no(self, name: &str) -> Option<bool> {
        self.own().yes_no(name)
    }

    fn own(self) -> Lookup<'s, 'a> {
        Lookup { own: &self.section.body, globals: &self.section.body }
    }

    /// `schedflags` and `ops`
    pub(in crate::config) fn scheduling(
        self,
        id: ServiceId,
        notes: &mut Vec<Diagnostic>,
    ) -> (SchedulerFlags, bool) {
        (service::flags(self.lookup, notes), service::one_packet(self.lookup, id, notes))
    }

    /// Its own fallback, else the global one of its family.
    pub(in crate::config) fn fallback(
        self,
        id: ServiceId,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Option<Fallback> {
        virtuals::own_or_global_fallback(self.section, self.globals, id, resolver, notes)
    }

    /// What its real servers are asked. `first` is the check, if no directive says what it is.
    pub(in crate::config) fn checks(
        self,
        id: ServiceId,
        first: Option<Check>,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Asked<'s, 'a> {
        let called = first.as_ref().map(called);
        let checks = Checks::new(self.lookup, self.section, id, first, resolver, notes);
        let monitored = Monitored::new(self.section, id, called, resolver, notes);
        Asked { checks, monitored, id }
    }
}

/// What the real servers of one virtual are asked.
pub(in crate::config) struct Asked<'s, 'a> {
    checks: Checks,
    monitored: Option<Monitored<'s, 'a>>,
    id: ServiceId,
}

/// What a check of piranha's is called in a monitor file.
fn called(check: &Check) -> &'static str {
    match check {
        Check::SendExpect(_) => "negotiate:sendexpect",
        Check::SendProgram(_) => "negotiate:sendprogram",
        _ => "connect",
    }
}

/// A real server of an lvs.cf, but for its address.
#[derive(Clone, Copy)]
pub(in crate::config) struct Server<'a> {
    /// Where its address stands.
    pub(in crate::config) place: Piece<'a>,
    /// Its own port, or the virtual's.
    pub(in crate::config) port: u16,
    pub(in crate::config) forwarding: Forwarding,
    pub(in crate::config) weight: Weight,
    /// What is asked of this one, and what it must answer.
    pub(in crate::config) asks: Option<(Piece<'a>, Piece<'a>)>,
    pub(in crate::config) upper_threshold: u32,
    pub(in crate::config) lower_threshold: u32,
}

impl Asked<'_, '_> {
    /// The deadline of one check, as the directives have it.
    pub(in crate::config) fn timeout(&self) -> Duration {
        self.checks.timeout()
    }

    /// The real servers at these addresses; none if what they are asked is wrong, which is noted.
    pub(in crate::config) fn reals(
        &self,
        server: Server<'_>,
        addresses: &[IpAddr],
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Vec<Real> {
        let line = RealLine {
            first: Host::bare(server.place),
            last: None,
            port: None,
            forwarding: server.forwarding,
            weight: server.weight,
            asks: server.asks,
            upper_threshold: server.upper_threshold,
            lower_threshold: server.lower_threshold,
        };
        let asking = self.checks.of(&line, server.port, server.place, resolver, notes);
        let real = |asking: &super::check::Asking, address| {
            let address = SocketAddr::new(address, server.port);
            let (check, target) = asking.at(self.id, address);
            Real {
                address,
                forwarding: server.forwarding,
                weight: server.weight,
                upper_threshold: server.upper_threshold,
                lower_threshold: server.lower_threshold,
                check,
                target,
                combined: asking.combined(address),
                monitor: self.monitored.as_ref().map(|monitored| monitored.of(&line, address)),
            }
        };
        let all = asking.iter().flat_map(|asking| addresses.iter().map(|at| real(asking, *at)));
        all.collect()
    }
}

/// The address of a server, or all of `first->last`; `budget` is what ranges may still add to the file.
///
/// # Errors
/// What is wrong with it.
pub(in crate::config) fn addresses(
    place: Piece<'_>,
    family: Family,
    resolver: &dyn Resolver,
    budget: &mut u32,
) -> Result<Vec<IpAddr>, Diagnostic> {
    let (first, last) = match place.split_once("->") {
        Some((first, last)) => (Host::bare(first.trim()), Some(Host::bare(last.trim()))),
        None => (Host::bare(place), None),
    };
    reals::addresses(first, last, place, family, resolver, budget)
}

/// The port that a word stands for, by its number or by the name of a service.
///
/// # Errors
/// What is wrong with it.
pub(in crate::config) fn port(word: Piece<'_>, resolver: &dyn Resolver) -> Result<u16, Diagnostic> {
    address::port_number(word, None, resolver)
}

/// A regular expression of regcomp(3)'s, none of Perl's.
///
/// # Errors
/// What is wrong with it.
pub(in crate::config) fn regex(text: &str) -> Result<Pattern, String> {
    Pattern::over_lines(text).map_err(|error: PatternError| why(&error.to_string()))
}

/// Real servers that the ranges of one file may come to.
pub(in crate::config) const RANGES: u32 = reals::RANGE_LIMIT;

/// What piranha has keys of its own for, and what is a matter of ldirectord's command line.
const OF_PIRANHA: &[&str] = &[
    "virtual",
    "virtual6",
    "real",
    "real6",
    "protocol",
    "scheduler",
    "persistent",
    "netmask",
    "supervised",
    "cluster",
    "recoverycount",
    "slowstart",
    "loadmonitor",
    "tcptimeout",
    "tcpfintimeout",
    "udptimeout",
];
