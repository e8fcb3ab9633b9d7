//! What a negotiate check asks, service by service.

use checkers::{
    Check, Dns, Ftp, Grpc, Http, Imap, Ldap, Login, Memcached, Method, Mysql, Nntp, Oracle, Pgsql,
    Pop, Radius, Redis, Security, SimpleTcp, Sip, Smtp, Statuses, Transport, Version,
};

use super::check::Asks;
use super::lookup::Lookup;
use super::security::{security, unused};
use super::services::{ServiceKind, Speaks};
use super::values::Value;
use crate::config::{Diagnostic, Resolver};
use crate::model::{Protocol, ServiceId};

/// What the lowering of every service is given.
pub(super) struct Negotiation<'n, 's, 'a> {
    pub(super) lookup: Lookup<'s, 'a>,
    pub(super) service: &'static ServiceKind,
    pub(super) id: ServiceId,
    pub(super) resolver: &'n dyn Resolver,
    /// Where the service is named, for what is odd about the whole.
    pub(super) span: std::ops::Range<usize>,
}

impl Negotiation<'_, '_, '_> {
    /// The check, with the request and the pattern in it; what is odd is noted.
    pub(super) fn check(&self, asks: &Asks, notes: &mut Vec<Diagnostic>) -> Check {
        if !self.service.speaks.is_http() {
            let why = format!("is not used: it is not for {}", self.service.name);
            unused(self.lookup, HTTP, &why, notes);
            for header in &self.lookup.own.headers {
                let message = format!("`httpheader` {why}");
                notes.push(Diagnostic::warning(header.span.clone(), message));
            }
        }
        let host = match self.service.speaks {
            Speaks::Http | Speaks::Grpc => self.host(notes),
            _ => None,
        };
        let name = host.as_deref().map(|host| host.split(':').next().unwrap_or_default());
        let security = security(self.lookup, self.service, name, self.resolver, notes);
        let (login, passwd) = (self.text("login"), self.text("passwd"));
        let mut check = match self.service.speaks {
            Speaks::Nothing => Check::On,
            Speaks::Http | Speaks::HttpProxy => self.http(security, host, asks, notes),
            Speaks::SimpleTcp => Check::SimpleTcp(SimpleTcp { send: String::new(), receive: None }),
            Speaks::Smtp => Check::Smtp(Smtp { security }),
            Speaks::Nntp => Check::Nntp(Nntp { security }),
            Speaks::Pop => Check::Pop(Pop { security, login, passwd: passwd.into() }),
            Speaks::Imap => Check::Imap(Imap { security, login, passwd: passwd.into() }),
            Speaks::Ftp => self.ftp(security),
            Speaks::Dns => self.dns(asks, notes),
            Speaks::Ldap => {
                let (passwd, base) = (passwd.into(), String::new());
                Check::Ldap(Ldap { security, login, passwd, base, receive: None })
            }
            Speaks::Radius => self.radius(notes),
            Speaks::Mysql | Speaks::Pgsql | Speaks::Oracle => self.sql(security, asks, notes),
            Speaks::Sip => {
                let login = match login.is_empty() {
                    true => format!("ldirectord@{}", self.resolver.hostname()),
                    false => login,
                };
                Check::Sip(Sip { transport: self.transport(), login })
            }
            Speaks::Redis => {
                let (passwd, command) = (passwd.into(), String::new());
                Check::Redis(Redis { security, login, passwd, command, receive: None })
            }
            Speaks::Memcached => {
                Check::Memcached(Memcached { command: String::new(), receive: None })
            }
            Speaks::Grpc => Check::Grpc(Grpc { security, host, service: String::new() }),
        };
        ask(&mut check, asks);
        check
    }

    fn text(&self, name: &str) -> String {
        self.lookup.text(name).unwrap_or_default().to_owned()
    }

    /// A warning about the service as a whole.
    fn odd(&self, message: impl Into<String>, hint: &str, notes: &mut Vec<Diagnostic>) {
        notes.push(Diagnostic::warning(self.span.clone(), message).hint(hint));
    }

    fn http(
        &self,
        security: Security,
        host: Option<String>,
        asks: &Asks,
        notes: &mut Vec<Diagnostic>,
    ) -> Check {
        let proxy = self.service.speaks == Speaks::HttpProxy;
        if proxy && !asks.request.contains("://") {
            let message = "a proxy is asked for a whole URL, and the request is none";
            self.odd(message, "write request=\"http://host/path\"", notes);
        }
        let headers = self.lookup.own.headers.iter().filter_map(|given| match &given.value {
            Value::Header(name, value) => Some((name.clone(), value.clone())),
            _ => None,
        });
        Check::Http(Http {
            security,
            version: match self.lookup.word("httpversion") {
                Some("2") => Version::Two,
                _ => Version::One,
            },
            method: self.method(asks, notes),
            host,
            path: String::new(),
            proxy,
            headers: headers.collect(),
            login: self.http_login(notes),
            statuses: self.statuses(notes),
            receive: None,
        })
    }

    /// What is sent as the `Host` header.
    fn host(&self, notes: &mut Vec<Diagnostic>) -> Option<String> {
        let given = self.lookup.given("virtualhost")?;
        let text = self.lookup.text("virtualhost")?;
        let name = text.split_once("://").map_or(text, |(_, name)| name).trim();
        let name = name.split([' ', '\t', '/']).next().unwrap_or_default();
        if text.contains("://") || text.contains([' ', '\t']) {
            let message = "`virtualhost` is more than a host name, and is sent as it is";
            let warning = Diagnostic::warning(given.span.clone(), message);
            notes.push(warning.hint(format!("write virtualhost={name:.60}")));
        }
        Some(text.to_owned())
    }

    fn method(&self, asks: &Asks, notes: &mut Vec<Diagnostic>) -> Method {
        if self.lookup.word("httpmethod") != Some("HEAD") {
            return Method::Get;
        }
        if let Some(given) = self.lookup.given("receive").filter(|_| asks.receive.is_some()) {
            let message =
                "the answer to HEAD has no body: `receive` never matches, and no real is up";
            notes.push(Diagnostic::warning(given.span.clone(), message).hint("use httpmethod=GET"));
        }
        Method::Head
    }

    fn http_login(&self, notes: &mut Vec<Diagnostic>) -> Option<Login> {
        if self.lookup.word("httpauth") != Some("basic") {
            return None;
        }
        let given = self.lookup.given("httpauth")?;
        let Some(login) = self.lookup.given("login") else {
            let message = "`httpauth` is not used: there is no `login`";
            notes.push(Diagnostic::warning(given.span.clone(), message));
            return None;
        };
        let user = self.text("login");
        if user.contains(':') {
            let message = "a user's name has no colon in it, over HTTP";
            notes.push(Diagnostic::error(login.span.clone(), message));
        }
        Some(Login { user, passwd: self.text("passwd").into() })
    }

    fn statuses(&self, notes: &mut Vec<Diagnostic>) -> Statuses {
        let Some(given) = self.lookup.given("httpstatus") else { return Statuses::default() };
        self.text("httpstatus").parse().unwrap_or_else(|wrong: checkers::StatusesError| {
            let wrong = Diagnostic::error(given.span.clone(), wrong.to_string());
            notes.push(wrong.hint("write httpstatus=200-299,401"));
            Statuses::default()
        })
    }

    /// Who does not say, is anonymous.
    fn ftp(&self, security: Security) -> Check {
        let given = |name, default: String| match self.lookup.text(name) {
            Some(text) => text.to_owned(),
            None => default,
        };
        let login = given("login", "anonymous".to_owned());
        let passwd = given("passwd", format!("ldirectord@{}", self.resolver.hostname())).into();
        Check::Ftp(Ftp { security, login, passwd, file: String::new(), receive: None })
    }

    fn dns(&self, asks: &Asks, notes: &mut Vec<Diagnostic>) -> Check {
        if asks.request == "/" || asks.receive.is_none() {
            let message = "a dns check needs a request and `receive`: ldirectord finds every real \
                           server down without them";
            let hint = "add request=\"www.example.com\" and receive=\"192.0.2.1\"";
            self.odd(message, hint, notes);
        }
        Check::Dns(Dns { transport: self.transport(), name: String::new(), receive: None })
    }

    fn radius(&self, notes: &mut Vec<Diagnostic>) -> Check {
        if ["login", "secret"].iter().any(|name| self.lookup.text(name).is_none()) {
            let message = "a radius check needs a login, and the secret that the server shares";
            self.odd(message, "add login=\"name\", passwd=\"word\" and secret=\"word\"", notes);
        }
        let (passwd, secret) = (self.text("passwd").into(), self.text("secret").into());
        Check::Radius(Radius { login: self.text("login"), passwd, secret })
    }

    fn sql(&self, security: Security, asks: &Asks, notes: &mut Vec<Diagnostic>) -> Check {
        let (login, passwd) = (self.text("login"), self.text("passwd").into());
        let (database, query) = (self.text("database"), String::new());
        if login.is_empty() || asks.request == "/" {
            let name = self.service.name;
            let message = format!(
                "a {name} check needs a login and a request: ldirectord finds every real server \
                 down without them"
            );
            let hint = "add login=\"name\" and request=\"query\", or checktype=connect";
            self.odd(message, hint, notes);
        }
        match self.service.speaks {
            Speaks::Pgsql => Check::Pgsql(Pgsql { security, login, passwd, database, query }),
            Speaks::Oracle => Check::Oracle(Oracle { login, passwd, database, query }),
            _ => Check::Mysql(Mysql { security, login, passwd, database, query }),
        }
    }

    /// As the service's clients; a mark's could come by either, and ldirectord takes UDP for them.
    fn transport(&self) -> Transport {
        match self.id {
            ServiceId::Address { protocol: Protocol::Tcp, .. } => Transport::Tcp,
            _ => Transport::Udp,
        }
    }
}

/// Puts a request and what must be received into a check that has them.
pub(super) fn ask(check: &mut Check, asks: &Asks) {
    let Asks { request, receive } = asks;
    // all but http and ftp take the text behind the slash
    let text = request.strip_prefix('/').unwrap_or(request);
    let matched = match check {
        Check::Http(http) => {
            http.path = if http.proxy { text.to_owned() } else { request.clone() };
            &mut http.receive
        }
        Check::Ftp(ftp) => {
            ftp.file.clone_from(request);
            &mut ftp.receive
        }
        Check::SimpleTcp(tcp) => {
            tcp.send = text.replace("\\n", "\n");
            &mut tcp.receive
        }
        Check::Dns(dns) => {
            dns.name = text.to_owned();
            &mut dns.receive
        }
        Check::Ldap(ldap) => {
            ldap.base = text.to_owned();
            &mut ldap.receive
        }
        Check::Redis(redis) => {
            redis.command = text.to_owned();
            &mut redis.receive
        }
        Check::Memcached(memcached) => {
            memcached.command = text.to_owned();
            &mut memcached.receive
        }
        Check::Mysql(mysql) => return mysql.query = text.to_owned(),
        Check::Pgsql(pgsql) => return pgsql.query = text.to_owned(),
        Check::Oracle(oracle) => return oracle.query = text.to_owned(),
        Check::Grpc(grpc) => return grpc.service = text.to_owned(),
        _ => return,
    };
    receive.clone_into(matched);
}

/// The directives of HTTP that are ours.
const HTTP: &[&str] = &["httpversion", "httpauth", "httpstatus"];
