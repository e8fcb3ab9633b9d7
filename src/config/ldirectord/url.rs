//! A real's request that is a whole URL: another host is asked about the real.

use std::net::SocketAddr;

use checkers::{Http, Security, Tls};

use super::address;
use crate::config::piece::Piece;
use crate::config::{Diagnostic, Resolver};
use crate::model::Family;

/// What follows the scheme, if the request holds one.
pub(super) fn find<'a>(request: Piece<'a>, tls: bool) -> Option<Piece<'a>> {
    request.split_once(if tls { "https://" } else { "http://" }).map(|(_, url)| url)
}

/// The check of that URL, and the address that is asked. A virtual host stays as it is.
pub(super) fn elsewhere(
    url: Piece<'_>,
    http: Http,
    resolver: &dyn Resolver,
) -> Result<(Http, SocketAddr), Diagnostic> {
    let (host, rest) = address::host(url)?;
    let (port, rest) = address::port(rest)?;
    let port = match port {
        Some(port) => address::port_number(port, None, resolver)?,
        None if http.security != Security::Plain => 443,
        None => 80,
    };
    let ip = host.resolve(Family::V4, resolver).or_else(|wrong| {
        // of two failures the first is told
        host.resolve(Family::V6, resolver).map_err(|_| wrong)
    })?;
    let path = match rest.text().chars().next() {
        Some('/') => rest.text().to_owned(),
        Some('?') | None => format!("/{}", rest.text()),
        Some(_) => return Err(Diagnostic::error(rest.span(), "a path is expected here")),
    };
    let host = http.host.clone().unwrap_or_else(|| host.name.text().to_owned());
    let security = match http.security {
        Security::Tls(tls) => {
            let server_name = tls.server_name.or_else(|| host.split(':').next().map(str::to_owned));
            Security::Tls(Tls { server_name, ..tls })
        }
        other => other,
    };
    Ok((Http { security, host: Some(host), path, ..http }, SocketAddr::new(ip, port)))
}
