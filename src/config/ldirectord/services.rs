//! The services that a negotiate check can speak: their ports, and how each becomes a check.

use checkers::{Check, Security, Verify};

use super::http::{http, http_proxy};
use super::negotiate::{
    Negotiation, dns, ftp, grpc, imap, ldap, memcached, mysql, nntp, nothing, oracle, pgsql, pop,
    radius, redis, send_expect, send_program, simpletcp, sip, smtp,
};
use crate::config::Diagnostic;

/// A word of `service`.
#[derive(Clone, Copy)]
pub(super) struct ServiceKind {
    pub(super) name: &'static str,
    /// Its well-known port; 0 if it has none.
    pub(super) port: u16,
    pub(super) speaks_tls: SpeaksTls,
    /// The check, but for what `request` and `receive` put into it; what is odd is noted.
    pub(super) lower: Lower,
}

/// When TLS comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpeaksTls {
    Never,
    /// From the first byte on.
    First,
    /// If `starttls` asks for it, by the protocol's own word.
    Within,
}

impl ServiceKind {
    /// What a certificate must prove where the file does not say: what ldirectord on Debian 12 makes
    /// of it, service by service; but for imaps and pops it must name the address, too, there.
    pub(super) fn verify(&self) -> Verify {
        if self.name == "ldaps" { Verify::No } else { Verify::Chain }
    }

    /// Whether its check takes the time of a negotiation: ldirectord gives these the time of a
    /// connect.
    pub(super) fn negotiates(&self) -> bool {
        !matches!(self.name, "ldap" | "ldaps" | "radius")
    }

    /// Whether it is HTTP, with its own directives.
    pub(super) fn is_http(&self) -> bool {
        matches!(self.name, "http" | "https" | "http_proxy")
    }
}

/// The service of this name.
pub(super) fn named(name: &str) -> Option<&'static ServiceKind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// The service that lives at this port, where the file names none. Ours are asked for by name only:
/// what ldirectord takes for up shall not be found down for an answer that it never asked for.
pub(super) fn at(port: u16) -> &'static ServiceKind {
    let (theirs, _ours) = KINDS.split_at(THEIRS);
    theirs.iter().find(|kind| port != 0 && kind.port == port).unwrap_or(&NONE)
}

/// The name of the service that lives at this port.
pub(in crate::config) fn service_at(port: u16) -> &'static str {
    at(port).name
}

/// The well-known port of a service; 0 if it has none.
pub(in crate::config) fn port_of(name: &str) -> u16 {
    named(name).map_or(0, |service| service.port)
}

use SpeaksTls::{First, Never, Within};

/// `none`, whose real servers are always up.
pub(super) static NONE: ServiceKind = KINDS[0];

#[rustfmt::skip]
const KINDS: &[ServiceKind] = &[
    kind("none",          0, Never,  nothing),
    kind("ftp",          21, Within, ftp),
    kind("smtp",         25, Within, smtp),
    kind("dns",          53, Never,  dns),
    kind("http",         80, Never,  http),
    kind("pop",         110, Within, pop),
    kind("nntp",        119, Within, nntp),
    kind("imap",        143, Within, imap),
    kind("ldap",        389, Within, ldap),
    kind("https",       443, First,  http),
    kind("submission",  587, Within, smtp),
    kind("ldaps",       636, First,  ldap),
    kind("imaps",       993, First,  imap),
    kind("pops",        995, First,  pop),
    kind("oracle",     1521, Never,  oracle),
    kind("radius",     1812, Never,  radius),
    kind("http_proxy", 3128, Never,  http_proxy),
    kind("mysql",      3306, Within, mysql),
    kind("sip",        5060, Never,  sip),
    kind("pgsql",      5432, Within, pgsql),
    kind("simpletcp",     0, Never,  simpletcp),
    // ours
    kind("grpc",          0, Never,  grpc),
    kind("grpcs",         0, First,  grpc),
    kind("memcached", 11211, Never,  memcached),
    kind("redis",      6379, Never,  redis),
    kind("rediss",     6379, First,  redis),
    // piranha's
    kind("sendexpect",    0, Never,  send_expect),
    kind("sendprogram",   0, Never,  send_program),
];
/// How many of them are ldirectord's.
const THEIRS: usize = 21;

/// Their names, in this order.
pub(super) const NAMES: [&str; KINDS.len()] = {
    let mut names = [""; KINDS.len()];
    let mut n = 0;
    while n < KINDS.len() {
        names[n] = KINDS[n].name;
        n += 1;
    }
    names
};

/// How a service becomes a check.
pub(super) type Lower = fn(&Negotiation<'_, '_, '_>, Security, &mut Vec<Diagnostic>) -> Check;

const fn kind(name: &'static str, port: u16, speaks_tls: SpeaksTls, lower: Lower) -> ServiceKind {
    ServiceKind { name, port, speaks_tls, lower }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_stands_for_ldirectords_services_only() {
        let (theirs, ours) = KINDS.split_at(THEIRS);
        assert_eq!(theirs.last().map(|kind| kind.name), Some("simpletcp"));
        for kind in theirs.iter().filter(|kind| kind.port != 0) {
            assert_eq!(at(kind.port).name, kind.name);
        }
        for kind in ours {
            assert_eq!(at(kind.port).name, "none");
        }
    }
}
