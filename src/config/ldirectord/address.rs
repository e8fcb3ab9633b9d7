//! Hosts and ports: how they are written, and what they stand for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::config::piece::{Piece, is_blank};
use crate::config::{Diagnostic, Resolver};
use crate::model::{Family, Protocol};

/// A host as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Host<'a> {
    /// The name or number, without brackets.
    pub(super) name: Piece<'a>,
    bracketed: bool,
}

/// Reads `host`, and gives back what follows it.
pub(super) fn host<'a>(text: Piece<'a>) -> Result<(Host<'a>, Piece<'a>), Diagnostic> {
    if let Some(inside) = text.strip_prefix("[") {
        let Some((name, rest)) = inside.split_once("]") else {
            return Err(Diagnostic::error(text.span(), "the closing bracket is missing"));
        };
        return Ok((Host { name, bracketed: true }, rest));
    }
    // an arrow ends a host, although a dash may be part of one
    let arrow = text.text().find("->").unwrap_or(usize::MAX);
    let (before_arrow, _) = text.split_at(arrow);
    let (name, _) = before_arrow
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-'));
    if name.is_empty() {
        return Err(Diagnostic::error(text.span(), "an address or a host name is expected"));
    }
    let (_, rest) = text.split_at(name.text().len());
    Ok((Host { name, bracketed: false }, rest))
}

/// Reads `:port` if there is one, and gives back what follows it.
pub(super) fn port<'a>(text: Piece<'a>) -> Result<(Option<Piece<'a>>, Piece<'a>), Diagnostic> {
    let Some(after) = text.strip_prefix(":") else { return Ok((None, text)) };
    let (port, rest) =
        after.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '.'));
    if port.is_empty() {
        let message = "a port or the name of a service is expected behind the colon";
        let diagnostic = Diagnostic::error(text.span(), message);
        return Err(match after.text().chars().next() {
            Some(':') => {
                diagnostic.hint("one colon stands before a port; IPv6 addresses stand in [ ]")
            }
            Some(c) if is_blank(c) => diagnostic.hint("no blank can stand behind the colon"),
            _ => diagnostic,
        });
    }
    Ok((Some(port), rest))
}

impl<'a> Host<'a> {
    /// A name or number with nothing around it.
    pub(super) fn bare(name: Piece<'a>) -> Self {
        Host { name, bracketed: false }
    }

    /// The address in this family; an error says which one was expected.
    pub(super) fn resolve(
        self,
        family: Family,
        resolver: &dyn Resolver,
    ) -> Result<IpAddr, Diagnostic> {
        let text = self.name.text();
        let number = match family {
            Family::V4 if self.bracketed => return Err(self.other_family()),
            Family::V4 => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
            Family::V6 => text.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        };
        if let Some(address) = number {
            return Ok(address);
        }
        if self.bracketed {
            return Err(Diagnostic::error(self.name.span(), "not an IPv6 address"));
        }
        // the system's resolver would make an address of anything like 5060 or 10.1
        if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            let address = text.parse::<Ipv4Addr>();
            return Err(match (family, address) {
                (Family::V6, Ok(_)) => self.other_family(),
                _ => Diagnostic::error(self.name.span(), "not an address")
                    .hint("an IPv4 address has four numbers from 0 to 255"),
            });
        }
        let found = resolver.host(text, family).filter(|address| Family::of(*address) == family);
        found.ok_or_else(|| {
            let version = if family == Family::V4 { "IPv4" } else { "IPv6" };
            let message = format!("no {version} address is known for this host");
            Diagnostic::error(self.name.span(), message)
        })
    }

    fn other_family(self) -> Diagnostic {
        let span = self.name.span();
        if self.bracketed {
            let message = "an IPv6 address cannot stand here";
            Diagnostic::error(span, message)
                .hint("IPv6 has directives of its own: virtual6, real6, fallback6")
        } else {
            let message = "an IPv4 address cannot stand here";
            Diagnostic::error(span, message)
                .hint("IPv4 has directives of its own: virtual, real, fallback")
        }
    }
}

/// The number of a port; names are looked up under the protocol, or under any.
pub(super) fn port_number(
    port: Piece<'_>,
    protocol: Option<Protocol>,
    resolver: &dyn Resolver,
) -> Result<u16, Diagnostic> {
    let text = port.text();
    if text.bytes().all(|b| b.is_ascii_digit()) {
        let message = "a port is a number from 0 to 65535";
        return text.parse().map_err(|_| Diagnostic::error(port.span(), message));
    }
    resolver.port(text, protocol).ok_or_else(|| {
        let under = protocol.map_or(String::new(), |protocol| format!(" for {protocol}"));
        let message = format!("no service of this name is known{under}");
        Diagnostic::error(port.span(), message).hint("write the port as a number")
    })
}
