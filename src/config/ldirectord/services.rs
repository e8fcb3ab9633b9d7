//! The services that a negotiate check can speak, with their ports.

/// A word of `service`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ServiceKind {
    pub(super) name: &'static str,
    /// Its well-known port; 0 if it has none.
    pub(super) port: u16,
    pub(super) speaks: Speaks,
}

/// How a service is checked today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    /// Not at all: always up.
    Nothing,
    Http {
        tls: bool,
    },
    SimpleTcp,
    Mysql,
    /// By a connection, until it has a checker of its own.
    Later,
}

/// The service of this name.
pub(super) fn named(name: &str) -> Option<&'static ServiceKind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// The service that lives at this port.
pub(super) fn at(port: u16) -> &'static ServiceKind {
    KINDS.iter().find(|kind| port != 0 && kind.port == port).unwrap_or(&NONE)
}

const fn kind(name: &'static str, port: u16, speaks: Speaks) -> ServiceKind {
    ServiceKind { name, port, speaks }
}

pub(super) const NONE: ServiceKind = kind("none", 0, Speaks::Nothing);

static KINDS: &[ServiceKind] = &[
    NONE,
    kind("ftp", 21, Speaks::Later),
    kind("smtp", 25, Speaks::Later),
    kind("dns", 53, Speaks::Later),
    kind("http", 80, Speaks::Http { tls: false }),
    kind("pop", 110, Speaks::Later),
    kind("nntp", 119, Speaks::Later),
    kind("imap", 143, Speaks::Later),
    kind("ldap", 389, Speaks::Later),
    kind("https", 443, Speaks::Http { tls: true }),
    kind("submission", 587, Speaks::Later),
    kind("ldaps", 636, Speaks::Later),
    kind("imaps", 993, Speaks::Later),
    kind("pops", 995, Speaks::Later),
    kind("oracle", 1521, Speaks::Later),
    kind("radius", 1812, Speaks::Later),
    kind("http_proxy", 3128, Speaks::Later),
    kind("mysql", 3306, Speaks::Mysql),
    kind("sip", 5060, Speaks::Later),
    kind("pgsql", 5432, Speaks::Later),
    kind("simpletcp", 0, Speaks::SimpleTcp),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ldirectord::{DIRECTIVES, Shape};

    #[test]
    fn every_word_of_the_directive_has_a_kind() {
        let service = DIRECTIVES.iter().find(|d| d.name == "service").unwrap();
        let Shape::Word(words) = service.shape else { panic!("{:?}", service.shape) };
        let mut known: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
        let mut words = words.to_vec();
        known.sort();
        words.sort();
        assert_eq!(known, words);
    }
}
