//! The directives of one check.

use checkers::{Check, Expect, Http, Method, Pattern, Security, SendExpect, Statuses, Version};

use super::security::security;
use super::{Lines, joined, yes_no};
use crate::config::ldirectord::as_perl;

/// One check, as it is said.
pub(super) struct Question {
    /// A word of `checktype`, or of `service`.
    pub(super) word: &'static str,
    pub(super) is_service: bool,
    /// All but what is asked, what must be received, and the port.
    pub(super) lines: Lines,
    pub(super) asks: Option<Asks>,
}

/// What a real server may have of its own.
#[derive(Clone, PartialEq)]
pub(super) struct Asks {
    /// A path, with its slash; or a text.
    pub(super) request: String,
    pub(super) is_path: bool,
    pub(super) receive: String,
}

impl Question {
    /// What is said of a check. Of two services that speak the same it is the one of the port that
    /// clients come to.
    pub(super) fn of(check: &Check, at_port: &str) -> Self {
        match check {
            Check::Off => Self::plain("off"),
            Check::On | Check::All(_) => Self::plain("on"),
            Check::Connect => Self::plain("connect"),
            Check::Ping(ping) => {
                let attempts =
                    (ping.attempts != 1).then(|| ("checkcount", ping.attempts.to_string()));
                Question { lines: attempts.into_iter().collect(), ..Self::plain("ping") }
            }
            Check::External(check) => {
                Self::program("external", &check.program, without_told(&check.arguments))
            }
            Check::Perl(check) => {
                Self::program("external-perl", &check.script, without_told(&check.arguments))
            }
            _ => Self::service(check, at_port),
        }
    }

    fn plain(word: &'static str) -> Self {
        Question { word, is_service: false, lines: Lines::new(), asks: None }
    }

    fn program(word: &'static str, program: &str, arguments: &[String]) -> Self {
        let words = [&[program.to_owned()], arguments].concat();
        Question { lines: vec![("checkcommand", command(&words))], ..Self::plain(word) }
    }

    fn service(check: &Check, at_port: &str) -> Self {
        let word = word(check, at_port);
        let mut lines = Lines::new();
        let secured = |it: &Security| security(it, word, None);
        let mut said = |name, value: &str| {
            if !value.is_empty() {
                lines.push((name, value.to_owned()));
            }
        };
        match check {
            Check::Http(http) => lines = of_http(http, word),
            Check::Ftp(ftp) => {
                said("login", &ftp.login);
                if !ftp.passwd.starts_with(OURS) {
                    said("passwd", &ftp.passwd);
                }
                lines.extend(secured(&ftp.security));
            }
            Check::Imap(imap) => {
                said("login", &imap.login);
                said("passwd", &imap.passwd);
                lines.extend(secured(&imap.security));
            }
            Check::Pop(pop) => {
                said("login", &pop.login);
                said("passwd", &pop.passwd);
                lines.extend(secured(&pop.security));
            }
            Check::Ldap(ldap) => {
                said("login", &ldap.login);
                said("passwd", &ldap.passwd);
                lines.extend(secured(&ldap.security));
            }
            Check::Redis(redis) => {
                said("login", &redis.login);
                said("passwd", &redis.passwd);
                lines.extend(secured(&redis.security));
            }
            Check::Mysql(mysql) => {
                said("login", &mysql.login);
                said("passwd", &mysql.passwd);
                said("database", &mysql.database);
                lines.extend(secured(&mysql.security));
            }
            Check::Pgsql(pgsql) => {
                said("login", &pgsql.login);
                said("passwd", &pgsql.passwd);
                said("database", &pgsql.database);
                match &pgsql.security {
                    Some(Security::Plain) => lines.push(("starttls", yes_no(false))),
                    Some(other) => lines.extend(secured(other)),
                    None => {}
                }
            }
            Check::Oracle(oracle) => {
                said("login", &oracle.login);
                said("passwd", &oracle.passwd);
                said("database", &oracle.database);
            }
            Check::Radius(radius) => {
                said("login", &radius.login);
                said("passwd", &radius.passwd);
                said("secret", &radius.secret);
            }
            Check::Sip(sip) if !sip.login.starts_with(OURS) => said("login", &sip.login),
            Check::Smtp(smtp) => lines.extend(secured(&smtp.security)),
            Check::Nntp(nntp) => lines.extend(secured(&nntp.security)),
            Check::Grpc(grpc) => {
                said("virtualhost", grpc.host.as_deref().unwrap_or_default());
                lines.extend(security(&grpc.security, word, grpc.host.as_deref()));
            }
            Check::SendExpect(SendExpect { expect: Expect::Match(_), .. }) => {
                said("receiveregex", "yes");
            }
            Check::SendProgram(check) => said("checkcommand", &command(&check.words)),
            _ => {}
        }
        Question { word, is_service: true, lines, asks: asks(check) }
    }
}

/// The service that this check is of.
fn word(check: &Check, at_port: &str) -> &'static str {
    let tls = |security: &Security, [plain, over_tls]: [&'static str; 2]| match security {
        Security::Tls(_) => over_tls,
        _ => plain,
    };
    match check {
        Check::Http(http) if http.proxy => "http_proxy",
        Check::Http(http) => tls(&http.security, ["http", "https"]),
        Check::Imap(imap) => tls(&imap.security, ["imap", "imaps"]),
        Check::Pop(pop) => tls(&pop.security, ["pop", "pops"]),
        Check::Ldap(ldap) => tls(&ldap.security, ["ldap", "ldaps"]),
        Check::Redis(redis) => tls(&redis.security, ["redis", "rediss"]),
        Check::Grpc(grpc) => tls(&grpc.security, ["grpc", "grpcs"]),
        Check::Smtp(_) if at_port == "submission" => "submission",
        Check::SendExpect(_) => "sendexpect",
        Check::SendProgram(_) => "sendprogram",
        other => other.kind(),
    }
}

fn of_http(http: &Http, word: &str) -> Lines {
    let mut lines = Lines::new();
    if http.method == Method::Head {
        lines.push(("httpmethod", "HEAD".to_owned()));
    }
    if let Some(host) = &http.host {
        lines.push(("virtualhost", host.clone()));
    }
    if http.version == Version::Two {
        lines.push(("httpversion", "2".to_owned()));
    }
    lines.extend(
        http.headers.iter().map(|(name, value)| ("httpheader", format!("{name}: {value}"))),
    );
    if http.statuses != Statuses::default() {
        lines.push(("httpstatus", http.statuses.to_string()));
    }
    if let Some(login) = &http.login {
        lines.push(("httpauth", "basic".to_owned()));
        lines.push(("login", login.user.clone()));
        if !login.passwd.is_empty() {
            lines.push(("passwd", login.passwd.to_string()));
        }
    }
    lines.extend(security(&http.security, word, http.host.as_deref()));
    lines
}

/// What a check asks, and what it must receive.
pub(super) fn asks(check: &Check) -> Option<Asks> {
    let path = |request: &str, receive| Asks {
        request: request.to_owned(),
        is_path: true,
        receive: expression(receive),
    };
    let text = |request: &str, receive| Asks {
        request: request.to_owned(),
        is_path: false,
        receive: expression(receive),
    };
    Some(match check {
        Check::Http(http) if http.proxy => text(&http.path, &http.receive),
        Check::Http(http) => path(&http.path, &http.receive),
        Check::Ftp(ftp) => path(&ftp.file, &ftp.receive),
        Check::SimpleTcp(tcp) => text(&tcp.send.replace('\n', "\\n"), &tcp.receive),
        Check::Dns(dns) => text(&dns.name, &dns.receive),
        Check::Ldap(ldap) => text(&ldap.base, &ldap.receive),
        Check::Redis(redis) => text(&redis.command, &redis.receive),
        Check::Memcached(memcached) => text(&memcached.command, &memcached.receive),
        Check::Mysql(mysql) => text(&mysql.query, &None),
        Check::Pgsql(pgsql) => text(&pgsql.query, &None),
        Check::Oracle(oracle) => text(&oracle.query, &None),
        Check::Grpc(grpc) => text(&grpc.service, &None),
        Check::SendExpect(check) => {
            let receive = match &check.expect {
                Expect::Nothing => String::new(),
                Expect::Anything => "*".to_owned(),
                Expect::Start(start) => escaped(&String::from_utf8_lossy(start)),
                Expect::Match(pattern) => escaped(pattern.as_str()),
            };
            let request = escaped(&String::from_utf8_lossy(&check.send));
            Asks { request, is_path: false, receive }
        }
        Check::SendProgram(check) => {
            Asks { request: String::new(), is_path: false, receive: escaped(&check.expect) }
        }
        _ => return None,
    })
}

fn expression(receive: &Option<Pattern>) -> String {
    receive.as_ref().map_or(String::new(), |pattern| as_perl(pattern.as_str()))
}

/// With nanny's escapes, where they are needed.
pub(super) fn escaped(text: &str) -> String {
    let mut letters = text.chars().peekable();
    let mut escaped = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' => escaped.push_str("\\r"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '"' => escaped.push_str("\\\""),
            '\\' if letters.peek().is_none_or(|next| "rnt\\'\"\r\n\t".contains(*next)) => {
                escaped.push_str("\\\\");
            }
            other => escaped.push(other),
        }
    }
    escaped
}

impl Asks {
    /// The request as the virtual says it; `None` for none.
    pub(super) fn of_virtual(&self) -> Option<String> {
        match self.request.as_str() {
            "" => None,
            "/" if self.is_path => None,
            text if !self.is_path && text.starts_with('/') => Some(format!("/{text}")),
            text => Some(text.to_owned()),
        }
    }

    /// The request as a real's line says it: without the slash that is added.
    pub(super) fn of_real(&self) -> String {
        let request = &self.request;
        match request.strip_prefix('/') {
            Some(rest) if self.is_path && !rest.starts_with('/') => rest.to_owned(),
            Some(_) if !self.is_path => format!("/{request}"),
            _ => request.clone(),
        }
    }
}

/// A program without arguments is named by the whole.
fn command(words: &[String]) -> String {
    if let [program] = words { program.clone() } else { joined(words) }
}

/// Without the four that the program is told behind its own.
fn without_told(arguments: &[String]) -> &[String] {
    arguments.get(..arguments.len().saturating_sub(4)).unwrap_or_default()
}

/// How a login begins that the file need not have.
const OURS: &str = "ldirectord@";
