//! The services that a negotiate check can speak, with their ports.

use checkers::Verify;

/// A word of `service`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ServiceKind {
    pub(super) name: &'static str,
    /// Its well-known port; 0 if it has none.
    pub(super) port: u16,
    /// Whether TLS comes first.
    pub(super) tls: bool,
    pub(super) speaks: Speaks,
}

/// What is spoken with a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    /// Nothing: it is always up.
    Nothing,
    Dns,
    Ftp,
    Grpc,
    Http,
    HttpProxy,
    Imap,
    Ldap,
    Memcached,
    Mysql,
    Nntp,
    Oracle,
    Pgsql,
    Pop,
    Radius,
    Redis,
    SimpleTcp,
    Sip,
    Smtp,
}

impl ServiceKind {
    /// What a certificate must prove where the file does not say: what ldirectord on Debian 12 makes
    /// of it, service by service.
    pub(super) fn verify(&self) -> Verify {
        match self.speaks {
            Speaks::Ldap if self.tls => Verify::No,
            _ => Verify::Chain,
        }
    }
}

impl Speaks {
    /// Whether there is a word in the protocol with which TLS begins.
    pub(super) fn has_starttls(self) -> bool {
        use Speaks::{Ftp, Imap, Ldap, Mysql, Nntp, Pgsql, Pop, Smtp};
        matches!(self, Ftp | Imap | Ldap | Mysql | Nntp | Pgsql | Pop | Smtp)
    }

    /// Whether it is HTTP, with its own directives.
    pub(super) fn is_http(self) -> bool {
        matches!(self, Speaks::Http | Speaks::HttpProxy)
    }
}

/// The service of this name.
pub(super) fn named(name: &str) -> Option<&'static ServiceKind> {
    KINDS.iter().chain(OURS).find(|kind| kind.name == name)
}

/// The service that lives at this port, where the file names none. Ours are asked for by name only:
/// what ldirectord takes for up shall not be found down for an answer that it never asked for.
pub(super) fn at(port: u16) -> &'static ServiceKind {
    KINDS.iter().find(|kind| port != 0 && kind.port == port).unwrap_or(&NONE)
}

const fn plain(name: &'static str, port: u16, speaks: Speaks) -> ServiceKind {
    ServiceKind { name, port, tls: false, speaks }
}

const fn tls(name: &'static str, port: u16, speaks: Speaks) -> ServiceKind {
    ServiceKind { name, port, tls: true, speaks }
}

pub(super) const NONE: ServiceKind = plain("none", 0, Speaks::Nothing);

/// ldirectord's.
static KINDS: &[ServiceKind] = &[
    NONE,
    plain("ftp", 21, Speaks::Ftp),
    plain("smtp", 25, Speaks::Smtp),
    plain("dns", 53, Speaks::Dns),
    plain("http", 80, Speaks::Http),
    plain("pop", 110, Speaks::Pop),
    plain("nntp", 119, Speaks::Nntp),
    plain("imap", 143, Speaks::Imap),
    plain("ldap", 389, Speaks::Ldap),
    tls("https", 443, Speaks::Http),
    plain("submission", 587, Speaks::Smtp),
    tls("ldaps", 636, Speaks::Ldap),
    tls("imaps", 993, Speaks::Imap),
    tls("pops", 995, Speaks::Pop),
    plain("oracle", 1521, Speaks::Oracle),
    plain("radius", 1812, Speaks::Radius),
    plain("http_proxy", 3128, Speaks::HttpProxy),
    plain("mysql", 3306, Speaks::Mysql),
    plain("sip", 5060, Speaks::Sip),
    plain("pgsql", 5432, Speaks::Pgsql),
    plain("simpletcp", 0, Speaks::SimpleTcp),
];

/// Ours.
static OURS: &[ServiceKind] = &[
    plain("grpc", 0, Speaks::Grpc),
    tls("grpcs", 0, Speaks::Grpc),
    plain("memcached", 11211, Speaks::Memcached),
    plain("redis", 6379, Speaks::Redis),
    tls("rediss", 6379, Speaks::Redis),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ldirectord::{DIRECTIVES, Shape};

    #[test]
    fn every_word_of_the_directive_has_a_kind() {
        let service = DIRECTIVES.iter().find(|d| d.name == "service").unwrap();
        let Shape::Word(words) = service.shape else { panic!("{:?}", service.shape) };
        let mut known: Vec<_> = KINDS.iter().chain(OURS).map(|kind| kind.name).collect();
        let mut words = words.to_vec();
        known.sort();
        words.sort();
        assert_eq!(known, words);
    }
}
