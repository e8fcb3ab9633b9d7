//! The checks that the targets ask. Where a target has several, the input's first byte chooses.

use checkers::{
    Check, Dns, Expect, Ftp, Grpc, Http, Imap, Ldap, Memcached, Method, Mysql, Nntp, Oracle, Pgsql,
    Pop, Radius, Redis, Security, SendExpect, SimpleTcp, Sip, Smtp, Statuses, Tls, Transport,
    Verify, Version,
};

/// The dialogues of lines.
pub fn lines(choice: u8) -> Check {
    let security = security(choice / 9);
    let login = || "u".to_owned();
    match choice % 9 {
        0 => Check::Smtp(Smtp { security }),
        1 => Check::Nntp(Nntp { security }),
        2 => Check::Pop(Pop { security, login: login(), passwd: "p".into() }),
        3 => Check::Imap(Imap { security, login: login(), passwd: "p\u{e9}".into() }),
        4 => {
            let (file, receive) = ("f".to_owned(), pattern());
            Check::Ftp(Ftp { security, login: login(), passwd: "p".into(), file, receive })
        }
        5 => Check::Memcached(Memcached { command: String::new(), receive: None }),
        6 => Check::Memcached(Memcached { command: "stats".to_owned(), receive: pattern() }),
        7 => Check::SimpleTcp(SimpleTcp { send: "q\n".to_owned(), receive: pattern() }),
        _ => {
            let expect = pattern().map_or(Expect::Anything, Expect::Match);
            Check::SendExpect(SendExpect { transport: Transport::Tcp, send: b"q".to_vec(), expect })
        }
    }
}

/// Redis.
pub fn redis(choice: u8) -> Check {
    let command = if choice & 1 == 0 { "" } else { "LRANGE l 0 -1" }.to_owned();
    let passwd = if choice & 2 == 0 { "" } else { "p" }.into();
    let (login, receive) = (String::new(), pattern());
    Check::Redis(Redis { security: Security::Plain, login, passwd, command, receive })
}

/// SIP.
pub fn sip(transport: Transport) -> Check {
    Check::Sip(Sip { transport, login: "u@example.com".to_owned() })
}

/// Oracle's listener.
pub fn oracle() -> Check {
    let [login, database, query] = ["", "ORCL", ""].map(str::to_owned);
    Check::Oracle(Oracle { login, passwd: "".into(), database, query })
}

/// HTTP, and by its choice a proxy, HEAD, and statuses that a redirect may be.
pub fn http(choice: u8, version: Version) -> Check {
    let proxy = choice & 1 != 0;
    let statuses = if choice & 2 == 0 { "200-299" } else { "200-499" };
    Check::Http(Http {
        security: Security::Plain,
        version,
        method: if choice & 4 == 0 { Method::Get } else { Method::Head },
        host: Some("www.example".to_owned()),
        path: if proxy { "http://www.example/" } else { "/" }.to_owned(),
        proxy,
        headers: Vec::new(),
        login: None,
        statuses: statuses.parse().unwrap_or_else(|_| Statuses::default()),
        receive: if choice & 8 == 0 { pattern() } else { None },
    })
}

/// gRPC health.
pub fn grpc() -> Check {
    Check::Grpc(Grpc { security: Security::Plain, host: None, service: "s".to_owned() })
}

/// LDAP.
pub fn ldap(choice: u8) -> Check {
    let [login, base] = ["cn=n", "dc=x"].map(str::to_owned);
    let security = security(choice);
    Check::Ldap(Ldap { security, login, passwd: "p".into(), base, receive: pattern() })
}

/// MySQL.
pub fn mysql(choice: u8) -> Check {
    let [login, database, query] = ["u", "d", "select 1"].map(str::to_owned);
    Check::Mysql(Mysql { security: security(choice), login, passwd: "p".into(), database, query })
}

/// PostgreSQL.
pub fn pgsql(choice: u8) -> Check {
    let [login, database, query] = ["u", "d", "select 1"].map(str::to_owned);
    Check::Pgsql(Pgsql { security: security(choice), login, passwd: "p".into(), database, query })
}

/// DNS: by its choice for an address's name.
pub fn dns(choice: u8, transport: Transport) -> Check {
    let name = if choice & 1 == 0 { "www.example" } else { "192.0.2.1" }.to_owned();
    Check::Dns(Dns { transport, name, receive: pattern() })
}

/// RADIUS.
pub fn radius() -> Check {
    Check::Radius(Radius { login: "u".to_owned(), passwd: "p".into(), secret: SECRET.into() })
}

/// Mostly plain: what comes under TLS is not made up.
fn security(choice: u8) -> Security {
    match choice % 4 {
        3 => Security::StartTls(Tls { verify: Verify::No, ..Tls::default() }),
        _ => Security::Plain,
    }
}

fn pattern() -> Option<checkers::Pattern> {
    "we(ll|b)$".parse().ok()
}

/// What RADIUS's two sides share.
pub const SECRET: &str = "s";
