//! Whether a check speaks TLS, and how: what the `tls…` directives and `starttls` make of it.

use checkers::{Identity, Security, Tls, Verify};

use super::lookup::Lookup;
use super::section::Given;
use super::services::{ServiceKind, SpeaksTls};
use crate::config::{Diagnostic, Resolver};

/// Lowers the directives for a check of this service, whose server is called by this name if none
/// is given; what is wrong with them, or with their files, is noted.
pub(super) fn security(
    lookup: Lookup<'_, '_>,
    service: &ServiceKind,
    host: Option<&str>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Security {
    let starttls = starttls(lookup, service, notes);
    if service.speaks_tls != SpeaksTls::First && !starttls {
        unused(lookup, TLS, "is not used: nothing is asked over TLS here", notes);
        return Security::Plain;
    }
    let name = lookup.text("tlsname");
    if let Some(given) = lookup.given("tlsname").filter(|_| !name.is_some_and(Tls::is_server_name))
    {
        let message = "`tlsname` takes a host name or an address, as certificates have them";
        notes.push(Diagnostic::error(given.span.clone(), message));
    }
    let tls = Tls {
        verify: verify(lookup, service, name.is_some(), notes),
        server_name: name.or(host).map(str::to_owned),
        authorities: lookup.text("tlscafile").map(str::to_owned),
        identity: identity(lookup, notes),
    };
    // that this machine trusts nobody is no fault of the file's, and reading whom it trusts takes
    // milliseconds for each virtual
    let names_files = FILES.iter().any(|name| lookup.given(name).is_some());
    if names_files
        && let Err(why) = resolver.tls(&tls)
        && let Some(given) = at_fault(lookup, &why)
    {
        notes.push(Diagnostic::error(given.span.clone(), why));
    }
    if starttls { Security::StartTls(tls) } else { Security::Tls(tls) }
}

/// The directive whose file is wrong, which is what the words begin with; else the first.
fn at_fault<'s, 'a>(lookup: Lookup<'s, 'a>, why: &str) -> Option<&'s Given<'a>> {
    let begins =
        |file: &str| why.strip_prefix(file).is_some_and(|rest| rest.starts_with([':', ' ']));
    let named = FILES.iter().find(|name| lookup.text(name).is_some_and(begins));
    named.into_iter().chain(FILES).find_map(|name| lookup.given(name))
}

/// Warns of directives of a check that has no use for them. Only ours: what ldirectord passes over
/// in silence is all over the files there are.
pub(super) fn unused(
    lookup: Lookup<'_, '_>,
    names: &[&str],
    why: &str,
    notes: &mut Vec<Diagnostic>,
) {
    for name in names {
        if let Some(given) = lookup.own.get(name) {
            notes.push(Diagnostic::warning(given.span.clone(), format!("`{name}` {why}")));
        }
    }
}

fn starttls(lookup: Lookup<'_, '_>, service: &ServiceKind, notes: &mut Vec<Diagnostic>) -> bool {
    let wanted = lookup.yes_no("starttls").unwrap_or(false);
    let why = match service.speaks_tls {
        SpeaksTls::Within => return wanted,
        SpeaksTls::First => "begins with TLS",
        SpeaksTls::Never => "has no word for it",
    };
    if wanted {
        let why = format!("is not used: {} {why}", service.name);
        unused(lookup, &["starttls"], &why, notes);
    }
    false
}

/// Who names a name wants it verified.
fn verify(
    lookup: Lookup<'_, '_>,
    service: &ServiceKind,
    named: bool,
    notes: &mut Vec<Diagnostic>,
) -> Verify {
    match lookup.yes_no("tlsverify") {
        Some(false) => {
            let why = "is shown to the server, and not verified: `tlsverify` is no";
            unused(lookup, &["tlsname"], why, notes);
            unused(lookup, &["tlscafile"], "is not used: `tlsverify` is no", notes);
            Verify::No
        }
        _ if named => Verify::Name,
        Some(true) => Verify::Chain,
        // who names authorities wants them asked
        None if lookup.text("tlscafile").is_some() => Verify::Chain,
        None => service.verify(),
    }
}

/// A certificate of our own; its key may stand in the same file.
fn identity(lookup: Lookup<'_, '_>, notes: &mut Vec<Diagnostic>) -> Option<Identity> {
    let Some(certificate) = lookup.text("tlscert") else {
        unused(lookup, &["tlskey"], "is not used: there is no `tlscert`", notes);
        return None;
    };
    let key = lookup.text("tlskey").unwrap_or(certificate);
    Some(Identity { certificate: certificate.to_owned(), key: key.to_owned() })
}

/// Those that name files.
const FILES: &[&str] = &["tlscafile", "tlscert", "tlskey"];
const TLS: &[&str] = &["tlsverify", "tlscafile", "tlsname", "tlscert", "tlskey"];
