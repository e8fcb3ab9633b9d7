//! The `cluster` block: how directors agree who is active, and what moves with that.
//!
//! Both dialects have it, each in its own dress: they give its first line and the lines in it to a
//! [`Block`], and get a [`Cluster`]. `directives` says what each line may be, `values` what follows
//! its `=`, `section` holds what was read; a file for each protocol lowers what is its own.

mod addresses;
mod carp;
mod directives;
mod duties;
mod pulse;
mod section;
mod values;
mod vqalive;
mod vrrp;
mod wrong;

use std::net::IpAddr;
use std::ops::Range;

pub use directives::{ALL, DIRECTIVES, Directive, Protocol, Shape};
pub(super) use section::Section;
pub(super) use values::is_plain;

use super::piece::Piece;
use super::{Diagnostic, Resolver};
use crate::model::{Cluster, Failover, FailoverProtocol, VirtualAddress};
use addresses::Addresses;

/// The block by its lines.
pub(super) struct Block<'a> {
    /// What names the protocol.
    pub(super) name: Piece<'a>,
    lines: Vec<Piece<'a>>,
}

impl<'a> Block<'a> {
    /// One that says nothing yet.
    pub(super) fn new(name: Piece<'a>) -> Self {
        Block { name, lines: Vec::new() }
    }

    /// Takes a line in, without blanks around it.
    pub(super) fn put(&mut self, statement: Piece<'a>) {
        self.lines.push(statement);
    }

    /// What the lines say; what is wrong is noted. `None` if nobody knows the protocol.
    pub(super) fn read(
        &self,
        resolver: &dyn Resolver,
        notes: &mut Vec<Diagnostic>,
    ) -> Option<Section<'a>> {
        let Some(protocol) = Protocol::named(self.name.text()) else {
            notes.push(wrong::no_protocol(self.name));
            return None;
        };
        let mut section = Section::new(protocol, self.name.span());
        for line in &self.lines {
            section.read(*line, resolver, notes);
        }
        Some(section)
    }
}

/// What stands elsewhere in the file and moves along.
#[derive(Default)]
pub(super) struct Beside {
    /// Addresses that are not the block's.
    pub(super) held: Vec<VirtualAddress>,
    /// Services of the director's own, and where the first one stands.
    pub(super) failovers: Vec<Failover>,
}

/// Lowers what a block says; `None` if it is wrong, which is noted.
pub(super) fn cluster(
    section: &Section<'_>,
    beside: Beside,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Cluster> {
    let own = Addresses::of(section, resolver, notes);
    // without any of its own, those of the services are what it is about
    let named: Vec<IpAddr> = match own.named.as_slice() {
        [] => beside.held.iter().map(|held| held.address).collect(),
        named => named.to_vec(),
    };
    if !beside.failovers.is_empty() && section.protocol != Protocol::Pulse {
        notes.push(wrong::no_failovers(section));
    }
    let protocol = match section.protocol {
        Protocol::Pulse => pulse::pulse(section, resolver, notes).map(FailoverProtocol::Pulse),
        Protocol::Carp => carp::carp(section, named, resolver, notes).map(FailoverProtocol::Carp),
        Protocol::Vrrp => vrrp::vrrp(section, &named, resolver, notes).map(FailoverProtocol::Vrrp),
        Protocol::Vqalive => vqalive::vqalive(section, named, notes).map(FailoverProtocol::Vqalive),
        Protocol::External => Some(FailoverProtocol::External),
    };
    let addresses: Vec<_> = own.held.into_iter().chain(beside.held).collect();
    if addresses.is_empty() && section.misses("address") {
        notes.extend(wrong::no_address(section));
    }
    let standby_checks = section.yes_no("standbychecks").unwrap_or(true);
    Some(Cluster {
        addresses,
        monitor_links: duties::monitor_links(section, protocol.as_ref(), notes),
        sync: duties::sync(section, resolver, notes),
        active_command: duties::command(section, "activecommand", resolver, notes),
        inactive_command: duties::command(section, "inactivecommand", resolver, notes),
        fitness: duties::fitness(section),
        standby_checks,
        standby_table: duties::standby_table(section, standby_checks, notes),
        failovers: beside.failovers,
        protocol: protocol?,
    })
}

/// The addresses that a block says its directors hold in turn, for what stands elsewhere.
pub(super) fn held(section: &Section<'_>, resolver: &dyn Resolver) -> Vec<VirtualAddress> {
    Addresses::of(section, resolver, &mut Vec::new()).held
}

/// What is said of a virtual service at an address that no director holds. Where the cluster has no
/// address at all, somebody else sees to them.
pub(super) fn unheld(cluster: &Cluster, address: IpAddr, span: Range<usize>) -> Option<Diagnostic> {
    let held = || cluster.addresses.iter().any(|held| held.address == address);
    if address.is_unspecified() || cluster.addresses.is_empty() || held() {
        return None;
    }
    let message = format!("no director holds {address}: it is no address of the cluster");
    let hint = format!("write address = {address} in the cluster block");
    Some(Diagnostic::warning(span, message).hint(hint))
}
