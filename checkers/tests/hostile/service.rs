//! The services over TCP: how each is asked, how an honest server would answer, and how much memory a
//! server may make the check take.

use std::io::Write;

use checkers::{
    Check, Dns, Expect, Ftp, Grpc, Http, Imap, Ldap, Memcached, Method, Mysql, Nntp, Oracle, Pgsql,
    Pop, Redis, Security, SendExpect, SimpleTcp, Sip, Smtp, Statuses, Tls, Transport, Verify,
    Version,
};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::messages;

/// A service and its honest server.
#[derive(Clone)]
pub struct Service {
    pub name: &'static str,
    pub check: fn(Security) -> Check,
    /// Whether the check has the first word.
    pub asks: bool,
    pub talks: Vec<Talk>,
    /// A piece that an honest server may say before all else, and again.
    pub banner: &'static [u8],
    /// A piece of an answer of which an honest server may send several.
    pub more: &'static [u8],
    /// The start of what has no end, and what follows over and over.
    pub endless: [&'static [u8]; 2],
    /// The answer that decides, where it depends on the question.
    pub made: Option<fn(&[u8]) -> Vec<u8>>,
    /// Whether a question is there in full.
    pub whole: fn(&[u8]) -> bool,
    /// What comes over a second connection, where the service has one.
    pub data: &'static [u8],
    /// A short answer that would unpack to a long one.
    pub bomb: Option<fn(&[u8]) -> Vec<u8>>,
    /// KiB that a server may make the check allocate at one time.
    pub kib: u64,
}

/// What the honest server says over one way.
#[derive(Clone, Copy)]
pub struct Talk {
    pub way: Way,
    /// What comes before TLS begins.
    pub before: Turns,
    /// What comes before the answer that decides.
    pub turns: Turns,
    /// The answer that decides: its start and its rest.
    pub last: [&'static [u8]; 2],
}

/// Each is said when something was heard after the one before. An empty one only listens.
pub type Turns = &'static [&'static [u8]];

/// How the dialogue is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Tcp,
    Tls,
    StartTls,
}

impl Way {
    pub fn name(self) -> &'static str {
        match self {
            Way::Tcp => "tcp",
            Way::Tls => "tls",
            Way::StartTls => "starttls",
        }
    }

    fn security(self) -> Security {
        let tls = Tls { verify: Verify::No, ..Tls::default() };
        match self {
            Way::Tcp => Security::Plain,
            Way::Tls => Security::Tls(tls),
            Way::StartTls => Security::StartTls(tls),
        }
    }
}

impl Service {
    pub fn ask(&self, talk: &Talk) -> Check {
        (self.check)(talk.way.security())
    }
}

impl Default for Service {
    fn default() -> Self {
        Service {
            name: "",
            check: |_| Check::Connect,
            asks: false,
            talks: Vec::new(),
            banner: b"hello\r\n",
            more: b"more\r\n",
            endless: [b"", b"x"],
            made: None,
            whole: |_| true,
            data: b"",
            bomb: None,
            kib: LINES_KIB,
        }
    }
}

/// In the order of the matrix.
pub fn services() -> Vec<Service> {
    vec![
        connect(),
        simpletcp(),
        send_expect(),
        smtp(),
        nntp(),
        pop(),
        imap(),
        ftp(),
        redis(),
        memcached(),
        sip(),
        http(),
        http_proxy(),
        http2(),
        grpc(),
        dns(),
        ldap(),
        mysql(),
        oracle(),
        pgsql(),
    ]
}

fn connect() -> Service {
    let talks = vec![tcp(&[], [b"we", b"ll\n"])];
    Service { name: "connect", talks, kib: 16, ..Service::default() }
}

fn simpletcp() -> Service {
    let check = |_| {
        let receive = Some("well".parse().unwrap());
        Check::SimpleTcp(SimpleTcp {
            transport: Transport::Tcp,
            send: "are you?\n".to_owned(),
            receive,
        })
    };
    let talks = vec![tcp(&[], [b"I am a server, and I am\n", b"well\n"])];
    Service { name: "simpletcp", check, asks: true, talks, kib: 256, ..Service::default() }
}

fn send_expect() -> Service {
    let check = |_| {
        let (send, expect) =
            (b"are you?".to_vec(), Expect::Start(b"I am a server, and I am well".to_vec()));
        Check::SendExpect(SendExpect { transport: Transport::Tcp, send, expect })
    };
    let talks = vec![tcp(&[], [b"I am a server, and I am", b" well\n"])];
    let endless: [&[u8]; 2] = [b"I am", b" a server"];
    Service { name: "send_expect", check, asks: true, talks, endless, ..Service::default() }
}

fn smtp() -> Service {
    let check = |security| Check::Smtp(Smtp { security });
    let last: [&[u8]; 2] = [b"250-mx\r\n", b"250 SIZE\r\n"];
    let turns: Turns = &[b"220-mx\r\n220 ESMTP\r\n"];
    let before: Turns = &[b"220 mx ESMTP\r\n", b"250-mx\r\n250 STARTTLS\r\n", b"220 go\r\n"];
    Service {
        name: "smtp",
        check,
        talks: vec![tcp(turns, last), tls(turns, last), start_tls(before, &[], last)],
        banner: b"220-more\r\n",
        more: b"250-more\r\n",
        endless: [b"250 ", b"x"],
        ..Service::default()
    }
}

fn nntp() -> Service {
    let check = |security| Check::Nntp(Nntp { security });
    let last: [&[u8]; 2] = [b"200 news.example.org ready, ", b"posting allowed\r\n"];
    let before: Turns = &[b"200 ready\r\n", b"101 list\r\nSTARTTLS\r\n.\r\n", b"382 go\r\n"];
    let secured: [&[u8]; 2] = [b"101 list\r\nVERSION 2\r\n", b".\r\n"];
    Service {
        name: "nntp",
        check,
        talks: vec![tcp(&[], last), tls(&[], last), start_tls(before, &[], secured)],
        banner: b"101 list\r\n",
        more: b"\n",
        endless: [b"101 list\r\n", b"x"],
        kib: LISTS_KIB,
        ..Service::default()
    }
}

fn pop() -> Service {
    let check = |security| Check::Pop(Pop { security, login: "u".to_owned(), passwd: "p".into() });
    // capabilities, and whatever is asked after them
    let last: [&[u8]; 2] = [b"+OK\r\nUSER\r\n", b".\r\n+OK\r\n+OK\r\n"];
    let turns: Turns = &[b"+OK pop.example.org ready\r\n"];
    let before: Turns = &[b"+OK ready\r\n", b"+OK\r\nSTLS\r\n.\r\n", b"+OK\r\n"];
    Service {
        name: "pop",
        check,
        talks: vec![tcp(turns, last), tls(turns, last), start_tls(before, &[], last)],
        banner: b"+OK\r\n",
        more: b"\n",
        endless: [b"+OK\r\n", b"x"],
        kib: LISTS_KIB,
        ..Service::default()
    }
}

fn imap() -> Service {
    let check =
        |security| Check::Imap(Imap { security, login: "u".to_owned(), passwd: "p".into() });
    let turns: Turns =
        &[b"* OK imap.example.org ready\r\n", b"* CAPABILITY IMAP4rev1\r\na1 OK\r\n"];
    let last: [&[u8]; 2] = [b"* OK so far\r\n", b"a2 OK\r\n"];
    let before: Turns = &[b"* OK ready\r\n", b"* CAPABILITY STARTTLS\r\na1 OK\r\n", b"a2 OK\r\n"];
    let secured: Turns = &[b"* CAPABILITY IMAP4rev1\r\na3 OK\r\n"];
    Service {
        name: "imap",
        check,
        talks: vec![
            tcp(turns, last),
            tls(turns, last),
            start_tls(before, secured, [last[0], b"a4 OK\r\n"]),
        ],
        banner: b"* OK ready\r\n",
        more: b"* \n",
        endless: [b"* ", b"x"],
        kib: 1536,
        ..Service::default()
    }
}

fn ftp() -> Service {
    let check = |security| {
        let (login, receive) = ("u".to_owned(), Some("well".parse().unwrap()));
        Check::Ftp(Ftp { security, login, passwd: "p".into(), file: "f".to_owned(), receive })
    };
    const GREETING: &[u8] = b"220 ftp.example.org ready\r\n";
    const USER: &[u8] = b"331 and?\r\n";
    const PASS: &[u8] = b"230 in\r\n";
    const OK: &[u8] = b"200 ok\r\n";
    const PASSIVE: &[u8] = b"227 Entering Passive Mode (127,0,0,1,PORT)\r\n";
    let last: [&[u8]; 2] = [b"150 it\r\n", b"226 comes\r\n"];
    // TYPE; under TLS after PBSZ and PROT
    let plain: Turns = &[GREETING, USER, PASS, OK, PASSIVE];
    let secured: Turns = &[GREETING, USER, PASS, OK, OK, OK, PASSIVE];
    Service {
        name: "ftp",
        check,
        talks: vec![
            tcp(plain, last),
            tls(secured, last),
            start_tls(&[GREETING, b"234 go\r\n"], &secured[1..], last),
        ],
        banner: b"220-hello\r\n",
        more: b"150-it comes\r\n",
        endless: [b"150 it comes\r\n", b"x"],
        data: b"all well\n",
        kib: FILE_KIB,
        ..Service::default()
    }
}

fn redis() -> Service {
    let check = |security| {
        let (login, command) = (String::new(), "LRANGE l 0 -1".to_owned());
        let receive = Some("well".parse().unwrap());
        Check::Redis(Redis { security, login, passwd: "p".into(), command, receive })
    };
    let turns: Turns = &[b"+OK\r\n"];
    let last: [&[u8]; 2] = [b"*2\r\n:1\r\n", b"$4\r\nwell\r\n"];
    Service {
        name: "redis",
        check,
        asks: true,
        talks: vec![tcp(turns, last), tls(turns, last)],
        // arrays in arrays
        banner: b"*1\r\n",
        more: b"*1\r\n",
        // elements of an array without end
        endless: [b"*999999999\r\n", b":\n"],
        kib: 1536,
        ..Service::default()
    }
}

fn memcached() -> Service {
    let check = |_| Check::Memcached(Memcached { command: "stats".to_owned(), receive: None });
    Service {
        name: "memcached",
        check,
        asks: true,
        talks: vec![tcp(&[], [b"STAT pid 1\r\n", b"END\r\n"])],
        banner: b"STAT pid 1\r\n",
        more: b"STAT\n",
        endless: [b"VALUE k 0 999999999999\r\n", b"x"],
        kib: 768,
        ..Service::default()
    }
}

fn sip() -> Service {
    let check =
        |_| Check::Sip(Sip { transport: Transport::Tcp, login: "u@example.com".to_owned() });
    Service {
        name: "sip",
        check,
        asks: true,
        talks: vec![tcp(&[], [b"SIP/2.0 200 OK\r\n", b"Content-Length: 0\r\n\r\n"])],
        banner: b"SIP/2.0 100 Trying\r\n\r\n",
        more: b"Via: SIP/2.0/TCP 127.0.0.1\r\n",
        endless: [b"SIP/2.0 100 Trying\r\nContent-Length: 999999999\r\n\r\n", b"x"],
        ..Service::default()
    }
}

fn http() -> Service {
    let check = |security| web(security, Version::One, false);
    let last: [&[u8]; 2] =
        [b"HTTP/1.1 200 OK\r\nServer: x\r\n", b"Content-Length: 9\r\n\r\nall well\n"];
    Service {
        name: "http",
        check,
        asks: true,
        talks: vec![tcp(&[], last), tls(&[], last)],
        banner: b"HTTP/1.1 100 Continue\r\n\r\n",
        more: b"X-More: x\r\n",
        endless: [b"HTTP/1.1 200 OK\r\n\r\n", b"x"],
        bomb: Some(|_| zipped()),
        kib: HTTP_KIB,
        ..Service::default()
    }
}

fn http_proxy() -> Service {
    let check = |security| web(security, Version::One, true);
    Service { name: "http_proxy", check, ..http() }
}

fn http2() -> Service {
    let check = |security| web(security, Version::Two, false);
    // SETTINGS, HEADERS (status 200); CONTINUATION (the end of the headers), DATA
    let last: [&[u8]; 2] = [
        b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\0\0\0\0\x01\x88",
        b"\0\0\0\x09\x04\0\0\0\x01\0\0\x09\0\x01\0\0\0\x01all well\n",
    ];
    Service {
        name: "http2",
        check,
        asks: true,
        talks: vec![tcp(&[], last), tls(&[], last)],
        // SETTINGS and PING
        banner: b"\0\0\0\x04\0\0\0\0\0\0\0\x08\x06\0\0\0\0\0pingping",
        // CONTINUATION
        more: b"\0\0\x0a\x09\0\0\0\0\x01\0\x06x-more\x01x",
        endless: [
            b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x04\0\0\0\x01\x88",
            b"\0\0\x10\0\0\0\0\0\x01xxxxxxxxxxxxxxxx",
        ],
        whole: messages::has_http2_headers,
        kib: HTTP_KIB,
        ..Service::default()
    }
}

fn grpc() -> Service {
    let check = |security| Check::Grpc(Grpc { security, host: None, service: String::new() });
    let last: [&[u8]; 2] = [
        b"\0\0\0\x04\0\0\0\0\0\0\0\x14\x01\0\0\0\0\x01\x88\x0f\x10\x10application/grpc",
        b"\0\0\0\x09\x04\0\0\0\x01\0\0\x07\0\0\0\0\0\x01\0\0\0\0\x02\x08\x01\
          \0\0\x0f\x01\x05\0\0\0\x01\0\x0bgrpc-status\x010",
    ];
    let endless: [&[u8]; 2] = [
        b"\0\0\0\x04\0\0\0\0\0\0\0\x14\x01\x04\0\0\0\x01\x88\x0f\x10\x10application/grpc",
        b"\0\0\x10\0\0\0\0\0\x01xxxxxxxxxxxxxxxx",
    ];
    Service { name: "grpc", check, talks: vec![tcp(&[], last), tls(&[], last)], endless, ..http2() }
}

fn web(security: Security, version: Version, proxy: bool) -> Check {
    let path = if proxy { "http://www.example/" } else { "/" };
    Check::Http(Http {
        security,
        version,
        method: Method::Get,
        host: None,
        path: path.to_owned(),
        proxy,
        headers: Vec::new(),
        login: None,
        statuses: Statuses::default(),
        receive: Some("well".parse().unwrap()),
    })
}

fn dns() -> Service {
    let check = |_| {
        let receive = Some("127".parse().unwrap());
        Check::Dns(Dns { transport: Transport::Tcp, name: "www.example".to_owned(), receive })
    };
    Service {
        name: "dns",
        check,
        asks: true,
        talks: vec![tcp(&[], [b"", b""])],
        banner: b"\0\x0c\0\0\x81\x80\0\0\0\0\0\0\0\0",
        more: b"\0\x0c\0\0\x81\x80\0\0\0\0\0\0\0\0",
        endless: [b"\xff\xff", b"x"],
        made: Some(|question| lengthened(&messages::dns(&question[2..]))),
        bomb: Some(|question| lengthened(&messages::dns_bomb(&question[2..]))),
        kib: 3072,
        ..Service::default()
    }
}

fn ldap() -> Service {
    let check = |security| {
        let [login, base] = ["cn=n", "dc=x"].map(str::to_owned);
        Check::Ldap(Ldap { security, login, passwd: "p".into(), base, receive: None })
    };
    let turns: Turns = &[b"\x30\x0c\x02\x01\x02\x61\x07\x0a\x01\0\x04\0\x04\0"];
    let entry = b"\x30\x0d\x02\x01\x03\x64\x08\x04\x04dc=x\x30\0";
    let last: [&[u8]; 2] = [entry, b"\x30\x0c\x02\x01\x03\x65\x07\x0a\x01\0\x04\0\x04\0"];
    let before: Turns = &[b"", b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0"];
    Service {
        name: "ldap",
        check,
        asks: true,
        talks: vec![tcp(turns, last), tls(turns, last), start_tls(before, turns, last)],
        // a search's reference
        banner: b"\x30\x07\x02\x01\x03\x73\x02\x04\0",
        more: entry,
        // an entry of 2 GiB
        endless: [b"\x30\x84\x7f\xff\xff\xff\x02\x01\x03\x64\x84\x7f\xff\xff\xf0", b"x"],
        kib: 384,
        ..Service::default()
    }
}

fn mysql() -> Service {
    let check = |security| {
        let [login, database, query] = ["u", "d", "select 1"].map(str::to_owned);
        Check::Mysql(Mysql { security, login, passwd: "p".into(), database, query })
    };
    const GREETING: &[u8] =
        b"\x4a\0\0\0\x0a10.6.0\0\x01\0\0\0abcdefgh\0\xff\xff\x08\x02\0\xff\x81\x15\
        \0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native_password\0";
    const OK: &[u8] = b"\x07\0\0\x02\0\0\0\x02\0\0\0";
    let last: [&[u8]; 2] =
        [b"\x01\0\0\x01\x01\x03\0\0\x02def", b"\x05\0\0\x03\xfe\0\0\x02\0\x02\0\0\x04\x011"];
    let tls = Talk { way: Way::Tls, before: &[GREETING, b""], turns: &[OK], last };
    Service {
        name: "mysql",
        check,
        talks: vec![tcp(&[GREETING, OK], last), tls],
        banner: GREETING,
        more: b"\x03\0\0\x02def",
        // a result of 250 columns, each of 64 KiB
        endless: [b"\x01\0\0\x01\xfa", b"\0\0\x01\x02x"],
        kib: 256,
        ..Service::default()
    }
}

fn oracle() -> Service {
    let check = |_| {
        let [login, database, query] = ["", "ORCL", ""].map(str::to_owned);
        Check::Oracle(Oracle { login, passwd: "".into(), database, query })
    };
    Service {
        name: "oracle",
        check,
        asks: true,
        talks: vec![tcp(
            &[],
            [b"\0\x20\0\0\x02\0\0\0", b"\x01\x3a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"],
        )],
        // RESEND
        banner: b"\0\x08\0\0\x0b\0\0\0",
        more: b"\0\x08\0\0\x0b\0\0\0",
        // REFUSE, with 64 KiB of reasons
        endless: [b"\0\0\xff\xff\x04\0\0\0", b"x"],
        kib: 256,
        ..Service::default()
    }
}

fn pgsql() -> Service {
    let check = |security| {
        let [login, database, query] = ["u", "d", "select 1"].map(str::to_owned);
        let security = Some(security);
        Check::Pgsql(Pgsql { security, login, passwd: "p".into(), database, query })
    };
    let turns: Turns = &[b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"];
    let last: [&[u8]; 2] = [b"T\0\0\0\x06\0\0", b"D\0\0\0\x06\0\0"];
    Service {
        name: "pgsql",
        check,
        asks: true,
        talks: vec![tcp(turns, last), tls(turns, last), start_tls(&[b"", b"S"], turns, last)],
        // notices
        banner: b"N\0\0\0\x05\0",
        more: b"N\0\0\0\x05\0",
        // a description of 2 GiB
        endless: [b"T\x7f\xff\xff\xff", b"x"],
        ..Service::default()
    }
}

fn tcp(turns: Turns, last: [&'static [u8]; 2]) -> Talk {
    Talk { way: Way::Tcp, before: &[], turns, last }
}

fn tls(turns: Turns, last: [&'static [u8]; 2]) -> Talk {
    Talk { way: Way::Tls, before: &[], turns, last }
}

fn start_tls(before: Turns, turns: Turns, last: [&'static [u8]; 2]) -> Talk {
    Talk { way: Way::StartTls, before, turns, last }
}

/// A body of a few KiB that would unpack to 4 MiB.
fn zipped() -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![0; 4 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    let length = packed.len();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), &packed].concat()
}

/// A DNS message as it travels over TCP.
fn lengthened(message: &[u8]) -> Vec<u8> {
    [&u16::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

/// KiB for a dialogue of lines.
const LINES_KIB: u64 = 192;
/// KiB for 64 KiB of the shortest lines there are, each kept by itself.
const LISTS_KIB: u64 = 3072;
/// KiB for a file of 1 MiB, and its growing.
const FILE_KIB: u64 = 3584;
/// KiB for a body of 1 MiB, and its growing.
const HTTP_KIB: u64 = 3584;
