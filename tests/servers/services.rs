//! What is asked: the services of one ldirectord.cf.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::process::FOLDER;
use super::verdict::Family;

/// A service, and the questions that its server is asked.
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) protocol: &'static str,
    pub(crate) port: u16,
    /// The directives of a question that is answered well.
    pub(crate) right: &'static str,
    /// Further questions: what is wrong with each, and the directives that make it so.
    pub(crate) wrong: &'static [(&'static str, &'static str)],
}

/// One question over one version of IP: a virtual service with one real server.
pub(crate) struct Case {
    pub(crate) service: &'static Service,
    /// What is wrong with the question, if something is.
    pub(crate) wrong: Option<&'static str>,
    pub(crate) family: Family,
    /// The virtual address, which is nobody's.
    pub(crate) address: SocketAddr,
    /// The real server's; no other's, for the original tells two that differ only in their
    /// password by nothing else.
    weight: u16,
    directives: String,
}

impl Case {
    /// The name that both programs have for the virtual service.
    pub(crate) fn id(&self) -> String {
        format!("{}:{}", self.service.protocol, self.address)
    }

    /// Where ldirectord writes the outcome of each check.
    pub(crate) fn monitor_file(&self) -> String {
        format!("{FOLDER}/monitor/{}", self.id())
    }

    /// The virtual service in the kernel's table, in the words of `ipvsadm -R`.
    pub(crate) fn entry(&self) -> String {
        let (address, real, weight) = (self.address, self.real(), self.weight);
        let protocol = if self.service.protocol == "udp" { "-u" } else { "-t" };
        format!(
            "-A {protocol} {address} -s wrr\n-a {protocol} {address} -r {real} -m -w {weight}\n"
        )
    }

    /// The real server's address: of three, the second has a certificate from a stranger, the third
    /// one that does not name the address.
    pub(crate) fn real(&self) -> SocketAddr {
        let other: Option<u8> = match self.wrong {
            Some(UNTRUSTED) => Some(2),
            Some(UNNAMED) => Some(3),
            _ => None,
        };
        let address: IpAddr = match (self.family, other) {
            (Family::V4, Some(other)) => Ipv4Addr::new(127, 0, 0, other).into(),
            (Family::V4, None) => Ipv4Addr::LOCALHOST.into(),
            (Family::V6, Some(other)) => [0xfd00, 0, 0, 0, 0, 0, 0, u16::from(other)].into(),
            (Family::V6, None) => Ipv6Addr::LOCALHOST.into(),
        };
        SocketAddr::new(address, self.service.port)
    }
}

/// All that is asked of some services.
pub(crate) fn cases(services: &'static [Service]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (service, number) in services.iter().zip(1..) {
        let wrong = service.wrong.iter().map(|&(wrong, lines)| (Some(wrong), lines));
        for ((wrong, lines), question) in [(None, "")].into_iter().chain(wrong).zip(1..) {
            let v4 = Ipv4Addr::new(198, 18, number, question).into();
            let v6 = [0xfd00, 1, 0, 0, 0, 0, number.into(), question.into()];
            let weight = 10 * u16::from(number) + u16::from(question);
            let directives = format!("{}\n{lines}", service.right);
            for (family, address) in [(Family::V4, v4), (Family::V6, IpAddr::V6(v6.into()))] {
                let address = SocketAddr::new(address, service.port);
                let directives = directives.clone();
                cases.push(Case { service, wrong, family, address, weight, directives });
            }
        }
    }
    cases
}

/// The ldirectord.cf that asks it, each time for so many seconds at most.
pub(crate) fn config(cases: &[&Case], seconds: u32) -> String {
    let mut text = format!("checktimeout={seconds}\nnegotiatetimeout={seconds}\n{GLOBAL}");
    for case in cases {
        let six = if case.family == Family::V6 { "6" } else { "" };
        let _ = writeln!(text, "virtual{six}={}", case.address);
        let _ = writeln!(text, "    real{six}={} masq {}", case.real(), case.weight);
        let _ = writeln!(text, "    protocol={}", case.service.protocol);
        let _ = writeln!(text, "    monitorfile={}", case.monitor_file());
        for directive in case.directives.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let _ = writeln!(text, "    {directive}");
        }
        text.push('\n');
    }
    text
}

/// The question that goes to the server whose certificate is a stranger's.
pub(crate) const UNTRUSTED: &str = "untrusted";

/// The question that goes to the server whose certificate is for a name only.
const UNNAMED: &str = "address unnamed";

const GLOBAL: &str = "\
checkinterval=4
quiescent=yes
fork=yes
supervised=yes
maintenancedir=/tmp/servers/maintenance

";

/// The question with another password.
pub(crate) const WRONG_PASSWORD: (&str, &str) = ("wrong password", "passwd=\"wrong\"");

/// What ldirectord can ask too.
pub(crate) const SERVICES: &[Service] = &[
    Service {
        name: "connect",
        protocol: "tcp",
        port: 11211,
        right: "checktype=connect",
        wrong: &[],
    },
    Service {
        name: "simpletcp",
        protocol: "tcp",
        port: 11211,
        right: r#"service=simpletcp
                  request="version\n"
                  receive="^VERSION 1""#,
        wrong: &[("wrong content", "receive=\"^VERSION 9\"")],
    },
    Service {
        name: "http",
        protocol: "tcp",
        port: 80,
        right: r#"service=http
                  receive="all is well""#,
        wrong: &[
            ("wrong content", "receive=\"all is lost\""),
            ("not found", "request=\"/nowhere\""),
            ("redirected", "request=\"/moved\""),
            ("asked for HEAD", "httpmethod=HEAD"),
        ],
    },
    Service {
        name: "https",
        protocol: "tcp",
        port: 443,
        right: r#"service=https
                  receive="all is well""#,
        wrong: &[("wrong content", "receive=\"all is lost\""), (UNTRUSTED, "")],
    },
    Service {
        name: "http_proxy",
        protocol: "tcp",
        port: 3128,
        right: r#"service=http_proxy
                  request="http://127.0.0.1/"
                  receive="all is well""#,
        wrong: &[
            ("wrong content", "receive=\"all is lost\""),
            ("not found", "request=\"http://127.0.0.1/nowhere\""),
        ],
    },
    Service { name: "smtp", protocol: "tcp", port: 25, right: "service=smtp", wrong: &[] },
    Service {
        name: "submission",
        protocol: "tcp",
        port: 587,
        right: "service=submission",
        wrong: &[],
    },
    Service {
        name: "ftp",
        protocol: "tcp",
        port: 21,
        right: r#"service=ftp
                  login="probe"
                  passwd="right"
                  request="state"
                  receive="all is well""#,
        wrong: &[
            WRONG_PASSWORD,
            ("wrong content", "receive=\"all is lost\""),
            ("no such file", "request=\"nowhere\""),
        ],
    },
    Service { name: "ftp, no login", protocol: "tcp", port: 21, right: "service=ftp", wrong: &[] },
    Service {
        name: "imap",
        protocol: "tcp",
        port: 143,
        right: r#"service=imap
                  login="probe"
                  passwd="right""#,
        wrong: &[WRONG_PASSWORD],
    },
    Service {
        name: "imaps",
        protocol: "tcp",
        port: 993,
        right: r#"service=imaps
                  login="probe"
                  passwd="right""#,
        wrong: &[WRONG_PASSWORD, (UNTRUSTED, ""), (UNNAMED, "")],
    },
    Service {
        name: "pop",
        protocol: "tcp",
        port: 110,
        right: r#"service=pop
                  login="probe"
                  passwd="right""#,
        wrong: &[WRONG_PASSWORD],
    },
    Service { name: "pop, no login", protocol: "tcp", port: 110, right: "service=pop", wrong: &[] },
    Service {
        name: "pops",
        protocol: "tcp",
        port: 995,
        right: r#"service=pops
                  login="probe"
                  passwd="right""#,
        wrong: &[WRONG_PASSWORD, (UNTRUSTED, ""), (UNNAMED, "")],
    },
    Service { name: "nntp", protocol: "tcp", port: 1119, right: "service=nntp", wrong: &[] },
    Service {
        name: "dns over udp",
        protocol: "udp",
        port: 53,
        right: r#"service=dns
                  request="www.example"
                  receive="192\.0\.2\.80""#,
        wrong: &[
            ("wrong content", "receive=\"192.0.2.81\""),
            ("no such name", "request=\"nowhere.example\""),
        ],
    },
    Service {
        name: "dns over tcp",
        protocol: "tcp",
        port: 53,
        right: r#"service=dns
                  request="www.example"
                  receive="192\.0\.2\.80""#,
        wrong: &[
            ("wrong content", "receive=\"192.0.2.81\""),
            ("no such name", "request=\"nowhere.example\""),
        ],
    },
    // ldirectord counts the change of the kernel's table into the check's time; if that ends within
    // it, the change is not made, then or later: here, where all change it at once, that takes long
    Service {
        name: "ldap",
        protocol: "tcp",
        port: 389,
        right: r#"service=ldap
                  checktimeout=25
                  login="cn=probe,dc=example"
                  passwd="right"
                  request="dc=example"
                  receive="dc=ex""#,
        wrong: &[
            WRONG_PASSWORD,
            ("wrong content", "receive=\"dc=org\""),
            ("no such entry", "request=\"ou=nowhere,dc=example\""),
        ],
    },
    Service {
        name: "ldaps",
        protocol: "tcp",
        port: 636,
        right: r#"service=ldaps
                  checktimeout=25
                  login="cn=probe,dc=example"
                  passwd="right"
                  request="dc=example""#,
        wrong: &[WRONG_PASSWORD, ("no such entry", "request=\"ou=nowhere,dc=example\"")],
    },
    Service {
        name: "mysql",
        protocol: "tcp",
        port: 3306,
        right: r#"service=mysql
                  login="probe"
                  passwd="right"
                  database="mysql"
                  request="select 1""#,
        wrong: &[
            WRONG_PASSWORD,
            ("no row", "request=\"select user from user where user = 'nobody'\""),
            ("no such table", "request=\"select 1 from nowhere\""),
            ("no such database", "database=\"nowhere\""),
        ],
    },
    Service {
        name: "pgsql",
        protocol: "tcp",
        port: 5432,
        right: r#"service=pgsql
                  login="probe"
                  passwd="right"
                  database="postgres"
                  request="select 1""#,
        wrong: &[
            WRONG_PASSWORD,
            ("no row", "request=\"select 1 where false\""),
            ("no such table", "request=\"select 1 from nowhere\""),
            ("no such database", "database=\"nowhere\""),
        ],
    },
    Service {
        name: "radius",
        protocol: "udp",
        port: 1812,
        right: r#"service=radius
                  login="probe"
                  passwd="right"
                  secret="shared""#,
        wrong: &[WRONG_PASSWORD, ("wrong secret", "secret=\"other\"")],
    },
    Service {
        name: "sip over udp",
        protocol: "udp",
        port: 5060,
        right: r#"service=sip
                  login="right@lab.example""#,
        wrong: &[("not found", "login=\"wrong@lab.example\"")],
    },
    Service {
        name: "sip over tcp",
        protocol: "tcp",
        port: 5060,
        right: r#"service=sip
                  login="right@lab.example""#,
        wrong: &[("not found", "login=\"wrong@lab.example\"")],
    },
];
