//! What ldirectord cannot ask: TLS as it is configured, STARTTLS, HTTP/2, redis, memcached, gRPC.

use std::fs;

use super::machine::in_a_machine;
use super::ours;
use super::process::FOLDER;
use super::servers;
use super::services::{Case, Service, UNTRUSTED, WRONG_PASSWORD, cases, config};
use super::verdict::Verdict::{self, Down, Up};

#[test]
fn what_only_ours_can_ask() {
    in_a_machine(("servers", "1G"), LIMIT, || {
        servers::prepare();
        let cases = cases(ASKED);
        let every: Vec<&Case> = cases.iter().collect();
        let right: Vec<&Case> = cases.iter().filter(|case| case.wrong.is_none()).collect();
        let mut run = Run { file: format!("{FOLDER}/alone.cf"), faults: Vec::new() };
        fs::write(&run.file, config(&every, 10)).expect("a file");

        let all = servers::start();
        run.look("up", &every, answer);
        servers::freeze(&all);
        run.look("frozen", &right, |_| (Down, "no answer within 10 s"));
        servers::kill(all);
        run.look("killed", &right, |_| (Down, "connection refused"));
        let all = servers::start();
        run.look("up again", &right, answer);
        servers::stop(all);
        run.look("refused", &right, |_| (Down, "connection refused"));
        assert!(run.faults.is_empty(), "not as expected:\n{}", run.faults.join("\n"));
    });
}

struct Run {
    file: String,
    faults: Vec<String>,
}

impl Run {
    /// Compares our verdicts, and how their reasons begin, with what is expected.
    fn look(
        &mut self,
        state: &str,
        cases: &[&Case],
        expected: impl Fn(&Case) -> (Verdict, &'static str),
    ) {
        for (case, (verdict, because)) in cases.iter().zip(ours::verdicts(&self.file, cases)) {
            let state = case.wrong.unwrap_or(state);
            let name = case.service.name;
            let row = format!("{name:22} {state:18} {:5} {verdict:5} {because}", case.family);
            println!("{row}");
            let (want, start) = expected(case);
            if verdict != want || !because.starts_with(start) {
                self.faults.push(format!("{row}\n    not: {want} {start}"));
            }
        }
    }
}

/// What a server that is up is expected to answer.
fn answer(case: &Case) -> (Verdict, &'static str) {
    let row = ANSWERS.iter().find(|row| (row.0, row.1) == (case.service.name, case.wrong));
    row.map_or((Up, "not listed"), |row| (row.2, row.3))
}

/// Seconds.
const LIMIT: u32 = 300;

const ASKED: &[Service] = &[
    Service {
        name: "https",
        protocol: "tcp",
        port: 443,
        right: r#"service=https
                  request="/version"
                  receive="HTTP/1.1"
                  tlscafile=/tmp/servers/authority.pem
                  tlsname=lab.example"#,
        wrong: &[
            (UNTRUSTED, "request=\"/\""),
            ("no authority", "tlscafile=/tmp/servers/stranger.pem"),
            ("another name", "tlsname=other.example"),
        ],
    },
    Service {
        name: "https, unverified",
        protocol: "tcp",
        port: 443,
        right: "service=https
                tlsverify=no",
        wrong: &[("verified", "tlsverify=yes"), (UNTRUSTED, "")],
    },
    Service {
        name: "https, HTTP/2",
        protocol: "tcp",
        port: 443,
        right: r#"service=https
                  request="/version"
                  receive="HTTP/2.0"
                  httpversion=2
                  tlscafile=/tmp/servers/authority.pem"#,
        wrong: &[("wrong content", "receive=\"HTTP/1.1\"")],
    },
    Service {
        name: "https, our certificate",
        protocol: "tcp",
        port: 8443,
        right: r#"service=https
                  receive="hello CN=client"
                  tlscafile=/tmp/servers/authority.pem
                  tlscert=/tmp/servers/client.pem
                  tlskey=/tmp/servers/client.key"#,
        wrong: &[(
            "a stranger's",
            "tlscert=/tmp/servers/stranger.pem
             tlskey=/tmp/servers/stranger.key",
        )],
    },
    Service {
        name: "http, a password",
        protocol: "tcp",
        port: 80,
        right: r#"service=http
                  request="/login"
                  httpauth=basic
                  login="probe"
                  passwd="right""#,
        wrong: &[WRONG_PASSWORD, ("401 is well", "httpauth=none\nhttpstatus=401")],
    },
    Service {
        name: "http, a header",
        protocol: "tcp",
        port: 80,
        right: r#"service=http
                  request="/header"
                  httpheader="X-Probe: director"
                  receive="probe is director""#,
        wrong: &[("wrong content", "receive=\"probe is nobody\"")],
    },
    Service {
        name: "smtp, STARTTLS",
        protocol: "tcp",
        port: 25,
        right: "service=smtp
                starttls=yes
                tlscafile=/tmp/servers/authority.pem",
        wrong: &[("no authority", "tlscafile=/tmp/servers/stranger.pem")],
    },
    Service {
        name: "submission, STARTTLS",
        protocol: "tcp",
        port: 587,
        right: "service=submission
                starttls=yes
                tlscafile=/tmp/servers/authority.pem",
        wrong: &[("no authority", "tlscafile=/tmp/servers/stranger.pem")],
    },
    Service {
        name: "ftp, STARTTLS",
        protocol: "tcp",
        port: 21,
        right: r#"service=ftp
                  login="probe"
                  passwd="right"
                  request="state"
                  receive="all is well"
                  starttls=yes
                  tlscafile=/tmp/servers/authority.pem"#,
        wrong: &[WRONG_PASSWORD, ("no authority", "tlscafile=/tmp/servers/stranger.pem")],
    },
    Service {
        name: "imap, STARTTLS",
        protocol: "tcp",
        port: 143,
        right: r#"service=imap
                  login="probe"
                  passwd="right"
                  starttls=yes
                  tlscafile=/tmp/servers/authority.pem"#,
        wrong: &[WRONG_PASSWORD, (UNTRUSTED, "")],
    },
    Service {
        name: "pop, STARTTLS",
        protocol: "tcp",
        port: 110,
        right: r#"service=pop
                  login="probe"
                  passwd="right"
                  starttls=yes
                  tlscafile=/tmp/servers/authority.pem"#,
        wrong: &[WRONG_PASSWORD, (UNTRUSTED, "")],
    },
    Service {
        name: "ldap, STARTTLS",
        protocol: "tcp",
        port: 389,
        right: r#"service=ldap
                  login="cn=probe,dc=example"
                  passwd="right"
                  request="dc=example"
                  starttls=yes
                  tlscafile=/tmp/servers/authority.pem"#,
        wrong: &[WRONG_PASSWORD, ("no authority", "tlscafile=/tmp/servers/stranger.pem")],
    },
    Service {
        name: "ldaps, verified",
        protocol: "tcp",
        port: 636,
        right: r#"service=ldaps
                  request="dc=example"
                  tlscafile=/tmp/servers/authority.pem"#,
        wrong: &[("no authority", "tlscafile=/tmp/servers/stranger.pem")],
    },
    Service {
        name: "mysql, STARTTLS",
        protocol: "tcp",
        port: 3306,
        right: r#"service=mysql
                  login="probe"
                  passwd="right"
                  database="mysql"
                  request="select 1"
                  starttls=yes
                  tlscafile=/tmp/servers/authority.pem"#,
        wrong: &[WRONG_PASSWORD, ("no authority", "tlscafile=/tmp/servers/stranger.pem")],
    },
    Service {
        name: "pgsql, STARTTLS",
        protocol: "tcp",
        port: 5432,
        right: r#"service=pgsql
                  login="probe"
                  passwd="right"
                  database="postgres"
                  request="select 1"
                  starttls=yes
                  tlscafile=/tmp/servers/authority.pem"#,
        wrong: &[WRONG_PASSWORD, ("no authority", "tlscafile=/tmp/servers/stranger.pem")],
    },
    Service {
        name: "redis",
        protocol: "tcp",
        port: 6379,
        right: r#"service=redis
                  passwd="right""#,
        wrong: &[WRONG_PASSWORD, ("wrong content", "request=\"ECHO well\"\nreceive=\"lost\"")],
    },
    Service {
        name: "memcached",
        protocol: "tcp",
        port: 11211,
        right: "service=memcached",
        wrong: &[("wrong content", "request=\"version\"\nreceive=\"VERSION 9\"")],
    },
    Service {
        name: "grpc",
        protocol: "tcp",
        port: 2379,
        right: "service=grpc",
        wrong: &[("no such service", "request=\"nowhere\"")],
    },
];

/// Service, question, verdict and how its reason begins.
const ANSWERS: &[(&str, Option<&str>, Verdict, &str)] = &[
    ("https", None, Up, "200 OK"),
    ("https", Some(UNTRUSTED), Down, STRANGER),
    ("https", Some("no authority"), Down, UNSIGNED),
    (
        "https",
        Some("another name"),
        Down,
        "certificate not trusted: it is for lab.example, and not for other.example",
    ),
    ("https, unverified", None, Up, "200 OK"),
    ("https, unverified", Some("verified"), Down, UNSIGNED),
    ("https, unverified", Some(UNTRUSTED), Up, "200 OK"),
    ("https, HTTP/2", None, Up, "200 OK"),
    (
        "https, HTTP/2",
        Some("wrong content"),
        Down,
        "200 OK, but the body does not match \"HTTP/1.1\"",
    ),
    ("https, our certificate", None, Up, "200 OK"),
    ("https, our certificate", Some("a stranger's"), Down, "400 Bad Request"),
    ("http, a password", None, Up, "200 OK"),
    ("http, a password", Some(WRONG_PASSWORD.0), Down, "401 Unauthorized"),
    ("http, a password", Some("401 is well"), Up, "401 Unauthorized"),
    ("http, a header", None, Up, "200 OK"),
    (
        "http, a header",
        Some("wrong content"),
        Down,
        "200 OK, but the body does not match \"probe is nobody\"",
    ),
    ("smtp, STARTTLS", None, Up, "greeted"),
    ("smtp, STARTTLS", Some("no authority"), Down, UNSIGNED),
    ("submission, STARTTLS", None, Up, "greeted"),
    ("submission, STARTTLS", Some("no authority"), Down, UNSIGNED),
    ("ftp, STARTTLS", None, Up, "fetched \"/state\""),
    ("ftp, STARTTLS", Some(WRONG_PASSWORD.0), Down, "login: \"530"),
    ("ftp, STARTTLS", Some("no authority"), Down, UNSIGNED),
    ("imap, STARTTLS", None, Up, "logged in"),
    ("imap, STARTTLS", Some(WRONG_PASSWORD.0), Down, "LOGIN: \"NO [AUTHENTICATIONFAILED]"),
    ("imap, STARTTLS", Some(UNTRUSTED), Down, STRANGER),
    ("pop, STARTTLS", None, Up, "logged in"),
    ("pop, STARTTLS", Some(WRONG_PASSWORD.0), Down, "PASS: "),
    ("pop, STARTTLS", Some(UNTRUSTED), Down, STRANGER),
    ("ldap, STARTTLS", None, Up, "found \"dc=example\""),
    ("ldap, STARTTLS", Some(WRONG_PASSWORD.0), Down, "bind: invalid credentials (49)"),
    ("ldap, STARTTLS", Some("no authority"), Down, UNSIGNED),
    ("ldaps, verified", None, Up, "found \"dc=example\""),
    ("ldaps, verified", Some("no authority"), Down, UNSIGNED),
    ("mysql, STARTTLS", None, Up, "logged in, the query returned a row"),
    ("mysql, STARTTLS", Some(WRONG_PASSWORD.0), Down, "error 1045: Access denied for user 'probe'"),
    ("mysql, STARTTLS", Some("no authority"), Down, UNSIGNED),
    ("pgsql, STARTTLS", None, Up, "logged in, the query returned a row"),
    (
        "pgsql, STARTTLS",
        Some(WRONG_PASSWORD.0),
        Down,
        "FATAL 28P01: password authentication failed",
    ),
    ("pgsql, STARTTLS", Some("no authority"), Down, UNSIGNED),
    ("redis", None, Up, "answered"),
    ("redis", Some(WRONG_PASSWORD.0), Down, "AUTH: \"WRONGPASS"),
    ("redis", Some("wrong content"), Down, "answered \"well\", but it does not match \"lost\""),
    ("memcached", None, Up, "answered"),
    ("memcached", Some("wrong content"), Down, "answered \"VERSION 1"),
    ("grpc", None, Up, "SERVING"),
    ("grpc", Some("no such service"), Down, "the server knows no service \"nowhere\""),
];

const UNSIGNED: &str = "certificate not trusted: signed by an authority that is not trusted";
const STRANGER: &str = "certificate not trusted: a CA certificate used as a server's";
