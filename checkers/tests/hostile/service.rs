//! The services over TCP: how each is asked, how an honest server would answer, and how much memory a
//! server may make the check take.

use checkers::{Check, Security, Tls, Verify};

use crate::{binary, lines, web};

/// A service and its honest server.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) check: fn(Security) -> Check,
    /// Whether the check has the first word.
    pub(crate) asks: bool,
    pub(crate) talks: Vec<Talk>,
    /// A piece that an honest server may say before all else, and again.
    pub(crate) banner: &'static [u8],
    /// A piece of an answer of which an honest server may send several.
    pub(crate) more: &'static [u8],
    /// The start of what has no end, and what follows over and over.
    pub(crate) endless: [&'static [u8]; 2],
    /// The answer that decides, where it depends on the question.
    pub(crate) made: Option<Make>,
    /// Whether a question is there in full.
    pub(crate) whole: fn(&[u8]) -> bool,
    /// What comes over a second connection, where the service has one.
    pub(crate) data: &'static [u8],
    /// A short answer that would unpack to a long one.
    pub(crate) bomb: Option<Make>,
    /// KiB that a server may make the check allocate at one time.
    pub(crate) kib: u64,
}

/// Makes an answer to a question.
pub(crate) type Make = fn(&[u8]) -> Vec<u8>;

/// What the honest server says over one way.
#[derive(Clone, Copy)]
pub(crate) struct Talk {
    pub(crate) way: Way,
    /// What comes before TLS begins.
    pub(crate) before: Turns,
    /// What comes before the answer that decides.
    pub(crate) turns: Turns,
    /// The answer that decides: its start and its rest.
    pub(crate) last: [&'static [u8]; 2],
}

/// Each is said when something was heard after the one before. An empty one only listens.
pub(crate) type Turns = &'static [&'static [u8]];

/// How the dialogue is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Tcp,
    Tls,
    StartTls,
}

impl Way {
    pub(crate) fn name(self) -> &'static str {
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
    pub(crate) fn ask(&self, talk: &Talk) -> Check {
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
pub(crate) fn services() -> Vec<Service> {
    vec![
        lines::connect(),
        lines::simpletcp(),
        lines::send_expect(),
        lines::smtp(),
        lines::nntp(),
        lines::pop(),
        lines::imap(),
        lines::ftp(),
        lines::redis(),
        lines::memcached(),
        lines::sip(),
        web::http(),
        web::http_proxy(),
        web::http2(),
        web::grpc(),
        binary::dns(),
        binary::ldap(),
        binary::mysql(),
        binary::oracle(),
        binary::pgsql(),
    ]
}

pub(crate) fn tcp(turns: Turns, last: [&'static [u8]; 2]) -> Talk {
    Talk { way: Way::Tcp, before: &[], turns, last }
}

pub(crate) fn tls(turns: Turns, last: [&'static [u8]; 2]) -> Talk {
    Talk { way: Way::Tls, before: &[], turns, last }
}

pub(crate) fn start_tls(before: Turns, turns: Turns, last: [&'static [u8]; 2]) -> Talk {
    Talk { way: Way::StartTls, before, turns, last }
}

/// KiB for a dialogue of lines.
const LINES_KIB: u64 = 192;
