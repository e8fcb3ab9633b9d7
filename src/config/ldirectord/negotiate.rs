//! What a negotiate check asks, service by service.

use checkers::{
    Check, Dns, Expect, Ftp, Grpc, Imap, Ldap, Memcached, Mysql, Nntp, Oracle, Pgsql, Pop, Radius,
    Redis, Secret, Security, SendExpect, SendProgram, SimpleTcp, Sip, Smtp, Transport,
};

use super::answer::Answer;
use super::check::{self, Asks};
use super::http;
use super::lookup::Lookup;
use super::security::{security, unused};
use super::services::ServiceKind;
use crate::config::{Diagnostic, Resolver};
use crate::model::{Protocol, ServiceId};

/// What the lowering of every service is given.
pub(super) struct Negotiation<'n, 's, 'a> {
    pub(super) lookup: Lookup<'s, 'a>,
    pub(super) service: &'static ServiceKind,
    pub(super) id: ServiceId,
    pub(super) asks: &'n Asks,
    pub(super) resolver: &'n dyn Resolver,
    /// Where the service is named, for what is odd about the whole.
    pub(super) span: std::ops::Range<usize>,
}

impl Negotiation<'_, '_, '_> {
    /// The check, with the request and the pattern in it; what is odd is noted.
    pub(super) fn check(&self, notes: &mut Vec<Diagnostic>) -> Check {
        http::unused_elsewhere(self, notes);
        self.unused_regex(notes);
        let host = self.lookup.text("virtualhost").and_then(|host| host.split(':').next());
        let security = security(self.lookup, self.service, host, self.resolver, notes);
        let mut check = (self.service.lower)(self, security, notes);
        ask(&mut check, self.asks);
        check
    }

    fn unused_regex(&self, notes: &mut Vec<Diagnostic>) {
        let why = match self.service.name {
            "sendexpect" => return,
            "sendprogram" => "is not used: what a program prints is compared as it stands",
            _ => "is not used: `receive` is a regular expression anyhow",
        };
        unused(self.lookup, &["receiveregex"], why, notes);
    }

    /// A text, empty if it is not given.
    pub(super) fn text(&self, name: &str) -> String {
        self.lookup.text(name).unwrap_or_default().to_owned()
    }

    /// Warns of the service as a whole.
    pub(super) fn odd(&self, message: impl Into<String>, hint: &str, notes: &mut Vec<Diagnostic>) {
        notes.push(Diagnostic::warning(self.span.clone(), message).hint(hint));
    }

    fn passwd(&self) -> Secret {
        self.text("passwd").into()
    }

    /// As the service's clients; a mark's could come by either, and are taken to come by `mark`.
    fn transport(&self, mark: Transport) -> Transport {
        match self.id {
            ServiceId::Address { protocol: Protocol::Tcp, .. } => Transport::Tcp,
            ServiceId::Address { protocol: Protocol::Udp, .. } => Transport::Udp,
            _ => mark,
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
        Check::SendExpect(check) => {
            check.send = SendExpect::translated(text);
            check.expect = receive.as_ref().map_or(Expect::Nothing, Answer::expect);
            return;
        }
        Check::SendProgram(check) => {
            check.expect = match receive {
                Some(Answer::Text(text)) => text.clone(),
                _ => String::new(),
            };
            return;
        }
        Check::Mysql(mysql) => return mysql.query = text.to_owned(),
        Check::Pgsql(pgsql) => return pgsql.query = text.to_owned(),
        Check::Oracle(oracle) => return oracle.query = text.to_owned(),
        Check::Grpc(grpc) => return grpc.service = text.to_owned(),
        _ => return,
    };
    *matched = receive.as_ref().and_then(Answer::pattern);
}

type Notes = Vec<Diagnostic>;

pub(super) fn nothing(_: &Negotiation<'_, '_, '_>, _: Security, _: &mut Notes) -> Check {
    Check::On
}

pub(super) fn dns(of: &Negotiation<'_, '_, '_>, _: Security, notes: &mut Notes) -> Check {
    if of.asks.request == "/" || of.asks.receive.is_none() {
        let message = "a dns check needs a request and `receive`: ldirectord finds every real \
                       server down without them";
        let hint = "add request=\"www.example.com\" and receive=\"192.0.2.1\"";
        of.odd(message, hint, notes);
    }
    let name = of.asks.request.trim_start_matches('/');
    if !name.is_empty() && !name.contains(['.', ':']) {
        let message = "a short name is asked for as it stands: ldirectord adds the domains of this \
                       machine's resolv.conf";
        of.odd(message, &format!("write request=\"{name:.60}.example.com\""), notes);
    }
    // with a mark ldirectord asks by UDP, unlike all others
    let transport = of.transport(Transport::Udp);
    Check::Dns(Dns { transport, name: String::new(), receive: None })
}

pub(super) fn ftp(of: &Negotiation<'_, '_, '_>, security: Security, _: &mut Notes) -> Check {
    let given = of.lookup.text("passwd").map(str::to_owned);
    let passwd = given.unwrap_or_else(|| format!("ldirectord@{}", of.resolver.hostname())).into();
    Check::Ftp(Ftp {
        security,
        login: of.text("login"),
        passwd,
        file: String::new(),
        receive: None,
    })
}

pub(super) fn grpc(of: &Negotiation<'_, '_, '_>, security: Security, notes: &mut Notes) -> Check {
    Check::Grpc(Grpc { security, host: http::host(of, notes), service: String::new() })
}

pub(super) fn imap(of: &Negotiation<'_, '_, '_>, security: Security, _: &mut Notes) -> Check {
    Check::Imap(Imap { security, login: of.text("login"), passwd: of.passwd() })
}

pub(super) fn ldap(of: &Negotiation<'_, '_, '_>, security: Security, _: &mut Notes) -> Check {
    let (login, passwd, base) = (of.text("login"), of.passwd(), String::new());
    Check::Ldap(Ldap { security, login, passwd, base, receive: None })
}

pub(super) fn memcached(_: &Negotiation<'_, '_, '_>, _: Security, _: &mut Notes) -> Check {
    Check::Memcached(Memcached { command: String::new(), receive: None })
}

pub(super) fn mysql(of: &Negotiation<'_, '_, '_>, security: Security, notes: &mut Notes) -> Check {
    let (login, passwd, database, query) = sql(of, notes);
    Check::Mysql(Mysql { security, login, passwd, database, query })
}

pub(super) fn nntp(_: &Negotiation<'_, '_, '_>, security: Security, _: &mut Notes) -> Check {
    Check::Nntp(Nntp { security })
}

pub(super) fn oracle(of: &Negotiation<'_, '_, '_>, _: Security, notes: &mut Notes) -> Check {
    let (login, passwd, database, query) = sql(of, notes);
    if !Oracle::LOGS_IN && !login.is_empty() {
        let message = "only the listener is asked: this program is built without Oracle's driver, \
                       and neither logs in nor asks the query";
        of.odd(message, "build it with the feature oracle, or use checktype=external", notes);
    }
    Check::Oracle(Oracle { login, passwd, database, query })
}

pub(super) fn pgsql(of: &Negotiation<'_, '_, '_>, security: Security, notes: &mut Notes) -> Check {
    let (login, passwd, database, query) = sql(of, notes);
    let security = of.lookup.given("starttls").map(|_| security);
    Check::Pgsql(Pgsql { security, login, passwd, database, query })
}

pub(super) fn pop(of: &Negotiation<'_, '_, '_>, security: Security, _: &mut Notes) -> Check {
    Check::Pop(Pop { security, login: of.text("login"), passwd: of.passwd() })
}

pub(super) fn radius(of: &Negotiation<'_, '_, '_>, _: Security, notes: &mut Notes) -> Check {
    if ["login", "secret"].iter().any(|name| of.lookup.text(name).is_none()) {
        let message = "a radius check needs a login, and the secret that the server shares";
        of.odd(message, "add login=\"name\", passwd=\"word\" and secret=\"word\"", notes);
    }
    let secret = of.text("secret").into();
    Check::Radius(Radius { login: of.text("login"), passwd: of.passwd(), secret })
}

pub(super) fn redis(of: &Negotiation<'_, '_, '_>, security: Security, _: &mut Notes) -> Check {
    let (login, passwd, command) = (of.text("login"), of.passwd(), String::new());
    Check::Redis(Redis { security, login, passwd, command, receive: None })
}

pub(super) fn send_expect(of: &Negotiation<'_, '_, '_>, _: Security, _: &mut Notes) -> Check {
    let transport = of.transport(Transport::Tcp);
    Check::SendExpect(SendExpect { transport, send: Vec::new(), expect: Expect::Nothing })
}

pub(super) fn send_program(of: &Negotiation<'_, '_, '_>, _: Security, notes: &mut Notes) -> Check {
    if of.lookup.given("receive").is_none() {
        let message = "a sendprogram check compares what its program prints: without `receive` \
                       that must be nothing";
        of.odd(message, "add receive=\"OK\"", notes);
    }
    let usable = |program: &str| of.resolver.program(program);
    let without = "/bin/true is run, which prints nothing";
    let (program, arguments) = check::program(of.lookup, "run", usable, without, notes);
    let words = [program].into_iter().chain(arguments).collect();
    Check::SendProgram(SendProgram { words, expect: String::new() })
}

pub(super) fn simpletcp(of: &Negotiation<'_, '_, '_>, _: Security, _: &mut Notes) -> Check {
    let transport = of.transport(Transport::Tcp);
    Check::SimpleTcp(SimpleTcp { transport, send: String::new(), receive: None })
}

pub(super) fn sip(of: &Negotiation<'_, '_, '_>, _: Security, _: &mut Notes) -> Check {
    let named = of.lookup.text("login").map(str::to_owned);
    let login = named.unwrap_or_else(|| format!("ldirectord@{}", of.resolver.hostname()));
    Check::Sip(Sip { transport: of.transport(Transport::Tcp), login })
}

pub(super) fn smtp(_: &Negotiation<'_, '_, '_>, security: Security, _: &mut Notes) -> Check {
    Check::Smtp(Smtp { security })
}

/// Login, password, database and the place of the query.
fn sql(of: &Negotiation<'_, '_, '_>, notes: &mut Notes) -> (String, Secret, String, String) {
    let login = of.text("login");
    if login.is_empty() || of.asks.request == "/" {
        let name = of.service.name;
        let a = if name.starts_with('o') { "an" } else { "a" };
        let message = format!(
            "{a} {name} check needs a login and a request: ldirectord finds every real server \
             down without them"
        );
        let hint = "add login=\"name\" and request=\"query\", or checktype=connect";
        of.odd(message, hint, notes);
    }
    (login, of.passwd(), of.text("database"), String::new())
}
