//! The checks of http, https and http_proxy, and the directives that are theirs.

use checkers::{Check, Http, Login, Method, Security, Statuses, Version};

use super::negotiate::Negotiation;
use super::security::unused;
use super::values::Value;
use crate::config::Diagnostic;

type Notes = Vec<Diagnostic>;

pub(super) fn http(of: &Negotiation<'_, '_, '_>, security: Security, notes: &mut Notes) -> Check {
    let is_url = |text: &str| ["http://", "https://"].iter().any(|url| text.starts_with(url));
    if let Some(given) = of.lookup.given("request")
        && of.lookup.text("request").is_some_and(is_url)
    {
        let message = "this is sent as a path: only a real server's own request is a URL";
        let warning = Diagnostic::warning(given.span.clone(), message);
        notes.push(warning.hint("write request=\"/path\", and virtualhost=name"));
    }
    Check::Http(question(of, security, notes))
}

pub(super) fn http_proxy(
    of: &Negotiation<'_, '_, '_>,
    security: Security,
    notes: &mut Notes,
) -> Check {
    if !of.asks.request.contains("://") {
        let message = "a proxy is asked for a whole URL, and the request is none";
        of.odd(message, "write request=\"http://host/path\"", notes);
    }
    let question = question(of, security, notes);
    // the Host header is that of the URL
    Check::Http(Http { proxy: true, host: None, ..question })
}

/// What is sent as the `Host` header.
pub(super) fn host(of: &Negotiation<'_, '_, '_>, notes: &mut Notes) -> Option<String> {
    let given = of.lookup.given("virtualhost")?;
    let text = of.lookup.text("virtualhost")?;
    let name = text.split_once("://").map_or(text, |(_, name)| name).trim();
    let name = name.split([' ', '\t', '/']).next().unwrap_or_default();
    if text.contains("://") || text.contains([' ', '\t']) {
        let message = "`virtualhost` is more than a host name, and is sent as it is";
        let warning = Diagnostic::warning(given.span.clone(), message);
        notes.push(warning.hint(format!("write virtualhost={name:.60}")));
    }
    Some(text.to_owned())
}

/// Warns of the directives of HTTP where something else is spoken.
pub(super) fn unused_elsewhere(of: &Negotiation<'_, '_, '_>, notes: &mut Notes) {
    if of.service.is_http() {
        return;
    }
    let why = format!("is not used: it is not for {}", of.service.name);
    unused(of.lookup, OURS, &why, notes);
    for header in &of.lookup.own.headers {
        notes.push(Diagnostic::warning(header.span.clone(), format!("`httpheader` {why}")));
    }
}

fn question(of: &Negotiation<'_, '_, '_>, security: Security, notes: &mut Notes) -> Http {
    let headers = of.lookup.own.headers.iter().filter_map(|given| match &given.value {
        Value::Header(name, value) => Some((name.clone(), value.clone())),
        _ => None,
    });
    let version =
        if of.lookup.word("httpversion") == Some("2") { Version::Two } else { Version::One };
    Http {
        security,
        version,
        method: method(of, notes),
        host: host(of, notes),
        path: String::new(),
        proxy: false,
        headers: headers.collect(),
        login: login(of, notes),
        statuses: statuses(of, notes),
        receive: None,
    }
}

fn method(of: &Negotiation<'_, '_, '_>, notes: &mut Notes) -> Method {
    if of.lookup.word("httpmethod") != Some("HEAD") {
        return Method::Get;
    }
    if let Some(given) = of.lookup.given("receive").filter(|_| of.asks.receive.is_some()) {
        let message = "the answer to HEAD has no body: `receive` never matches, and no real is up";
        notes.push(Diagnostic::warning(given.span.clone(), message).hint("use httpmethod=GET"));
    }
    Method::Head
}

fn login(of: &Negotiation<'_, '_, '_>, notes: &mut Notes) -> Option<Login> {
    if of.lookup.word("httpauth") != Some("basic") {
        return None;
    }
    let given = of.lookup.given("httpauth")?;
    let Some(login) = of.lookup.given("login") else {
        let message = "`httpauth` is not used: there is no `login`";
        notes.push(Diagnostic::warning(given.span.clone(), message));
        return None;
    };
    let user = of.text("login");
    if user.contains(':') {
        let message = "a user's name has no colon in it, over HTTP";
        notes.push(Diagnostic::error(login.span.clone(), message));
    }
    Some(Login { user, passwd: of.text("passwd").into() })
}

fn statuses(of: &Negotiation<'_, '_, '_>, notes: &mut Notes) -> Statuses {
    let Some(given) = of.lookup.given("httpstatus") else { return Statuses::default() };
    of.text("httpstatus").parse().unwrap_or_else(|wrong: checkers::StatusesError| {
        let wrong = Diagnostic::error(given.span.clone(), wrong.to_string());
        notes.push(wrong.hint("write httpstatus=200-299,401"));
        Statuses::default()
    })
}

/// The directives of HTTP that are ours, but for the headers.
const OURS: &[&str] = &["httpversion", "httpauth", "httpstatus"];
