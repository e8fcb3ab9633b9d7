//! The language of ldirectord.cf: one row per directive.
//!
//! The parser, `check`, the manual page ldirectord.cf(5) and ldirectord.cf.example all follow this
//! table; tests/directives.rs holds them to it.

use std::fmt;

use super::services;

/// A directive of ldirectord.cf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The word before the `=`.
    pub name: &'static str,
    /// Where it may stand.
    pub scopes: &'static [Scope],
    /// What may follow the `=`.
    pub shape: Shape,
    /// What holds without it.
    pub default: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// Whether it does anything.
    pub effect: Effect,
}

/// A part of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Outside of any virtual service.
    Global,
    /// Under a `virtual` line.
    Virtual,
    /// Under a `virtual6` line.
    Virtual6,
}

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An address and port, or a firewall mark.
    Service,
    /// A real server's line.
    Real,
    /// A fallback server.
    Fallback,
    /// `yes` or `no`.
    YesNo,
    /// A whole number within bounds, both included; `unit` names what is counted.
    Number {
        /// What is counted.
        unit: &'static str,
        /// The least.
        min: u32,
        /// The most.
        max: u32,
    },
    /// A text in double quotes, which must not be empty.
    Quoted,
    /// A text, in double quotes or without.
    Text,
    /// The rest of the line as it is.
    Raw,
    /// A command, in double quotes or without.
    Command,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Some of these words, with commas between.
    Words(&'static [&'static str]),
    /// The first word of the line, whatever it is.
    FirstWord,
    /// A netmask (IPv4) or a prefix length (IPv6).
    Netmask,
    /// A word of `checktype`, or a number.
    CheckType,
    /// An HTTP header, in double quotes; there may be several.
    Header,
    /// Who tells a server's load.
    LoadMonitor,
    /// Nothing: the directive was removed from the language; what stands here took its place.
    Removed(&'static str),
}

/// Whether a directive does anything in this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It does what it says.
    Now,
    /// It is accepted, and there is nothing that it could do here.
    Never,
    /// It is an error.
    Refused,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scope::Global => "global",
            Scope::Virtual => "virtual",
            Scope::Virtual6 => "virtual6",
        })
    }
}

/// As the manual page writes it.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Service => f.write_str("address:port | mark"),
            Shape::Real => f.write_str("address[->address][:port] method [weight] [...]"),
            Shape::Fallback => f.write_str("address[:port] [method]"),
            Shape::YesNo => f.write_str("yes | no"),
            Shape::Number { unit, .. } => f.write_str(unit),
            Shape::Quoted => f.write_str("\"text\""),
            Shape::Text => f.write_str("text | \"text\""),
            Shape::Raw => f.write_str("text"),
            Shape::Command => f.write_str("command | \"command\""),
            Shape::Word(words) => f.write_str(&words.join(" | ")),
            Shape::Words(words) => write!(f, "{}, ...", words.join(" | ")),
            Shape::FirstWord => f.write_str("word"),
            Shape::Netmask => f.write_str("netmask | prefix"),
            Shape::CheckType => write!(f, "{} | number", CHECK_TYPES.join(" | ")),
            Shape::Header => f.write_str("\"name: value\""),
            Shape::LoadMonitor => f.write_str("none | agent:port | command"),
            Shape::Removed(_) => f.write_str("removed"),
        }
    }
}

/// The directive of this name.
pub(super) fn find(name: &str) -> Option<&'static Directive> {
    DIRECTIVES.iter().find(|d| d.name == name)
}

const fn row(
    name: &'static str,
    scopes: &'static [Scope],
    shape: Shape,
    default: &'static str,
    effect: Effect,
    meaning: &'static str,
) -> Directive {
    Directive { name, scopes, shape, default, meaning, effect }
}

/// Every directive, in the order of the manual page.
#[rustfmt::skip]
pub const DIRECTIVES: &[Directive] = &[
    // services and servers
    row("virtual",          GLOBAL,    Service,       "none",     Now,   "begins a virtual service (IPv4)"),
    row("virtual6",         GLOBAL,    Service,       "none",     Now,   "begins a virtual service (IPv6)"),
    row("real",             VIRTUAL4,  Real,          "none",     Now,   "adds a real server, or a range of them (IPv4)"),
    row("real6",            VIRTUAL6,  Real,          "none",     Now,   "adds a real server (IPv6)"),
    row("fallback",         FALLBACK4, Fallback,      "none",     Now,   "the server that stands in while no real server is up (IPv4)"),
    row("fallback6",        FALLBACK6, Fallback,      "none",     Now,   "the server that stands in while no real server is up (IPv6)"),
    row("fallbackcommand",  ANYWHERE,  Command,       "none",     Now,   "a command that is run as the fallback comes and goes"),
    row("fallbackcommandstop", ANYWHERE, YesNo,       "no",       Now,   "runs the fallbackcommand at the end, too"),
    row("protocol",         VIRTUALS,  Word(PROTOCOLS), "tcp; udp for port 53; fwm for a mark", Now, "the transport protocol"),
    row("scheduler",        VIRTUALS,  FirstWord,     "wrr",      Now,   "the kernel's scheduler"),
    row("schedflags",       VIRTUALS,  FirstWord,     "none",     Now,   "the flags of the scheduler, with commas between"),
    row("persistent",       VIRTUALS,  PERSISTENT,    "none",     Now,   "how long a client is kept at its real server"),
    row("netmask",          VIRTUALS,  Netmask,       "none",     Now,   "clients alike under it are one, if persistent"),
    row("ops",              VIRTUALS,  YesNo,         "no",       Now,   "schedules each datagram by itself (udp)"),
    // how reals are checked
    row("checktype",        VIRTUALS,  CheckType,     "negotiate", Now,  "how a real server is checked"),
    row("service",          VIRTUALS,  Word(&services::NAMES), "by the port of the virtual service", Now, "what a negotiate check speaks"),
    row("checkcommand",     VIRTUALS,  Text,          "/bin/true", Now,  "the program of an external check, and its arguments"),
    row("checkport",        VIRTUALS,  PORT,          "the port of the real server", Now, "the port that is checked"),
    row("request",          VIRTUALS,  Quoted,        "/",        Now,   "what a negotiate check asks for"),
    row("receive",          VIRTUALS,  Quoted,        "none",     Now,   "a regular expression that the answer must match"),
    row("receiveregex",     VIRTUALS,  YesNo,         "no",       Now,   "takes receive for a regular expression (sendexpect)"),
    row("httpmethod",       VIRTUALS,  Word(METHODS), "GET",      Now,   "the method of an http or https check"),
    row("virtualhost",      VIRTUALS,  Text,          "the address of the real server", Now, "the host name of an http or https check"),
    row("httpversion",      VIRTUALS,  Word(VERSIONS), "1.1",     Now,   "the version of HTTP that is spoken"),
    row("httpheader",       VIRTUALS,  Header,        "none",     Now,   "a header that is sent along; there may be several"),
    row("httpauth",         VIRTUALS,  Word(AUTHENTICATIONS), "none", Now, "sends login and passwd with an http or https check"),
    row("httpstatus",       VIRTUALS,  Text,          "200-299",  Now,   "the statuses that are taken for well"),
    row("login",            VIRTUALS,  Quoted,        "none",     Now,   "the user of a check that logs in"),
    row("passwd",           VIRTUALS,  Quoted,        "none",     Now,   "the password of a check that logs in"),
    row("database",         VIRTUALS,  Quoted,        "none",     Now,   "the database of a check that queries one"),
    row("secret",           VIRTUALS,  Quoted,        "none",     Now,   "the shared secret of a radius check"),
    row("starttls",         VIRTUALS,  YesNo,         "no",       Now,   "turns to TLS within the protocol"),
    row("tlsverify",        ANYWHERE,  YesNo,         "yes; no for ldaps", Now, "verifies who signed a server's certificate"),
    row("tlscafile",        ANYWHERE,  Text,          "the system's authorities", Now, "a file of the certificates that are trusted"),
    row("tlsname",          ANYWHERE,  Text,          "none",     Now,   "the name that a server's certificate must be for"),
    row("tlscert",          ANYWHERE,  Text,          "none",     Now,   "a file with a certificate of our own"),
    row("tlskey",           ANYWHERE,  Text,          "the file of tlscert", Now, "a file with its key"),
    row("also",             VIRTUALS,  Word(&ALSO),    "none",     Now,   "begins another check, which must pass too"),
    row("load",             VIRTUALS,  Quoted,        "none",     Never, "a text that nothing ever used"),
    // how often, and how patiently
    row("checktimeout",     ANYWHERE,  SECONDS,       "5",        Now,   "the deadline of connect, ping and external checks"),
    row("negotiatetimeout", ANYWHERE,  SECONDS,       "30",       Now,   "the deadline of negotiate checks"),
    row("checkinterval",    ANYWHERE,  SECONDS,       "10",       Now,   "the time from check to check"),
    row("checkcount",       ANYWHERE,  TIMES,         "1",        Now,   "the number of echo requests of a ping check"),
    row("failurecount",     ANYWHERE,  TIMES,         "1",        Now,   "the number of failures in a row that take a real server out"),
    row("recoverycount",    ANYWHERE,  TIMES,         "1",        Now,   "the number of successes in a row that let a failed real server in again"),
    // how much a real server gets
    row("slowstart",        ANYWHERE,  YesNo,         "no",       Now,   "gives a real server that comes in its weight little by little"),
    row("loadmonitor",      ANYWHERE,  LoadMonitor,   "none",     Now,   "who tells how busy a real server is, for its weight to follow"),
    // what becomes of the dead, and of the end
    row("quiescent",        ANYWHERE,  YesNo,         "no",       Now,   "gives a dead real server weight 0 instead of removing it"),
    row("readdquiescent",   GLOBAL,    YesNo,         "no",       Now,   "adds a quiescent real server again that someone removed"),
    row("cleanstop",        ANYWHERE,  YesNo,         "yes",      Now,   "takes the service down when the program stops"),
    row("maintenancedir",   GLOBAL,    Raw,           "none",     Now,   "a folder of files that take the real servers of their names out"),
    // telling people
    row("emailalert",       ANYWHERE,  Text,          "none",     Now,   "who gets mail, with commas between"),
    row("emailalertfrom",   GLOBAL,    Raw,           "the user at this host", Now, "the sender of the mail"),
    row("emailalertfreq",   ANYWHERE,  REMINDER,      "0",        Now,   "the time between reminders, 0 for none"),
    row("emailalertstatus", ANYWHERE,  Words(PHASES), "all",      Now,   "when mail is sent"),
    row("smtp",             ANYWHERE,  Text,          "the local sendmail", Now, "the mail server"),
    row("servicename",      VIRTUALS,  Raw,           "none",     Now,   "the name of the service in the mail"),
    row("comment",          VIRTUALS,  Raw,           "none",     Now,   "a word to the reader of the mail"),
    row("monitorfile",      VIRTUALS,  Text,          "none",     Now,   "where every check is written down"),
    // the other directors
    row("cluster",          GLOBAL,    Word(CLUSTERS), "none",    Now,   "begins the block of directors that hold addresses in turn"),
    // the kernel
    row("tcptimeout",       GLOBAL,    TIMEOUT,       "as the kernel has it", Now, "how long the kernel remembers an idle TCP connection"),
    row("tcpfintimeout",    GLOBAL,    TIMEOUT,       "as the kernel has it", Now, "how long it remembers one that is being closed"),
    row("udptimeout",       GLOBAL,    TIMEOUT,       "as the kernel has it", Now, "how long it remembers where UDP went"),
    // the program itself
    row("autoreload",       GLOBAL,    YesNo,         "no",       Now,   "reads the file again when it changes"),
    row("callback",         GLOBAL,    Command,       "none",     Now,   "a command that is run when the file has changed"),
    row("logfile",          GLOBAL,    Text,          "none",     Now,   "a facility of the system log, or a file"),
    row("execute",          GLOBAL,    Text,          "none",     Now,   "runs another instance beside this one"),
    row("supervised",       GLOBAL,    YesNo,         "no",       Now,   "keeps ldirectord in the foreground"),
    row("fork",             GLOBAL,    YesNo,         "no",       Never, "checks each service in a process of its own"),
    // of the past
    row("timeout",          GLOBAL,    Removed("checktimeout and negotiatetimeout"), "none", Refused, "a directive of old versions"),
    row("connecttimeout",   ANYWHERE,  Removed("negotiatetimeout"), "none", Refused, "a directive of old versions"),
];

use Effect::{Never, Now, Refused};
use Shape::{
    CheckType, Command, Fallback, FirstWord, Header, LoadMonitor, Netmask, Number, Quoted, Raw,
    Real, Removed, Service, Text, Word, Words, YesNo,
};

const GLOBAL: &[Scope] = &[Scope::Global];
const VIRTUAL4: &[Scope] = &[Scope::Virtual];
const VIRTUAL6: &[Scope] = &[Scope::Virtual6];
const VIRTUALS: &[Scope] = &[Scope::Virtual, Scope::Virtual6];
const FALLBACK4: &[Scope] = &[Scope::Global, Scope::Virtual];
const FALLBACK6: &[Scope] = &[Scope::Global, Scope::Virtual6];
const ANYWHERE: &[Scope] = &[Scope::Global, Scope::Virtual, Scope::Virtual6];

const SECONDS: Shape = Number { unit: "seconds", min: 1, max: u32::MAX };
const REMINDER: Shape = Number { unit: "seconds", min: 0, max: u32::MAX };
/// ipvsadm's bound: 31 days.
const PERSISTENT: Shape = Number { unit: "seconds", min: 0, max: 2_678_400 };
/// The kernel's bound at 1000 ticks a second.
const TIMEOUT: Shape = Number { unit: "seconds", min: 0, max: 2_147_483 };
const TIMES: Shape = Number { unit: "number", min: 1, max: u32::MAX };
const PORT: Shape = Number { unit: "port", min: 1, max: 65_535 };

const PROTOCOLS: &[&str] = &["tcp", "udp", "fwm"];
const CLUSTERS: &[&str] = &["pulse", "carp", "vrrp", "vqalive", "external"];
const METHODS: &[&str] = &["GET", "HEAD"];
const VERSIONS: &[&str] = &["1.1", "2"];
const AUTHENTICATIONS: &[&str] = &["none", "basic"];
const PHASES: &[&str] = &["all", "none", "starting", "running", "stopping", "reloading"];
/// The checks that are no service's, then the services but `none`.
const ALSO: [&str; services::NAMES.len() + 3] = {
    let mut words = ["connect"; services::NAMES.len() + 3];
    words[1] = "ping";
    words[2] = "external";
    words[3] = "external-perl";
    let mut n = 1;
    while n < services::NAMES.len() {
        words[n + 3] = services::NAMES[n];
        n += 1;
    }
    words
};
/// What belongs to one check: behind an `also` it is that check's.
#[rustfmt::skip]
pub(super) const OF_A_CHECK: &[&str] = &[
    "checkcommand", "checkport", "request", "receive", "receiveregex", "httpmethod", "virtualhost", "httpversion",
    "httpheader", "httpauth", "httpstatus", "login", "passwd", "database", "secret", "starttls",
    "tlsverify", "tlscafile", "tlsname", "tlscert", "tlskey",
];
/// The words of `checktype`.
pub(super) const CHECK_TYPES: &[&str] =
    &["connect", "negotiate", "ping", "off", "on", "external", "external-perl"];
