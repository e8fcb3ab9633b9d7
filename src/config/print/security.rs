//! The directives of TLS.

use checkers::{Security, Tls, Verify};

use super::{Lines, yes_no};

/// What is said of the TLS of a service's check, whose host has this name.
pub(super) fn security(security: &Security, service: &str, host: Option<&str>) -> Lines {
    let (tls, within) = match security {
        Security::Plain => return Lines::new(),
        Security::Tls(tls) => (tls, false),
        Security::StartTls(tls) => (tls, true),
    };
    let mut lines = Lines::new();
    if within {
        lines.push(("starttls", yes_no(true)));
    }
    let lenient = service == "ldaps" && tls.authorities.is_none();
    match tls.verify {
        Verify::No if !lenient => lines.push(("tlsverify", yes_no(false))),
        Verify::Chain if lenient => lines.push(("tlsverify", yes_no(true))),
        _ => {}
    }
    lines.extend(name(tls, host, lenient));
    if let Some(file) = &tls.authorities {
        lines.push(("tlscafile", file.clone()));
    }
    if let Some(identity) = &tls.identity {
        lines.push(("tlscert", identity.certificate.clone()));
        if identity.key != identity.certificate {
            lines.push(("tlskey", identity.key.clone()));
        }
    }
    lines
}

/// The name that is shown. Only one that must be proved is a `tlsname`.
fn name(tls: &Tls, host: Option<&str>, lenient: bool) -> Option<(&'static str, String)> {
    let name = tls.server_name.clone()?;
    let of_host = host.and_then(|host| host.split(':').next());
    match tls.verify {
        Verify::Name => Some(("tlsname", name)),
        _ if of_host == Some(name.as_str()) => None,
        Verify::No if !lenient => Some(("tlsname", name)),
        _ => Some(("virtualhost", name)),
    }
}
